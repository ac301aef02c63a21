"""What `c` opens: the command alone on the screen, unboxed, so that the mouse can select it too."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.text import _
from sshwizard.tui.widgets.frame import KeyLine, TitleBar


class CopiedScreen(Screen[None]):
    """Copies a text and shows it. There is no way to know whether a terminal took it, so it is shown."""

    BINDINGS = [("enter", "app.back", _("back"))]
    help_title = _("Copying")
    help_lines = (
        _(
            "The text was handed to the clipboard. Some terminals do not allow that, and none of them says so."
        ),
        _("It stands here without a frame, so that you can select it (hold Shift while you drag)."),
    )

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Copied, if your terminal allows it"))
        with VerticalScroll(id="plain"):
            yield Static(Content(self._text), markup=False, id="text")
            yield Static(
                Content.styled(
                    _("If it is not in your clipboard: hold Shift and select it with the mouse."),
                    "$foreground-muted",
                ),
                markup=False,
                classes="gap",
            )
        yield KeyLine()

    def on_mount(self) -> None:
        self.app.copy_to_clipboard(self._text)
