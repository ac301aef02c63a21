"""Killed at any call to the operating system: every file is wholly old or wholly new, and the journal knows."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from apply.faults import DIED, RAISED, RAN, every_point

from sshwizard import apply
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.steps import Chmod, MakeFolder, WriteFile

BEFORE = b"Host *\n    IdentityFile ~/.ssh/home\n" * 50
AFTER = b"Host b\n    IdentityFile ~/.ssh/work\n\n" + BEFORE
NEW = b"ssh-ed25519 AAAA pinned\n"


class Ground:
    """A home and a fix with several steps on it."""

    def __init__(self, make_machine: Callable[..., Machine], folder: Path) -> None:
        self.config = folder / ".ssh" / "config"
        self.new = folder / ".ssh" / "keys" / "pinned.pub"
        self.config.parent.mkdir(parents=True, mode=0o700)
        self.config.write_bytes(BEFORE)
        self.config.chmod(0o640)
        self.machine = make_machine(home=folder, ssh="")
        self.fix = Fix(
            title="several steps",
            steps=(
                MakeFolder(path=str(self.new.parent)),
                WriteFile(path=str(self.new), before=None, after=NEW, mode=0o644),
                WriteFile(path=str(self.config), before=BEFORE, after=AFTER),
                Chmod(path=str(self.config), before=0o640, after=0o600),
            ),
        )

    def apply(self) -> object:
        return apply.apply_fix(self.machine, self.fix)

    def contents(self) -> tuple[bytes, bytes | None]:
        return self.config.read_bytes(), self.new.read_bytes() if self.new.exists() else None

    def untouched(self) -> bool:
        return self.contents() == (BEFORE, None) and self.mode() == 0o640 and not self.new.parent.exists()

    def mode(self) -> int:
        return self.config.stat().st_mode & 0o777

    def leftovers(self) -> list[str]:
        return [path.name for path in self.config.parent.rglob("*sshwizard*")]


def test_killed_while_applying(make_machine: Callable[..., Machine], tmp_path: Path) -> None:
    grounds: list[Ground] = []

    def prepare() -> Callable[[], object]:
        grounds.append(Ground(make_machine, tmp_path / str(len(grounds))))
        return grounds[-1].apply

    struck = 0
    for _point, ended in every_point(prepare):
        ground = grounds[-1]
        config, new = ground.contents()
        assert ended in (DIED, RAN)
        assert config in (BEFORE, AFTER)
        assert new in (None, NEW)
        states = [change.state for change in apply.history(ground.machine)]
        if ended == RAN:
            assert states == ["done"]
        elif not ground.untouched():
            assert states in (["interrupted"], ["done"])
        if states:
            apply.undo(ground.machine)
        assert ground.untouched()
        assert ground.leftovers() == []
        ground.apply()
        assert ground.contents() == (AFTER, NEW)
        struck += ended == DIED
    assert struck > 100


def test_killed_while_taking_back(make_machine: Callable[..., Machine], tmp_path: Path) -> None:
    grounds: list[Ground] = []

    def prepare() -> Callable[[], object]:
        grounds.append(Ground(make_machine, tmp_path / str(len(grounds))))
        grounds[-1].apply()
        machine = grounds[-1].machine
        return lambda: apply.undo(machine)

    struck = 0
    for _point, ended in every_point(prepare):
        ground = grounds[-1]
        config, new = ground.contents()
        assert config in (BEFORE, AFTER)
        assert new in (None, NEW)
        state = apply.history(ground.machine)[-1].state
        assert state in ("done", "interrupted", "undone")
        if state != "undone":
            apply.undo(ground.machine)
        assert ground.untouched()
        assert ground.leftovers() == []
        struck += ended == DIED
    assert struck > 50


def test_a_full_disk_at_any_moment_leaves_everything_as_it_was(
    make_machine: Callable[..., Machine], tmp_path: Path
) -> None:
    grounds: list[Ground] = []

    def prepare() -> Callable[[], object]:
        grounds.append(Ground(make_machine, tmp_path / str(len(grounds))))
        return grounds[-1].apply

    def fill(name: str) -> None:
        if name in ("open", "write", "fsync", "link", "replace", "mkdir", "chmod", "fchmod"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    refused = 0
    for _point, ended in every_point(prepare, fill):
        ground = grounds[-1]
        if ended == RAISED:
            refused += 1
            assert ground.untouched()
            assert [change.state for change in apply.history(ground.machine)] in (
                [],
                ["failed"],
                ["interrupted"],
            )
        else:
            assert ground.contents() == (AFTER, NEW)
            apply.undo(ground.machine)
            assert ground.untouched(), "what was changed can be taken back, whatever failed on the way"
        assert ground.leftovers() == []
    assert refused > 30
