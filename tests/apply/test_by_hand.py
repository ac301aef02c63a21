"""Every kind of change is taken back by typing what its recipe says, without this program; undo then agrees."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker
from servers.running import program

from sshwizard import apply
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.steps import (
    AddToAgent,
    Chmod,
    ConvertKey,
    GenerateKey,
    MakeFolder,
    RunCommand,
    SetRemoteUrl,
    Step,
    TrustHostKey,
    WriteFile,
)

OLD_LINE = "forge ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOldoldoldoldoldoldoldoldoldoldoldoldoldold"
NEW_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINewnewnewnewnewnewnewnewnewnewnewnewnewnew"
URL = "git@forge:a/b.git"


@pytest.fixture
def ssh(home: Path, keys: KeyMaker) -> Path:
    ssh = home / ".ssh"
    keys.make(ssh, "work")
    (ssh / "config").write_bytes(b"Host *\r\n\tPort 22")
    (ssh / "config").chmod(0o640)
    (ssh / "linked").symlink_to("config")
    (ssh / "known_hosts").write_text(OLD_LINE + "\n")
    (ssh / "open").write_text("x")
    (ssh / "open").chmod(0o644)
    app = home / "it's an app"
    subprocess.run(["git", "init", "-q", str(app)], check=True, timeout=10)
    subprocess.run(["git", "-C", str(app), "remote", "add", "origin", URL], check=True, timeout=10)
    return ssh


def steps(ssh: Path) -> dict[str, tuple[Step, ...]]:
    config, app = ssh / "config", str(ssh.parent / "it's an app")
    git = ("git", "config", "--local", "user.name")
    return {
        "file": (WriteFile(path=str(config), before=config.read_bytes(), after=b"Host b\r\n"),),
        "link": (WriteFile(path=str(ssh / "linked"), before=config.read_bytes(), after=b"Host b\r\n"),),
        "new file": (WriteFile(path=str(ssh / "it's new"), before=None, after=b"x\n"),),
        "folder": (
            MakeFolder(path=str(ssh / "a b" / "c")),
            WriteFile(path=str(ssh / "a b" / "c" / "x"), before=None, after=b"x\n"),
        ),
        "mode": (Chmod(path=str(ssh / "open"), before=0o644, after=0o600),),
        "host key": (
            TrustHostKey(
                path=str(ssh / "known_hosts"), host="forge", key_line=NEW_KEY, fingerprint="", replaces=OLD_LINE, because=""
            ),
        ),
        "key": (GenerateKey(path=str(ssh / "new key"), type="ed25519", bits=None, comment="c", encrypted=False),),
        "remote": (SetRemoteUrl(folder=app, remote="origin", before=URL, after="git@other:a/b.git"),),
        "command": (RunCommand(argv=(*git, "it's me"), undo_argv=(*git[:3], "--unset", git[3]), cwd=app, because=""),),
    }  # fmt: skip


def state(home: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with content and mode; the folders too. What we keep ourselves is left out."""
    found = {}
    for folder, names, files in os.walk(home):
        names[:] = [name for name in names if name not in (".local", "objects", "hooks")]
        for name in (*names, *files):
            path = Path(folder) / name
            data = (
                os.readlink(path).encode()
                if path.is_symlink()
                else path.read_bytes()
                if path.is_file()
                else b""
            )
            found[str(path)] = (data, path.lstat().st_mode)
    return found


@pytest.mark.parametrize(
    "kind", ["file", "link", "new file", "folder", "mode", "host key", "key", "remote", "command"]
)
def test_the_recipe_restores_by_hand(kind: str, ssh: Path, machine: Machine) -> None:
    before = state(ssh.parent)
    change = apply.apply_fix(machine, Fix(title=kind, steps=steps(ssh)[kind]))
    assert state(ssh.parent) != before

    for line in change.restore:
        subprocess.run(["sh", "-c", line], check=True, timeout=10)

    assert _alike(state(ssh.parent), before)
    apply.undo(machine)
    assert _alike(state(ssh.parent), before)


def _alike(now: dict[str, tuple[bytes, int]], before: dict[str, tuple[bytes, int]]) -> bool:
    """Compare, but for the blank section that `git config --unset` may leave."""
    skip = {path for path in before if path.endswith(".git/config")}
    gits = all(now[path][0].replace(b"[user]\n", b"") == before[path][0] for path in skip)
    return gits and {p: v for p, v in now.items() if p not in skip} == {
        p: v for p, v in before.items() if p not in skip
    }


def test_a_converted_key_goes_by_hand(ssh: Path, machine: Machine) -> None:
    puttygen = program("puttygen", "putty-tools")
    ppk = ssh / "old.ppk"
    subprocess.run([puttygen, str(ssh / "work"), "-O", "private", "-o", str(ppk)], check=True, timeout=20)
    before = state(ssh.parent)
    step = ConvertKey(source=str(ppk), path=str(ssh / "old"), encrypted=False)
    change = apply.apply_fix(machine, Fix(title="x", steps=(step,)))
    assert (ssh / "old").exists()

    for line in change.restore:
        subprocess.run(["sh", "-c", line], check=True, timeout=10)

    assert state(ssh.parent) == before


def test_a_loaded_key_goes_by_hand(ssh: Path, machine: Machine, start_agent: Callable[..., Agent]) -> None:
    agent = start_agent()
    step = AddToAgent(path=str(ssh / "work"), agent=agent.socket, lifetime=60)
    change = apply.apply_fix(machine, Fix(title="x", steps=(step,)))
    assert len(agent.lines()) == 1

    for line in change.restore:
        subprocess.run(["sh", "-c", line], check=True, timeout=10)

    assert agent.lines() == []
