"""Set-up, step 3: getting the public half to where it has to go: by an API, over ssh, or by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.providers.place import Place
from sshwizard.text import _
from sshwizard.tui import flow, look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.opening import change_account, with_login
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.wizard import account, choices, credentials, newkey, road, service, strip
from sshwizard.wizard.credentials import REFUSED, Login

if TYPE_CHECKING:
    from sshwizard.providers.tokens import FoundToken


class UploadScreen(Screen[None]):
    """Asks how the public half gets there, and does it where it can."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "copy_public", _("copy the public half")),
        Binding("k", "keys", _("the account's keys")),
    ]
    help_title = road.step_title("upload")
    help_lines = road.step_help("upload")

    def __init__(self, way: flow.Way) -> None:
        super().__init__()
        self._way = way
        self._place: Place | None = way.setup.place
        self._tokens: tuple[FoundToken, ...] = ()
        self._comment = ""
        self._busy = False

    @property
    def session(self) -> Session:
        return app_of(self).session

    @property
    def public_line(self) -> str:
        """The public half as one line, written anew from what was read."""
        from sshwizard.openssh.keys import public_line

        public = self._way.setup.public
        return public_line(public).strip() if public else ""

    def compose(self) -> ComposeResult:
        yield TitleBar(flow.title(), self._way.setup.typed)
        yield flow.steps_for(self._way.setup, "upload")
        with VerticalScroll(id="body"):
            yield Choices()
            yield Static(markup=False, id="problem", classes="gap")
            yield Static(_("The public half"), classes="section", markup=False)
            yield Static(Content(self.public_line), markup=False)
        yield CommandStrip()
        yield KeyLine(("↑↓", _("choose")), ("enter", _("go on")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()
        self._find()

    def _find(self) -> None:
        session, target, told = self.session, self._way.setup.target, self._place
        assert target is not None

        def find() -> tuple[Place, tuple[FoundToken, ...], str]:
            from sshwizard.providers.tokens import find_tokens

            machine = session.machine
            place = told or service.place_at(machine, target)
            api = place.kind == "api"
            found = find_tokens(machine, place.provider, api_url=place.api_url) if api else ()
            return place, found, newkey.suggested_comment(session.look())

        in_background(self, find, self._found, app_of(self).tell, name="token")

    def _found(self, found: tuple[Place, tuple[FoundToken, ...], str]) -> None:
        self._place, self._tokens, self._comment = found
        named = credentials.named(self._tokens)
        self.query_one(Choices).ask(choices.upload_choice(self._place, token_from=named))
        self._remark()
        self.refresh_bindings()

    def _remark(self) -> None:
        """Say before a key is sent why it would not be taken, or what will follow."""
        public = self._way.setup.public
        if self._place is None or public is None:
            return
        reason = account.not_taken(self._place, public)
        self._say(reason + "." if reason else account.before_adding(self._place), calm=not reason)

    @property
    def _title(self) -> str:
        public = self._way.setup.public
        return account.public_title(public, self._comment) if public else self._comment

    def _say(self, text: str, *, calm: bool = False) -> None:
        self.query_one("#problem", Static).update(Content(text) if calm else look.amber(text))

    @property
    def _public_path(self) -> str:
        path = self._way.setup.private_path
        return self.session.machine.shown(f"{path}.pub") if path else "FILE.pub"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "keys" or bool(self._place and self._place.kind == "api")

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        place, options, strip_line = self._place, self.session.options.options, self.query_one(CommandStrip)
        value = self.query_one(Choices).value
        if place is not None and value == choices.API:
            strip_line.say(strip.upload(place.name, self._public_path, self._title, options=options))
        elif value == choices.SERVER:
            server = self._server
            strip_line.say(strip.copy_id(self._public_path, server.destination, server.flags))
        else:
            strip_line.say(strip.show_public(self._public_path))

    @property
    def _server(self) -> Place:
        """The host as a server, whatever else it may be."""
        target = self._way.setup.target
        assert target is not None
        return self._place if self._place and self._place.kind == "server" else service.as_server(target)

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        way, place = self.query_one(Choices).value, self._place
        if place is None or self._busy:
            return
        if way == choices.API:
            with_login(self, place, self._send, named=credentials.only(self._tokens))
        elif way == choices.SERVER:
            self._by_login()
        elif way == choices.INSTANCE:
            self._own_instance()
        elif way == choices.BY_HAND:
            from sshwizard.tui.screens.by_hand import ByHandScreen

            self.app.push_screen(
                ByHandScreen(self.public_line, place.key_page, account.before_adding(place)),
                self._added_by_hand,
            )
        else:
            self._go_on(replace(self._way.setup, upload="there", uploaded=True))

    def _send(self, login: Login) -> None:
        place, public = self._place, self._way.setup.public
        if self._busy or place is None or public is None:
            return
        fix = service.upload_fix(place, public, self._title, self.query_one(CommandStrip).command)
        self._busy = change_account(self, place, login, fix, self._uploaded, self._refused)
        if self._busy:
            self._say(_("Asking {service}…").format(service=place.title), calm=True)

    def _uploaded(self, change: Change) -> None:
        self._busy = False
        self._say("")
        setup = flow.with_change(self._way.setup, change, self.query_one(CommandStrip).command)
        setup = replace(setup, upload="api", uploaded=True, title=self._title, place=self._place)
        if setup.private_path or not setup.public or self._held_by_agent():
            self._go_on(setup)
            return
        from sshwizard.tui.screens.accepted import AcceptedScreen

        assert self._place is not None
        self.app.push_screen(AcceptedScreen(setup.typed, self._place, setup.public, None))

    def _held_by_agent(self) -> bool:
        facts = self._way.diagnosis.case.facts if self._way.diagnosis else None
        public = self._way.setup.public
        return any(
            one.agents
            for one in (facts.identities if facts else ())
            if public and one.public.blob == public.blob
        )

    def _refused(self, error: SshwizardError) -> None:
        self._busy = False
        if error.code in REFUSED:
            self._tokens = ()
        self._say(f"{error.message} {error.hint}".strip())
        app_of(self).tell(error)

    def _by_login(self) -> None:
        from sshwizard.tui.screens.server import ServerScreen

        public = self._way.setup.public
        assert public is not None
        place = self._server
        command = strip.copy_id(self._public_path, place.destination, place.flags)
        fix = service.install_fix(place, public, self._title, self._way.setup.private_path, command)
        self.app.push_screen(ServerScreen(place, fix, public, self._public_path), self._installed)

    def _installed(self, change: Change | None) -> None:
        if change is not None:
            setup = flow.with_change(self._way.setup, change, self.query_one(CommandStrip).command)
            self._go_on(replace(setup, upload="server", uploaded=True, place=self._server))

    def _own_instance(self) -> None:
        from sshwizard.tui.screens.instance import InstanceScreen

        target = self._way.setup.target
        assert target is not None
        self.app.push_screen(InstanceScreen(target), self._described)

    def _described(self, place: Place | None) -> None:
        if place is not None:
            self._place = place
            self._find()

    def _added_by_hand(self, added: bool | None) -> None:
        if added:
            self._go_on(replace(self._way.setup, upload="hand", uploaded=True))

    def _go_on(self, setup: road.SetUp) -> None:
        flow.proceed(app_of(self), replace(self._way, setup=setup))

    def action_copy_public(self) -> None:
        """Copy the public half and show it alone."""
        from sshwizard.tui.screens.copied import CopiedScreen

        self.app.push_screen(CopiedScreen(self.public_line))

    def action_keys(self) -> None:
        """Open the account: what is on it already, and taking old keys off."""
        from sshwizard.tui.screens.account import AccountScreen

        if self._place is not None:
            self.app.push_screen(AccountScreen(self._place))
