"""Hosts that are no hosts: the right layer is named, in bounded time, and no thread is left."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from probe import making
from probe.misbehaving import dripping, hold, relaying, saying, serving
from servers.keys import KeyMaker
from servers.running import free_port, wait_for
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.model.transcript import Transcript
from sshwizard.probe import identification, probe

StartSshd = Callable[..., Sshd]


def ask(machine: Machine, port: int, key: str, *, timeout: float = 5.0, **named: object) -> Transcript:
    return probe(machine, making.facts(machine), making.plan([key], port), timeout=timeout, **named)  # type: ignore[arg-type]


def failure(seen: Transcript) -> tuple[str, str]:
    assert seen.first_failure is not None
    return seen.first_failure.id, seen.first_failure.code


@pytest.fixture
def key(keys: KeyMaker, tmp_path: Path) -> str:
    return keys.make(tmp_path, "some").line


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>", "http-answer"),
        (b"HTTP/1.0 302 Found\r\nLocation: http://login.example/\r\n\r\n", "http-answer"),
        (b"<html><body>Please log in to the Wi-Fi</body></html>", "http-answer"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "tls-answer"),
        (b"Exceeded MaxStartups\r\n", "max-startups"),
        (b"Not allowed at this time\r\n", "penalty"),
        (b"220 mail.example.org ESMTP\r\n", "not-ssh"),
        (b"\x00\x01\x02garbage\xff\xfe", "not-ssh"),
        (b"SSH-1.5-OldServer\r\n", "old-protocol"),
        (b"x" * 1_000_000, "not-ssh"),
        (b"line\r\n" * 200_000, "not-ssh"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_ssh_is_recognised(machine: Machine, key: str, said: bytes, code: str) -> None:
    with serving(saying(said)) as port:
        seen = ask(machine, port, key)

    assert failure(seen) == ("banner", code)
    assert [check.state for check in seen.checks if check.id in ("kex", "userauth")] == ["not_reached"] * 2


def test_many_lines_before_the_version_string_are_allowed(
    machine: Machine, start_sshd: StartSshd, keys: KeyMaker, tmp_path: Path
) -> None:
    right = keys.make(tmp_path, "right")
    server = start_sshd({"joe": [right.line]})

    def chatty(connection: socket.socket) -> None:
        connection.sendall(b"Welcome to the machine room\r\n" * 1000)
        relaying(server.port, 1 << 30, then="close")(connection)

    with serving(chatty) as port:
        seen = ask(machine, port, right.line)

    assert seen.ssh_outcome == "accepted"


@pytest.mark.parametrize(
    "behave", [hold, dripping(b"SSH-2.0-Slow\r\n", 0.4)], ids=["silence", "one byte a time"]
)
def test_a_host_that_says_too_little_costs_bounded_time(
    machine: Machine, key: str, behave: Callable[[socket.socket], None]
) -> None:
    began = time.monotonic()

    with serving(behave) as port:
        seen = ask(machine, port, key, timeout=1.0)

    assert failure(seen) == ("banner", "timeout")
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize("then", ["close", "stall"])
@pytest.mark.parametrize(
    ("most", "layers"),
    [
        (20, {"banner"}),
        (60, {"kex"}),
        (600, {"kex"}),
        (1200, {"kex"}),
        (1500, {"kex", "userauth"}),
        (1800, {"userauth"}),
    ],
)
def test_an_end_at_each_step_is_named(
    machine: Machine,
    start_sshd: StartSshd,
    keys: KeyMaker,
    tmp_path: Path,
    most: int,
    layers: set[str],
    then: str,
) -> None:
    wrong = keys.make(tmp_path, "wrong")
    server = start_sshd({})
    began = time.monotonic()

    with serving(relaying(server.port, most, then=then)) as port:
        seen = ask(machine, port, wrong.line, timeout=0.9)

    layer, code = failure(seen)
    assert layer in layers
    assert code in {"closed", "reset", "timeout"}
    assert time.monotonic() - began < 2.5


def test_a_port_where_nobody_listens_refuses(machine: Machine, key: str) -> None:
    seen = ask(machine, free_port(), key)

    assert failure(seen) == ("tcp", "refused")


def test_a_name_that_does_not_exist_is_no_such_host(machine: Machine, key: str) -> None:
    plan = making.plan([key], 22, host="nowhere.invalid")

    seen = probe(machine, making.facts(machine), plan)

    assert failure(seen) == ("dns", "no-such-host")


def test_a_full_backlog_times_out_at_tcp(machine: Machine, key: str) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _number in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        seen = ask(machine, port, key, timeout=0.8)
        for one in waiting:
            one.close()

    assert failure(seen) == ("tcp", "timeout")


@pytest.mark.parametrize(
    "behave",
    [hold, dripping(b"SSH-2.0-Slow\r\n", 0.4), saying(b"SSH-2.0-Stuck\r\n", then_wait=True)],
    ids=["silence", "slow", "no kex"],
)
def test_cancel_ends_every_layer_within_half_a_second(
    machine: Machine, key: str, behave: Callable[[socket.socket], None]
) -> None:
    cancel = threading.Event()
    before = set(threading.enumerate())

    with serving(behave) as port:
        during = set(threading.enumerate())
        timer = threading.Timer(0.4, cancel.set)
        timer.start()
        began = time.monotonic()
        seen = ask(machine, port, key, timeout=20.0, cancel=cancel)
        took = time.monotonic() - began
        timer.join()
        left = {
            one for one in threading.enumerate() if one not in during and one.name.startswith("sshwizard")
        }

    assert seen.first_failure is not None and seen.first_failure.code == "cancelled"
    assert took < 0.9
    assert left == set()
    wait_for(lambda: set(threading.enumerate()) <= before, "no thread left")


def test_cancel_ends_a_tcp_connection_that_hangs(machine: Machine, key: str) -> None:
    cancel = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _number in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        threading.Timer(0.3, cancel.set).start()
        began = time.monotonic()
        seen = ask(machine, port, key, cancel=cancel)
        for one in waiting:
            one.close()

    assert failure(seen) == ("tcp", "cancelled")
    assert time.monotonic() - began < 0.8


def test_what_is_known_when_the_time_is_over_is_kept(
    machine: Machine, start_sshd: StartSshd, keys: KeyMaker, tmp_path: Path
) -> None:
    server = start_sshd({}, max_auth_tries=2)
    made = keys.several(tmp_path, ["a", "b", "c"])
    seen_before: list[socket.socket] = []

    def second_one_stalls(connection: socket.socket) -> None:
        seen_before.append(connection)
        relaying(server.port, 1 << 30 if len(seen_before) == 1 else 20, then="stall")(connection)

    with serving(second_one_stalls) as port:
        plan = making.plan(made, port)
        seen = probe(machine, making.facts(machine), plan, timeout=1.5)

    assert (seen.ssh_outcome, seen.try_limit, seen.connections) == ("thrown_out", 2, 2)
    assert failure(seen) == ("userauth", "too-many-failures")


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (b"220 mail.example ESMTP\r\n", "not-ssh", "220 mail.example ESMTP"),
        (b"<\xf6M\0\xef%", "not-ssh", "not SSH"),
        (b"<!DOCTYPE html>\r\n<html>", "http-answer", "DOCTYPE"),
    ],
)
def test_another_protocol_is_quoted_and_not_taken_for_the_web(said: bytes, code: str, words: str) -> None:
    found = identification.read(said) or identification.silent(said, 8)

    assert isinstance(found, identification.NotSsh)
    assert found.code == code
    assert words in found.detail and "\\x0d" not in found.detail
