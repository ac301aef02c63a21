"""The end of a set-up: the proof in one line, what was done, and the commands that it stood for."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.report import words as report_words
from sshwizard.text import _
from sshwizard.tui import flow, look
from sshwizard.tui.app import app_of
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows


class SetupEndScreen(Screen[None]):
    """Says that it works, and how the same is done by hand."""

    BINDINGS = [Binding("enter", "home", _("to the first screen"))]
    help_title = _("Done")
    help_lines = (
        _("The first line is a proof: the host was asked after the last change."),
        _("The commands below do the same without this program; nothing keeps running in the background."),
    )

    def __init__(self, way: flow.Way) -> None:
        super().__init__()
        self._way = way

    def compose(self) -> ComposeResult:
        session, setup = app_of(self).session, self._way.setup
        works = report_words.works(self._way.diagnosis, session.machine.shown) if self._way.diagnosis else ""
        commands = flow.end_commands(setup)
        yield TitleBar(flow.title(), setup.typed)
        yield flow.steps_for(setup)
        with VerticalScroll(id="body"):
            yield Rows([(look.check_word("passed"), look.bold(works))], classes="lead")
            yield Rows([(look.good(_("done")), Content(sentence)) for sentence in setup.done])
            if commands:
                yield Static(_("The same by hand"), classes="section", markup=False)
                yield Rows([(look.muted("$"), Content(command)) for command in commands])
        yield CommandStrip(commands[-1] if commands else "")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#body").focus()

    def action_home(self) -> None:
        """Go back to the first screen; everything is done."""
        app_of(self).go_home()
