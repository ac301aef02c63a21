"""Waiting until a host takes a key that was just added: an unsigned question now and then, a clock, a way out."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from sshwizard import check, gather
from sshwizard.errors import SshwizardError
from sshwizard.model.events import notes
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.providers.place import Place
from sshwizard.text import _
from sshwizard.tui import flow, look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.wizard.road import SetUp

if TYPE_CHECKING:
    from sshwizard.probe.wait import Look, Waited

MOST = 300.0
"""Seconds waited at most."""


class AcceptedScreen(Screen[None]):
    """Asks the host until it takes the key; then Enter goes on to the test, where the key can be used here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", _("test it")),
        Binding("r", "ask", _("ask again")),
    ]
    help_title = _("Waiting for the host")
    help_lines = (
        _("The host is asked whether it would take the key. Nothing is signed, no passphrase is needed."),
        _("Some services need a few seconds until a new key works. Esc stops the waiting; the key stays."),
        _("The test then makes ssh send this key there, and proves it."),
    )

    def __init__(self, typed: str, place: Place, public: PublicKey, local: Identity | None) -> None:
        super().__init__()
        self._typed = typed
        self._place = place
        self._public = public
        self._local = local
        self._cancel = threading.Event()
        self._since = 0.0
        self._next_at = 0.0
        self._looks = 0
        self._waited: Waited | None = None
        self._waiting = False
        self._clock: Timer | None = None

    @property
    def session(self) -> Session:
        return app_of(self).session

    @property
    def _key(self) -> str:
        return self._local.name if self._local else self._public.called

    @property
    def _usable(self) -> bool:
        return self._local is not None and (self._local.has_private or bool(self._local.agents))

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Added to the account"), self._place.title)
        with VerticalScroll(id="body"):
            yield Rows(id="state", classes="lead")
            yield Static(markup=False, id="why", classes="quiet")
        yield CommandStrip(self.session.command("test", self._typed, "--wait"))
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#body").focus()
        self._clock = self.set_interval(1.0, self._tick)
        self.action_ask()

    def on_unmount(self) -> None:
        self._cancel.set()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        taken = self._waited is not None and self._waited.state == "accepted"
        if action == "go_on":
            return taken and self._usable
        return not self._waiting and not taken if action == "ask" else True

    def action_ask(self) -> None:
        """Begin to ask."""
        from sshwizard.probe.wait import until_accepted

        self._cancel = threading.Event()
        self._waiting, self._waited = True, None
        self._since = time.monotonic()
        cancel, session = self._cancel, self.session
        request = check.Request(
            typed=self._typed, flags=session.options.flags, timeout=session.options.timeout
        )
        machine = session.look_again()

        def told(seen: Look) -> None:
            self.call_later(self._looked, seen)

        def paused(why: str) -> None:
            self.call_later(self.query_one("#why", Static).update, Content(why))

        def wait() -> Waited:
            facts, plan = check.run_plan(machine, request)
            return until_accepted(
                machine,
                facts,
                plan,
                self._public,
                most=MOST,
                on_look=told,
                on_event=notes(paused),
                cancel=cancel,
            )

        in_background(self, wait, self.show, self._failed, name="wait")
        self.refresh_bindings()
        self._tick()

    def _looked(self, seen: Look) -> None:
        self._looks = seen.number
        self._next_at = time.monotonic() + seen.next_in
        self._tick()

    def _tick(self) -> None:
        if not self._waiting:
            return
        waited = int(time.monotonic() - self._since)
        left = max(int(self._next_at - time.monotonic() + 0.5), 0)
        again = _("asking again in {s} s").format(s=left) if left else _("asking now")
        text = _("waiting for {host} to take {key}").format(host=self._typed, key=self._key)
        clock = _("{s} s · {again} · esc stops waiting").format(s=waited, again=again)
        self.query_one("#state", Rows).show([(look.muted("…"), look.bold(text)), ("", look.muted(clock))])

    def _failed(self, error: SshwizardError) -> None:
        self._waiting = False
        self.query_one("#state", Rows).show([(look.check_word("warned"), Content(error.message))])
        self.query_one("#why", Static).update(Content(error.hint))
        self.refresh_bindings()

    def show(self, waited: Waited) -> None:
        """Show how the waiting ended."""
        self._waiting, self._waited = False, waited
        if waited.state == "accepted":
            took = _("after {s} s").format(s=round(waited.seconds)) if waited.seconds >= 1 else _("at once")
            text = _("{host} takes {key}").format(host=self._typed, key=self._key)
            rows = [(look.check_word("passed"), look.bold(text), look.muted(took))]
            why = (
                _("Enter makes ssh send it there and proves it.")
                if self._usable
                else _("Use it from the machine that holds its private half; this one does not.")
            )
        else:
            text = waited.detail or _("{host} does not take {key} yet").format(
                host=self._typed, key=self._key
            )
            rows = [(look.check_word("warned"), look.bold(text), Content(""))]
            why = _("The key is on the account. `r` asks again; some services need minutes.")
        self.query_one("#state", Rows).show(rows)
        self.query_one("#why", Static).update(Content(why))
        self.refresh_bindings()

    def action_go_on(self) -> None:
        """Test the login itself, and settle which key ssh sends."""
        one = self._local
        if one is None:
            return
        target, _line = gather.target_of(self.session.machine, self._typed)
        setup = SetUp(
            typed=self._typed,
            target=target,
            public=one.public,
            private_path=one.private_path,
            place=self._place,
            upload="api",
            uploaded=True,
        )
        flow.proceed(app_of(self), flow.Way(setup=setup), instead=True)
