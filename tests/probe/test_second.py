"""The second witness: the machine's own ssh and git, run with options that ask and store nothing."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from probe import making
from servers.keys import KeyMaker
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.model.facts import Facts, GitFacts
from sshwizard.model.plan import Plan
from sshwizard.probe import second

StartSshd = Callable[..., Sshd]


@pytest.fixture
def ground(
    make_machine: Callable[..., Machine], start_sshd: StartSshd, keys: KeyMaker, home: Path
) -> tuple[Machine, Facts, Plan, Sshd]:
    pair = keys.make(home / ".ssh", "work")
    server = start_sshd({"joe": [pair.line]})
    server.make_repository("app.git")
    known = home / ".ssh" / "known_hosts"
    known.write_text(server.known_hosts_line)
    block = server.config_block(
        "server", f"IdentityFile {pair.path}", "IdentityAgent none", known_hosts=known
    )
    (home / ".ssh" / "config").write_text(block)
    machine = make_machine()
    plan = making.plan([pair], server.port)
    plan = dataclasses.replace(plan, target=dataclasses.replace(plan.target, typed="server", host="server"))
    return machine, making.facts(machine), plan, server


def test_ssh_itself_logs_in_and_tells_its_log(ground: tuple[Machine, Facts, Plan, Sshd]) -> None:
    machine, _facts, plan, _server = ground

    seen = second.own_ssh(machine, plan)

    assert "Offering public key" in seen.log and "Authenticated to" in seen.log
    assert "Hi joe!" in seen.log and "\\x0d" not in seen.log
    assert (seen.status, seen.problem) == (1, "")


def test_git_lists_the_references_with_the_ssh_it_would_use(
    ground: tuple[Machine, Facts, Plan, Sshd],
) -> None:
    machine, facts, _plan, _server = ground
    machine = dataclasses.replace(machine, env={**machine.env, "GIT_CONFIG_NOSYSTEM": "1"})

    seen = second.git_ls_remote(machine, facts, "git@server:app.git")

    assert seen.status == 0, seen.log
    assert "refs/heads/main" in seen.out
    assert "Authenticated to" in seen.log


def test_plink_is_left_as_it_is(ground: tuple[Machine, Facts, Plan, Sshd]) -> None:
    machine, facts, _plan, _server = ground
    facts = dataclasses.replace(facts, git=GitFacts(folder=None, ssh_command="/nowhere/plink.exe"))

    seen = second.git_ls_remote(machine, facts, "git@server:app.git")

    assert seen.status not in (0, None)


def test_a_witness_that_takes_too_long_is_ended(
    ground: tuple[Machine, Facts, Plan, Sshd], home: Path
) -> None:
    machine, _facts, plan, _server = ground
    config = home / ".ssh" / "config"
    config.write_text("ProxyCommand sleep 60\n" + config.read_text())
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    began = time.monotonic()

    late = second.own_ssh(machine, plan, timeout=0.5)
    cancelled = second.own_ssh(machine, plan, cancel=cancel)

    assert (late.status, late.problem) == (None, "out of time")
    assert (cancelled.status, cancelled.problem) == (None, "cancelled")
    assert time.monotonic() - began < 2.5
