"""Files of another account are given back by root, by the exact command for everybody else; never a file elsewhere."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard import apply, check
from sshwizard.errors import CannotApply
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix, Repair
from sshwizard.model.steps import Chown
from sshwizard.propose import repairs

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
JOE, STRANGER = (4321, 4321), (4242, 4242)


@pytest.fixture
def folder(home: Path, keys: KeyMaker) -> Path:
    """Joe's `~/.ssh`, after a `sudo ssh-keygen`: one key is a stranger's."""
    folder = home / ".ssh"
    folder.mkdir(mode=0o700)
    keys.make(folder, "own")
    keys.make(folder, "theirs")
    (folder / "known_hosts").write_text("")
    for path in (home, folder, *folder.iterdir()):
        os.chown(path, *(STRANGER if path.name == "theirs" else JOE))
    return folder


def found(machine: Machine, problem: str = "foreign-files") -> Iterator[Repair]:
    facts, _plan = check.run_plan(machine, check.Request(typed="example.org", offline=True))
    return (one for one in repairs(facts) if one.problem == problem)


def owner(path: Path) -> tuple[int, int]:
    return path.lstat().st_uid, path.lstat().st_gid


def test_root_gives_a_file_back_and_undo_takes_it_again(folder: Path, machine: Machine) -> None:
    repair = next(found(machine))

    change = apply.apply_fix(machine, repair.fix)

    assert owner(folder / "theirs") == JOE
    assert next(found(machine.fresh()), None) is None
    assert change.restore == (f"chown -h 4242:4242 {folder / 'theirs'}",)
    apply.undo(machine)
    assert owner(folder / "theirs") == STRANGER


def test_the_recipe_of_an_owner_works_by_hand(folder: Path, machine: Machine) -> None:
    change = apply.apply_fix(machine, next(found(machine)).fix)

    for line in change.restore:
        subprocess.run(["sh", "-c", line], check=True, timeout=10)
    assert owner(folder / "theirs") == STRANGER


def test_who_is_not_root_gets_the_exact_command(folder: Path, make_machine: Callable[..., Machine]) -> None:
    fix = next(found(make_machine(uid=JOE[0], user="joe"))).fix

    assert (fix.steps, fix.safe) == ((), False)
    assert shlex.split(fix.command) == ["sudo", "chown", "-h", "joe", str(folder / "theirs")]


def test_a_home_of_somebody_else_is_not_judged(folder: Path, make_machine: Callable[..., Machine]) -> None:
    assert next(found(make_machine(uid=STRANGER[0])), None) is None


def test_a_configuration_that_ssh_refuses_for_its_owner_is_given_back(folder: Path, machine: Machine) -> None:
    config = folder / "config"
    config.write_text("Host *\n")
    os.chown(config, *STRANGER)
    diagnosis = check.run(machine, check.Request(typed="example.org", offline=True))
    fix = next(one for one in diagnosis.findings if one.id == "config-perms").fixes[0]

    apply.apply_fix(machine, fix)

    assert owner(config) == JOE


@pytest.mark.parametrize("trap", ["file", "folder", "hard link"])
def test_nothing_outside_the_home_is_given_away(
    trap: str, folder: Path, machine: Machine, tmp_path: Path
) -> None:
    fix = next(found(machine)).fix
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "theirs").write_text("a secret of root's")
    os.chown(outside / "theirs", *STRANGER)
    if trap == "folder":
        folder.rename(folder.with_name("moved"))
        folder.symlink_to(outside)
    else:
        (folder / "theirs").unlink()
        (os.symlink if trap == "file" else os.link)(outside / "theirs", folder / "theirs")

    with pytest.raises(CannotApply):
        apply.apply_fix(machine, fix)
    assert owner(outside / "theirs") == STRANGER


def test_an_owner_that_changed_meanwhile_stays(folder: Path, machine: Machine) -> None:
    step = Chown(path=str(folder / "own"), within=str(folder.parent), before=STRANGER, after=(0, 0))

    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, Fix(title="x", steps=(step,)))
    assert caught.value.code == "stale"
    assert owner(folder / "own") == JOE
