"""What `c` opens: the command alone on the screen, unboxed, so that the mouse can select it too."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App, ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.text import _
from sshwizard.tui.widgets.frame import KeyLine, TitleBar


class CopiedScreen(Screen[None]):
    """Copies a text and shows it. There is no way to know whether a terminal took it, so it is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "write", _("write it to a file")),
        Binding("s", "bare", _("show it outside")),
        Binding("c", "copy", _("copy again")),
    ]
    help_title = _("Copying")
    help_lines = (
        _(
            "The text was handed to the clipboard. Some terminals do not allow that, and none of them says so."
        ),
        _("It stands here without a frame, so that you can select it (hold Shift while you drag)."),
        _(
            "`s` leaves the full screen for a moment and prints it, so that the terminal itself can select it."
        ),
    )

    def __init__(self, text: str, *, prose: bool = False) -> None:
        super().__init__()
        self._wrapping = "" if prose else "unboxed"
        self._text = text

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Copied, if your terminal allows it"))
        with VerticalScroll(id="plain"):
            yield Static(Content(self._text), markup=False, id="text", classes=self._wrapping)
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
        self.action_copy()

    def action_copy(self) -> None:
        """Copy it."""
        self.app.copy_to_clipboard(self._text)

    def action_write(self) -> None:
        """Write it to a file."""
        from sshwizard.tui.screens.save import SaveScreen

        self.app.push_screen(SaveScreen("", self._text + "\n", "sshwizard-command.txt", mode=0o600))

    def action_bare(self) -> None:
        """Print it on the terminal's own screen and wait for Enter."""
        show_outside(self.app, self._text)


def show_outside(app: App[Any], text: str) -> None:
    """Leave the full screen for a moment and print a text where the terminal itself can select it."""
    try:
        with app.suspend():
            print(f"\n{text}\n")
            input(_("Enter goes back. "))
    except SuspendNotSupported:
        app.notify(_("This terminal cannot leave the full screen."), markup=False)
    except (EOFError, KeyboardInterrupt):
        return
