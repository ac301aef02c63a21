"""The first screen: the doors in the user's words, and what is already known about this machine."""

from __future__ import annotations

from concurrent.futures import Future

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard.model.facts import Facts
from sshwizard.text import _
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.navigation import open_door
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices, Item, items_of
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.wizard import doors

COMMANDS = {
    doors.DENIED: ("doctor",),
    doors.SETUP: ("setup",),
    doors.SHOW: ("keys", "list"),
    doors.IDENTITY: ("identity",),
    doors.LOG: ("log", "-"),
    doors.PRACTISE: ("practice",),
}


class HomeScreen(Screen[None]):
    """Three doors, three side doors, and one line of facts."""

    BINDINGS = [("q", "app.quit", _("quit"))]
    help_title = _("Where to begin")
    help_lines = (
        _(
            "A key is a pair of files. The private half stays here; the public half tells a host that it is you."
        ),
        _(
            "If git or ssh says Permission denied, take the first door: it finds out which key was sent and why."
        ),
        _("Nothing is changed before you have seen it and agreed, and every change can be taken back."),
    )

    def __init__(self, session: Session, first_look: Future[Facts] | None = None) -> None:
        super().__init__()
        self._session = session
        self._first_look = first_look
        self._moved = False
        self.facts: Facts | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar("sshwizard", self._about())
        with VerticalScroll(id="body"):
            yield Static(markup=False, id="story", classes="hidden lead")
            yield Static(
                Content.styled(_("Looking at this machine…"), "$foreground-muted"),
                markup=False,
                id="facts",
                classes="lead",
            )
            yield Choices(id="doors")
        yield CommandStrip(self._session.command("doctor"))
        yield KeyLine(("↑↓", _("choose")), ("enter", _("open")))

    def _about(self) -> str:
        if self._session.options.story:
            return _("practice ground: nothing real is touched")
        return self._session.machine.shown(self._session.machine.cwd)

    def on_mount(self) -> None:
        self.query_one(Choices).focus()
        if self._session.options.story:
            story = self.query_one("#story", Static)
            story.update(Content(self._session.options.story))
            story.remove_class("hidden")
        self._show_doors(doors.doors(None).default)
        self._look()

    def on_screen_resume(self) -> None:
        if self.facts is not None:
            self._look()

    def _look(self) -> None:
        first, self._first_look = self._first_look, None
        if first is not None and first.done() and not first.exception():
            self.show(first.result())
            return
        look = first.result if first is not None else self._session.look
        in_background(self, look, self.show, app_of(self).tell, name="look")

    def show(self, facts: Facts) -> None:
        """Show what is known."""
        self.facts = facts
        lines = [Content(line) for line in doors.overview(facts, looked=self._session.looked)]
        self.query_one("#facts", Static).update(Content("\n").join(lines))
        self._show_doors("" if self._moved else doors.doors(facts).default)

    def _show_doors(self, value: str) -> None:
        items = items_of(doors.doors(self.facts))
        if not app_of(self).scenarios:
            items = tuple(item for item in items if item.value != doors.PRACTISE)
        side = [n for n, item in enumerate(items) if item.value == doors.LOG]
        if side:
            items = (*items[: side[0]], Item("", ("",), True), *items[side[0] :])
        self.query_one(Choices).show(items, value=value)

    def on_key(self) -> None:
        """Leave the pointer where the user put it, when the facts come late."""
        self._moved = True

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        door = self.query_one(Choices).value
        if door:
            self.query_one(CommandStrip).say(self._session.command(*COMMANDS[door]))

    @on(OptionList.OptionSelected)
    def _opened(self) -> None:
        door = self.query_one(Choices).value
        if door:
            open_door(app_of(self), door)
