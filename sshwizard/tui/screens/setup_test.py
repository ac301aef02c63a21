"""Set-up, steps 4 and 5: wait until the host takes the key, then make ssh send it first."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

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
from sshwizard.model.events import notes
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

if TYPE_CHECKING:
    from sshwizard.probe.wait import Look, Waited

PAUSES = (8.0, 13.0, 20.0, 30.0)
"""Seconds until a host that could not be asked is tried again; the last repeats."""
MOST = 3600.0
"""Seconds of waiting for a host to take the key, before it is left to the user to go on."""


class SetupTestScreen(Screen[None]):
    """Asks the host about the key until it takes it; shows the clock meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", _("go on")),
        Binding("r", "ask", _("ask now")),
        Binding("s", "stop", _("stop waiting")),
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
        self._stopped = False
        self._looking = False
        self._failures = 0
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
        if action == "stop":
            return not (self._stopped or self._way.setup.accepted)
        return not self._asking if action in ("ask", "diagnose") else True

    @property
    def _key(self) -> str:
        path = self._way.setup.private_path
        public = self._way.setup.public
        return path.rsplit("/", 1)[-1] if path else (public.called if public else "")

    def _tick(self) -> None:
        if self._way.setup.accepted:
            return
        due = time.monotonic() >= self._next_at
        if due and not (self._asking or self._stopped or self._looking):
            self.action_ask()
        self._show_clock()

    def _show_clock(self) -> None:
        waited = int(time.monotonic() - self._since)
        left = max(int(self._next_at - time.monotonic() + 0.5), 0)
        again = _("asking now") if self._asking or not left else _("asking again in {s} s").format(s=left)
        if self._stopped:
            again = _("stopped; `r` goes on")
        host = self._way.setup.target.host if self._way.setup.target else self._way.setup.typed
        text = _("waiting for {host} to take {key}").format(host=host, key=self._key)
        asked = plural(self._asked, "asked once", "asked {n} times")
        clock = _("{s} s · {asked} · {again}").format(s=waited, asked=asked, again=again)
        self.query_one("#state", Rows).show([(look.muted("…"), look.bold(text)), ("", look.muted(clock))])

    def action_stop(self) -> None:
        """Stop waiting; the key stays chosen, and `r` goes on."""
        self._cancel.set()
        self._stopped, self._asking, self._looking = True, False, False
        self.query_one("#why", Static).update(
            Content(_("Nothing is lost: come back later with `sshwizard setup`, or press `r`."))
        )
        self.refresh_bindings()
        self._show_clock()

    def action_ask(self) -> None:
        """Ask the host now."""
        if self._asking or self._way.setup.public is None:
            return
        self._cancel.set()
        self._asking, self._stopped, self._looking, self._asked = True, False, False, self._asked + 1
        self._cancel = threading.Event()
        cancel, machine, options = self._cancel, self.session.look_again(), self.session.options
        request = check.Request(
            typed=self._way.setup.typed,
            flags=options.flags,
            wanted=self._fingerprint,
            timeout=options.timeout,
        )
        in_background(
            self,
            lambda: check.run(machine, request, on_event=notes(self._paused), cancel=cancel),
            lambda diagnosis: None if cancel.is_set() else self.show(diagnosis),
            lambda error: None if cancel.is_set() else self._failed(error),
            name="check",
        )
        self.refresh_bindings()
        self._show_clock()

    def _paused(self, why: str) -> None:
        """Say, from the thread that asks, what it does meanwhile."""
        self.call_later(self.query_one("#why", Static).update, Content(why))

    def _failed(self, error: SshwizardError) -> None:
        self._asking = False
        self._pause()
        self.query_one("#why", Static).update(look.amber(f"{error.message} {error.hint}"))
        self.refresh_bindings()

    def _pause(self) -> None:
        """Set when a host that could not be asked is tried again."""
        self._next_at = time.monotonic() + PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1

    def _wait(self, diagnosis: Diagnosis) -> None:
        """Ask about this key alone, on one connection and at growing intervals, until the host takes it."""
        from sshwizard.probe.wait import INTERVALS, until_accepted

        facts, plan, public = diagnosis.case.facts, diagnosis.case.plan, self._way.setup.public
        if facts is None or plan is None or public is None:
            return
        self._looking, cancel, machine = True, self._cancel, self.session.machine
        self._next_at = time.monotonic() + INTERVALS[0]

        def looked(one: Look) -> None:
            self.call_later(self._looked, one, cancel)

        def wait() -> Waited:
            cancel.wait(INTERVALS[0])
            return until_accepted(
                machine,
                facts,
                plan,
                public,
                most=MOST,
                on_look=looked,
                on_event=notes(self._paused),
                cancel=cancel,
            )

        in_background(
            self,
            wait,
            lambda waited: None if cancel.is_set() else self._waited(waited),
            lambda error: None if cancel.is_set() else self._failed(error),
            name="wait",
        )

    def _looked(self, one: Look, cancel: threading.Event) -> None:
        """Move the clock on after one look."""
        if not cancel.is_set():
            self._asked += 1
            self._next_at = time.monotonic() + one.next_in
            self._show_clock()

    def _waited(self, waited: Waited) -> None:
        """Look at everything again where the host takes the key now; else try again after a pause."""
        self._looking = False
        if waited.state == "accepted":
            self.action_ask()
        elif waited.state == "gave_up":
            self.action_stop()
        else:
            self._pause()

    def show(self, diagnosis: Diagnosis) -> None:
        """Show what the host said."""
        self._asking = False
        setup = self._way.setup
        transcript = diagnosis.case.transcript
        if setup.public is None or transcript is None:
            self._pause()
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
            failure = transcript.first_failure
            reached = failure is None or failure.id == "userauth"
            if reached:
                self._failures = 0
                self._wait(diagnosis)
            else:
                self._pause()
            self._show_clock()
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
        """Open the full check of this host; the waiting stops meanwhile."""
        from sshwizard.tui.screens.check import CheckScreen

        if not self._way.setup.accepted:
            self.action_stop()
        self.app.push_screen(CheckScreen(self._way.setup.typed, wanted=self._fingerprint))
