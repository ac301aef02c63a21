"""Taking keys off an account: which, what follows, and a typed name before anything happens."""

from __future__ import annotations

import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from sshwizard.errors import SshwizardError
from sshwizard.model.account import RemoteKey
from sshwizard.model.change import Change
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.opening import change_account
from sshwizard.tui.screens.newkey import row
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.wizard import account, strip
from sshwizard.wizard.account import Account
from sshwizard.wizard.credentials import Login


class RemovalScreen(Screen[tuple[Change, ...]]):
    """Asks for a typed name, then removes one key after the other; answers with the changes made."""

    help_title = _("Remove keys")
    help_lines = (
        _("The files on this machine stay; only the account forgets the public half."),
        _("A machine that logs in with a removed key is shut out at once."),
        _("`undo` puts a key back where the service gave its line, with a token again."),
    )

    def __init__(self, opened: Account, keys: tuple[RemoteKey, ...], login: Login) -> None:
        super().__init__()
        self._account = opened
        self._keys = keys
        self._left = list(keys)
        self._login = login
        self._done: list[Change] = []
        self._busy = False

    def compose(self) -> ComposeResult:
        opened, session = self._account, app_of(self).session
        today = datetime.datetime.now(datetime.UTC).date()
        here = {line.key.id: line for line in opened.rows}
        yield TitleBar(_("Remove from the account"), f"{opened.place.title} · {opened.called}")
        with VerticalScroll(id="body"):
            yield Rows(
                [
                    (
                        look.bold(key.title or key.id),
                        look.muted(account.age(key.created, today)),
                        Content(account.here(here[key.id], session.machine.shown)),
                    )
                    for key in self._keys
                ],
                classes="lead",
            )
            yield Rows(
                [(look.amber("!"), Content(text)) for text in account.before_removing(opened, self._keys)],
                classes="lead",
            )
            yield Static(Content(account.removal_question(opened, self._keys)), markup=False)
            yield row(_("Confirm"), Input(compact=True))
            yield Static(markup=False, id="problem", classes="gap")
        yield CommandStrip(self._command)
        yield KeyLine(("enter", _("remove")))

    @property
    def _command(self) -> str:
        place, options = self._account.place, app_of(self).session.options.options
        if len(self._keys) > 1 and len(self._keys) == len(self._account.rows):
            return strip.remove(place.name, "--all", options=options)
        return " && ".join(strip.remove(place.name, key.id, options=options) for key in self._keys)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if self._busy:
            return
        words = account.confirmation(self._account, self._keys)
        if event.value.strip() not in words:
            self._say(_("That is not {word}; nothing was removed.").format(word=words[0]))
            return
        self._next()

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(look.amber(text))

    def _next(self) -> None:
        """Remove the first key that is left; each is a change of its own, so a stop in the middle is told exactly."""
        if not self._left:
            self.dismiss(tuple(self._done))
            return
        key = self._left[0]
        command = strip.remove(self._account.place.name, key.id, options=app_of(self).session.options.options)
        fix = account.removal(self._account, key, command)
        self._busy = change_account(self, self._account.place, self._login, fix, self._removed, self._refused)
        if self._busy:
            self._say(_("Removing {key}…").format(key=key.title or key.id))

    def _removed(self, change: Change) -> None:
        self._done.append(change)
        self._left.pop(0)
        self._next()

    def _refused(self, error: SshwizardError) -> None:
        self._busy = False
        self._say(f"{error.message} {error.hint}")
        app_of(self).tell(error)
