"""A question before something is run that a look alone would not run: what, in full, then yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.widgets.frame import KeyLine
from sshwizard.tui.widgets.rows import Rows


class ConsentScreen(ModalScreen[bool]):
    """Says what is about to happen; answers True after Enter, None after Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "agree", _("do it")),
        Binding("escape", "app.back", _("not now"), key_display="esc"),
        Binding("question_mark,f1", "app.help", _("help"), key_display="?"),
    ]
    help_title = _("Before it is done")
    help_lines = (_("Enter does what stands above; Esc goes back, and nothing has happened."),)

    def __init__(self, title: str, sentences: Sequence[str], commands: Sequence[str] = ()) -> None:
        super().__init__()
        self._title = title
        self._sentences = tuple(sentences)
        self._commands = tuple(commands)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="card"):
            yield Static(look.bold(self._title), markup=False, classes="lead")
            yield Rows([(sentence,) for sentence in self._sentences], classes="lead")
            if self._commands:
                yield Rows([(look.muted("$"), Content(one)) for one in self._commands], classes="lead")
            yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#card").focus()

    def action_agree(self) -> None:
        """Go on."""
        self.dismiss(True)
