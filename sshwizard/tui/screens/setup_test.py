"""Set-up, steps 4 and 5: wait until the host takes the key, then make ssh send it first."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from sshwizard import check
from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.finding import Diagnosis, Fix
from sshwizard.model.identity import PublicKey
from sshwizard.report import words as report_words
from sshwizard.text import _, plural
from sshwizard.tui import flow, look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.screens.proposal import ProposalScreen
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.wizard import road, strip

PAUSE = 8.0
"""Seconds between two questions to a host: OpenSSH counts unfinished logins against an address."""


class SetupTestScreen(Screen[None]):
    """Asks the host about the key until it takes it; shows the clock meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", _("go on")),
        Binding("r", "ask", _("ask now")),
        Binding("d", "diagnose", _("find out why")),
    ]
    help_title = road.step_title("test")
    help_lines = road.step_help("test")

    def __init__(self, way: flow.Way) -> None:
        super().__init__()
        self._way = way
        self._cancel = threading.Event()
        self._asked = 0
        self._since = 0.0
        self._next_at = 0.0
        self._asking = False
        self._clock: Timer | None = None

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        setup = self._way.setup
        yield TitleBar(flow.title(), setup.typed)
        yield flow.steps_for(setup, "test")
        with VerticalScroll(id="body"):
            yield Rows(id="state", classes="lead")
            yield Static(markup=False, id="why", classes="quiet")
        yield CommandStrip(strip.login(setup.target) if setup.target else "")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#body").focus()
        self._since = time.monotonic()
        self._clock = self.set_interval(1.0, self._tick)
        self.action_ask()

    def on_unmount(self) -> None:
        self._cancel.set()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "go_on":
            return bool(self._way.setup.accepted)
        return not self._asking if action in ("ask", "diagnose") else True

    @property
    def _key(self) -> str:
        path = self._way.setup.private_path
        public = self._way.setup.public
        return path.rsplit("/", 1)[-1] if path else (public.comment if public else "")

    def _tick(self) -> None:
        if self._way.setup.accepted:
            return
        waited = int(time.monotonic() - self._since)
        if not self._asking and time.monotonic() >= self._next_at:
            self.action_ask()
        left = max(int(self._next_at - time.monotonic() + 0.5), 0)
        again = _("asking now") if self._asking else _("asking again in {s} s").format(s=left)
        host = self._way.setup.target.host if self._way.setup.target else self._way.setup.typed
        text = _("waiting for {host} to take {key}").format(host=host, key=self._key)
        asked = plural(self._asked, "asked once", "asked {n} times")
        clock = _("{s} s · {asked} · {again}").format(s=waited, asked=asked, again=again)
        self.query_one("#state", Rows).show([(look.muted("…"), look.bold(text)), ("", look.muted(clock))])

    def action_ask(self) -> None:
        """Ask the host now."""
        if self._asking or self._way.setup.public is None:
            return
        self._asking, self._asked = True, self._asked + 1
        self._cancel = threading.Event()
        cancel, machine, options = self._cancel, self.session.look_again(), self.session.options
        request = check.Request(
            typed=self._way.setup.typed,
            flags=options.flags,
            wanted=self._fingerprint,
            timeout=options.timeout,
        )
        in_background(
            self, lambda: check.run(machine, request, cancel=cancel), self.show, self._failed, name="check"
        )
        self.refresh_bindings()
        self._tick()

    def _failed(self, error: SshwizardError) -> None:
        self._asking = False
        self._next_at = time.monotonic() + PAUSE
        self.query_one("#why", Static).update(look.amber(f"{error.message} {error.hint}"))
        self.refresh_bindings()

    def show(self, diagnosis: Diagnosis) -> None:
        """Show what the host said."""
        self._asking = False
        self._next_at = time.monotonic() + PAUSE
        setup = self._way.setup
        transcript = diagnosis.case.transcript
        if setup.public is None or transcript is None:
            return
        taken = any(one.blob == setup.public.blob for one in transcript.known)
        first = flow.is_settled(diagnosis, setup.public)
        setup = replace(
            setup,
            accepted=taken,
            uploaded=setup.uploaded or taken,
            sent_first=first,
            account=transcript.account,
        )
        self._way = flow.Way(setup=setup, diagnosis=diagnosis)
        self.query_one(CommandStrip).refresh()
        if taken:
            self._taken(diagnosis, first)
        else:
            self._tick()
            failure = transcript.first_failure
            why = (
                failure.detail
                if failure and failure.id != "userauth"
                else _("The host does not know it yet.")
            )
            self.query_one("#why", Static).update(Content(why))
        self.refresh_bindings()

    def _taken(self, diagnosis: Diagnosis, first: bool) -> None:
        transcript = diagnosis.case.transcript
        took = report_words.seconds(report_words.total_ms(transcript)) if transcript else ""
        host = self._way.setup.target.host if self._way.setup.target else self._way.setup.typed
        rows = [
            (
                look.check_word("passed"),
                look.bold(_("{host} takes {key}").format(host=host, key=self._key)),
                look.muted(took),
            )
        ]
        if first:
            rows.append((look.check_word("passed"), Content(_("ssh sends it first there")), Content("")))
            why = _("Everything is settled.")
        else:
            now = bool(transcript and transcript.ssh_key and self._is(transcript.ssh_key))
            held = _("ssh sends it only as long as your agent holds it")
            text = held if now else _("ssh would not log in with it there")
            rows.append((look.check_word("warned"), Content(text), Content("")))
            why = _("The next step makes ssh send it. You see the lines before they are written.")
        self.query_one("#state", Rows).show(rows)
        self.query_one("#why", Static).update(Content(why))

    def _is(self, public: PublicKey) -> bool:
        return self._way.setup.public is not None and public.blob == self._way.setup.public.blob

    def action_go_on(self) -> None:
        """Settle it, or finish."""
        diagnosis = self._way.diagnosis
        if self._way.setup.sent_first or diagnosis is None:
            flow.proceed(app_of(self), self._way)
            return
        if diagnosis.case.proposals:
            self._propose(diagnosis.case.proposals)
            return
        in_background(self, self._durable, self._propose, app_of(self).tell, name="propose")

    def _durable(self) -> tuple[Fix, ...]:
        """Return what makes ssh send the key also when no agent holds it: simulated with agents left out."""
        flags = (*self.session.options.flags, ("-o", "IdentityAgent=none"))
        request = check.Request(typed=self._way.setup.typed, flags=flags, wanted=self._fingerprint)
        return check.propose_for(self.session.look_again(), request)[2]

    def _propose(self, fixes: tuple[Fix, ...]) -> None:
        if not fixes:
            self.action_diagnose()
            return
        line = flow.steps_for(self._way.setup, "settle")
        self.app.push_screen(ProposalScreen(fixes[0], self._way.diagnosis, steps=line), self._settled)

    @property
    def _fingerprint(self) -> str | None:
        public = self._way.setup.public
        return public.fingerprint if public else None

    def _settled(self, change: Change | None) -> None:
        if change is None:
            return
        setup = self._way.setup
        path = self.session.machine.shown(setup.private_path or "")
        command = (
            strip.settle(setup.target, path, options=self.session.options.options) if setup.target else ""
        )
        self._way = replace(self._way, setup=flow.with_change(replace(setup, accepted=None), change, command))
        self._since = time.monotonic()
        self.query_one("#why", Static).update(Content(""))
        self.action_ask()

    def action_diagnose(self) -> None:
        """Open the full check of this host."""
        from sshwizard.tui.screens.check import CheckScreen

        self.app.push_screen(CheckScreen(self._way.setup.typed, wanted=self._fingerprint))
