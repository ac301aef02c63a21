"""Show me what I have: keys, accounts, agents, hosts, configuration; five lists, one screen."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard.model.facts import Facts
from sshwizard.model.identity import Identity
from sshwizard.text import _, plural
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.inventory import TABS, Tab, lists
from sshwizard.tui.navigation import agents
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows


class HaveScreen(Screen[None]):
    """Left and right change the list; what is under the pointer is shown in full below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", show=False, priority=True),
        Binding("right", "turn(1)", show=False, priority=True),
        Binding("n", "new", _("new"), tooltip=_("make a new key")),
        Binding("u", "upload", _("set up"), tooltip=_("set a key up for a host")),
        Binding("p", "public", _("public"), tooltip=_("copy the public half")),
        Binding("y", "why", _("why"), tooltip=_("which keys ssh sends there, and why")),
        Binding("t", "who", _("who knows"), tooltip=_("which host knows which key")),
        Binding("a", "agents", _("agents"), show=False),
    ]
    help_title = _("What I have")
    help_lines = (
        _("Keys are found by what is in the files, not by their names. Nothing is opened for use."),
        _("half: both halves are here, or only the public one, or only an agent holds it."),
        _("An agent is the program that remembers your key, so that you type the passphrase once."),
    )

    def __init__(self, tab: str = TABS[0]) -> None:
        super().__init__()
        self._facts: Facts | None = None
        self._tabs: dict[str, Tab] = {}
        self._tab = tab

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        yield TitleBar(_("What I have"))
        yield Static(markup=False, id="tabs")
        with VerticalScroll(id="body"):
            yield Static(Content(_("Looking at this machine…")), markup=False, id="empty", classes="quiet")
            yield Choices()
        yield Rows(id="detail")
        yield CommandStrip(self.session.command("keys", "list"))
        yield KeyLine(("←→", _("list")), ("enter", _("open")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()

    def on_screen_resume(self) -> None:
        in_background(self, lambda: everything(self.session), self._found, app_of(self).tell, name="look")

    def _found(self, found: tuple[Facts, dict[str, Tab]]) -> None:
        self._facts, self._tabs = found
        self.session.looked = True
        facts = self._facts
        live = [agent for agent in facts.agents if agent.reachable]
        self.query_one(TitleBar).say(
            " · ".join(
                (
                    plural(len(facts.identities), "{n} key", "{n} keys"),
                    plural(len(live), "{n} agent", "{n} agents"),
                )
            )
        )
        self._draw()

    def _draw(self) -> None:
        tab = self._tabs[self._tab]
        names = [
            Content.styled(
                f"[{self._tabs[name].title}]" if name == self._tab else f" {self._tabs[name].title} ",
                "reverse bold" if name == self._tab else "$foreground-muted",
            )
            for name in TABS
        ]
        self.query_one("#tabs", Static).update(Content("  ").join(names))
        empty = self.query_one("#empty", Static)
        empty.update(Content(tab.empty))
        empty.display = not tab.items
        self.query_one(Choices).show(tab.items, heading=tab.heading)
        self.query_one(CommandStrip).say(self.session.command(*tab.command))
        self._pointed()
        self.refresh_bindings()

    def action_turn(self, by: int) -> None:
        """Show the next or the previous list."""
        if self._tabs:
            self._tab = TABS[(TABS.index(self._tab) + by) % len(TABS)]
            self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "why":
            return self._tab == "hosts"
        if action == "who":
            return self._tab in ("keys", "hosts")
        return self._tab == "keys" if action in ("new", "upload", "public") else True

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        tab, value = self._tabs.get(self._tab), self.query_one(Choices).value
        detail = tab.details.get(value, ()) if tab else ()
        self.query_one("#detail", Rows).show(
            [(look.muted(label), Content(text)) for label, text in detail[:4]]
        )

    @on(OptionList.OptionSelected)
    def _opened(self) -> None:
        from sshwizard.tui.screens.check import CheckScreen
        from sshwizard.tui.screens.detail import DetailScreen

        value = self.query_one(Choices).value
        if self._tab == "hosts":
            self.app.push_screen(CheckScreen(value))
            return
        if self._tab == "agents":
            self.action_agents()
            return
        if self._tab == "accounts":
            self._open_account(value)
            return
        detail = self._tabs[self._tab].details.get(value, ())
        if detail:
            self.app.push_screen(DetailScreen(self._tabs[self._tab].title, detail, self._command(value)))

    def _command(self, value: str) -> str:
        """Return the command that shows the line under the pointer, or its list."""
        words = ("keys", "show", value) if self._identity else self._tabs[self._tab].command
        return self.session.command(*words)

    def _open_account(self, name: str) -> None:
        from sshwizard.tui.screens.account import AccountScreen
        from sshwizard.wizard import service

        if name:
            self.app.push_screen(AccountScreen(service.place_named(self.session.machine, name)))

    @property
    def _identity(self) -> Identity | None:
        value = self.query_one(Choices).value
        found = self._facts.identities if self._facts else ()
        return next((one for one in found if one.public.fingerprint == value), None)

    def action_agents(self) -> None:
        """Start an agent, load keys, take them out."""
        agents(app_of(self))

    def action_new(self) -> None:
        """Make a key."""
        from sshwizard.tui.screens.newkey import NewKeyScreen

        self.app.push_screen(NewKeyScreen())

    def action_upload(self) -> None:
        """Set a key up for a host."""
        from sshwizard.tui import flow

        flow.begin(app_of(self))

    def action_why(self) -> None:
        """Show which keys ssh sends to the host under the pointer, and why."""
        from sshwizard.tui.screens.why import WhyScreen

        value = self.query_one(Choices).value
        if value:
            self.app.push_screen(WhyScreen(value))

    def action_who(self) -> None:
        """Ask the hosts which keys they know."""
        from sshwizard.tui.screens.who import WhoScreen

        self.app.push_screen(WhoScreen())

    def action_public(self) -> None:
        """Copy the public half under the pointer."""
        from sshwizard.openssh.keys import public_line
        from sshwizard.tui.screens.copied import CopiedScreen

        if self._identity:
            self.app.push_screen(CopiedScreen(public_line(self._identity.public).strip()))


def everything(session: Session) -> tuple[Facts, dict[str, Tab]]:
    """Look at the machine and sort what is there into the lists."""
    facts = session.look()
    return facts, lists(session.machine, facts)
