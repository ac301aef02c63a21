"""Asking the ssh program what it is: the installed one, and one that speaks as OpenSSH 10.5 does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sshwizard.machine import ssh
from sshwizard.machine.machine import Machine


@pytest.mark.parametrize("prefix", ["", "debug1: "])
def test_a_build_says_its_version_and_its_defaults(
    make_machine: Callable[..., Machine], tmp_path: Path, prefix: str
) -> None:
    """10.5 says its version in a debug line when it is asked with `-v`; the program below does so to order."""
    real = shutil.which("ssh")
    program = tmp_path / "ssh"
    program.write_text(
        f'#!/bin/sh\n{real} "$@" 2>{tmp_path}/said; status=$?\n'
        f"sed 's/^\\(debug1: \\)*OpenSSH_/{prefix}OpenSSH_/' {tmp_path}/said >&2; exit $status\n"
    )
    program.chmod(0o755)
    machine = make_machine(ssh=str(program))

    assert ssh.version(machine).startswith("OpenSSH_")
    assert "ssh-ed25519" in ssh.builtin(machine)["hostkeyalgorithms"][0]
