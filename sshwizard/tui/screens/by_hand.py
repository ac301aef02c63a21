"""Adding the public half by hand: the line itself, unboxed, and the page where it goes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.machine import browser
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.screens.copied import show_outside
from sshwizard.tui.widgets.frame import KeyLine, TitleBar
from sshwizard.wizard import road


class ByHandScreen(Screen[bool]):
    """Copies the line at once; answers True when the user says that it is on the account."""

    BINDINGS = [
        Binding("enter", "added", _("I have added it: test")),
        Binding("o", "open", _("open the page")),
        Binding("c", "copy", _("copy again")),
        Binding("s", "outside", _("show it outside")),
    ]
    help_title = road.step_title("upload")
    help_lines = (
        *road.step_help("upload")[:1],
        _("Paste the whole line, from the kind at its start to the comment at its end, as one line."),
    )

    def __init__(self, line: str, page: str, follows: str = "") -> None:
        super().__init__()
        self._line = line
        self._page = page
        self._follows = follows

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Add the public half to your account"))
        with VerticalScroll(id="plain"):
            yield Static(Content(self._line), markup=False, classes="lead unboxed")
            where = (
                _("Paste it at {page}").format(page=self._page)
                if self._page
                else _("Paste it into your account.")
            )
            yield Static(look.bold(where), markup=False)
            if self._follows:
                yield Static(Content(self._follows), markup=False)
            yield Static(
                look.muted(_("If it is not in your clipboard: hold Shift and select it.")),
                markup=False,
            )
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#plain").focus()
        self.action_copy()

    def action_copy(self) -> None:
        """Copy the line."""
        self.app.copy_to_clipboard(self._line)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self._page) if action == "open" else True

    def action_open(self) -> None:
        """Open the page in the browser."""
        machine, page = app_of(self).session.machine, self._page
        in_background(
            self, lambda: browser.open_page(machine, page), self._opened, app_of(self).tell, name="page"
        )

    def _opened(self, opened: bool) -> None:
        words = (
            _("The page was handed to your browser.")
            if opened
            else _("No browser was found here; open it yourself.")
        )
        self.notify(words, markup=False)

    def action_outside(self) -> None:
        """Print it where the terminal itself can select it."""
        show_outside(self.app, self._line)

    def action_added(self) -> None:
        """Go on to the test."""
        self.dismiss(True)
