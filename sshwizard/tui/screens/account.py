"""The keys of one account beside those of this machine: added with one key press, removed after a typed name."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard.errors import SshwizardError
from sshwizard.model.account import RemoteKey
from sshwizard.model.change import Change
from sshwizard.model.identity import PublicKey
from sshwizard.providers.place import Place
from sshwizard.text import _
from sshwizard.tui import account_rows, look
from sshwizard.tui.app import app_of
from sshwizard.tui.opening import ask_account, change_account, with_login
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.wizard import account, credentials, newkey, service, strip
from sshwizard.wizard.account import Account, Foreign
from sshwizard.wizard.credentials import REFUSED, Login

if TYPE_CHECKING:
    from sshwizard.model.facts import Facts
    from sshwizard.providers.api import KeyApi


class AccountScreen(Screen[None]):
    """Opens an account with a credential that the user chooses, then shows and changes its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", _("add it")),
        Binding("d", "remove", _("remove it")),
        Binding("f", "find", _("remove by name"), show=False, tooltip=_("remove one by its name")),
        Binding("l", "remove_all", _("remove all"), show=False, tooltip=_("remove every key")),
        Binding("o", "other", _("others"), tooltip=_("keys of another account")),
        Binding("r", "again", _("look again"), show=False),
        Binding("t", "token", _("another token"), show=False),
    ]
    help_title = _("Keys on an account")
    help_lines = (
        _("Above: the keys on the account. Each lets a machine in that holds its private half."),
        _("Below: keys of this machine that are not there. `a` adds one; only its public half is sent."),
        _("Removing asks for the key's name first. `r` looks again, `t` takes another token."),
    )

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self._login: Login | None = None
        self._facts: Facts | None = None
        self._account: Account | None = None
        self._foreign: tuple[Foreign, ...] = ()
        self._busy = False
        self._added = ""
        """Fingerprint of the key that was just added and is not seen in the list yet."""
        self._changes = 0

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Keys on an account"), self._place.title)
        with Vertical(id="body"):
            yield Static(markup=False, id="note", classes="quiet lead")
            yield Choices()
        yield Rows(id="detail")
        yield CommandStrip(self.session.command("keys", "list", "--remote", self._place.name))
        yield KeyLine(("↑↓", _("choose")), ("enter", _("details")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()
        with_login(self, self._place, self._open, declined=self._declined)

    def _declined(self) -> None:
        """Leave an account that was never opened."""
        if self._account is None and self._login is None:
            self.dismiss(None)

    def _open(self, login: Login) -> None:
        self._login = login
        self.action_again()

    def action_token(self) -> None:
        """Open it with another credential."""
        from sshwizard.tui.opening import forget

        forget(self, self._place)
        with_login(self, self._place, self._open)

    def action_again(self) -> None:
        """Look at this machine and the account anew."""
        login, place = self._login, self._place
        if login is None:
            with_login(self, place, self._open, declined=self._declined)
            return
        if self._busy:
            return
        self._set_busy(_("Asking {service}…").format(service=place.title))
        session = self.session

        def look_at(api: KeyApi) -> tuple[Facts, Account, str]:
            facts = session.look()
            found = account.look(api, place, facts.identities)
            return facts, found, credentials.kept(login, place, found.name or "")

        ask_account(self, place, login, look_at, self._looked, self._failed)

    def _looked(self, found: tuple[Facts, Account, str]) -> None:
        self._facts, opened, said = found
        self.session.looked = True
        if self._login is not None and self._login.keep:
            self._login = Login(token=self._login.token, otp=self._login.otp, where=credentials.KEYCHAIN)
        self.show(opened, said)

    def show(self, opened: Account, said: str = "") -> None:
        """Show what was found; `said` is a remark above it."""
        self._account = opened
        self._busy = False
        called = opened.name or _("account")
        self.query_one(TitleBar).say(f"{self._place.title} · {called}")
        note = f"{said} {account.summary(opened)}." if said else f"{account.summary(opened)}."
        self.query_one("#note", Static).update(Content(note))
        added = [
            row.key.id for row in opened.rows if row.key.public and row.key.public.fingerprint == self._added
        ]
        self._draw(f"account:{added[0]}" if added else "")
        if self._added:
            fingerprint, self._added = self._added, ""
            self._wait_for(fingerprint)

    def _draw(self, pointer: str = "") -> None:
        """Draw the list; the pointer goes to a value, else stays where it was."""
        if self._account is None:
            return
        today = datetime.datetime.now(datetime.UTC).date()
        lines = account_rows.lines(self._account, self._foreign, self.session.machine.shown, today)
        self.query_one(Choices).show(lines, value=pointer)
        self._pointed()

    def _failed(self, error: SshwizardError) -> None:
        self._busy = False
        words = f"{error.message} {error.hint}".strip()
        if self._account is None:
            words += " " + _("`t` takes another token, `r` tries again.")
        self.query_one("#note", Static).update(look.amber(words))
        if error.code in REFUSED:
            self._login = None
        self.refresh_bindings()
        app_of(self).tell(error)

    def _set_busy(self, words: str) -> None:
        self._busy = True
        self.query_one("#note", Static).update(Content(words))
        self.refresh_bindings()

    @property
    def _value(self) -> tuple[str, str]:
        kind, _colon, name = self.query_one(Choices).value.partition(":")
        return kind, name

    @property
    def _key(self) -> RemoteKey | None:
        kind, id = self._value
        rows = self._account.rows if self._account and kind == "account" else ()
        return next((row.key for row in rows if row.key.id == id), None)

    @property
    def _public(self) -> PublicKey | None:
        """The key under the pointer that could be added."""
        kind, fingerprint = self._value
        if self._account is None or kind not in ("here", "foreign"):
            return None
        publics = [one.public for one in self._account.only_here] + [one.titled for one in self._foreign]
        return next((one for one in publics if one.fingerprint == fingerprint), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action not in ("add", "remove", "find", "remove_all", "other") or not self.is_mounted:
            return True
        if self._busy or self._account is None:
            return None
        if action == "add":
            return True if self._public else None
        if action == "remove":
            return True if self._key else None
        return True if action == "other" or self._account.rows else None

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        if self._account is None:
            return
        key, public = self._key, self._public
        row = next((row for row in self._account.rows if key and row.key.id == key.id), None)
        if row is not None:
            pairs = account_rows.key_pairs(row, self.session.machine.shown)[:3]
            self.query_one(CommandStrip).say(self._remove_command(row.key))
        elif public is not None:
            pairs = account_rows.adding_pairs(self._place, public)
            self.query_one(CommandStrip).say(self._add_command(public))
        else:
            pairs = ()
        self.query_one("#detail", Rows).show([(look.muted(label), Content(text)) for label, text in pairs])
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _opened(self) -> None:
        from sshwizard.tui.inventory import key_pairs
        from sshwizard.tui.screens.detail import DetailScreen

        kind, name = self._value
        opened = self._account
        if opened is None:
            return
        machine = self.session.machine
        if kind == "account":
            row = next(row for row in opened.rows if row.key.id == name)
            self.app.push_screen(
                DetailScreen(row.key.title or row.key.id, account_rows.key_pairs(row, machine.shown))
            )
        elif kind == "here":
            one = next(one for one in opened.only_here if one.public.fingerprint == name)
            self.app.push_screen(DetailScreen(one.name, key_pairs(machine, one)))
        elif self._public is not None:
            self.app.push_screen(
                DetailScreen(_("Key of another account"), account_rows.public_pairs(self._public))
            )

    def action_add(self) -> None:
        """Add the key under the pointer."""
        public, opened, login = self._public, self._account, self._login
        if public is None or opened is None or login is None:
            return
        reason = account.not_taken(self._place, public)
        if reason:
            from sshwizard.errors import Refused

            app_of(self).tell(
                Refused(reason + ".", hint=_("`n` on the list of keys makes one of another kind."))
            )
            return
        fix = service.upload_fix(self._place, public, self._title(public), self._add_command(public))
        if change_account(
            self, self._place, login, fix, lambda _change: self._was_added(public), self._failed
        ):
            self._set_busy(_("Sending the public half to {service}…").format(service=self._place.title))

    def _title(self, public: PublicKey) -> str:
        comment = newkey.suggested_comment(self._facts) if self._facts else self.session.machine.hostname
        return account.public_title(public, comment)

    def _add_command(self, public: PublicKey) -> str:
        path = self._local_path(public) or "FILE.pub"
        return strip.upload(self._place.name, path, self._title(public), options=self.session.options.options)

    def _local_path(self, public: PublicKey) -> str:
        one = next(
            (
                one
                for one in (self._facts.identities if self._facts else ())
                if one.public.blob == public.blob
            ),
            None,
        )
        if one is None or not (one.public_path or one.private_path):
            return ""
        return self.session.machine.shown(one.public_path or f"{one.private_path}.pub")

    def _remove_command(self, key: RemoteKey) -> str:
        return strip.remove(self._place.name, key.title or key.id, options=self.session.options.options)

    def _was_added(self, public: PublicKey) -> None:
        self._busy = False
        self._foreign = tuple(one for one in self._foreign if one.public.blob != public.blob)
        self._added = public.fingerprint
        self.action_again()

    def _wait_for(self, fingerprint: str) -> None:
        """Go on to waiting until the host takes a key that was added, where there is a host to ask."""
        opened = self._account
        row = (
            next(
                (
                    row
                    for row in opened.rows
                    if row.key.public and row.key.public.fingerprint == fingerprint and row.key.serves("auth")
                ),
                None,
            )
            if opened
            else None
        )
        if row is None or row.key.public is None:
            return
        typed = service.address(self.session.machine, self._place, row.key.id)
        if not typed:
            said = _("{key} is on the account. {service} has no git over SSH; its list is the proof.").format(
                key=row.key.title or row.key.id, service=self._place.title
            )
            self.query_one("#note", Static).update(look.good(said))
            return
        from sshwizard.tui.screens.accepted import AcceptedScreen

        self.app.push_screen(AcceptedScreen(typed, self._place, row.key.public, row.local))

    def action_remove(self) -> None:
        """Remove the key under the pointer, after its name was typed."""
        if self._key is not None:
            self._confirm((self._key,))

    def action_remove_all(self) -> None:
        """Remove every key, after the account's name was typed."""
        if self._account is not None:
            self._confirm([row.key for row in self._account.rows])

    def action_find(self) -> None:
        """Name a key, or a part of one, and remove what fits."""
        from sshwizard.tui.screens.find_key import FindKeyScreen

        if self._account is not None:
            self.app.push_screen(FindKeyScreen(self._account), self._confirm)

    def _confirm(self, keys: Sequence[RemoteKey] | None) -> None:
        from sshwizard.tui.screens.removal import RemovalScreen

        if keys and self._account is not None and self._login is not None:
            self._changes = len(self.session.changes)
            self.app.push_screen(RemovalScreen(self._account, tuple(keys), self._login), self._removed)

    def _removed(self, _changes: tuple[Change, ...] | None) -> None:
        """Look again, also when the user left in the middle of several."""
        if len(self.session.changes) != self._changes:
            self.action_again()

    def action_other(self) -> None:
        """Show the keys that the user has on another account."""
        from sshwizard.tui.screens.elsewhere import ElsewhereScreen

        self.app.push_screen(
            ElsewhereScreen(self._account, self._facts.identities if self._facts else ()), self._others
        )

    def _others(self, found: tuple[Foreign, ...] | None) -> None:
        if found is None:
            return
        known = {one.public.blob for one in found}
        self._foreign = (*(one for one in self._foreign if one.public.blob not in known), *found)
        self._draw(f"foreign:{found[0].public.fingerprint}" if found else "")
        if not found:
            words = _("Every key of that account is on this one already, or it has none.")
            self.query_one("#note", Static).update(Content(words))
