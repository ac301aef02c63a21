"""Host keys are written down only where somebody vouches for them, or a person is asked."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard import apply, check
from sshwizard.hosts import book
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.identity import PublicKey
from sshwizard.model.steps import TrustHostKey
from sshwizard.model.transcript import HostKeySeen
from sshwizard.openssh.keys import public_from_blob, read_public_line
from sshwizard.propose.trust import trust

Make = Callable[..., Machine]


def published() -> PublicKey:
    """One of GitHub's keys, as the host book has it."""
    blob = next(
        key.blob
        for key in book.host_keys("github.com")
        if key.type == "ssh-ed25519" and not key.withdrawn and key.blob
    )
    return public_from_blob(b64decode(blob))


def fix_for(machine: Machine, seen: HostKeySeen) -> Fix | None:
    facts, plan = check.run_plan(machine.fresh(), check.Request(typed="git@github.com"))
    return trust(facts, plan, seen)


@pytest.fixture
def stranger(home: Path, keys: KeyMaker) -> PublicKey:
    return read_public_line(keys.make(home / "elsewhere", "stranger").line)


def known_hosts(home: Path, text: str) -> Path:
    path = home / ".ssh" / "known_hosts"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(text)
    return path


def test_a_changed_key_that_the_provider_publishes_replaces_its_old_line_alone(
    home: Path, make_machine: Make, keys: KeyMaker
) -> None:
    old = " ".join(keys.make(home / "elsewhere", "old").line.split()[:2])
    text = f"# mine\ngitlab.com {old}\ngithub.com {old}\n"
    path = known_hosts(home, text)
    seen = HostKeySeen(public=published(), state="changed", where=f"{path}:3")
    fix = fix_for(make_machine(), seen)
    assert fix is not None and not fix.safe

    apply.apply_fix(make_machine(), fix)

    lines = path.read_text().splitlines()
    assert lines[:2] == text.splitlines()[:2]
    assert b64decode(lines[2].split()[2]) == published().blob
    apply.undo(make_machine())
    assert path.read_text() == text


@pytest.mark.parametrize("state", ["changed", "revoked", "withdrawn", "known"])
def test_nothing_is_proposed_for_a_key_that_nobody_vouches_for(
    state: str, home: Path, stranger: PublicKey, make_machine: Make
) -> None:
    path = known_hosts(home, "github.com ssh-ed25519 AAAA\n")
    seen = HostKeySeen(public=stranger, state="changed", where=f"{path}:1")

    assert fix_for(make_machine(), replace(seen, state=state)) is None  # type: ignore[arg-type]


def test_an_unknown_key_says_that_nobody_vouches_for_it(
    home: Path, stranger: PublicKey, make_machine: Make
) -> None:
    config = home / ".ssh" / "config"
    known_hosts(home, "")
    config.write_text("HashKnownHosts no\n")
    config.chmod(0o600)
    fix = fix_for(make_machine(), HostKeySeen(public=stranger, state="unknown"))

    assert fix is not None and not fix.safe
    (step,) = [one for one in fix.steps if isinstance(one, TrustHostKey)]
    assert step.host == "github.com" and "nobody" in step.because


def test_names_are_hashed_where_ssh_would_hash_them(home: Path, make_machine: Make) -> None:
    known_hosts(home, "")
    config = home / ".ssh" / "config"
    config.write_text("HashKnownHosts yes\n")
    config.chmod(0o600)
    fix = fix_for(make_machine(), HostKeySeen(public=published(), state="published"))

    assert fix is not None
    (step,) = [one for one in fix.steps if isinstance(one, TrustHostKey)]
    assert step.host.startswith("|1|")


def test_no_file_no_proposal(home: Path, make_machine: Make) -> None:
    known_hosts(home, "")
    config = home / ".ssh" / "config"
    config.write_text("UserKnownHostsFile /dev/null\n")
    config.chmod(0o600)

    assert fix_for(make_machine(), HostKeySeen(public=published(), state="published")) is None
