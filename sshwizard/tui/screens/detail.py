"""Everything about one thing, as label and value."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen

from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows


class DetailScreen(Screen[None]):
    """Shows pairs of label and text; foreign text stays literal."""

    help_title = _("Details")
    help_lines = (
        _("Fingerprints are what hosts and web pages show to name a key; compare them as a whole."),
    )

    def __init__(self, title: str, pairs: Sequence[tuple[str, str]], command: str = "") -> None:
        super().__init__()
        self._title = title
        self._pairs = tuple(pairs)
        self._command = command

    def compose(self) -> ComposeResult:
        yield TitleBar(self._title)
        with VerticalScroll(id="body"):
            yield Rows([(look.muted(label), Content(text)) for label, text in self._pairs])
        yield CommandStrip(self._command)
        yield KeyLine(("↑↓", _("scroll")))

    def on_mount(self) -> None:
        self.query_one("#body").focus()
