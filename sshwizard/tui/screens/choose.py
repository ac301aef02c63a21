"""One question with its options, for whoever needs an answer."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard.model.choices import Choice
from sshwizard.text import _
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar


class ChooseScreen(Screen[str]):
    """Asks one question; answers with the value chosen, Esc with nothing."""

    help_title = _("One question")
    help_lines: ClassVar[tuple[str, ...]] = (
        _("Choosing changes nothing yet: what would be done is shown next."),
    )

    def __init__(self, title: str, choice: Choice, *, about: str = "", command: str = "") -> None:
        super().__init__()
        self._title, self._choice, self._about, self._command = title, choice, about, command

    def compose(self) -> ComposeResult:
        yield TitleBar(self._title, self._about)
        yield Static(Content(self._choice.question), markup=False, id="question")
        with VerticalScroll(id="body"):
            yield Choices()
        yield CommandStrip(self._command)
        yield KeyLine(("↑↓", _("choose")), ("enter", _("take it")))

    def on_mount(self) -> None:
        self.query_one(Choices).ask(self._choice)
        self.query_one(Choices).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self.dismiss(self.query_one(Choices).value)
