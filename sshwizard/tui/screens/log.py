"""Explaining a log: paste it, nothing is contacted and nothing is run."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static, TextArea

from sshwizard.model.log import LogDiagnosis
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar


class LogScreen(Screen[None]):
    """Takes the paste."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "read", _("explain it"), key_display="^s", priority=True),
        Binding("ctrl+l", "clear", _("clear"), key_display="^l", priority=True),
    ]
    help_title = _("Explain a log")
    help_lines = (
        _("Paste what ssh -v, git, PuTTY or a build server printed; surrounding text does no harm."),
        _("It is read on this machine only. Nothing is contacted, nothing in it is run."),
        _("The more of it the better: ssh -v shows which keys were sent."),
    )

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Explain a log"))
        yield Static(_("Paste the log here."), markup=False, classes="prompt")
        yield TextArea(id="paste", soft_wrap=False, show_line_numbers=True)
        yield CommandStrip(app_of(self).session.command("log", "-"))
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()

    def action_clear(self) -> None:
        """Empty the field."""
        self.query_one(TextArea).clear()

    def action_read(self) -> None:
        """Read the paste and show what it means."""
        text = self.query_one(TextArea).text
        if not text.strip():
            self.query_one(".prompt", Static).update(
                look.amber(_("There is nothing to read yet. Paste the log here."))
            )
            return
        in_background(self, lambda: judge(text), self._judged, app_of(self).tell, name="log")

    def _judged(self, diagnosis: LogDiagnosis) -> None:
        from sshwizard.tui.screens.log_result import LogResultScreen

        app_of(self).session.looked = True
        self.app.push_screen(LogResultScreen(diagnosis))


def judge(text: str) -> LogDiagnosis:
    """Read a paste and draw the conclusions."""
    from sshwizard import logs, rules

    return rules.diagnose_log(logs.read_log(text))
