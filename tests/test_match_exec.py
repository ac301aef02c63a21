"""`Match exec` is run only when it is asked for, and then as the real ssh runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sshwizard import check
from sshwizard.machine.machine import Machine

CONFIG = """\
Match exec "echo ran >>{mark}; test %h = yes.example"
    User first
    Match exec "true" host *.example
        Port 2201
Match exec "false"
    User second
"""


@pytest.fixture
def config(home: Path, tmp_path: Path) -> Path:
    (home / ".ssh").mkdir(mode=0o700)
    path = home / ".ssh" / "config"
    path.write_text(CONFIG.format(mark=tmp_path / "mark"))
    path.chmod(0o600)
    return path


def test_reading_runs_nothing(config: Path, machine: Machine, tmp_path: Path) -> None:
    _facts, plan = check.run_plan(machine, check.Request(typed="yes.example"))

    assert not (tmp_path / "mark").exists()
    assert plan.effective.conditions


@pytest.mark.parametrize("host", ["yes.example", "no.example"])
def test_on_request_the_outcome_is_ssh_s_own(
    host: str, config: Path, make_machine: Callable[..., Machine], tmp_path: Path
) -> None:
    machine = make_machine(config=str(config))
    _facts, plan = check.run_plan(machine, check.Request(typed=host, run_match_exec=True))
    said = subprocess.run(["ssh", "-G", "-F", str(config), host], capture_output=True, text=True, timeout=20)
    real = dict(line.split(" ", 1) for line in said.stdout.splitlines() if " " in line)

    assert (real["user"], real["port"]) == (plan.effective.user, str(plan.effective.port))
    assert (tmp_path / "mark").exists()
    assert () == plan.effective.conditions
