"""Which hosts the repositories around a folder lead to."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sshwizard import check
from sshwizard.machine import git
from sshwizard.machine.machine import Machine
from sshwizard.model.config import CommandLine

URLS = {
    "one": "git@one.example:a/b.git",
    "two": "ssh://git@two.example:2222/a/b.git",
    "three": "https://three.example/a",
}


@pytest.fixture
def around(home: Path) -> Path:
    around = home / "src"
    for name, url in URLS.items():
        subprocess.run(["git", "init", "-q", str(around / name)], check=True, timeout=10)
        subprocess.run(
            ["git", "-C", str(around / name), "remote", "add", "origin", url], check=True, timeout=10
        )
    (around / "no-repository").mkdir()
    return around


@pytest.mark.parametrize("inside", ["", "one", "three"])
def test_the_hosts_of_the_repositories_around_are_known(
    inside: str, around: Path, make_machine: Callable[..., Machine]
) -> None:
    machine = make_machine(cwd=around / inside)

    assert set(git.nearby_hosts(machine)) == {"one.example", "two.example"}


def test_a_proposal_is_tried_for_them_too(around: Path, make_machine: Callable[..., Machine]) -> None:
    from sshwizard.gather import gather

    machine = make_machine(cwd=around / "one")
    facts = gather(machine, CommandLine(destination="one.example"))

    assert {"one.example", "two.example"} <= set(check.hosts_of(machine, facts))
