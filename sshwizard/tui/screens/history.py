"""What sshwizard changed on this machine, newest first."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard import apply
from sshwizard.model.change import Change
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.widgets.choices import Choices, Item
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar


class HistoryScreen(Screen[None]):
    """The journal; Enter opens an entry to take it back."""

    help_title = _("Changes")
    help_lines = (
        _("Every change of this program stands here, with what it was before."),
        _("Enter shows one and can take it back; nothing happens before you agree."),
    )

    def __init__(self) -> None:
        super().__init__()
        self._changes: dict[str, Change] = {}

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Changes"))
        with VerticalScroll(id="body"):
            yield Static(markup=False, id="none", classes="quiet")
            yield Choices()
        yield CommandStrip(app_of(self).session.command("history"))
        yield KeyLine(("↑↓", _("choose")), ("enter", _("show, undo")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()

    def on_screen_resume(self) -> None:
        machine = app_of(self).session.look_again()
        in_background(self, lambda: apply.history(machine), self.show, app_of(self).tell, name="history")

    def show(self, changes: tuple[Change, ...]) -> None:
        """List the changes, newest first."""
        ordered = sorted(changes, key=lambda change: change.number, reverse=True)
        self._changes = {str(change.number): change for change in ordered}
        self.query_one("#none", Static).update(Content("" if ordered else _("Nothing was changed so far.")))
        self.query_one(Choices).show(
            [
                Item(
                    str(change.number),
                    (
                        str(change.number),
                        look.bold(change.title),
                        look.muted(state_word(change)),
                        look.muted(change.when),
                    ),
                )
                for change in ordered
            ]
        )

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        from sshwizard.tui.screens.undo import UndoScreen

        self.app.push_screen(UndoScreen(self._changes[self.query_one(Choices).value]))


def state_word(change: Change) -> str:
    """Say in a word what became of a change."""
    return {
        "done": _("done"),
        "undone": _("taken back"),
        "failed": _("did not succeed, taken back at once"),
        "interrupted": _("interrupted"),
    }[change.state]
