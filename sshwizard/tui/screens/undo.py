"""Taking one change back: what it was, and what will be as before."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.providers.place import Place
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.changing import take_back
from sshwizard.tui.opening import forget, undo_account, with_login
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.wizard import service
from sshwizard.wizard.credentials import Login


class UndoScreen(Screen[Change]):
    """Shows one journal entry; Enter takes it back and answers with the entry as it then is."""

    BINDINGS = [Binding("enter", "undo", _("take it back"))]
    help_title = _("Undo")
    help_lines = (
        _("A change is taken back whole: files get the bytes they had, new files go away."),
        _("If you edited the file since, your edits are kept where they do not overlap; else it is refused."),
        _("The recipe beside the copy works without this program too."),
    )

    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change
        self._busy = False

    def compose(self) -> ComposeResult:
        session = app_of(self).session
        change = self._change
        yield TitleBar(_("Undo"), f"{change.number}")
        with VerticalScroll(id="body"):
            yield Static(look.bold(change.title), markup=False, classes="lead")
            rows = [(look.muted(_("done")), Content(change.when))]
            rows += [(look.muted(_("what")), Content(step)) for step in change.steps]
            rows += [(look.muted(_("where")), Content(session.machine.shown(path))) for path in change.paths]
            rows += [(look.muted(_("by hand")), Content(line)) for line in change.restore]
            rows += [(look.muted(_("note")), Content(note)) for note in change.notes]
            yield Rows(rows)
        yield CommandStrip(session.command("undo", str(change.number)))
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#body").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._change.is_open and not self._busy if action == "undo" else True

    def action_undo(self) -> None:
        """Take it back; for a key on an account with a credential for it."""
        place = service.place_of_change(self._change)
        if place is None or app_of(self).session.options.dry_run:
            self._busy = take_back(self, self._change, self._changed, self._refused)
            self.refresh_bindings()
        else:
            with_login(self, place, lambda login: self._take_back(place, login))

    def _take_back(self, place: Place, login: Login) -> None:
        self._busy = undo_account(self, place, login, self._change, self._changed, self._refused)
        self.refresh_bindings()

    def _changed(self, change: Change) -> None:
        self.dismiss(change)

    def _refused(self, error: SshwizardError) -> None:
        self._busy = False
        self.refresh_bindings()
        place = service.place_of_change(self._change)
        if place is not None:
            forget(self, place)
        app_of(self).tell(error)
