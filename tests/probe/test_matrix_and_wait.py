"""Keys by hosts, waiting for a key, and the polite budget over everything that one process asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from probe import making
from servers.keys import KeyMaker, Pair
from servers.running import free_port
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.model.events import CheckDone, Event
from sshwizard.model.plan import Plan
from sshwizard.probe.matrix import Row, who_knows
from sshwizard.probe.wait import Look, until_accepted

StartSshd = Callable[..., Sshd]


@pytest.fixture
def pairs(keys: KeyMaker, tmp_path: Path) -> tuple[Pair, ...]:
    return keys.several(tmp_path, ["a", "b", "c"])


def test_each_host_knows_its_own_keys(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    first, second = start_sshd({"joe": [pairs[0].line]}), start_sshd({"ann": [pairs[1].line, pairs[2].line]})
    ports = (first.port, second.port, free_port())
    plans = [making.plan(pairs[:1], port) for port in ports]
    rows_told: list[Row] = []
    events: list[tuple[Plan, Event]] = []

    rows = who_knows(
        machine,
        making.facts(machine),
        plans,
        keys=[making.public_of(pair) for pair in pairs],
        login=True,
        on_row=rows_told.append,
        on_event=lambda plan, event: events.append((plan, event)),
    )

    matrix = [[row.transcript.thinks_of(making.public_of(pair)) for pair in pairs] for row in rows]
    assert matrix == [
        ["accepted", "refused", "refused"],
        ["refused", "accepted", "accepted"],
        ["not_reached"] * 3,
    ]
    assert [row.transcript.account for row in rows] == ["joe", None, None]
    assert {row.plan.target.port for row in rows_told} == set(ports)
    assert {plan.target.port for plan, event in events if isinstance(event, CheckDone)} == set(ports)


def test_a_cancelled_matrix_is_complete_and_empty(machine: Machine, pairs: tuple[Pair, ...]) -> None:
    cancel = threading.Event()
    cancel.set()
    plans = [making.plan(pairs, free_port()) for _number in range(6)]

    rows = who_knows(machine, making.facts(machine), plans, cancel=cancel)

    assert [row.transcript.ssh_outcome for row in rows] == ["not_reached"] * 6


def test_waiting_ends_when_the_key_is_allowed_on_one_connection(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[1].line]})
    looks: list[Look] = []

    def look(seen: Look) -> None:
        looks.append(seen)
        server.allow("ann", pairs[0].line)

    plan = making.plan(pairs[:1], server.port)
    waited = until_accepted(machine, making.facts(machine), plan, making.public_of(pairs[0]), on_look=look)

    assert (waited.state, [seen.state for seen in looks]) == ("accepted", ["refused", "accepted"])
    assert server.log().count("Connection from") == 1


def test_waiting_for_a_host_that_is_not_there_ends_at_once(machine: Machine, pairs: tuple[Pair, ...]) -> None:
    plan = making.plan(pairs[:1], free_port())

    waited = until_accepted(machine, making.facts(machine), plan, making.public_of(pairs[0]))

    assert (waited.state, waited.looks) == ("no_way", 0)


def test_waiting_can_be_cancelled_between_two_looks(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({})
    cancel = threading.Event()
    plan = making.plan(pairs[:1], server.port)

    waited = until_accepted(
        machine,
        making.facts(machine),
        plan,
        making.public_of(pairs[0]),
        on_look=lambda _look: cancel.set(),
        cancel=cancel,
    )

    assert (waited.state, waited.looks) == ("cancelled", 1)
    assert waited.seconds < 2.0
