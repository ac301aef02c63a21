"""A named file that cannot be expanded ends ssh once it is connected, though `ssh -G` finds nothing wrong."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker
from servers.sshd import Sshd

from sshwizard import check
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Diagnosis

Start = Callable[..., Sshd]


@pytest.mark.parametrize("line", ["IdentityFile ${UNSET}/x", "CertificateFile ${UNSET}/x-cert.pub"])
def test_ssh_ends_there_and_we_say_so_first(
    make_machine: Callable[..., Machine], start_sshd: Start, keys: KeyMaker, home: Path, line: str
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519")
    server = start_sshd({"joe": [pair.line]})
    config = home / ".ssh" / "config"
    config.write_text(server.config_block("box", line, f"IdentityFile {pair.path}"))
    config.chmod(0o600)
    real = subprocess.run(
        ["ssh", "-F", config, "-T", "box"], capture_output=True, text=True, timeout=20, check=False
    )

    found = check.run(make_machine(config=str(config)), check.Request(typed="box"))

    first = found.findings[0]
    assert real.returncode == 255 and "has no value" in real.stderr
    assert ("config-value", "fail", "certain") == (first.id, first.severity, first.certainty)
    assert [(str(config), _line_of(config, line))] == [(seen.source, seen.line) for seen in first.evidence]
    assert "has no value" in first.conclusion
    assert found.verdict == "problem"
    assert not {"key-missing", "key-nondefault-name", "key-not-registered"} & {f.id for f in found.findings}


def test_a_variable_that_is_set_is_no_matter(
    make_machine: Callable[..., Machine], start_sshd: Start, keys: KeyMaker, home: Path
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519")
    server = start_sshd({"joe": [pair.line]})
    config = home / ".ssh" / "config"
    config.write_text(server.config_block("box", "IdentityFile ${KEYS}/id_ed25519"))
    machine = make_machine(config=str(config), env={"KEYS": str(home / ".ssh")})

    found: Diagnosis = check.run(machine, check.Request(typed="box"))

    assert found.verdict == "healthy", found.findings


def _line_of(config: Path, text: str) -> int:
    return next(n for n, line in enumerate(config.read_text().splitlines(), 1) if line.strip() == text)
