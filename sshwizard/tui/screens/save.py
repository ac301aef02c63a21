"""Writing a change as a shell script, instead of making it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from sshwizard import apply
from sshwizard.errors import SshwizardError
from sshwizard.machine import write
from sshwizard.model.finding import Fix
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.widgets.frame import KeyLine, TitleBar
from sshwizard.wizard import answers


class SaveScreen(Screen[None]):
    """Asks for a file name; never overwrites a file."""

    help_title = _("Save as script")
    help_lines = (
        _("The script makes the same change later, or on another machine, when you run it."),
        _("It is refused by `patch` when the file has changed in the meantime; read it before you run it."),
    )

    def __init__(self, fix: Fix) -> None:
        super().__init__()
        self._fix = fix

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Save as script"), self._fix.title)
        with VerticalScroll(id="body"):
            with Horizontal(classes="form-row lead"):
                yield Static(_("File"), classes="form-label", markup=False)
                yield Input(value="./sshwizard-fix.sh", compact=True)
            yield Static(markup=False, id="problem")
        yield KeyLine(("enter", _("write it")))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        machine = app_of(self).session.look_again()
        path = answers.absolute(event.value, machine.home, machine.cwd)

        def save() -> str:
            write.write_file(path, None, apply.as_script(machine, self._fix).encode(), 0o700)
            return path

        in_background(self, save, self._saved, self._failed, name="save")

    def _saved(self, path: str) -> None:
        self.app.notify(_("Written: {path}").format(path=path), markup=False)
        self.dismiss(None)

    def _failed(self, error: SshwizardError) -> None:
        self.query_one("#problem", Static).update(look.amber(error.message))
