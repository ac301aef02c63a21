"""Writing a text to a new file: a change as a shell script, or a command."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from sshwizard.errors import SshwizardError
from sshwizard.machine import write
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.widgets.frame import KeyLine, TitleBar
from sshwizard.wizard import answers


class SaveScreen(Screen[None]):
    """Asks for a file name; never overwrites a file."""

    help_title = _("Save to a file")
    help_lines = (
        _("A script makes the same change later, or on another machine, when you run it: read it first."),
        _("It refuses to work on a file that has changed in the meantime."),
        _("An existing file is never overwritten."),
    )

    def __init__(self, title: str, text: str, name: str, *, mode: int) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._file_name = name
        self._mode = mode

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Save to a file"), self._title)
        with VerticalScroll(id="body"):
            with Horizontal(classes="form-row lead"):
                yield Static(_("File"), classes="form-label", markup=False)
                yield Input(value=f"./{self._file_name}", compact=True)
            yield Static(markup=False, id="problem", classes="lead")
            yield Static(look.muted(self._text), markup=False)
        yield KeyLine(("enter", _("write it")))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        machine = app_of(self).session.look_again()
        path = answers.absolute(event.value, machine.home, machine.cwd)

        def save() -> str:
            write.write_file(path, None, self._text.encode(), self._mode)
            return path

        in_background(self, save, self._saved, self._failed, name="save")

    def _saved(self, path: str) -> None:
        self.app.notify(_("Written: {path}").format(path=path), markup=False)
        self.dismiss(None)

    def _failed(self, error: SshwizardError) -> None:
        self.query_one("#problem", Static).update(look.amber(error.message))
