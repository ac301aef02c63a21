"""Which credential opens an account: what was found, where and whose; or one pasted, hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard.providers.place import Place
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.screens.newkey import named, row
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.cycle import Cycle
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.tui.widgets.secret_input import SecretInput
from sshwizard.wizard import answers, choices, credentials
from sshwizard.wizard.credentials import Login

if TYPE_CHECKING:
    from sshwizard.providers.tokens import FoundToken


class LoginScreen(Screen[Login]):
    """Answers with the credential that the user chose; nothing was sent until then."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "forget", _("forget the kept token"))]
    help_title = _("Which account?")
    help_lines = (
        _("A token is a password for programs. Tools like `gh` or `heroku` keep one on this machine."),
        _("Where each was found stands beside it. Nothing is sent before you choose one."),
        _("It goes only to the service it belongs to, and is never shown."),
    )

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self._found: tuple[FoundToken, ...] = ()

    def compose(self) -> ComposeResult:
        session = app_of(self).session
        yield TitleBar(_("Which account?"), self._place.title)
        with VerticalScroll(id="body"):
            yield Static(
                Content(_("Looking for tokens on this machine…")),
                markup=False,
                id="note",
                classes="quiet lead",
            )
            yield Choices()
            yield Rows(id="words", classes="lead")
            yield named("paste-row", row(_("Token"), SecretInput(id="token")))
            yield named("keep-row", row(_("Afterwards"), Cycle(credentials.keep_choice(), id="keep")))
            yield Static(markup=False, id="problem", classes="gap")
        yield CommandStrip(session.command("keys", "list", "--remote", self._place.name))
        yield KeyLine(("↑↓", _("choose")), ("enter", _("use it")))

    def on_mount(self) -> None:
        self._ask(False)
        self.query_one(Choices).focus()
        machine, place = app_of(self).session.machine, self._place

        def find() -> tuple[FoundToken, ...]:
            from sshwizard.providers.tokens import find_tokens

            return find_tokens(machine, place.provider, api_url=place.api_url)

        in_background(self, find, self.show, app_of(self).tell, name="token")

    def show(self, found: Sequence[FoundToken]) -> None:
        """Show what was found; with nothing found the field is there at once."""
        self._found = tuple(found)
        note = (
            _("These can open the account. Nothing was sent yet.")
            if found
            else _("No token for {service} was found on this machine.").format(service=self._place.title)
        )
        self.query_one("#note", Static).update(Content(note))
        choice = credentials.credential_choice(self._place, self._found)
        self.query_one(Choices).display = bool(found)
        if found:
            self.query_one(Choices).ask(choice)
        else:
            self._ask(True)
        self.refresh_bindings()

    def _ask(self, wanted: bool) -> None:
        """Show or hide the field for a token."""
        machine = app_of(self).session.machine
        self.query_one("#paste-row").display = wanted
        self.query_one("#keep-row").display = wanted and credentials.can_keep(machine)
        words = credentials.token_words(self._place) if wanted else ()
        self.query_one("#words", Rows).show([(look.muted(line),) for line in words])
        if wanted:
            self.query_one(SecretInput).focus()

    @property
    def _pointed(self) -> FoundToken | None:
        value = self.query_one(Choices).value
        return self._found[int(value)] if value.isdigit() else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "forget" or not self.is_mounted:
            return True
        one = self._pointed
        return one is not None and one.where == credentials.KEYCHAIN

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        one = self._pointed
        if one is None:
            self._ask(True)
        else:
            self.dismiss(Login(token=one.token, where=one.where))

    @on(SecretInput.Entered)
    def _entered(self) -> None:
        field = self.query_one(SecretInput)
        problem = answers.check_token(field.peek())
        if problem:
            self.query_one("#problem", Static).update(look.amber(problem))
            return
        keep = self.query_one("#keep-row").display and self.query_one(Cycle).value == choices.YES
        self.dismiss(Login(token=field.take(), keep=keep))

    def action_forget(self) -> None:
        """Take the kept token out of the system's keychain."""
        said = credentials.forgotten(self._place)
        self._found = tuple(one for one in self._found if one.where != credentials.KEYCHAIN)
        self.show(self._found)
        self.query_one("#problem", Static).update(Content(said))
