"""GitHub's withdrawn RSA key in known_hosts: found without a connection, whatever the line looks like."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard import apply, check
from sshwizard.hosts import book
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Diagnosis


def line(status: str, names: str = "github.com") -> str:
    key = next(key for key in book.host_keys("github.com") if key.blob and key.status == status)
    return f"{names} {key.type} {key.blob}\n"


def diagnose(machine: Machine, typed: str = "git@github.com") -> Diagnosis:
    return check.run(machine, check.Request(typed=typed, offline=True))


def found(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    return [(one.id, one.severity) for one in diagnosis.findings if one.id == "hostkey-withdrawn"]


@pytest.mark.parametrize("names", ["github.com", "github.com,140.82.121.3", "[ssh.github.com]:443"])
def test_the_old_key_is_found_and_only_its_line_goes(
    make_machine: Callable[..., Machine], keys: KeyMaker, home: Path, names: str
) -> None:
    other = keys.make(home / ".ssh", "id_ed25519")
    known = home / ".ssh" / "known_hosts"
    before = f"# mine\nbox {other.line}\n{line('compromised', names)}{line('current')}"
    known.write_text(before)
    machine = make_machine()

    diagnosis = diagnose(machine)
    finding = next(one for one in diagnosis.findings if one.id == "hostkey-withdrawn")
    change = apply.apply_fix(machine, finding.fixes[0])

    assert ("warn", "certain") == (finding.severity, finding.certainty)
    assert [(str(known), 3)] == [(seen.source, seen.line) for seen in finding.evidence]
    assert known.read_text() == f"# mine\nbox {other.line}\n{line('current')}"
    assert found(diagnose(machine.fresh())) == []
    apply.undo(machine, change.number)
    assert known.read_text() == before


def test_a_hashed_name_hides_nothing(make_machine: Callable[..., Machine], home: Path) -> None:
    known = home / ".ssh" / "known_hosts"
    known.parent.mkdir(mode=0o700)
    known.write_text(line("compromised"))
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", known], check=True, capture_output=True, timeout=20)

    assert known.read_text().startswith("|1|")
    assert found(diagnose(make_machine())) == [("hostkey-withdrawn", "warn")]


def test_for_another_host_it_is_only_mentioned(make_machine: Callable[..., Machine], home: Path) -> None:
    known = home / ".ssh" / "known_hosts"
    known.parent.mkdir(mode=0o700)
    known.write_text(line("compromised"))

    assert found(diagnose(make_machine(), "git@gitlab.com")) == [("hostkey-withdrawn", "info")]


@pytest.mark.parametrize(
    "text", [line("current"), line("compromised", "@revoked github.com"), line("compromised", "box")]
)
def test_other_lines_are_left_in_peace(make_machine: Callable[..., Machine], home: Path, text: str) -> None:
    known = home / ".ssh" / "known_hosts"
    known.parent.mkdir(mode=0o700)
    known.write_text(text)

    assert found(diagnose(make_machine())) == []


def test_a_file_of_the_system_is_named_with_its_command(
    make_machine: Callable[..., Machine], home: Path, tmp_path: Path
) -> None:
    known = tmp_path / "ssh_known_hosts"
    known.write_text(line("compromised"))
    config = home / ".ssh" / "config"
    config.parent.mkdir(mode=0o700)
    config.write_text(f"GlobalKnownHostsFile {known}\n")

    diagnosis = diagnose(make_machine())

    fix = next(one for one in diagnosis.findings if one.id == "hostkey-withdrawn").fixes[0]
    assert fix.steps == ()
    assert fix.command.startswith("ssh-keygen -R github.com -f ")
