"""Who knows which key: the hosts of this machine, ticked by the user, asked some at a time."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard import acquaintances, check
from sshwizard.acquaintances import Circle
from sshwizard.model.events import Event, Note
from sshwizard.model.plan import Plan
from sshwizard.probe.matrix import Row, strangers, who_knows
from sshwizard.report import matrix
from sshwizard.report.matrix import Met
from sshwizard.text import _, plural
from sshwizard.tui import look, words
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.columns import Cell
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices, Item
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows

CELL = 6
"""Columns of the screen for each host in the table of keys."""
WIDE = 70
"""Columns of a screen on which a host's address stands beside its name."""


class WhoScreen(Screen[None]):
    """First the hosts with boxes to tick, then their answers as they come, at last keys by hosts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", _("tick")),
        Binding("a", "ask", show=False),
        Binding("r", "again", _("again")),
    ]
    help_title = _("Who knows which key")
    help_lines = (
        _("Each ticked host is asked which of your keys it would take. It sees their public halves only."),
        _(
            "A stranger is a host outside the host book and your network: your public half tells it that it is you."
        ),
        _("Where a key can sign without a question, it logs in once, to read the account's name."),
    )

    def __init__(self) -> None:
        super().__init__()
        self.circle: Circle | None = None
        self.ticked: set[str] = set()
        self.met: tuple[Met, ...] = ()
        self._strangers: frozenset[str] = frozenset()
        self._seen: dict[str, Row] = {}
        self._state = "looking"
        self._cancel = threading.Event()

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Who knows which key"))
        with VerticalScroll(id="body"):
            yield Static(
                look.muted(_("Looking which hosts this machine knows…")),
                markup=False,
                id="note",
                classes="lead",
            )
            yield Choices(id="hosts")
            yield Rows(id="progress")
            yield Rows(id="keys", classes="gap")
            yield Rows(id="legend", classes="gap")
        yield CommandStrip(self.session.command("whoami"))
        yield KeyLine()

    def on_mount(self) -> None:
        self.action_again()

    def on_unmount(self) -> None:
        self._cancel.set()

    def on_resize(self) -> None:
        if self._state == "done":
            self._show_keys()
        elif self._state == "choosing":
            self._show_boxes()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "tick":
            return self._state == "choosing"
        if action == "ask":
            return self._state == "choosing" and (bool(self.ticked) or None)
        if action == "again":
            return self._state == "done"
        return True

    def action_again(self) -> None:
        """Look which hosts there are, and let them be ticked."""
        self._state = "looking"
        machine = self.session.look_again()
        request = check.Request(flags=self.session.options.flags, timeout=self.session.options.timeout)

        def gathered() -> tuple[Circle, frozenset[str]]:
            circle = acquaintances.usual(machine, request)
            foreign = strangers(machine, [host.plan for host in circle.hosts])
            return circle, frozenset(host.name for host in circle.hosts if host.plan in foreign)

        in_background(self, gathered, self._found, app_of(self).tell, name="acquaintances")
        self.refresh_bindings()

    def _found(self, found: tuple[Circle, frozenset[str]]) -> None:
        circle, foreign = found
        self.circle, self._strangers = circle, foreign
        self.ticked = {host.name for host in circle.hosts} - foreign
        for part in ("#progress", "#keys", "#legend"):
            self.query_one(part, Rows).show([], heading=())
        if not circle.hosts or not circle.facts.identities:
            missing = (
                _("No host is known here yet: neither the configuration nor known_hosts names one.")
                if not circle.hosts
                else _("There is no key on this machine to ask about.")
            )
            self._say(missing)
            return
        self._state = "choosing"
        keys = plural(len(circle.facts.identities), "{n} key", "{n} keys")
        self.query_one(TitleBar).say(keys)
        self._say(
            _(
                "Which hosts should be asked? They see your public halves, so strangers are not ticked. Where a key can sign without a question, it logs in once, to read the account's name."
            )
        )
        self.query_one(KeyLine).say(("↑↓", _("choose")), ("enter", _("ask the ticked ones")))
        self._show_boxes()
        self.query_one(Choices).display = True
        self.query_one(Choices).focus()
        self.refresh_bindings()

    def _say(self, text: str) -> None:
        self.query_one("#note", Static).update(Content(text))

    def _show_boxes(self) -> None:
        assert self.circle is not None
        items = []
        for host in self.circle.hosts:
            box = "[x]" if host.name in self.ticked else "[ ]"
            note = look.amber(_("stranger") if host.name in self._strangers else "")
            place = look.muted(words.place(host.plan) if self.size.width >= WIDE else "")
            items.append(Item(host.name, (box, look.bold(host.name), note, place)))
        self.query_one(Choices).show(items)
        names = [host.name for host in self.circle.hosts if host.name in self.ticked]
        self.query_one(CommandStrip).say(self.session.command("whoami", *names))

    def action_tick(self) -> None:
        """Tick the host under the pointer, or take its tick away."""
        value = self.query_one(Choices).value
        if value and self._state == "choosing":
            self.ticked ^= {value}
            self._show_boxes()
            self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _entered(self) -> None:
        self.action_ask()

    def action_ask(self) -> None:
        """Ask the ticked hosts."""
        if self._state != "choosing" or not self.ticked or self.circle is None:
            return
        chosen = tuple(host for host in self.circle.hosts if host.name in self.ticked)
        asked = replace(self.circle, hosts=chosen)
        self._state, self._seen = "asking", {}
        self.query_one(KeyLine).say()
        self.query_one(Choices).display = False
        self.query_one("#body").focus()
        self._progress(asked)
        names = {id(host.plan): host.name for host in chosen}
        machine, timeout, cancel = self.session.machine, self.session.options.timeout, self._cancel

        def answered(row: Row) -> None:
            self.call_later(self._one, asked, names[id(row.plan)], row)

        def told(plan: Plan, event: Event) -> None:
            if isinstance(event, Note):
                self.call_later(self._say, event.text)

        plans: list[Plan] = [host.plan for host in chosen]

        def ask() -> tuple[Row, ...]:
            return who_knows(
                machine,
                asked.facts,
                plans,
                login=True,
                timeout=timeout,
                on_row=answered,
                on_event=told,
                cancel=cancel,
            )

        in_background(self, ask, lambda rows: self.show(asked, rows), app_of(self).tell, name="whoami")
        self.refresh_bindings()

    def _one(self, asked: Circle, name: str, row: Row) -> None:
        self._seen[name] = row
        self._progress(asked)

    def _progress(self, asked: Circle) -> None:
        waiting = len(asked.hosts) - len(self._seen)
        self._say(
            plural(waiting, "{n} host to go; esc stops.", "{n} hosts to go; esc stops.")
            if waiting
            else _("All asked.")
        )
        rows: list[tuple[Cell, ...]] = []
        for number, host in enumerate(asked.hosts, 1):
            row = self._seen.get(host.name)
            said: Cell = look.muted(_("asking"))
            used = ""
            if row is not None:
                one = Met(name=host.name, plan=row.plan, transcript=row.transcript)
                said = matrix.account(one)
                used = matrix.used_key(one, asked.facts.identities)
            rows.append((str(number), look.bold(host.name), said, look.muted(used)))
        self.query_one("#progress", Rows).show(rows, heading=("", _("host"), _("logs in as"), _("with")))

    def show(self, asked: Circle, rows: tuple[Row, ...]) -> None:
        """Show keys by hosts."""
        pairs = zip(asked.hosts, rows, strict=True)
        self.met = tuple(Met(name=host.name, plan=row.plan, transcript=row.transcript) for host, row in pairs)
        self._seen = {host.name: row for host, row in zip(asked.hosts, rows, strict=True)}
        self._state = "done"
        self.query_one(KeyLine).say(("↑↓", _("scroll")))
        self.session.looked = True
        self._progress(asked)
        left = [host.name for host in self.circle.hosts if host not in asked.hosts] if self.circle else []
        left += asked.left_out
        self._say(_("Not asked: {hosts}.").format(hosts=", ".join(left)) if left else _("All were asked."))
        self._show_keys()
        self.refresh_bindings()

    def _show_keys(self) -> None:
        assert self.circle is not None
        keys = self.circle.facts.identities
        most = max(1, (self.size.width - 30) // CELL)
        rows: list[tuple[Cell, ...]] = []
        used: set[str] = set()
        for start in range(0, len(self.met), most):
            part = self.met[start : start + most]
            numbers = [str(number) for number in range(start + 1, start + len(part) + 1)]
            if start:
                rows.append(("",))
            rows.append((look.muted(_("key")), *(look.muted(number) for number in numbers)))
            for key in keys:
                said = [matrix.cell(one, key.public) for one in part]
                used.update(said)
                rows.append((look.bold(matrix.label(key)), *map(_painted, said)))
        self.query_one("#keys", Rows).show(rows)
        self.query_one("#legend", Rows).show(
            [(look.bold(word), look.muted(text)) for word, text in matrix.legend() if word in used]
            + [(look.amber("!"), look.amber(sentence)) for sentence in matrix.warnings(self.met)]
        )


def _painted(word: str) -> Content:
    return look.good(word) if word in (_("uses"), _("yes")) else look.muted(word)
