"""Answers to findings other than the wrong key, by the real ssh's word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from servers.namespace import RealSsh

from sshwizard import apply, check, propose
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.transcript import Transcript


def answers(machine: Machine, *found: str) -> dict[str, tuple[Fix, ...]]:
    facts, plan = check.run_plan(machine, check.Request(typed="old.invalid"))
    simulate = check.Simulator(facts)
    return propose.ways(facts, plan, Transcript(checks=()), found, simulate, hosts=lambda: ("new.invalid",))


def test_the_old_rsa_signature_is_allowed_for_one_host(
    home: Path, make_machine: Callable[..., Machine]
) -> None:
    config = home / ".ssh" / "config"
    config.parent.mkdir(mode=0o700)
    config.write_text("Host *\n    User joe\n")
    config.chmod(0o600)
    real = RealSsh(home)
    elsewhere = real.ssh("-G", "new.invalid").out
    (fix,) = answers(make_machine(), "alg-rsa-sha1-sig", "key-missing")["alg-rsa-sha1-sig"]

    apply.apply_fix(make_machine(), fix)

    shown = real.ssh("-G", "old.invalid").out
    accepted = next(line for line in shown.splitlines() if line.startswith("pubkeyacceptedalgorithms "))
    assert "ssh-rsa" in accepted.split()[1].split(",")
    assert real.ssh("-G", "new.invalid").out == elsewhere


def test_without_such_a_finding_nothing_is_simulated(make_machine: Callable[..., Machine]) -> None:
    assert answers(make_machine(), "key-missing", "too-many-keys") == {}


def test_an_unnamed_host_key_type_is_not_guessed(make_machine: Callable[..., Machine]) -> None:
    assert answers(make_machine(), "alg-hostkey-mismatch") == {}
