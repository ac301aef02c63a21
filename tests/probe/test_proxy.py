"""Through a proxy: ProxyCommand and ProxyJump, and what a proxy that fails has to say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from probe import making
from servers.keys import KeyMaker, Pair
from servers.running import program
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.model.transcript import Transcript
from sshwizard.probe import probe, proxy

StartSshd = Callable[..., Sshd]


@pytest.fixture
def right(keys: KeyMaker, tmp_path: Path) -> Pair:
    return keys.make(tmp_path, "right")


def ask(machine: Machine, key: Pair, port: int, **named: object) -> Transcript:
    options = {name: str(value) for name, value in named.items()}
    return probe(machine, making.facts(machine), making.plan([key], port, options=options), timeout=8.0)


def states(seen: Transcript) -> dict[str, str]:
    return {check.id: check.state for check in seen.checks}


RELAY = (
    "python3 -c \"import socket,os,threading;s=socket.create_connection(('%h',%p));"
    "threading.Thread(target=lambda:[os.write(1,d) for d in iter(lambda:s.recv(65536),b'')] and os._exit(0),daemon=True).start();"
    "[s.sendall(d) for d in iter(lambda:os.read(0,65536),b'')]\""
)


def test_a_proxy_command_makes_the_connection(machine: Machine, start_sshd: StartSshd, right: Pair) -> None:
    server = start_sshd({"joe": [right.line]})

    seen = ask(machine, right, server.port, proxycommand=RELAY)

    assert seen.ssh_outcome == "accepted"
    layers = states(seen)
    assert (layers["dns"], layers["tcp"], layers["proxy"]) == ("skipped", "skipped", "passed")


def test_a_proxy_that_fails_is_named_with_its_own_words(machine: Machine, right: Pair) -> None:
    seen = ask(machine, right, 22, proxycommand="sh -c 'echo relay.example: no such relay >&2; exit 1'")

    failed = seen.first_failure
    assert failed is not None
    assert (failed.id, failed.code, failed.detail) == (
        "proxy",
        "proxy-failed",
        "relay.example: no such relay",
    )
    assert states(seen)["banner"] == "not_reached"


def test_a_proxy_that_is_not_there_is_named(machine: Machine, right: Pair) -> None:
    seen = ask(machine, right, 22, proxycommand="no-such-program %h %p")

    assert seen.first_failure is not None
    assert seen.first_failure.id == "proxy"
    assert "no-such-program" in seen.first_failure.detail


def test_an_http_proxy_that_answers_is_the_banners_failure(machine: Machine, right: Pair) -> None:
    seen = ask(machine, right, 22, proxycommand="printf 'HTTP/1.1 502 Bad Gateway\\r\\n\\r\\n'")

    assert seen.first_failure is not None
    assert (seen.first_failure.id, seen.first_failure.code) == ("banner", "http-answer")


def test_a_silent_proxy_is_cancelled_with_all_it_started(machine: Machine, right: Pair) -> None:
    cancel = threading.Event()
    plan = making.plan([right], 22, options={"proxycommand": "sleep 60"})
    threading.Timer(0.3, cancel.set).start()
    began = time.monotonic()

    seen = probe(machine, making.facts(machine), plan, cancel=cancel)

    assert seen.first_failure is not None
    assert (seen.first_failure.id, seen.first_failure.code) == ("proxy", "cancelled")
    assert time.monotonic() - began < 0.9


def test_a_jump_goes_through_the_users_own_ssh(
    make_machine: Callable[..., Machine], start_sshd: StartSshd, keys: KeyMaker, home: Path, right: Pair
) -> None:
    jump_key = keys.make(home / ".ssh", "jump")
    jump = start_sshd({}, extra=[f"AuthorizedKeysFile {jump_key.public_path}"])
    server = start_sshd({"joe": [right.line]})
    known = home / ".ssh" / "known_hosts"
    known.write_text(jump.known_hosts_line)
    lines = (f"IdentityFile {jump_key.path}", "IdentitiesOnly yes")
    (home / ".ssh" / "config").write_text(jump.config_block("jump", *lines, known_hosts=known))
    machine = make_machine(ssh=program("ssh", "openssh-client"))

    seen = ask(machine, right, server.port, proxyjump="git@jump")

    assert (seen.ssh_outcome, states(seen)["proxy"]) == ("accepted", "passed")
    assert "Accepted publickey" in jump.log()
    assert "Accepted publickey" not in server.log()


def test_a_jump_that_refuses_says_so(
    make_machine: Callable[..., Machine], start_sshd: StartSshd, home: Path, right: Pair
) -> None:
    jump = start_sshd({})
    (home / ".ssh").mkdir(exist_ok=True)
    known = home / ".ssh" / "known_hosts"
    known.write_text(jump.known_hosts_line)
    (home / ".ssh" / "config").write_text(
        jump.config_block("jump", "IdentityFile none", "IdentityAgent none", known_hosts=known)
    )

    seen = ask(make_machine(), right, 22, proxyjump="jump")

    assert seen.first_failure is not None
    assert seen.first_failure.id == "proxy"
    assert "Permission denied" in seen.first_failure.detail
    assert "\\x0d" not in seen.first_failure.detail


@pytest.mark.parametrize(
    ("jump", "arguments"),
    [
        ("bastion", ["-W", "[host.example]:2222", "bastion"]),
        ("joe@bastion:2200", ["-l", "joe", "-p", "2200", "-W", "[host.example]:2222", "bastion"]),
        (
            "a,ssh://b@[2001:db8::1]:22",
            ["-l", "b", "-p", "22", "-J", "a", "-W", "[host.example]:2222", "2001:db8::1"],
        ),
    ],
)
def test_jumps_become_the_command_that_ssh_makes(machine: Machine, jump: str, arguments: list[str]) -> None:
    plan = making.plan([], 2222, host="host.example", options={"proxyjump": jump})

    argv = proxy.command(machine, plan)

    assert list(argv[-len(arguments) :]) == arguments
