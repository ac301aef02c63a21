"""The same as `test_killed`, with the kernel as the killer: SIGKILL at each system call, by strace."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sshwizard import apply
from sshwizard.machine.machine import here

BEFORE = b"Host *\n    IdentityFile ~/.ssh/home\n" * 20
AFTER = b"Host b\n    IdentityFile ~/.ssh/work\n\n" + BEFORE
CALLS = "openat,write,fsync,link,linkat,rename,renameat,unlink,unlinkat,mkdir,rmdir,chmod,fchmod,flock,close"
SCRIPT = """
import dataclasses, sys
from sshwizard import apply
from sshwizard.machine.machine import here
from sshwizard.model.finding import Fix
from sshwizard.model.steps import WriteFile
machine = dataclasses.replace(here(home=sys.argv[1], env={"PATH": "/usr/bin:/bin"}), ssh="")
config = sys.argv[1] + "/.ssh/config"
before = open(config, "rb").read()
after = b"Host b\\n    IdentityFile ~/.ssh/work\\n\\n" + before
apply.apply_fix(machine, Fix(title="a block", steps=(WriteFile(path=config, before=before, after=after),)))
"""


FOLDER = """
import dataclasses, sys
from sshwizard import apply
from sshwizard.machine.machine import here
from sshwizard.model.finding import Fix
from sshwizard.model.steps import MakeFolder
machine = dataclasses.replace(here(home=sys.argv[1], env={"PATH": "/usr/bin:/bin"}), ssh="")
apply.apply_fix(machine, Fix(title="a folder", steps=(MakeFolder(path=sys.argv[1] + "/.ssh/new.d"),)))
apply.undo(machine)
"""


def fresh(home: Path) -> Path:
    shutil.rmtree(home, ignore_errors=True)
    config = home / ".ssh" / "config"
    config.parent.mkdir(parents=True, mode=0o700)
    config.write_bytes(BEFORE)
    config.chmod(0o600)
    return config


def run(home: Path, log: Path, *inject: str, script: str = SCRIPT) -> int:
    argv = [
        "strace",
        "-o",
        str(log),
        "-e",
        f"trace={CALLS}",
        *inject,
        sys.executable,
        "-c",
        script,
        str(home),
    ]
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    return subprocess.run(argv, env=env, capture_output=True, timeout=60, check=False).returncode


def points(log: Path, home: Path) -> list[tuple[str, int]]:
    """Every system call from the first one that creates something in the home: its name and ordinal."""
    count: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    started = False
    for line in log.read_text(errors="replace").splitlines():
        call = re.match(r"(\w+)\(", line)
        if call is None:
            continue
        count[call[1]] += 1
        started = started or (call[1] == "mkdir" and str(home) in line)
        if started:
            found.append((call[1], count[call[1]]))
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_every_system_call(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "log"
    config = fresh(home)
    assert run(home, log) == 0
    assert config.read_bytes() == AFTER
    places = points(log, home)
    assert len(places) > 60

    killed = 0
    for name, ordinal in places:
        config = fresh(home)
        ended = run(home, log, "-e", f"inject={name}:signal=KILL:when={ordinal}")
        machine = here(home=str(home), env={"PATH": "/usr/bin:/bin"})
        changes = apply.history(machine)
        killed += ended in (-signal.SIGKILL, 128 + signal.SIGKILL)

        assert config.read_bytes() in (BEFORE, AFTER), (name, ordinal)
        assert config.stat().st_mode & 0o777 == 0o600
        if config.read_bytes() == AFTER:
            assert changes, (name, ordinal)
        if changes:
            apply.undo(machine)
        assert config.read_bytes() == BEFORE, (name, ordinal)
        assert [path.name for path in config.parent.iterdir() if changes] in ([], ["config"]), (name, ordinal)
    assert killed > len(places) * 0.9


def test_a_folder_that_cannot_be_removed_again_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fresh(home)
    assert run(home, tmp_path / "log", "-e", "inject=rmdir:error=EIO", script=FOLDER) == 0

    (change,) = apply.history(here(home=str(home), env={"PATH": "/usr/bin:/bin"}))
    assert (home / ".ssh" / "new.d").is_dir()
    assert change.state == "undone"
    assert change.notes == (f"The folder {home}/.ssh/new.d stays: Input/output error.",)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_an_error_at_every_system_call(error: str, tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "log"
    config = fresh(home)
    assert run(home, log) == 0

    for name, ordinal in points(log, home):
        config = fresh(home)
        ended = run(home, log, "-e", f"inject={name}:error={error}:when={ordinal}")
        states = [change.state for change in apply.history(here(home=str(home), env={}))]

        assert config.read_bytes() in (BEFORE, AFTER), (name, ordinal)
        assert config.stat().st_mode & 0o777 == 0o600
        if config.read_bytes() == AFTER:
            assert states in (["done"], ["started"], ["interrupted"]), (name, ordinal, ended)
        assert [path.name for path in config.parent.iterdir()] == ["config"], (name, ordinal)
