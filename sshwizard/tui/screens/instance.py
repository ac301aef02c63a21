"""A forge of the user's own: found out by asking its address; only what it does not tell is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.choices import Choice, Option
from sshwizard.model.plan import Target
from sshwizard.providers.place import Place
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.changing import make_change
from sshwizard.tui.screens.newkey import named, row
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.cycle import Cycle
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.wizard import choices, instance

if TYPE_CHECKING:
    from sshwizard.providers.family import Found
    from sshwizard.wizard.instance import Instance


class InstanceScreen(Screen[Place]):
    """Answers with the place where the instance's keys go; remembers it in providers.toml on request."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", _("go on")),
        Binding("slash", "address", _("another address")),
    ]
    help_title = _("A forge of your own")
    help_lines = (
        _("GitLab, Gitea, Forgejo and GitHub Enterprise run on many a company's own server."),
        _("Its web address is asked what it is; no token is sent for that question."),
        _("Remembered, it is a table in providers.toml, which you can read and edit."),
    )

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target = target
        self._instance: Instance | None = None
        self._kind = ""
        """As the address told it."""
        self._busy = False

    def compose(self) -> ComposeResult:
        remember = Choice(
            question="",
            options=(
                Option(value=choices.NO, label=_("only this time")),
                Option(value=choices.YES, label=_("remember it"), note="~/.config/sshwizard/providers.toml"),
            ),
            default=choices.NO,
        )
        yield TitleBar(_("A forge of your own"), self._target.host)
        with VerticalScroll(id="body"):
            yield row(_("Web pages"), Input(instance.suggested_site(self._target), compact=True))
            yield Static(markup=False, id="note", classes="gap")
            yield Choices()
            yield Static(markup=False, id="gap")
            yield named("remember-row", row(_("And then"), Cycle(remember, id="remember")))
        yield CommandStrip()
        yield KeyLine(("←→", _("change")), ("tab", _("next field")))

    def on_mount(self) -> None:
        self.query_one("#remember-row").display = False
        self.query_one(Choices).display = False
        self.query_one(Input).focus()
        self._look()

    def action_address(self) -> None:
        """Type another address."""
        self.query_one(Input).focus()

    @property
    def _site(self) -> str:
        return instance.normal_site(self.query_one(Input).value)

    @on(Input.Changed)
    def _typed(self) -> None:
        site = self._site
        self.query_one(CommandStrip).say(f"curl {site}/api/v4/version" if site else "")

    @on(Input.Submitted)
    def _entered(self) -> None:
        problem = instance.check_site(self._site)
        if problem:
            self._say(problem)
        else:
            self._look()

    def _look(self) -> None:
        from sshwizard.providers.family import find_family

        site, machine = self._site, app_of(self).session.machine
        self._say(_("Asking {site} what it is…").format(site=site), calm=True)
        in_background(self, lambda: find_family(machine, site), self.show, self._unknown, name="family")

    def show(self, found: Found | None) -> None:
        """Show what the address is; ask only where it does not tell."""
        if found is None:
            self._say(_("{site} does not say what it is.").format(site=self._site))
        else:
            title = instance.TITLES[found.kind]
            words = _("It is {title} {version}.") if found.version else _("It is {title}.")
            self.query_one("#note", Static).update(
                look.good(words.format(title=title, version=found.version))
            )
        self._kind = found.kind if found else ""
        listed = self.query_one(Choices)
        self.query_one("#remember-row").display = True
        listed.display = found is None
        if found is None:
            listed.ask(instance.kind_choice())
            listed.focus()
        else:
            self.query_one(Cycle).focus()
        self.refresh_bindings()

    def _unknown(self, error: SshwizardError) -> None:
        self._say(f"{error.message}\n{error.hint}")
        self.query_one(Input).focus()

    def _say(self, text: str, *, calm: bool = False) -> None:
        self.query_one("#note", Static).update(Content(text) if calm else look.amber(text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        known = self.is_mounted and bool(self.query_one("#remember-row").display)
        return known if action == "go_on" else True

    @on(OptionList.OptionSelected)
    def action_go_on(self) -> None:
        """Take the instance as it was found out or described."""
        if self._busy:
            return
        machine = app_of(self).session.look_again()
        try:
            made = instance.described(
                machine, self._target, self._kind or self.query_one(Choices).value, self._site
            )
            self._instance = made
            if self.query_one(Cycle).value == choices.NO:
                self.dismiss(made.place)
                return
            fix = instance.remember(machine, made)
        except SshwizardError as error:
            app_of(self).tell(error)
            return
        self._busy = make_change(self, fix, self._remembered, self._refused)

    def _remembered(self, _change: Change) -> None:
        if self._instance is not None:
            self.dismiss(self._instance.place)

    def _refused(self, error: SshwizardError) -> None:
        self._busy = False
        app_of(self).tell(error)
