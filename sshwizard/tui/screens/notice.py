"""A small card over the screen: an error's what, where and now what."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sshwizard.errors import SshwizardError
from sshwizard.text import _, visible
from sshwizard.tui.widgets.frame import KeyLine


class NoticeScreen(ModalScreen[None]):
    """Says what could not be done. Enter or Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.back", _("close")),
        Binding("escape", "app.back", _("close"), show=False),
    ]

    def __init__(self, title: str, error: SshwizardError) -> None:
        super().__init__()
        self._title = title
        self._error = error

    def compose(self) -> ComposeResult:
        error = self._error
        where = f"{error.where}:{error.line}" if error.line else error.where
        parts = [
            Content.styled(self._title, "bold $text-warning"),
            Content(""),
            Content(visible(error.message)),
        ]
        if where:
            parts.append(Content.styled(visible(where), "$foreground-muted"))
        if error.hint:
            parts += [Content(""), Content(visible(error.hint))]
        with VerticalScroll(id="card"):
            yield Static(Content("\n").join(parts), markup=False)
            yield KeyLine()
