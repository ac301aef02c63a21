"""Set-up, step 2: which key. The host is asked first which of the keys it knows, so that the default is right."""

from __future__ import annotations

import threading
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard import check
from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.events import notes
from sshwizard.model.finding import Diagnosis
from sshwizard.model.identity import Identity
from sshwizard.text import _
from sshwizard.tui import flow, look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.wizard import choices, road
from sshwizard.wizard.account import Foreign
from sshwizard.wizard.newkey import NewKey
from sshwizard.wizard.road import SetUp


class SetupKeyScreen(Screen[None]):
    """Asks which key to set up for a host: one that is there, or a new one."""

    help_title = road.step_title("key")
    help_lines = road.step_help("key")

    def __init__(self, setup: SetUp) -> None:
        super().__init__()
        self._way = flow.Way(setup=setup)
        self._cancel = threading.Event()
        self._foreign: tuple[Foreign, ...] = ()

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        yield TitleBar(flow.title(), self._way.setup.typed)
        yield flow.steps_for(self._way.setup, "key")
        with VerticalScroll(id="body"):
            yield Static(markup=False, id="note", classes="quiet lead")
            yield Choices()
        yield CommandStrip(self.session.command("setup", self._way.setup.typed))
        yield KeyLine(("↑↓", _("choose")), ("enter", _("take it")))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()

    def on_unmount(self) -> None:
        self._cancel.set()

    def on_screen_resume(self) -> None:
        """Look and ask, also when coming back: a key may have been made in the meantime."""
        asking = _("Asking {host} which of your keys it knows…").format(host=self._way.setup.typed)
        self.query_one("#note", Static).update(Content(asking))
        self._cancel = threading.Event()
        cancel, machine = self._cancel, self.session.look_again()
        options = self.session.options
        request = check.Request(typed=self._way.setup.typed, flags=options.flags, timeout=options.timeout)

        def paused(why: str) -> None:
            self.call_later(self.query_one("#note", Static).update, Content(why))

        in_background(
            self,
            lambda: check.run(machine, request, on_event=notes(paused), cancel=cancel),
            self.show,
            self._failed,
            name="check",
        )

    def on_screen_suspend(self) -> None:
        self._cancel.set()

    def _failed(self, error: SshwizardError) -> None:
        self.query_one("#note", Static).update(look.amber(f"{error.message} {error.hint}"))

    def show(self, diagnosis: Diagnosis) -> None:
        """Show the keys, the host's word beside each."""
        case = diagnosis.case
        target = case.plan.target if case.plan else None
        self._way = replace(self._way, diagnosis=diagnosis, setup=replace(self._way.setup, target=target))
        transcript = case.transcript
        failure = transcript.first_failure if transcript else None
        reached = failure is None or failure.id == "userauth"
        host = target.host if target else self._way.setup.typed
        note = _("A key of its own for each account keeps accounts apart.")
        if not reached and failure:
            note = _("{host} was not reached: {why}. You can go on; the test tries again.").format(
                host=host, why=(failure.detail or failure.title).rstrip(".")
            )
        self.query_one("#note", Static).update(Content(note) if reached else look.amber(note))
        self._ask(self.query_one(Choices).value)

    def _ask(self, pointer: str = "") -> None:
        """Show the keys of this machine, and those of another account that was looked at.

        The pointer goes to a value, else to the default.
        """
        case = self._way.diagnosis.case if self._way.diagnosis else None
        facts, transcript = (case.facts, case.transcript) if case else (None, None)
        target = self._way.setup.target
        self.query_one(Choices).ask(
            choices.key_choice(
                facts.identities if facts else (),
                self.session.machine.shown,
                known=transcript.known if transcript else (),
                host=target.host if target else self._way.setup.typed,
                others=self._foreign,
                may_look=True,
            ),
            value=pointer if pointer != choices.ELSEWHERE else "",
        )

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        value = self.query_one(Choices).value
        if value == choices.NEW:
            from sshwizard.tui.screens.newkey import NewKeyScreen

            line = flow.steps_for(self._way.setup, "key")
            self.app.push_screen(NewKeyScreen(self._way.setup.target, self._made, line))
            return
        if value == choices.ELSEWHERE:
            self._look_elsewhere()
            return
        other = next((one for one in self._foreign if one.public.fingerprint == value), None)
        identity = self._identity(value)
        if identity is None and other is not None:
            flow.proceed(app_of(self), flow.with_key(self._way, other.titled, None))
        if identity is not None:
            flow.proceed(app_of(self), flow.with_key(self._way, identity.public, identity.private_path))

    def _look_elsewhere(self) -> None:
        from sshwizard.tui.screens.elsewhere import ElsewhereScreen

        facts = self._way.diagnosis.case.facts if self._way.diagnosis else None
        self.app.push_screen(ElsewhereScreen(None, facts.identities if facts else ()), self._others)

    def _others(self, found: tuple[Foreign, ...] | None) -> None:
        if found is not None:
            self._foreign = found
            self._ask(found[0].public.fingerprint if found else "")

    def _identity(self, fingerprint: str) -> Identity | None:
        facts = self._way.diagnosis.case.facts if self._way.diagnosis else None
        return (
            next((one for one in facts.identities if one.public.fingerprint == fingerprint), None)
            if facts
            else None
        )

    def _made(self, change: Change, new: NewKey) -> None:
        from sshwizard.openssh.keys import read_public_line
        from sshwizard.wizard import strip

        machine = self.session.look_again()
        public = read_public_line(machine.files.look(f"{new.path}.pub").data)
        way = flow.with_key(self._way, public, new.path)
        command = strip.keygen(new.type, new.bits, machine.shown(new.path), new.comment)
        way = replace(way, setup=flow.with_change(way.setup, change, command))
        flow.proceed(app_of(self), way, instead=True)
