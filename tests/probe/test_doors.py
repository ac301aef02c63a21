"""A network that blocks port 22: the service's other door is tried, shown, and proposed where it is open."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from probe import making
from probe.misbehaving import Behaviour, hold, saying, serving
from servers.keys import KeyMaker, Pair
from servers.sshd import Sshd

from sshwizard import apply, check
from sshwizard.machine.machine import Machine
from sshwizard.machine.network import Address
from sshwizard.model.finding import Diagnosis
from sshwizard.probe import doors, probe

ADDRESSES = {
    "github.com": "140.82.121.3",
    "ssh.github.com": "140.82.112.36",
    "codeberg.org": "217.197.84.140",
}

Connect = Callable[[Address, float], socket.socket]


def refused(_address: Address, _seconds: float) -> socket.socket:
    raise ConnectionRefusedError(111, "Connection refused")


def never(_address: Address, _seconds: float) -> socket.socket:
    raise TimeoutError("timed out")


def to(port: int) -> Connect:
    return lambda _address, seconds: socket.create_connection(("127.0.0.1", port), seconds)


@dataclass(frozen=True)
class Network:
    """A home with a key that the service knows, and a way to lay the network out."""

    make_machine: Callable[..., Machine]
    server: Sshd
    key: Pair
    home: Path

    def machine(self, at_22: Connect, at_443: Connect | None = None) -> Machine:
        ways = {22: at_22, 443: at_443 or to(self.server.port)}

        def resolve(host: str, port: int, _family: int) -> tuple[Address, ...]:
            return (Address(socket.AF_INET, ADDRESSES[host], port),)

        def connect(address: Address, seconds: float) -> socket.socket:
            return ways[address.port](address, seconds)

        return self.make_machine(resolve=resolve, connect=connect)

    def trust_door(self) -> None:
        _host, key = self.server.known_hosts_line.split(" ", 1)
        (self.home / ".ssh" / "known_hosts").write_text(f"[ssh.github.com]:443 {key}")


@pytest.fixture
def network(
    make_machine: Callable[..., Machine], start_sshd: Callable[..., Sshd], keys: KeyMaker, home: Path
) -> Network:
    key = keys.make(home / ".ssh", "id_ed25519")
    return Network(make_machine, start_sshd({"joe": [key.line]}), key, home)


def diagnose(machine: Machine, typed: str = "git@github.com:joe/app.git") -> Diagnosis:
    return check.run(machine, check.Request(typed=typed, timeout=6.0))


@pytest.mark.parametrize("way", [refused, never])
def test_an_open_door_is_shown_and_its_block_really_leads_there(network: Network, way: Connect) -> None:
    network.trust_door()
    machine = network.machine(way)

    found = diagnose(machine)

    first = found.findings[0]
    door = found.case.transcript.doors[0] if found.case.transcript else None
    assert door is not None and (door.place, door.state) == ("ssh.github.com:443", "open")
    assert ("net-port-blocked", "fail") == (first.id, first.severity)
    assert "ssh.github.com:443, of the same service, answers" in first.conclusion
    assert "ssh.github.com:443" in [seen.source for seen in first.evidence]
    assert first.fixes[0].steps and first.fixes[0].hosts_checked >= 0

    apply.apply_fix(machine, first.fixes[0])
    config = network.home / ".ssh" / "config"
    real = subprocess.run(
        ["ssh", "-F", config, "-G", "github.com"], capture_output=True, text=True, timeout=9, check=True
    )
    again = diagnose(machine.fresh())

    assert {"hostname ssh.github.com", "port 443"} <= set(real.stdout.splitlines())
    assert again.verdict == "healthy", again.findings


@pytest.mark.parametrize(
    ("behaviour", "id"),
    [(saying(b""), "net-ssh-filtered"), (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "net-proxy-misconfig")],
)
def test_a_door_is_tried_where_something_cuts_ssh_off(
    network: Network, behaviour: Behaviour, id: str
) -> None:
    network.trust_door()
    with serving(behaviour) as port:
        found = diagnose(network.machine(to(port)))

    assert found.findings[0].id == id
    assert "of the same service, answers" in found.findings[0].conclusion
    assert found.findings[0].fixes[0].title == "Go through ssh.github.com:443"


def test_a_door_whose_key_nobody_vouches_for_is_not_proposed(network: Network) -> None:
    found = diagnose(network.machine(refused))

    assert found.case.transcript is not None
    assert [door.state for door in found.case.transcript.doors] == ["unvouched"]
    assert "do not use it" in found.findings[0].conclusion
    assert not any(fix.steps for fix in found.findings[0].fixes)
    assert network.server.log().count("publickey") == 0


def test_doors_that_are_closed_too_are_said_to_be(network: Network) -> None:
    found = diagnose(network.machine(refused, refused))

    assert "ssh.github.com:443, of the same service, cannot be reached either" in found.findings[0].conclusion
    assert found.case.way_round is None


def test_a_silent_door_does_not_outlast_the_whole_time(network: Network) -> None:
    with serving(hold) as port:
        machine = network.machine(refused, to(port))
        seen = probe(machine, making.facts(machine), making.plan([], 22, host="github.com"), timeout=1.0)

    assert seen.first_failure is not None
    assert (seen.first_failure.id, seen.first_failure.code) == ("tcp", "refused")
    assert [check.state for check in seen.checks].count("failed") == 1


def test_a_host_without_another_door_gets_the_sentence_for_the_administrators(network: Network) -> None:
    found = diagnose(network.machine(refused), "git@codeberg.org:joe/app.git")

    fixes = found.findings[0].fixes
    sentences = " ".join(text for fix in fixes for text in fix.instructions)
    assert found.findings[0].id == "net-port-blocked"
    assert found.case.transcript is not None and found.case.transcript.doors == ()
    assert "Codeberg has no other port for ssh" in sentences
    assert "allow outgoing TCP connections to codeberg.org:22" in sentences
    assert "git remote set-url origin https://codeberg.org/joe/app.git" in [fix.command for fix in fixes]


def test_the_book_knows_other_doors_for_a_blocked_port() -> None:
    plan = making.plan([], 22, host="github.com")
    found = [(door.effective.hostname, door.effective.port) for door in doors.other_doors(plan)]

    assert found == [("ssh.github.com", 443)]
    assert doors.other_doors(making.plan([], 22, host="forge.example")) == ()
    assert doors.other_doors(making.plan([], 443, host="ssh.github.com")) == ()
