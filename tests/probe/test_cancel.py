"""Cancel and limits where most time can be lost: names, keys, signatures, sessions. No thread stays behind."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from probe import making
from probe.misbehaving import Behaviour, serving
from servers.keys import KeyMaker, Pair
from servers.running import wait_for
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.machine.network import Address
from sshwizard.model.events import CheckStarted, Event
from sshwizard.model.identity import Agent
from sshwizard.model.transcript import Transcript
from sshwizard.probe import probe

AT_ONCE = 0.5
"""Seconds between a cancel and the end."""


@pytest.fixture
def pair(keys: KeyMaker, tmp_path: Path) -> Pair:
    return keys.make(tmp_path, "work")


@pytest.fixture
def threads_left() -> Iterator[None]:
    """Fail when a thread of ours outlives the test."""
    before = set(threading.enumerate())
    yield
    wait_for(lambda: set(threading.enumerate()) <= before, "no thread left")


class Canceller:
    """Takes events; a moment after a layer has begun, it cancels."""

    def __init__(self, layer: str, delay: float = 0.2) -> None:
        self.event = threading.Event()
        self.at = 0.0
        self._layer, self._delay = layer, delay

    def __call__(self, event: Event) -> None:
        if isinstance(event, CheckStarted) and event.id == self._layer:
            threading.Timer(self._delay, self._cancel).start()

    def _cancel(self) -> None:
        self.at = time.monotonic()
        self.event.set()

    def late(self) -> float:
        return time.monotonic() - self.at


def gate(port: int, shut: threading.Event) -> Behaviour:
    """Pass everything to and from a real server until `shut`; from then on what the server says is lost."""

    def upwards(connection: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := connection.recv(65536):
                server.sendall(piece)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def behave(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:
            threading.Thread(target=upwards, args=(connection, server), daemon=True).start()
            while piece := server.recv(65536):
                if not shut.is_set():
                    connection.sendall(piece)

    return behave


def failure(seen: Transcript) -> tuple[str, str]:
    assert seen.first_failure is not None
    return seen.first_failure.id, seen.first_failure.code


@pytest.mark.usefixtures("threads_left")
def test_a_host_that_stops_in_the_middle_of_the_keys(
    machine: Machine, start_sshd: Callable[..., Sshd], pair: Pair
) -> None:
    server = start_sshd({"joe": [pair.line]})
    canceller, shut = Canceller("userauth"), threading.Event()

    def watch(event: Event) -> None:
        if isinstance(event, CheckStarted) and event.id == "userauth":
            shut.set()
        canceller(event)

    with serving(gate(server.port, shut)) as port:
        plan = making.plan([pair], port)
        seen = probe(machine, making.facts(machine), plan, on_event=watch, cancel=canceller.event)
        late = canceller.late()

    assert seen.host_key is not None
    assert failure(seen) == ("userauth", "cancelled")
    assert late < AT_ONCE


@pytest.mark.usefixtures("threads_left")
def test_a_session_that_says_nothing(machine: Machine, start_sshd: Callable[..., Sshd], pair: Pair) -> None:
    server = start_sshd({"joe": [pair.line]}, extra=["ForceCommand sleep 60"])
    canceller = Canceller("session", delay=0.8)

    seen = probe(
        machine,
        making.facts(machine),
        making.plan([pair], server.port),
        login=True,
        on_event=canceller,
        cancel=canceller.event,
    )
    late = canceller.late()

    assert "Accepted publickey" in server.log()
    assert failure(seen) == ("session", "cancelled")
    assert late < AT_ONCE


@pytest.mark.usefixtures("threads_left")
def test_a_silent_session_does_not_outlast_the_whole_time(
    machine: Machine, start_sshd: Callable[..., Sshd], pair: Pair
) -> None:
    server = start_sshd({"joe": [pair.line]}, extra=["ForceCommand sleep 60"])
    plan = making.plan([pair], server.port)
    began = time.monotonic()

    seen = probe(machine, making.facts(machine), plan, login=True, timeout=1.5)

    assert time.monotonic() - began < 2.2
    assert failure(seen) == ("session", "timeout")


@pytest.mark.usefixtures("threads_left")
def test_an_agent_that_never_signs(
    machine: Machine, start_sshd: Callable[..., Sshd], pair: Pair, tmp_path: Path
) -> None:
    server = start_sshd({"joe": [pair.line]})
    canceller = Canceller("session")
    with socket.socket(socket.AF_UNIX) as silent:
        where = str(tmp_path / "agent")
        silent.bind(where)
        silent.listen()
        agent = Agent(name="silent", where=where, reachable=True, keys=(making.public_of(pair),))
        facts = making.facts(machine, agents=[agent])
        seen = probe(
            machine,
            facts,
            making.plan([pair], server.port, agent=where),
            login=True,
            on_event=canceller,
            cancel=canceller.event,
        )
        late = canceller.late()
        wait_for(
            lambda: "sshwizard-bounded" not in {one.name for one in threading.enumerate()}, "thread gone", 1.0
        )

    assert failure(seen) == ("session", "cancelled")
    assert late < AT_ONCE


def hanging(over: threading.Event) -> Callable[[str, int, int], tuple[Address, ...]]:
    def resolve(_host: str, _port: int, _family: int) -> tuple[Address, ...]:
        over.wait(20)
        return ()

    return resolve


@pytest.mark.usefixtures("threads_left")
@pytest.mark.parametrize("way", ["cancel", "timeout"])
def test_a_name_that_nobody_answers_for(make_machine: Callable[..., Machine], pair: Pair, way: str) -> None:
    over, canceller = threading.Event(), Canceller("dns")
    machine = make_machine(resolve=hanging(over))
    plan = making.plan([pair], 22, host="forge.example")
    began = time.monotonic()
    try:
        if way == "cancel":
            seen = probe(machine, making.facts(machine), plan, on_event=canceller, cancel=canceller.event)
            assert canceller.late() < AT_ONCE
        else:
            seen = probe(machine, making.facts(machine), plan, timeout=0.6)
            assert time.monotonic() - began < 1.2
    finally:
        over.set()

    assert failure(seen) == ("dns", "cancelled" if way == "cancel" else "timeout")


@pytest.mark.usefixtures("threads_left")
def test_knocking_at_another_door_is_cancelled_too(make_machine: Callable[..., Machine], pair: Pair) -> None:
    canceller = Canceller("tcp", delay=0.3)
    over = threading.Event()

    def connect(address: Address, _seconds: float) -> socket.socket:
        if address.port == 443:
            over.wait(20)
        raise ConnectionRefusedError(111, "Connection refused")

    def resolve(_host: str, port: int, _family: int) -> tuple[Address, ...]:
        return (Address(socket.AF_INET, "140.82.121.3", port),)

    machine = make_machine(resolve=resolve, connect=connect)
    plan = making.plan([pair], 22, host="github.com")
    try:
        seen = probe(machine, making.facts(machine), plan, on_event=canceller, cancel=canceller.event)
        late = canceller.late()
    finally:
        over.set()

    assert failure(seen) == ("tcp", "refused")
    assert seen.doors == ()
    assert late < AT_ONCE
