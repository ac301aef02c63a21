"""Mend all, agents and identities in the full screen, driven on real homes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.homes import damaged_home, origin_of, repository_of_two_keys
from servers.keys import KeyMaker, Pair
from servers.sshd import Sshd

from sshwizard import apply
from sshwizard.machine import agent_program
from sshwizard.machine.agents import list_agent
from sshwizard.machine.machine import Machine
from sshwizard.tui.screens.agents import AgentsScreen
from sshwizard.tui.screens.check import CheckScreen
from sshwizard.tui.screens.fix_all import FixAllScreen
from sshwizard.tui.screens.home import HomeScreen
from sshwizard.tui.screens.identity import IdentityScreen
from sshwizard.wizard.options import Options
from tui.driving import press, running, screen_text, shows, until


@pytest.fixture
def damaged(home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> Pair:
    """A home that logs in to `server`, with three things that are safe to mend."""
    return damaged_home(home, keys, start_sshd)


async def test_what_is_checked_is_mended_and_tested_one_by_one(
    damaged: Pair, home: Path, machine: Machine
) -> None:
    async with running(machine) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(CheckScreen("server"))
        await shows(pilot, "f mend all")
        await press(pilot, "f")
        await shows(pilot, "[x] Let only you enter ~/.ssh")
        await press(pilot, "space")
        await shows(pilot, "[ ] Let only you enter ~/.ssh")
        await press(pilot, "enter")
        await shows(pilot, "repairs made, each tested", 60)
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, CheckScreen), "the check again")
        await shows(pilot, "Works: server takes")

    assert home.joinpath(".ssh").stat().st_mode & 0o777 == 0o777, "it was not checked"
    assert (home / ".ssh" / "lone.pub").exists() and (home / ".ssh" / "deploy.pub").exists()
    made = [change.title for change in apply.history(machine.fresh())]
    assert len(made) >= 2 and app.session.changes
    for _change in made:
        apply.undo(machine.fresh())
    assert not (home / ".ssh" / "lone.pub").exists()


async def test_a_repair_that_makes_it_worse_ends_the_row(damaged: Pair, machine: Machine) -> None:
    """The server goes away after the first look: what was reached before is not any more."""
    async with running(machine) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(CheckScreen("server"))
        await shows(pilot, "f mend all")
        await press(pilot, "f")
        await shows(pilot, "mend what is checked")
        config = damaged.path.parent / "config"
        config.write_text(config.read_text().replace(str(damaged.path), "/nonexistent"))
        await press(pilot, "enter")
        await shows(pilot, "nothing more was done", 60)
        await until(pilot, lambda: isinstance(app.screen, FixAllScreen), "the list")

    assert damaged.path.parent.stat().st_mode & 0o777 == 0o777, "taken back"
    assert [change.state for change in apply.history(machine.fresh())] == ["undone"]


async def test_a_dry_run_mends_nothing(damaged: Pair, machine: Machine) -> None:
    async with running(machine, Options(dry_run=True)) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(CheckScreen("server"))
        await shows(pilot, "f mend all")
        await press(pilot, "f")
        await shows(pilot, "mend what is checked")
        await press(pilot, "enter")
        await shows(pilot, "Dry run")

    assert apply.history(machine) == ()


@pytest.fixture
def started(home: Path, machine: Machine) -> Iterator[str]:
    socket = agent_program.usual_socket(machine)
    yield socket
    agent_program.end(machine, socket)


async def test_an_agent_is_started_loaded_and_emptied(
    home: Path, keys: KeyMaker, machine: Machine, started: str
) -> None:
    pair = keys.make(home / ".ssh", "work")
    async with running(machine) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(AgentsScreen())
        await shows(pilot, "No agent answers")
        await press(pilot, "s")
        await shows(pilot, "ssh-agent -a")
        await press(pilot, "enter")
        await shows(pilot, "An agent runs now")
        await press(pilot, "l")
        await shows(pilot, "Which key should the agent hold?")
        await press(pilot, "enter")
        await shows(pilot, "For how long?")
        await press(pilot, "down", "down", "enter")
        await shows(pilot, "ssh-add -t 3600")
        await press(pilot, "enter")
        await shows(pilot, "ssh-agent 1 key")
        assert [key.fingerprint for key in list_agent(machine, started).keys] == [pair.fingerprint]
        await press(pilot, "down", "x")
        await shows(pilot, "ssh-add -d")
        await press(pilot, "enter")
        await shows(pilot, "ssh-agent 0 keys")
        await press(pilot, "p")
        await shows(pilot, "export SSH_AUTH_SOCK=")

    assert list_agent(machine, started).keys == ()


async def test_a_locked_key_is_loaded_with_its_passphrase(
    home: Path, keys: KeyMaker, make_machine: Callable[..., Machine], start_agent: Callable[..., Agent]
) -> None:
    keys.make(home / ".ssh", "locked", passphrase="secret words")
    agent = start_agent()
    async with running(make_machine(env={"SSH_AUTH_SOCK": agent.socket})) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(AgentsScreen())
        await shows(pilot, "0 keys")
        await press(pilot, "l")
        await shows(pilot, "Which key should the agent hold?")
        await press(pilot, "enter")
        await shows(pilot, "For how long?")
        await press(pilot, "enter")
        await shows(pilot, "Passphrase")
        await press(pilot, *"secret", "space", *"words", "enter")
        await shows(pilot, "ssh-agent 1 key")

    assert len(agent.lines()) == 1


@pytest.fixture
def repository(home: Path, keys: KeyMaker) -> Path:
    """A repository at a host where `joe` is sent first; `acme` is here too."""
    return repository_of_two_keys(home, keys)


async def test_a_repository_gets_another_key_from_the_first_screen(
    repository: Path, make_machine: Callable[..., Machine]
) -> None:
    machine = make_machine(cwd=repository)
    async with running(machine) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        assert isinstance(app.screen, HomeScreen)
        await press(pilot, "down", "down", "down", "down", "enter")
        await shows(pilot, "origin → forge:acme/app.git → would log in as whoever joe belongs to")
        await shows(pilot, "Joe Doe <joe@example.org>")
        await press(pilot, "enter")
        await shows(pilot, "Which key should it push with?")
        await press(pilot, "enter")
        await shows(pilot, "A name of its own for the host")
        await press(pilot, "enter")
        await shows(pilot, "remote set-url")
        await press(pilot, "enter")
        await shows(pilot, "Proved: git now sends this key first.")

    assert origin_of(repository) == "git@forge-acme:acme/app.git"
    apply.undo(machine.fresh())
    assert origin_of(repository) == "git@forge:acme/app.git"


async def test_commits_are_signed_from_the_screen(
    repository: Path, make_machine: Callable[..., Machine]
) -> None:
    machine = make_machine(cwd=repository)
    async with running(machine) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(IdentityScreen())
        await shows(pilot, "s signing")
        await press(pilot, "s")
        await shows(pilot, "sign this repository's commits?")
        await press(pilot, "enter")
        await shows(pilot, "allowed_signers")
        await press(pilot, "enter")
        await shows(pilot, "Proved: a commit in a temporary clone was signed")


async def test_the_question_stays_above_its_designs_on_a_small_screen(
    repository: Path, make_machine: Callable[..., Machine]
) -> None:
    async with running(make_machine(cwd=repository), size=(60, 20)) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(IdentityScreen())
        await shows(pilot, "whoever joe belongs to")
        await press(pilot, "enter")
        await shows(pilot, "Which key should it push with?")
        await press(pilot, "enter")
        await shows(pilot, "How should it be done? Each way can be taken back.")
        for key in ("end", "home", "down", "down", "down"):
            await press(pilot, key)
            assert "How should it be done? Each way can be taken back." in screen_text(app)
            assert "▸ " in screen_text(app)


async def test_a_proof_that_fails_takes_the_change_back(
    repository: Path, make_machine: Callable[..., Machine]
) -> None:
    joe = repository.parent.parent / ".ssh" / "joe"
    subprocess.run(
        ["git", "-C", str(repository), "config", "core.sshCommand", f"ssh -i {joe} -o IdentitiesOnly=yes"],
        check=True,
        timeout=10,
    )
    machine = make_machine(cwd=repository)
    async with running(machine) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(IdentityScreen())
        await shows(pilot, "whoever joe belongs to")
        await press(pilot, "enter")
        await shows(pilot, "Which key should it push with?")
        await press(pilot, "enter")
        await shows(pilot, "A name of its own for the host")
        await press(pilot, "enter")
        await shows(pilot, "remote set-url")
        await press(pilot, "enter")
        await shows(pilot, "The proof failed, so it was taken back")

    assert origin_of(repository) == "git@forge:acme/app.git"
    assert app.session.changes == []


async def test_without_a_repository_a_folder_is_asked_for(
    repository: Path, home: Path, make_machine: Callable[..., Machine]
) -> None:
    nowhere = home / "empty"
    nowhere.mkdir()
    async with running(make_machine(cwd=nowhere)) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await app.push_screen(IdentityScreen())
        await shows(pilot, "There is no git repository in ~/empty")
        await press(pilot, "slash", *"~/src", "enter")
        await shows(pilot, "forge:acme/app.git")
