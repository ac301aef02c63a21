"""For any content: apply and undo give the same bytes and mode back, also around unrelated later edits."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sshwizard import apply
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.steps import WriteFile
from sshwizard.openssh import config_edit as edit
from sshwizard.openssh.config_layout import read_layout
from sshwizard.openssh.difference import Conflict, merge

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
BLOCKS = st.lists(
    st.sampled_from(
        [
            b"Host a\n    User x\n",
            b"Host b c\n\tPort 1\n\tUser y\n",
            b"# words\nHost *\n  IdentityFile ~/.ssh/k\n",
            b"Match all\n    User caf\xe9\n",
            b"\n",
            b"Host d\r\n  User z\r\n",
        ]
    ),
    max_size=6,
).map(b"".join)


@QUICK
@given(
    before=st.none() | st.binary(max_size=300), after=st.binary(max_size=300), mode=st.integers(0o400, 0o777)
)
def test_undo_gives_the_same_bytes_and_mode(
    before: bytes | None, after: bytes, mode: int, home: Path, make_machine: Callable[..., Machine]
) -> None:
    path = home / "file"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    if before is not None:
        path.write_bytes(before)
        path.chmod(mode)
    machine = make_machine(ssh="")
    apply.apply_fix(machine, Fix(title="x", steps=(WriteFile(path=str(path), before=before, after=after),)))

    assert path.read_bytes() == after
    apply.undo(machine)
    assert (path.read_bytes() if path.exists() else None) == before
    if before is not None:
        assert path.stat().st_mode & 0o777 == mode


@given(BLOCKS, st.data())
def test_a_block_is_taken_back_from_under_later_blocks(before: bytes, choose: st.DataObject) -> None:
    headers = [block.header + 1 for block in read_layout(before).blocks if block.header is not None]
    place = choose.draw(st.sampled_from([None, *headers]))
    after = edit.insert_block(before, ["git.example"], [("User", "git")], before=place)
    later = choose.draw(st.sampled_from([b"Host zz\n    User zz\n", b"\nHost zz\n    User zz\n"]))

    assert merge(after, after, before) == before
    if after.endswith(b"\n") and (not before or before.endswith(b"\n")):
        assert merge(after, after + later, before) == before + later


@given(BLOCKS, BLOCKS, BLOCKS)
def test_a_merge_never_invents_lines(base: bytes, current: bytes, goal: bytes) -> None:
    try:
        merged = merge(base, current, goal)
    except Conflict:
        return
    sides = (base + b"\n" + current + b"\n" + goal).split(b"\n")
    assert set(merged.split(b"\n")) <= {*sides, b""}
    if current == base:
        assert merged == goal
    if goal == base:
        assert merged == current


def test_of_two_copies_at_once_one_changes_the_file(home: Path, make_machine: Callable[..., Machine]) -> None:
    config = home / ".ssh" / "config"
    config.parent.mkdir(mode=0o700)
    config.write_bytes(b"Host *\n")
    script = """
import dataclasses, sys
from sshwizard import apply
from sshwizard.errors import CannotApply
from sshwizard.machine.machine import here
from sshwizard.model.finding import Fix
from sshwizard.model.steps import WriteFile
machine = dataclasses.replace(here(home=sys.argv[1], env={"PATH": "/usr/bin:/bin"}), ssh="")
step = WriteFile(path=sys.argv[1] + "/.ssh/config", before=b"Host *\\n", after=sys.argv[2].encode())
sys.stdin.readline()
try:
    apply.apply_fix(machine, Fix(title="x", steps=(step,)))
    print("done")
except CannotApply as error:
    print(error.code)
"""
    copies = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(home), f"# copy {number}\n"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(4)
    ]  # fmt: skip
    for copy in copies:
        assert copy.stdin is not None
        copy.stdin.write("go\n")
        copy.stdin.flush()
    said = [copy.communicate(timeout=60)[0].strip() for copy in copies]

    assert sorted(said) == ["done", "stale", "stale", "stale"]
    assert config.read_text() == f"# copy {said.index('done')}\n"
    assert [change.state for change in apply.history(make_machine())] == ["done"]


@pytest.mark.parametrize("name", ["café", "with blank", "line\nbreak", "bad\udcffbytes"])
def test_any_file_name_can_be_changed_and_taken_back(
    name: str, home: Path, make_machine: Callable[..., Machine]
) -> None:
    path = home / name
    machine = make_machine(ssh="")
    done = apply.apply_fix(
        machine, Fix(title=name, steps=(WriteFile(path=str(path), before=None, after=b"x"),))
    )

    assert path.read_bytes() == b"x"
    assert all("\n" not in step and "\udcff" not in step for step in done.steps)
    apply.undo(machine)
    assert not path.exists()
