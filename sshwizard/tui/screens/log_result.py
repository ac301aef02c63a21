"""What a pasted log means: causes best first, what is missing, what to ask for, and the lines that mattered."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.model.log import LogDiagnosis
from sshwizard.report import log as report_log
from sshwizard.text import _, plural
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.screens.evidence import finding_parts
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows

SHOWN = 200
"""Lines of the time line that are drawn; a longer one is cut, with a remark."""


class LogResultScreen(Screen[None]):
    """Findings, then the time line."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "answer", _("answer to send"))]
    help_title = _("What the log says")
    help_lines = (
        _("The first cause is the most probable one; seen: names the line of the paste that shows it."),
        _("What is missing stands below: ask for that before you guess."),
    )

    def __init__(self, diagnosis: LogDiagnosis) -> None:
        super().__init__()
        self._diagnosis = diagnosis

    def compose(self) -> ComposeResult:
        reading = self._diagnosis.reading
        client = reading.attempts[0].client_version or reading.attempts[0].client if reading.attempts else ""
        about = " · ".join(part for part in (plural(reading.lines, "{n} line", "{n} lines"), client) if part)
        yield TitleBar(_("Explain a log"), about)
        with VerticalScroll(id="body"):
            if not self._diagnosis.findings:
                yield Static(_("Nothing in it shows a cause."), markup=False, classes="lead")
            for finding in self._diagnosis.findings:
                yield from finding_parts(finding, app_of(self).session.machine.shown)
                yield Rows(
                    [(look.muted(_("do")), look.bold(fix.title)) for fix in finding.fixes[:1]], classes="lead"
                )
            yield Rows(self._missing())
            events = [event for attempt in reading.attempts for event in attempt.events]
            rows = [
                (look.muted(str(event.line)), event.event, Content(event.text)) for event in events[:SHOWN]
            ]
            if rows:
                yield Rows(rows, heading=(_("line"), _("what"), _("the line itself")), classes="gap")
            if len(events) > SHOWN:
                more = _("{n} further lines are not shown.").format(n=len(events) - SHOWN)
                yield Static(look.muted(more), markup=False)
        yield CommandStrip(self._diagnosis.ask_for[0] if self._diagnosis.ask_for else "")
        yield KeyLine(("↑↓", _("scroll")))

    def on_mount(self) -> None:
        self.query_one("#body").focus()

    def _missing(self) -> list[tuple[Content, Content]]:
        rows = [(look.muted(_("still unknown")), Content(text)) for text in self._diagnosis.missing]
        return [*rows, *((look.muted(_("ask for")), look.bold(text)) for text in self._diagnosis.ask_for)]

    def action_answer(self) -> None:
        """Show a text to send back, and copy it."""
        from sshwizard.tui.screens.copied import CopiedScreen

        self.app.push_screen(CopiedScreen(report_log.reply(self._diagnosis), prose=True))
