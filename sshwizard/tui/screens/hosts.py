"""Which host? This repository's remotes first, then what this machine knows, then anything typed."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from sshwizard import check
from sshwizard.model.choices import Choice, Option
from sshwizard.model.facts import Facts
from sshwizard.text import _
from sshwizard.tui import flow
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.wizard import answers, choices, service
from sshwizard.wizard.road import SetUp

GO_ON = "go-on"
"""Stands for the set-up that was left half-way."""


class HostsScreen(Screen[None]):
    """Asks for a destination: to check it, to say why ssh sends which keys there, or to set a key up for it."""

    BINDINGS = [("slash", "type", _("type another"))]
    help_title = _("Which host?")
    help_lines = (
        _("The host is the machine that git talks to: github.com, your company's server, …"),
        _("Paste what you have: a git address, user@host, or a name from your ssh configuration."),
        _("Nothing is contacted before you choose."),
    )

    def __init__(self, *, setting_up: bool = False, why: bool = False) -> None:
        super().__init__()
        self._setting_up = setting_up
        self._left: SetUp | None = None
        self._verb = "setup" if setting_up else "why" if why else "doctor"

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        if self._setting_up:
            yield TitleBar(flow.title())
            yield flow.steps_for(SetUp())
        else:
            yield TitleBar(_("Which host?"))
        with VerticalScroll(id="body"):
            with Horizontal(classes="form-row lead"):
                yield Static(_("Host"), classes="form-label", markup=False)
                yield Input(placeholder=_("github.com, kim@server, git@host:path, an alias …"), compact=True)
            yield Static(markup=False, id="problem", classes="quiet")
            yield Choices(id="known")
        yield CommandStrip(self.session.command(self._verb))
        yield KeyLine(("↑↓", _("choose")), ("enter", _("take it")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()
        look = self._look_with_left if self._setting_up else lambda: (known_hosts(self.session), None)
        in_background(self, look, self._found, app_of(self).tell, name="hosts")

    def _look_with_left(self) -> tuple[Choice, SetUp | None]:
        facts = self.session.look()
        return known_hosts(self.session, facts), flow.left_off(self.session, facts)

    def _found(self, found: tuple[Choice, SetUp | None]) -> None:
        choice, self._left = found
        if self._left is not None:
            key = (self._left.private_path or "").rsplit("/", 1)[-1]
            go_on = Option(
                value=GO_ON,
                label=_("Go on with {host} and {key}").format(host=self._left.typed, key=key),
                note=_("left half-way"),
            )
            choice = replace(choice, options=(go_on, *choice.options), default=GO_ON)
        self.show(choice)

    def show(self, choice: Choice) -> None:
        """Show what can be chosen."""
        self.query_one(Choices).ask(choice)
        if not choice.options:
            self.query_one("#problem", Static).update(
                Content(_("No host is known on this machine yet. Type one."))
            )
            self.action_type()

    def action_type(self) -> None:
        """Go to the field."""
        self.query_one(Input).focus()

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        if self.query_one(Choices).has_focus:
            value = self.query_one(Choices).value
            typed = self._left.typed if value == GO_ON and self._left else value
            self.query_one(CommandStrip).say(self.session.command(self._verb, typed))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        typed = event.value.strip()
        self.query_one(CommandStrip).say(self.session.command(self._verb, *((typed,) if typed else ())))
        self.query_one("#problem", Static).update(Content(""))

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self._take(self.query_one(Choices).value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        problem = answers.check_host(event.value)
        if problem:
            self.query_one("#problem", Static).update(Content.styled(problem, "$text-warning"))
        else:
            self._take(service.destination_named(app_of(self).session.machine, event.value.strip()))

    def _take(self, typed: str) -> None:
        if typed == GO_ON and self._left is not None:
            flow.proceed(app_of(self), flow.Way(setup=self._left))
            return
        if self._setting_up:
            flow.host_chosen(app_of(self), typed)
            return
        if self._verb == "why":
            from sshwizard.tui.screens.why import WhyScreen

            self.app.push_screen(WhyScreen(typed))
            return
        from sshwizard.tui.screens.check import CheckScreen

        self.app.push_screen(CheckScreen(typed))


def known_hosts(session: Session, facts: Facts | None = None) -> Choice:
    """Return the question with what this machine and the host book know. No network."""
    from sshwizard.hosts import book

    facts = facts or session.look()
    catalogue = [(entry.name, entry.title) for entry in book.entries()]
    own = service.own_addresses(session.machine)
    return choices.host_choice(facts, check.hosts_of(session.machine, facts), catalogue, own)
