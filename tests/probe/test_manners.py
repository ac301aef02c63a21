"""The polite budget: ends without a login, counted over every process and every front end of this account."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from probe import making
from servers.asyncssh_server import asyncssh_server
from servers.keys import KeyMaker
from servers.person import Person
from servers.sshd import Sshd
from tui.driving import press, running, shows, until

from sshwizard.machine import runtime
from sshwizard.machine.machine import Machine
from sshwizard.model.events import Event, Note
from sshwizard.probe import manners, probe
from sshwizard.probe.wait import until_accepted
from sshwizard.tui.screens.check import CheckScreen

StartSshd = Callable[..., Sshd]
SSHWIZARD = [sys.executable, "-m", "sshwizard"]
RELAY = """import os, socket, sys, threading, time
with open(sys.argv[2], "a") as log:
    log.write(f"{time.time()}\\n")
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as there:
    def up():
        while piece := os.read(0, 65536):
            there.sendall(piece)
        there.shutdown(socket.SHUT_WR)
    threading.Thread(target=up, daemon=True).start()
    while piece := there.recv(65536):
        os.write(1, piece)
"""


class Forge:
    """A host that is not this machine by its name, and knows none of the keys of the home."""

    def __init__(self, home: Path, folder: Path, port: int, host_key: str, keys: KeyMaker) -> None:
        ssh = home / ".ssh"
        ssh.mkdir(mode=0o700)
        pair = keys.make(ssh, "id_ed25519")
        relay = folder / "relay.py"
        relay.write_text(RELAY)
        (ssh / "known_hosts").write_text(f"forge.example {host_key}")
        self.begun = folder / "begun"
        self.proxy = f"{sys.executable} {relay} {port} {self.begun}"
        (ssh / "config").write_text(
            f"Host forge.example\n  User git\n  IdentityFile {pair.path}\n  IdentitiesOnly yes\n"
            f"  UserKnownHostsFile {ssh / 'known_hosts'}\n  ProxyCommand {self.proxy}\n"
        )
        (ssh / "config").chmod(0o600)
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        self.env = {**os.environ, "SSHWIZARD_HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}

    def asked(self) -> list[float]:
        """Return when a connection was begun; each ends without a login."""
        return [float(line) for line in self.begun.read_text().split()] if self.begun.exists() else []

    def doctor(self) -> str:
        words = [*SSHWIZARD, "doctor", "forge.example"]
        done = subprocess.run(words, env=self.env, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr


@pytest.fixture
def forge(home: Path, tmp_path: Path, keys: KeyMaker, request: pytest.FixtureRequest) -> Iterator[Forge]:
    """A forge that says it is an OpenSSH that locks addresses out, or what the parameter says."""
    version = getattr(request, "param", "OpenSSH_9.8")
    stranger = keys.make(tmp_path, "stranger").line
    with asyncssh_server(tmp_path, [stranger], version) as server:
        yield Forge(home, tmp_path, server.port, server.host_key, keys)


def ask_about_the_forge(person: Person) -> None:
    """Go from the first question to the check of the forge."""
    for text, answer in (("What brings you here?", "1"), ("Which host?", "forge.example")):
        person.sees(text)
        person.sees("Number")
        person.types(answer)


def test_two_doctors_are_free_and_the_wizard_then_waits_and_says_why(forge: Forge, tmp_path: Path) -> None:
    said = forge.doctor() + forge.doctor()
    with Person([*SSHWIZARD, "--plain"], env=forge.env, cwd=tmp_path) as person:
        ask_about_the_forge(person)
        person.sees("so that forge.example does not take this for an attack")

    assert "does not take this for an attack" not in said
    assert len(forge.asked()) == 2


@pytest.mark.parametrize("forge", ["OpenSSH_9.2p1", "Go"], indirect=True)
def test_a_host_that_locks_nobody_out_is_asked_by_every_process(forge: Forge) -> None:
    said = "".join(forge.doctor() for _time in range(3))

    assert "does not take this for an attack" not in said
    assert len(forge.asked()) == 3


async def test_asking_again_and_again_in_the_full_screen_is_paced_with_a_sentence(
    forge: Forge, make_machine: Callable[..., Machine]
) -> None:
    async with running(make_machine(), size=(100, 30)) as (app, pilot):
        screen = CheckScreen("forge.example")
        await app.push_screen(screen)
        for _time in range(2):
            await until(pilot, lambda: screen.diagnosis is not None, "the check to be over")
            await press(pilot, "r")
        await shows(pilot, "so that forge.example does not take this for an attack")
        await press(pilot, "escape")

    assert len(forge.asked()) == 2


@pytest.mark.slow
def test_after_the_wait_the_wizard_goes_on_with_three_ends_in_more_than_15_s(
    forge: Forge, tmp_path: Path
) -> None:
    forge.doctor()
    forge.doctor()
    with Person([*SSHWIZARD, "--plain"], env=forge.env, cwd=tmp_path) as person:
        ask_about_the_forge(person)
        person.sees("so that forge.example does not take this for an attack")
        person.sees("does not know")
    begun = forge.asked()

    assert len(begun) == 3
    assert begun[2] - begun[0] > manners.WINDOW


def test_the_second_end_is_free_and_the_third_waits(machine: Machine) -> None:
    turns = [manners.Turn(machine, host, 22) for host in ("forge.example", "Forge.example")]
    for turn in turns:
        assert turn.take() == 0.0
        turn.end(counts=True)

    assert 14.0 < manners.Turn(machine, "forge.example", 22).take() <= manners.WINDOW
    assert manners.Turn(machine, "forge.example", 443).take() == 0.0
    assert manners.Turn(machine, "127.0.0.1", 22).take() == 0.0


def test_a_turn_that_is_taken_counts_until_it_is_given_back(machine: Machine) -> None:
    first, second, third = (manners.Turn(machine, "forge.example", 22) for _number in range(3))
    first.take()
    second.take()
    waited = third.take()
    first.end(counts=False)

    assert waited > 14.0
    assert third.take() == 0.0
    assert manners.Turn(machine, "forge.example", 22).take() > 14.0


def test_another_process_counts_what_this_one_left_behind(machine: Machine) -> None:
    for _number in range(2):
        turn = manners.Turn(machine, "forge.example", 22)
        turn.take()
        turn.end(counts=True)
    other = (
        "import os, sys; from dataclasses import replace; from sshwizard.machine.machine import here\n"
        "from sshwizard.probe import manners\n"
        "print(manners.Turn(replace(here(), runtime_dir=sys.argv[1]), 'forge.example', 22).take())"
    )
    words = [sys.executable, "-c", other, machine.runtime_dir]
    said = subprocess.run(words, capture_output=True, text=True, timeout=20, check=True)

    assert 5.0 < float(said.stdout) <= manners.WINDOW


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("SSH-2.0-OpenSSH_9.8", True),
        ("SSH-2.0-OpenSSH_10.5p1 Debian-1", True),
        ("", True),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2", False),
        ("SSH-2.0-babeld-1", False),
    ],
)
def test_ends_at_a_mild_host_are_this_processs_own(machine: Machine, version: str, expected: bool) -> None:
    for _number in range(2):
        turn = manners.Turn(machine, "forge.example", 22)
        turn.take()
        turn.end(counts=True, server_version=version)

    kept = json.loads(runtime.recall(machine, manners.KEPT) or b"{}")

    assert manners.Turn(machine, "forge.example", 22).take() > 14.0
    assert bool(kept.get("forge.example 22")) is expected


def test_what_is_old_odd_or_of_tomorrow_does_not_count(machine: Machine) -> None:
    now = time.time()
    kept = {
        "a.example 22": [now - 60, now - 50],
        "b.example 22": [now + 60, now + 50],
        "c": "x",
        "d 22": ["y", "z"],
    }
    for data in (json.dumps(kept), "[]", "{"):
        runtime.remember(machine, manners.KEPT, data.encode())

        assert [manners.Turn(machine, f"{name}.example", 22).take() for name in "ab"] == [0.0, 0.0]


def test_without_a_folder_a_process_counts_for_itself(
    make_machine: Callable[..., Machine], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    machine = make_machine(runtime_dir=str(tmp_path / "file"))
    for _number in range(2):
        manners.Turn(machine, "forge.example", 22).take()

    assert manners.Turn(machine, "forge.example", 22).take() > 14.0


def test_a_wait_after_an_upload_counts_and_the_next_check_is_paced(
    machine: Machine, start_sshd: StartSshd, keys: KeyMaker, tmp_path: Path
) -> None:
    server, pair = start_sshd({}), keys.make(tmp_path, "a")
    relay = tmp_path / "relay.py"
    relay.write_text(RELAY)
    command = f"{sys.executable} {relay} {server.port} {tmp_path / 'begun'}"
    plan = making.plan([pair], server.port, host="forge.example", options={"proxycommand": command})
    facts, cancel, heard = making.facts(machine), threading.Event(), []
    for _number in range(2):
        until_accepted(machine, facts, plan, making.public_of(pair), most=2.0)

    def hear(event: Event) -> None:
        if isinstance(event, Note):
            heard.append(event.text)
            cancel.set()

    probe(machine, facts, plan, on_event=hear, cancel=cancel)

    assert len(heard) == 1 and "so that forge.example does not take this for an attack" in heard[0]
    assert len((tmp_path / "begun").read_text().split()) == 2
