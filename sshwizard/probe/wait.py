"""Waiting until a host takes a key: after an upload it can take a while.

One connection is kept open and asked again at growing intervals, so that many looks cost one connection
without a login; before the host hangs up by itself a new one is opened, at a polite pace.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Literal

from sshwizard.machine.machine import Machine
from sshwizard.model.events import OnEvent, ignore
from sshwizard.model.facts import Facts
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Plan
from sshwizard.probe.limits import Limit, Stopped
from sshwizard.probe.record import Record
from sshwizard.probe.road import Road
from sshwizard.text import _

INTERVALS = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)
"""Seconds between two looks; the last one repeats."""

LOOKS = 4
"""Refusals taken on one connection: fewer than MaxAuthTries is anywhere by default."""

AGE = 60.0
"""Seconds that one connection is kept: hosts end those that do not log in, many after 120 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look, for a visible clock."""

    number: int
    seconds: float
    """Since the waiting began."""
    state: Literal["accepted", "refused", "no_answer"]
    next_in: float
    """Seconds until the next look; 0 after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How the waiting ended."""

    state: Literal["accepted", "gave_up", "cancelled", "no_way"]
    """`no_way`: the host could not be asked at all: not reached, or its key is not to be trusted."""
    looks: int
    seconds: float
    detail: str = ""


def until_accepted(
    machine: Machine,
    facts: Facts,
    plan: Plan,
    public: PublicKey,
    *,
    most: float = 300.0,
    on_look: Callable[[Look], None] = lambda _look: None,
    on_event: OnEvent = ignore,
    cancel: threading.Event | None = None,
) -> Waited:
    """Ask the plan's host about one key until it takes it, `most` seconds are over, or `cancel` is set.

    Nothing is stored: to resume later, wait again. Raises nothing for what it meets.
    """
    return _Waiting(machine, facts, plan, public, on_look, on_event, Limit(most, cancel)).run()


class _Waiting:
    def __init__(
        self,
        machine: Machine,
        facts: Facts,
        plan: Plan,
        public: PublicKey,
        on_look: Callable[[Look], None],
        on_event: OnEvent,
        limit: Limit,
    ) -> None:
        self._machine = machine
        self._facts = facts
        self._plan = plan
        self._public = public
        self._on_look = on_look
        self._on_event = on_event
        self._limit = limit
        self._began = time.monotonic()
        self._looks = 0
        self._intervals = chain(INTERVALS, repeat(INTERVALS[-1]))
        self._answered = False

    def run(self) -> Waited:
        try:
            while True:
                for state in self._on_one_connection():
                    self._looks += 1
                    if state == "accepted":
                        self._tell(state, 0.0)
                        return self._waited("accepted")
                    pause = next(self._intervals)
                    self._tell(state, pause)
                    self._limit.pause(pause)
                if not self._answered:
                    return self._waited("no_way", _("The host could not be asked."))
        except Stopped as stop:
            return self._waited("cancelled" if stop.code == "cancelled" else "gave_up")

    def _on_one_connection(self) -> Iterator[Literal["accepted", "refused", "no_answer"]]:
        road = Road(
            self._machine, self._facts, self._plan, (), False, True, Record(self._on_event), self._limit
        )
        opened = time.monotonic()
        try:
            if not road.arrive():
                return
            for _number in range(LOOKS):
                state = road.look(self._public)
                if state is None:
                    yield "no_answer"
                    return
                self._answered = True
                yield state
                if time.monotonic() - opened > AGE:
                    return
        finally:
            road.leave()

    def _tell(self, state: Literal["accepted", "refused", "no_answer"], pause: float) -> None:
        seconds = time.monotonic() - self._began
        self._on_look(Look(number=self._looks, seconds=seconds, state=state, next_in=pause))

    def _waited(
        self, state: Literal["accepted", "gave_up", "cancelled", "no_way"], detail: str = ""
    ) -> Waited:
        seconds = time.monotonic() - self._began
        return Waited(state=state, looks=self._looks, seconds=seconds, detail=detail)
