"""gitolite on sshd: a real git host with accounts, its greeting and its way of saying no."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from probe import making
from servers.keys import KeyMaker, Pair
from servers.running import program
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.model.transcript import Transcript
from sshwizard.probe import probe

CONFIG = "repo open\n    RW+ = @all\nrepo shown\n    RW = admin\n    R = joe\nrepo closed\n    RW = admin\n"


@dataclass(frozen=True)
class Forge:
    server: Sshd
    joe: Pair


@pytest.fixture(scope="module")
def forge(keys: KeyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    folder = tmp_path_factory.mktemp("gitolite")
    home = folder / "sshd" / "home"
    home.mkdir(parents=True, mode=0o700)
    admin, joe = keys.make(folder / "keys", "admin"), keys.make(folder / "keys", "joe")
    gitolite(home, "setup", "-pk", str(admin.public_path))
    (home / ".gitolite" / "conf" / "gitolite.conf").write_text(CONFIG)
    (home / ".gitolite" / "keydir" / "joe.pub").write_text(joe.line + "\n")
    gitolite(home, "compile")
    gitolite(home, "trigger", "POST_COMPILE")
    extra = [f"AuthorizedKeysFile {home / '.ssh' / 'authorized_keys'}"]
    with Sshd(folder / "sshd", {}, extra=extra) as server:
        yield Forge(server, joe)


def gitolite(home: Path, *arguments: str) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "USER": "git", "GIT_CONFIG_NOSYSTEM": "1"}
    env |= {
        f"GIT_{who}_{what}": "git@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    subprocess.run(
        [program("gitolite", "gitolite3"), *arguments],
        env=env,
        cwd=home,
        check=True,
        capture_output=True,
        timeout=60,
    )


def visit(machine: Machine, forge: Forge, path: str | None) -> Transcript:
    plan = making.plan([forge.joe], forge.server.port, path=path)
    return probe(machine, making.facts(machine), plan, login=True)


def test_gitolite_greets_by_account(machine: Machine, forge: Forge) -> None:
    seen = visit(machine, forge, None)

    assert (seen.account, seen.ssh_outcome) == ("joe", "accepted")
    assert seen.greeting.startswith("hello joe, this is ")


@pytest.mark.parametrize(
    ("path", "access"), [("open", "ok"), ("shown", "read_only"), ("closed", "denied"), ("nowhere", "denied")]
)
def test_a_good_key_does_not_mean_access(machine: Machine, forge: Forge, path: str, access: str) -> None:
    seen = visit(machine, forge, path)

    assert (seen.account, seen.access) == ("joe", access)
    assert access == "ok" or "DENIED" in seen.access_detail
