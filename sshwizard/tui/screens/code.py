"""The code of a second factor, hidden."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.secret import Secret
from sshwizard.text import _
from sshwizard.tui.screens.newkey import row
from sshwizard.tui.widgets.frame import KeyLine, TitleBar
from sshwizard.tui.widgets.secret_input import SecretInput


class CodeScreen(Screen[Secret]):
    """Asks for the code; Enter answers with it, Esc with nothing."""

    help_title = _("Second factor")
    help_lines = (
        _("The service wants a code beside the token: from your authenticator app, or by message."),
        _("It is sent with the next requests to that service and kept nowhere."),
    )

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self._title = title
        self._words = words

    def compose(self) -> ComposeResult:
        yield TitleBar(self._title)
        with VerticalScroll(id="body"):
            yield Static(Content(self._words), markup=False, classes="lead")
            yield row(_("Code"), SecretInput(id="code"))
        yield KeyLine(("enter", _("go on")))

    def on_mount(self) -> None:
        self.query_one(SecretInput).focus()

    @on(SecretInput.Entered)
    def _entered(self) -> None:
        field = self.query_one(SecretInput)
        if field.length:
            self.dismiss(field.take())
