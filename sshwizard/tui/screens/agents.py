"""Agents: what each holds; start one, load a key, take one out, and how one is there after every login."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard.model.change import Change
from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.identity import Identity
from sshwizard.report.columns import Style
from sshwizard.report.keys import permanent_lines
from sshwizard.text import _, plural
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices, Item
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.wizard import agents as ways
from sshwizard.wizard import choices

_HELP = (
    _("An agent is a program that remembers your keys, so that a passphrase is typed once."),
    _("ssh asks the agent that the variable SSH_AUTH_SOCK names, unless the configuration names another."),
    _("Taking a key out of an agent leaves its file where it is."),
)


class AgentsScreen(Screen[None]):
    """Each agent with its keys under it; every change is shown before it is made, and can be taken back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "load", _("load a key")),
        Binding("x", "remove", _("take it out")),
        Binding("s", "start", _("start an agent")),
        Binding("p", "permanent", _("for every login")),
    ]
    help_title = _("Agents")
    help_lines = _HELP

    def __init__(self) -> None:
        super().__init__()
        self._facts: Facts | None = None
        self._started = False

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Agents"))
        with VerticalScroll(id="body"):
            yield Static(Content(_("Looking at this machine…")), markup=False, id="said", classes="lead")
            yield Choices()
        yield CommandStrip(self.session.command("agent"))
        yield KeyLine(("↑↓", _("choose")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()

    def on_screen_resume(self) -> None:
        in_background(self, self.session.look, self._found, app_of(self).tell, name="look")

    def _found(self, facts: Facts) -> None:
        self._facts = facts
        self.session.looked = True
        own = self.session.machine.env.get("SSH_AUTH_SOCK")
        names = {one.public.blob: one.name for one in facts.identities}
        items = []
        for agent in facts.agents:
            asked = _("the one that ssh asks") if agent.where == own else ""
            held = (
                plural(len(agent.keys), "{n} key", "{n} keys")
                if agent.reachable
                else agent.problem or _("does not answer")
            )
            items.append(
                Item(
                    f"agent:{agent.where}",
                    (
                        look.bold(agent.name),
                        held,
                        look.muted(self.session.machine.shown(agent.where)),
                        look.muted(asked),
                    ),
                )
            )
            for key in agent.keys:
                items.append(
                    Item(
                        f"{agent.where}\0{key.fingerprint}",
                        (
                            Content(f"  {names.get(key.blob) or key.called}"),
                            look.muted(key.kind),
                            look.muted(key.fingerprint),
                        ),
                    )
                )
        self.query_one(Choices).show(items)
        self._say(self._sentence(facts))
        self.refresh_bindings()

    def _sentence(self, facts: Facts) -> str:
        if self._started:
            return _("An agent runs now. In each terminal that is open, type: {line}").format(
                line=ways.export_line(self.session.machine)
            )
        live = [agent for agent in facts.agents if agent.reachable]
        if not live:
            return _(
                "No agent answers: ssh asks for the passphrase of a locked key each time. `s` starts one."
            )
        return _("Keys in an agent are sent first, before those in files.")

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Content(text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "load":
            return bool(self._facts and any(agent.reachable for agent in self._facts.agents))
        if action == "remove":
            return self._pointed_key is not None
        return True

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _opened(self) -> None:
        if self._pointed_key is None:
            self.action_load()
        else:
            self.action_remove()

    @property
    def _agent(self) -> str:
        """The socket of the agent under the pointer, else of the first that answers."""
        value = self.query_one(Choices).value
        where = value.removeprefix("agent:").partition("\0")[0]
        live = [agent.where for agent in (self._facts.agents if self._facts else ()) if agent.reachable]
        return where if where in live else next(iter(live), "")

    @property
    def _pointed_key(self) -> Identity | None:
        fingerprint = self.query_one(Choices).value.partition("\0")[2]
        found = self._facts.identities if self._facts else ()
        return next((one for one in found if fingerprint and one.public.fingerprint == fingerprint), None)

    def action_load(self) -> None:
        """Choose a key, then for how long."""
        from sshwizard.tui.screens.choose import ChooseScreen

        where = self._agent
        if self._facts is None or not where:
            return
        free = [one for one in self._facts.identities if one.private_path and where not in one.agents]
        if not free:
            self._say(_("Every key that has a private half in a file here is in this agent already."))
            return
        choice = choices.pick_key(free, self.session.machine.shown, _("Which key should the agent hold?"))
        self.app.push_screen(
            ChooseScreen(_("Load a key"), choice, command="ssh-add"), lambda value: self._picked(where, value)
        )

    def _picked(self, where: str, value: str | None) -> None:
        from sshwizard.tui.screens.choose import ChooseScreen

        one = self._identity(value)
        if one is not None:
            screen = ChooseScreen(
                _("Load a key"), ways.lifetime_choice(), about=one.name, command="ssh-add -t 1h"
            )
            self.app.push_screen(screen, lambda kept: self._load(where, one, kept))

    def _identity(self, fingerprint: str | None) -> Identity | None:
        found = self._facts.identities if self._facts else ()
        return next((one for one in found if one.public.fingerprint == fingerprint), None)

    def _load(self, where: str, one: Identity, kept: str | None) -> None:
        if kept is not None:
            seconds, confirm = ways.kept_for(kept)
            self._change(ways.load_fix(self.session.machine, one, where, lifetime=seconds, confirm=confirm))

    def action_remove(self) -> None:
        """Take the key under the pointer out of its agent."""
        one, where = self._pointed_key, self.query_one(Choices).value.partition("\0")[0]
        if one is not None:
            self._change(ways.remove_fix(self.session.machine, one, where))

    def action_start(self) -> None:
        """Start an agent."""
        self._change(ways.start_fix(self.session.machine), starting=True)

    def _change(self, fix: Fix, *, starting: bool = False) -> None:
        from sshwizard.tui.screens.proposal import ChangeScreen

        def made(change: Change | None) -> None:
            self._started = self._started or (starting and change is not None)

        self.app.push_screen(ChangeScreen(fix, facts=self._facts), made)

    def action_permanent(self) -> None:
        """Tell how an agent is there after every login."""
        agents = self._facts.agents if self._facts else ()
        self.app.push_screen(PermanentScreen(ways.surroundings(self.session.machine, agents)))


class PermanentScreen(Screen[None]):
    """The ways that fit this platform, each with the lines to copy. Nothing is written from here."""

    help_title = _("An agent for every login")
    help_lines = (
        _HELP[0],
        _(
            "These files belong to your desktop and your shell, so you change them yourself; one way is enough."
        ),
    )

    def __init__(self, around: ways.Surroundings) -> None:
        super().__init__()
        self._ways = ways.permanent(around)

    def compose(self) -> ComposeResult:
        yield TitleBar(_("An agent for every login"))
        with VerticalScroll(id="body"):
            lead = plural(len(self._ways), "What to write where:", "One of these ways is enough:")
            yield Static(Content(lead), markup=False, classes="lead")
            yield Static(markup=False, id="ways")
        yield CommandStrip(app_of(self).session.command("agent", "permanent"))
        yield KeyLine(("↑↓", _("scroll")))

    def on_mount(self) -> None:
        self.query_one("#body").focus()

    def on_resize(self) -> None:
        width = max(min(self.query_one("#body").size.width - 4, 104), 40)
        lines = permanent_lines(self._ways, ways.LOAD, Style(width=width))
        self.query_one("#ways", Static).update(Content("\n".join(lines)))
