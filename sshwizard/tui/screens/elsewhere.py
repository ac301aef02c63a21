"""The keys that the user has on another account: by a forge's public list, or by the account's own API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from sshwizard import check
from sshwizard.errors import SshwizardError
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.providers.place import PRACTICE, Place
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.opening import ask_account, with_login
from sshwizard.tui.screens.newkey import named, row
from sshwizard.tui.widgets.choices import Choices, Item
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.wizard import account, elsewhere, service
from sshwizard.wizard.account import Account, Foreign

Places = tuple[tuple[Place, str], ...]


class ElsewhereScreen(Screen[tuple[Foreign, ...]]):
    """Answers with the keys of the other account that are not on this one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("t", "by_token", _("with a token instead"))]
    help_title = _("Keys of another account")
    help_lines = (
        _("GitHub, GitLab and Gitea show an account's public keys to everybody, at HOST/NAME.keys."),
        _("No token is sent for that list. Other services show it to the account itself: with a token."),
        _("Only public halves come from there; a private half never leaves the machine it was made on."),
    )

    def __init__(self, opened: Account | None, identities: Sequence[Identity]) -> None:
        super().__init__()
        self._account = opened
        self._identities = tuple(identities)
        self._places: Places = ()

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Keys of another account"))
        with Vertical(id="body"):
            yield Static(Content(_("Where are they?")), markup=False, id="note", classes="quiet lead")
            yield Choices()
            yield named(
                "name-row",
                row(_("Its name"), Input(placeholder=_("the name of the account there"), compact=True)),
            )
            yield Static(markup=False, id="problem", classes="gap")
        yield CommandStrip()
        yield KeyLine(("↑↓", _("choose")), ("enter", _("look there")))

    def on_mount(self) -> None:
        self.query_one("#name-row").display = False
        self.query_one(Choices).focus()
        session = app_of(self).session

        def find() -> Places:
            facts = session.look()
            return service.places(session.machine, check.hosts_of(session.machine, facts))

        in_background(self, find, self.show, app_of(self).tell, name="places")

    def show(self, found: Places) -> None:
        """Show the services, those with a public list first."""
        mine = self._account.place if self._account else None
        other = [
            (place, note)
            for place, note in found
            if mine is None or place.name != mine.name or elsewhere.site(place)
        ]
        self._places = tuple(sorted(other, key=lambda pair: not elsewhere.site(pair[0])))
        self.query_one(Choices).show(
            [
                Item(
                    str(number), (look.bold(place.title), look.muted(elsewhere.way(place)), look.muted(note))
                )
                for number, (place, note) in enumerate(self._places)
            ]
        )

    @property
    def _place(self) -> Place | None:
        value = self.query_one(Choices).value
        return self._places[int(value)][0] if value.isdigit() else None

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        place = self._place
        if place is not None:
            self.query_one("#name-row").display = False
            self.query_one(CommandStrip).say(
                elsewhere.command(place, "NAME", app_of(self).session.options.options)
            )

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        place = self._place
        if place is None:
            return
        if not elsewhere.site(place):
            self.action_by_token()
            return
        self.query_one("#name-row").display = True
        self.query_one(Input).focus()
        machine = app_of(self).session.machine
        in_background(
            self, lambda: elsewhere.known_name(machine, place), self._named, self._failed, name="name"
        )

    def _named(self, name: str) -> None:
        field = self.query_one(Input)
        if name and not field.value:
            field.value = name
            field.cursor_position = len(name)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        place = self._place
        if place is not None:
            name = event.value.strip() or "NAME"
            self.query_one(CommandStrip).say(
                elsewhere.command(place, name, app_of(self).session.options.options)
            )

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        from sshwizard.providers.public_list import check_name, public_keys

        place, name = self._place, event.value.strip()
        problem = check_name(name)
        if problem or place is None:
            self._say(problem)
            return
        site, machine = elsewhere.site(place), app_of(self).session.machine
        host = urlsplit(site).netloc
        self._say(_("Asking {host} for the public list of {name}…").format(host=host, name=name))
        source = f"{place.title if place.name == PRACTICE else host} ({name})"
        in_background(
            self,
            lambda: public_keys(machine, site, name),
            lambda found: self._answer(found, source),
            self._failed,
            name="public list",
        )

    def action_by_token(self) -> None:
        """Look with the account's own API."""
        place = self._place
        if place is None:
            return
        with_login(
            self,
            place,
            lambda login: ask_account(
                self,
                place,
                login,
                lambda api: elsewhere.listed(api, place),
                lambda found: self._answer(*found),
                self._failed,
            ),
        )

    def _answer(self, found: Sequence[PublicKey], source: str) -> None:
        self.dismiss(account.foreign(found, source, self._identities, self._account))

    def _failed(self, error: SshwizardError) -> None:
        self._say(f"{error.message} {error.hint}".strip())

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(look.amber(text))
