"""Choosing a practice scenario; the rest of the road is the same as on the real machine."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard.errors import SshwizardError
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.screens.home import HomeScreen
from sshwizard.tui.widgets.choices import Choices, Item
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.wizard.options import OpenGround


class PractiseScreen(Screen[None]):
    """Asks for a scenario and opens a ground of its own for it."""

    help_title = _("Practise")
    help_lines = (
        _("A small git host and a home folder are set up on this machine only; no network, no account."),
        _("Something is wrong in it. Find it and mend it with the same screens as for real."),
        _("When you leave, it is gone; your own files are never touched."),
    )

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Practise"))
        with VerticalScroll(id="body"):
            yield Static(
                Content(_("A host and a home of their own, on this machine only. Nothing real is touched.")),
                markup=False,
                classes="lead",
            )
            yield Choices(
                [Item(name, (look.bold(name), look.muted(words))) for name, words in app_of(self).scenarios]
            )
            yield Static(markup=False, id="note", classes="gap quiet")
        yield CommandStrip(app_of(self).session.command("practice"))
        yield KeyLine(("↑↓", _("choose")), ("enter", _("open it")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        name = self.query_one(Choices).value
        self.query_one(CommandStrip).say(app_of(self).session.command("practice", "--scenario", name))

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        app = app_of(self)
        open_ground, name = app.outermost.options.open_ground, self.query_one(Choices).value
        if open_ground is None or app.ground is not None:
            return
        self.query_one("#note", Static).update(Content(_("Setting up the host and the home…")))
        self.query_one(Choices).disabled = True
        in_background(self, lambda: open_ground(name), self._opened, self._failed, name="practice")

    def _opened(self, ground: OpenGround) -> None:
        app = app_of(self)
        self.app.push_screen(HomeScreen(app.enter_ground(ground)), self._left)

    def _left(self, _result: None) -> None:
        app_of(self).close_ground()
        self.query_one("#note", Static).update(Content(_("The ground is gone again.")))
        self.query_one(Choices).disabled = False
        self.query_one(Choices).focus()

    def _failed(self, error: SshwizardError) -> None:
        self.query_one("#note", Static).update(Content(""))
        self.query_one(Choices).disabled = False
        app_of(self).tell(error)
