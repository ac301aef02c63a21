"""Mend all, agents and identities line by line, with the answers piped in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.homes import damaged_home, origin_of, repository_of_two_keys
from servers.keys import KeyMaker
from servers.sshd import Sshd

from plain.piping import piped

Talk = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def talk(home: Path, tmp_path: Path) -> Talk:
    """Return `talk(answers, *words, cwd=…, **env)`: the plain wizard in the fixture's home, to its end."""

    def call(answers: str, *words: str, cwd: Path = home, **env: str) -> subprocess.CompletedProcess[str]:
        whole = {**os.environ, "SSHWIZARD_HOME": str(home), "XDG_RUNTIME_DIR": str(tmp_path), **env}
        return piped(whole, cwd, answers, "--plain", *words)

    return call


@pytest.fixture
def damaged(home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> Path:
    """A home that logs in to `server`, with three things that are safe to mend."""
    damaged_home(home, keys, start_sshd)
    return home / ".ssh"


@pytest.mark.parametrize(
    ("answer", "made"),
    [("2 3", {"lone.pub", "deploy.pub"}), ("n", set()), ("9\n2,3", {"lone.pub", "deploy.pub"})],
)
def test_some_of_all_repairs_are_chosen_by_number(
    answer: str, made: set[str], damaged: Path, talk: Talk
) -> None:
    names = {path.name for path in damaged.iterdir()}
    said = talk(f"denied\nserver\n{answer}\nq\n").stdout

    assert "1  Let only you enter ~/.ssh  (ssh-folder-perms)" in said
    assert {path.name for path in damaged.iterdir()} - names == made, said
    assert said.count("tested again") == len(made)
    assert damaged.stat().st_mode & 0o777 == 0o777
    assert "Works: server takes" in said


def test_all_of_them_are_made_with_enter(damaged: Path, talk: Talk) -> None:
    said = talk("denied\nserver\n\nq\n").stdout

    assert damaged.stat().st_mode & 0o777 == 0o700, said
    assert (damaged / "lone.pub").exists() and (damaged / "deploy.pub").exists()


@pytest.fixture
def repository(home: Path, keys: KeyMaker) -> Path:
    """A repository at a host where `joe` is sent first; `acme` is here too."""
    return repository_of_two_keys(home, keys)


def test_a_repository_gets_another_key(repository: Path, talk: Talk) -> None:
    said = talk("identity\nkey\n1\n1\ny\ndone\nq\n", cwd=repository).stdout

    assert "forge:acme/app.git" in said and "Joe Doe <joe@example.org>" in said
    assert "Proved: git now sends this key first." in said
    assert origin_of(repository) == "git@forge-acme:acme/app.git"


def test_commits_are_signed(repository: Path, talk: Talk) -> None:
    said = talk("identity\nsign\n1\ny\ndone\nq\n", cwd=repository).stdout

    assert "Proved: a commit in a temporary clone was signed" in said


def test_a_folder_of_repositories_is_asked_for_where_there_is_none(
    repository: Path, home: Path, talk: Talk
) -> None:
    nowhere = home / "empty"
    nowhere.mkdir()
    said = talk("identity\n~/src\ndone\nq\n", cwd=nowhere).stdout

    assert "There is no git repository in" in said
    assert "forge:acme/app.git" in said


def test_a_key_is_loaded_and_taken_out(
    home: Path, keys: KeyMaker, talk: Talk, start_agent: Callable[..., Agent]
) -> None:
    pair = keys.make(home / ".ssh", "work")
    agent = start_agent()
    loaded = talk("show\nagents\nload\n1\n3600\ny\ndone\nb\nq\n", SSH_AUTH_SOCK=agent.socket).stdout

    assert [line.split()[1] for line in agent.lines()] == [pair.line.split()[1]], loaded
    assert "ssh-add -t 3600" in loaded
    emptied = talk("show\nagents\nremove\n1\ny\npermanent\ndone\nb\nq\n", SSH_AUTH_SOCK=agent.socket).stdout
    assert agent.lines() == [], emptied
    assert "AddKeysToAgent yes" in emptied
