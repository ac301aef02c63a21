"""The user's own ssh, led to the refusing sink: it says the same as our plan, and nothing is touched."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker

from sshwizard.errors import Cancelled, CannotCheck
from sshwizard.gather import gather
from sshwizard.machine.machine import Machine
from sshwizard.model.config import CommandLine
from sshwizard.plan import make_plan
from sshwizard.probe import witness

LINE = CommandLine(destination="nowhere.invalid")


def configured(home: Path, text: str) -> str:
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    path = home / ".ssh" / "config"
    path.write_text(text)
    return str(path)


def test_the_plan_and_the_witness_agree(
    keys: KeyMaker, home: Path, start_agent: Callable[..., Agent], make_machine: Callable[..., Machine]
) -> None:
    folder = home / ".ssh"
    named, held, stranger = (keys.make(folder, name) for name in ("named", "held", "stranger"))
    pem = keys.make(folder, "pem", type="rsa", bits=2048, form="PEM")
    pem.public_path.unlink()
    subprocess.run(
        ["ssh-keygen", "-q", "-s", held.path, "-I", "id", named.public_path], check=True, timeout=20
    )
    agent = start_agent(stranger.path, held.path)
    lines = (f"IdentityFile {path}" for path in (named.path, held.path, pem.path, folder / "missing"))
    config = configured(home, "\n".join([*lines, f"IdentityAgent {agent.socket}", ""]))
    machine = make_machine(config=config)

    plan = make_plan(gather(machine, LINE))
    seen = witness.testimony(machine, LINE)

    assert witness.compare(plan, seen) == ()
    assert len(seen.offered) == len(plan.offers) == 6
    arrived = [one.public.blob for one in seen.offered if one.public is not None]
    assert arrived == [offer.public.blob for offer in plan.offers if offer.public is not None]
    assert [one.agent for one in seen.offered[:3]] == [True, True, False]


def test_a_difference_is_said_in_a_sentence(
    keys: KeyMaker, home: Path, make_machine: Callable[..., Machine]
) -> None:
    keys.make(home / ".ssh", "work"), keys.make(home / ".ssh", "other")
    config = configured(home, f"IdentityFile {home}/.ssh/work\n")
    machine = make_machine(config=config)
    seen = witness.testimony(machine, LINE)
    configured(home, f"IdentityFile {home}/.ssh/other\n")

    (sentence,) = witness.compare(make_plan(gather(machine.fresh(), LINE)), seen)

    assert "other" in sentence and "work" in sentence


def runs(number: int) -> bool:
    """Say whether a process still runs; one that nobody has collected yet does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def cancelled_once(mark: Path) -> threading.Event:
    """Return an event that is set as soon as a program has written its number into `mark`."""
    cancel = threading.Event()

    def when_it_runs() -> None:
        while not (mark.exists() and mark.read_text().strip()):
            time.sleep(0.01)
        cancel.set()

    threading.Thread(target=when_it_runs, daemon=True).start()
    return cancel


def test_a_cancelled_witness_ends_with_all_that_it_started(
    home: Path, make_machine: Callable[..., Machine], tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    config = configured(home, f'Match exec "echo $$ >{mark}; exec sleep 60"\n    User x\n')
    machine = make_machine(config=config)
    cancel = cancelled_once(mark)
    began = time.monotonic()

    with pytest.raises(Cancelled):
        witness.testimony(machine, LINE, cancel=cancel)

    assert time.monotonic() - began < 10
    assert not runs(int(mark.read_text()))


def test_a_cancelled_announcement_ends_with_all_that_it_started(
    home: Path, make_machine: Callable[..., Machine], tmp_path: Path
) -> None:
    mark, program = tmp_path / "mark", tmp_path / "ssh"
    hangs = f'case "$*" in *-Z*) echo $$ >{mark}; sleep 60;; esac\necho OpenSSH_10.5p1 >&2\n'
    program.write_text(f"#!/bin/sh\n{hangs}")
    program.chmod(0o755)
    machine = make_machine(config=configured(home, ""), ssh=str(program))
    cancel = cancelled_once(mark)

    with pytest.raises(Cancelled):
        witness.announced_by_ssh(machine, LINE, cancel=cancel)

    assert not runs(int(mark.read_text()))


def test_another_home_is_spoken_for_where_no_key_hangs_on_it(
    keys: KeyMaker, home: Path, make_machine: Callable[..., Machine]
) -> None:
    pair = keys.make(home / ".ssh", "work")
    configured(home, f"IdentityFile {pair.path}\n")
    fixed = make_machine()
    plan = make_plan(gather(fixed, LINE))
    seen = witness.testimony(fixed, LINE, plan=plan)
    configured(home, "IdentityFile ~/.ssh/work\n")
    hangs = make_machine()

    assert witness.compare(plan, seen) == () and len(seen.offered) == 1
    with pytest.raises(CannotCheck, match="cannot be a witness for another"):
        witness.testimony(hangs, LINE, plan=make_plan(gather(hangs, LINE)))


def test_nothing_under_the_home_changes(
    keys: KeyMaker, home: Path, start_agent: Callable[..., Agent], make_machine: Callable[..., Machine]
) -> None:
    pair = keys.make(home / ".ssh", "work")
    agent = start_agent()
    options = (
        f"AddKeysToAgent yes\nControlMaster auto\nControlPath {home}/.ssh/control\nPermitLocalCommand yes\n"
    )
    options += f"LocalCommand touch {home}/ran\nRemoteCommand touch {home}/ran\nUpdateHostKeys yes\n"
    config = configured(home, f"{options}IdentityFile {pair.path}\nIdentityAgent {agent.socket}\n")
    before = sorted(os.listdir(home / ".ssh"))

    witness.offered_by_ssh(make_machine(config=config), LINE)

    assert sorted(os.listdir(home / ".ssh")) == before
    assert not (home / "ran").exists()
    assert agent.lines() == []


def test_a_refused_configuration_is_said(home: Path, make_machine: Callable[..., Machine]) -> None:
    machine = make_machine(config=configured(home, "NoSuchOption yes\n"))

    with pytest.raises(CannotCheck) as caught:
        witness.offered_by_ssh(machine, LINE)

    assert "bad configuration option" in caught.value.message.lower()


def test_ssh_is_no_witness_for_another_home(machine: Machine) -> None:
    with pytest.raises(CannotCheck) as caught:
        witness.offered_by_ssh(machine, LINE)

    assert caught.value.code == "witness-other-home"


def test_without_ssh_there_is_no_witness(make_machine: Callable[..., Machine]) -> None:
    with pytest.raises(CannotCheck) as caught:
        witness.offered_by_ssh(make_machine(ssh=""), LINE)

    assert caught.value.code == "no-ssh"
