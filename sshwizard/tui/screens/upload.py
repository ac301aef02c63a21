"""Set-up, step 3: getting the public half onto the account, by the service's API or by hand."""

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
from sshwizard.model.finding import Fix
from sshwizard.model.steps import UploadKey
from sshwizard.secret import Secret
from sshwizard.text import _
from sshwizard.tui import accounts, flow, look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.changing import make_change
from sshwizard.tui.screens.newkey import row
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.secret_input import SecretInput
from sshwizard.wizard import answers, choices, road, strip

if TYPE_CHECKING:
    from sshwizard.providers.tokens import FoundToken


class UploadScreen(Screen[None]):
    """Asks how the public half gets to the account, and does it where it can."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("p", "copy_public", _("copy the public half"))]
    help_title = road.step_title("upload")
    help_lines = road.step_help("upload")

    def __init__(self, way: flow.Way) -> None:
        super().__init__()
        self._way = way
        self._service: accounts.Service | None = None
        self._token: FoundToken | None = None
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
            yield row(_("Token"), SecretInput(id="token"))
            yield Static(markup=False, id="problem", classes="gap")
            yield Static(_("The public half"), classes="section", markup=False)
            yield Static(Content(self.public_line), markup=False)
        yield CommandStrip()
        yield KeyLine(("↑↓", _("choose")), ("enter", _("go on")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()
        self._ask_for_token(False)
        machine, target = self.session.machine, self._way.setup.target
        assert target is not None

        def find() -> tuple[accounts.Service, FoundToken | None]:
            service = accounts.service_of(machine, target)
            return service, accounts.found_token(machine, service)

        in_background(self, find, self._found, app_of(self).tell, name="token")

    def _found(self, found: tuple[accounts.Service, FoundToken | None]) -> None:
        service, self._token = found
        self._service = service
        where = self._token.where if self._token else ""
        self.query_one(Choices).ask(
            choices.upload_choice(service.title, api=service.has_api, token_from=where, page=service.page)
        )

    @property
    def _title(self) -> str:
        public = self._way.setup.public
        return (public.comment if public else "") or self.session.machine.hostname

    def _ask_for_token(self, wanted: bool) -> None:
        self.query_one(".form-row").display = wanted

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(look.amber(text))

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        service, path = self._service, self.session.machine.shown(self._way.setup.private_path or "")
        if self.query_one(Choices).value == choices.API and service:
            words = strip.upload(
                service.name, f"{path}.pub", self._title, options=self.session.options.options
            )
            self.query_one(CommandStrip).say(words)
        else:
            self.query_one(CommandStrip).say(strip.show_public(f"{path}.pub"))

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        way = self.query_one(Choices).value
        if way == choices.API:
            self._by_api()
        elif way == choices.BY_HAND:
            from sshwizard.tui.screens.by_hand import ByHandScreen

            page = self._service.page if self._service else ""
            self.app.push_screen(ByHandScreen(self.public_line, page), self._added_by_hand)
        else:
            self._go_on(replace(self._way.setup, upload="there", uploaded=True))

    def _by_api(self) -> None:
        if self._token is not None:
            self._send(self._token.token)
            return
        self._ask_for_token(True)
        page = self._service.token_page if self._service else ""
        self._say(
            _("A token is made at {page}. It is used once and kept nowhere.").format(page=page)
            if page
            else ""
        )
        self.query_one(SecretInput).focus()

    @on(SecretInput.Entered)
    def _token_entered(self) -> None:
        field = self.query_one(SecretInput)
        problem = answers.check_token(field.peek())
        if problem:
            self._say(problem)
        else:
            self._send(field.take())

    def _send(self, token: Secret) -> None:
        service = self._service
        if self._busy or service is None:
            return
        fix = Fix(
            title=_("Add {key} to the account at {service}").format(key=self._title, service=service.title),
            steps=(
                UploadKey(provider=service.name, api_url="", public_line=self.public_line, title=self._title),
            ),
            command=self.query_one(CommandStrip).command,
        )
        self._busy = make_change(self, fix, self._uploaded, self._refused, token=token)
        self._say(_("Asking {service}…").format(service=service.title) if self._busy else "")

    def _uploaded(self, change: Change) -> None:
        self._busy = False
        self._say("")
        setup = flow.with_change(self._way.setup, change, self.query_one(CommandStrip).command)
        self._go_on(replace(setup, upload="api", uploaded=True, title=self._title))

    def _refused(self, error: SshwizardError) -> None:
        self._busy = False
        self._token = None
        self._say(error.message)
        app_of(self).tell(error)

    def _added_by_hand(self, added: bool | None) -> None:
        if added:
            self._go_on(replace(self._way.setup, upload="hand", uploaded=True))

    def _go_on(self, setup: road.SetUp) -> None:
        flow.proceed(app_of(self), replace(self._way, setup=setup))

    def action_copy_public(self) -> None:
        """Copy the public half and show it alone."""
        from sshwizard.tui.screens.copied import CopiedScreen

        self.app.push_screen(CopiedScreen(self.public_line))
