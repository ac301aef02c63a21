"""An agent is started, keys go in and out, and each of it is taken back: by undo, or by hand with the recipe."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker

from sshwizard import apply
from sshwizard.errors import CannotApply
from sshwizard.machine import agent_program
from sshwizard.machine.agents import list_agent
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.steps import RemoveFromAgent, StartAgent, Step


def fix(step: Step) -> Fix:
    return Fix(title="a change", steps=(step,))


@pytest.fixture
def socket(tmp_path: Path, machine: Machine) -> Iterator[str]:
    path = str(tmp_path / "agent.sock")
    yield path
    agent_program.end(machine, path)


def wait_until_gone(machine: Machine, socket: str) -> None:
    deadline = time.monotonic() + 10
    while list_agent(machine, socket).reachable:
        assert time.monotonic() < deadline, "the agent still answers"


def by_hand(restore: tuple[str, ...]) -> None:
    for line in restore:
        subprocess.run(["sh", "-c", line], check=True, timeout=10)


@pytest.mark.parametrize("way", ["undo", "by hand"])
def test_an_agent_is_started_and_ended(way: str, socket: str, machine: Machine) -> None:
    change = apply.apply_fix(machine, fix(StartAgent(socket=socket)))
    assert list_agent(machine, socket).reachable

    if way == "undo":
        apply.undo(machine)
    else:
        by_hand(change.restore)

    wait_until_gone(machine, socket)


def test_an_agent_that_answers_is_not_replaced(machine: Machine, start_agent: Callable[..., Agent]) -> None:
    agent = start_agent()

    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, fix(StartAgent(socket=agent.socket)))
    assert caught.value.code == "exists"


def test_a_file_in_the_place_of_the_socket_stays(socket: str, machine: Machine) -> None:
    Path(socket).write_text("mine")

    with pytest.raises(CannotApply):
        apply.apply_fix(machine, fix(StartAgent(socket=socket)))
    assert Path(socket).read_text() == "mine"


def test_a_dead_agents_socket_is_taken_over(machine: Machine, socket: str) -> None:
    apply.apply_fix(machine, fix(StartAgent(socket=socket)))
    pid = int(
        subprocess.run(["pgrep", "-xf", f"ssh-agent -s -a {socket}"], capture_output=True, check=True).stdout
    )
    os.kill(pid, 9)
    wait_until_gone(machine, socket)

    apply.apply_fix(machine, fix(StartAgent(socket=socket)))
    assert list_agent(machine, socket).reachable


@pytest.mark.parametrize("way", ["undo", "by hand"])
def test_a_key_is_taken_out_and_loaded_again(
    way: str, home: Path, machine: Machine, keys: KeyMaker, start_agent: Callable[..., Agent]
) -> None:
    pair = keys.make(home / ".ssh", "work")
    agent = start_agent(pair.path)
    step = RemoveFromAgent(public_line=pair.line, agent=agent.socket, path=str(pair.path))

    change = apply.apply_fix(machine, fix(step))
    assert agent.lines() == []
    if way == "undo":
        apply.undo(machine)
    else:
        by_hand(change.restore)

    assert [line.split()[1] for line in agent.lines()] == [pair.line.split()[1]]


def test_a_locked_key_is_put_back_by_hand(
    home: Path, machine: Machine, keys: KeyMaker, start_agent: Callable[..., Agent]
) -> None:
    there = keys.make(home / "elsewhere", "work")
    pair = keys.make(home / ".ssh", "locked", passphrase="secret words")
    agent = start_agent(there.path)
    step = RemoveFromAgent(public_line=there.line, agent=agent.socket, path=str(pair.path))
    apply.apply_fix(machine, fix(step))

    undone = apply.undo(machine)

    assert agent.lines() == []
    assert any(f"ssh-add {pair.path}" in note for note in undone.notes)


def test_a_key_that_only_the_agent_held_is_said_to_be_gone(
    tmp_path: Path, machine: Machine, keys: KeyMaker, start_agent: Callable[..., Agent]
) -> None:
    pair = keys.make(tmp_path, "only-here")
    agent = start_agent(pair.path)
    change = apply.apply_fix(
        machine, fix(RemoveFromAgent(public_line=pair.line, agent=agent.socket, path=None))
    )

    assert "only the agent held" in change.restore[0]
    assert apply.undo(machine).notes
