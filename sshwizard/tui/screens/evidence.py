"""What each conclusion rests on: where it was seen, what it says, what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from sshwizard.model.finding import Diagnosis, Finding
from sshwizard.report import words as report_words
from sshwizard.text import _
from sshwizard.tui import look, words
from sshwizard.tui.app import app_of
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows


class EvidenceScreen(Screen[None]):
    """All findings in their three parts, with what was said on the way."""

    help_title = _("Evidence")
    help_lines = (
        _("seen: the place (file and line, agent, host) and what stands there."),
        _("so: what follows from it. Certain needs a direct observation; likely and possible are computed."),
        _("Nothing here was changed to find it out."),
    )

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__()
        self._diagnosis = diagnosis

    def compose(self) -> ComposeResult:
        shown = app_of(self).session.machine.shown
        yield TitleBar(_("Evidence"))
        with VerticalScroll(id="body"):
            for finding in self._diagnosis.findings:
                yield from finding_parts(finding, shown)
            yield from self._conversation()
        finding_id = self._diagnosis.findings[0].id if self._diagnosis.findings else ""
        yield CommandStrip(app_of(self).session.command("explain", finding_id) if finding_id else "")
        yield KeyLine(("↑↓", _("scroll")))

    def on_mount(self) -> None:
        self.query_one("#body").focus()

    def _conversation(self) -> Iterator[Widget]:
        transcript = self._diagnosis.case.transcript
        if transcript is None:
            return
        facts = [
            (_("address"), transcript.address),
            (_("host's software"), transcript.server_version),
            (_("host key"), transcript.host_key.public.fingerprint if transcript.host_key else ""),
            (_("banner"), transcript.banner),
            (_("host said"), transcript.greeting or transcript.disconnect),
            (_("methods"), ", ".join(transcript.methods)),
        ]
        said = [(look.muted(label), Content(text.strip())) for label, text in facts if text]
        if said:
            yield Static(_("The conversation"), classes="section", markup=False)
            yield Rows(said)


def finding_parts(finding: Finding, shown: Callable[[str], str]) -> Iterator[Widget]:
    """Yield the widgets that show one finding: title with certainty, what was seen, what follows."""
    certainty = look.muted(report_words.certainty_word(finding.certainty))
    yield Rows([(look.severity_word(finding), look.bold(finding.title), certainty)])
    yield Rows(words.evidence_rows([finding], shown))
    if finding.conclusion:
        yield Rows([(look.muted(_("so") + "  "), Content(finding.conclusion))], classes="lead")
