"""Options for one host win there and nowhere else, by the real ssh's word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from servers.namespace import RealSsh

from sshwizard import apply, check, propose
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix

BY_443 = (("HostName", "ssh.github.com"), ("Port", "443"))
OLD = (("HostKeyAlgorithms", "+ssh-rsa"), ("PubkeyAcceptedAlgorithms", "+ssh-rsa"))


def fix_for(machine: Machine, options: tuple[tuple[str, str], ...], host: str = "github.com") -> Fix | None:
    facts, plan = check.run_plan(machine, check.Request(typed=host))
    simulate = check.Simulator(facts)
    return propose.settings(facts, plan, options, simulate, hosts=("gitlab.com",), title="by port 443")


@pytest.mark.parametrize(
    "before",
    [
        None,
        "Host *\n    Port 2222\n",
        "Port 2222\n\nHost github.com\n    User git\n",
        "Host github.com\n    Port 22\n    User git\n\nHost *\n    Port 2222\n",
        "Host git*\n    HostName %h\n",
    ],
)
@pytest.mark.parametrize("options", [BY_443, OLD])
def test_options_win_for_the_host_alone(
    options: tuple[tuple[str, str], ...],
    before: str | None,
    home: Path,
    make_machine: Callable[..., Machine],
) -> None:
    config = home / ".ssh" / "config"
    config.parent.mkdir(mode=0o700)
    if before is not None:
        config.write_text(before)
        config.chmod(0o600)
    real = RealSsh(home)
    elsewhere = real.ssh("-G", "gitlab.com").out
    fix = fix_for(make_machine(), options)
    assert fix is not None

    apply.apply_fix(make_machine(), fix)

    shown = real.ssh("-G", "github.com").out
    for keyword, value in options:
        line = next(line for line in shown.splitlines() if line.startswith(keyword.lower() + " "))
        assert line == f"{keyword.lower()} {value}" if value[0] != "+" else "ssh-rsa" in line.split(",")
    assert real.ssh("-G", "gitlab.com").out == elsewhere


def test_nothing_is_proposed_that_does_not_work(home: Path, make_machine: Callable[..., Machine]) -> None:
    assert fix_for(make_machine(), (("Port", "no number"),)) is None
