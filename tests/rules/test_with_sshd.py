"""The whole road against a real sshd: what is wrong is named, and a machine on which all is well hears nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from probe.misbehaving import relaying, serving
from servers.agent import Agent
from servers.keys import KeyMaker
from servers.sshd import Sshd

from sshwizard import check
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Diagnosis

Start = Callable[..., Sshd]


@pytest.fixture
def diagnose(make_machine: Callable[..., Machine], home: Path) -> Callable[..., Diagnosis]:
    """Return `diagnose(server, *config lines)`: the check of `box`, which leads to the server."""

    def run(server: Sshd, *lines: str, env: dict[str, str] | None = None) -> Diagnosis:
        folder = home / ".ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "known_hosts").write_text(server.known_hosts_line)
        config = folder / "config"
        config.write_text(server.config_block("box", *lines))
        config.chmod(0o600)
        return check.run(make_machine(env=env), check.Request(typed="box"))

    return run


def test_all_is_well(
    diagnose: Callable[..., Diagnosis], start_sshd: Start, keys: KeyMaker, home: Path
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519")
    found = diagnose(start_sshd({"joe": [pair.line]}))

    assert "healthy" == found.verdict
    assert not [f for f in found.findings if f.severity != "info"], found.findings


def test_several_keys_of_one_person_are_no_alarm(
    diagnose: Callable[..., Diagnosis], start_sshd: Start, keys: KeyMaker, home: Path
) -> None:
    pairs = [keys.make(home / ".ssh", name) for name in ("id_ed25519", "laptop")]
    found = diagnose(start_sshd({"joe": [pair.line for pair in pairs]}))

    assert "healthy" == found.verdict
    assert not [f for f in found.findings if f.severity != "info"], found.findings


def test_a_locked_key_in_no_agent_is_only_mentioned(
    diagnose: Callable[..., Diagnosis], start_sshd: Start, keys: KeyMaker, home: Path
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519", passphrase="correct horse")
    found = diagnose(start_sshd({"joe": [pair.line]}))

    assert [("passphrase-no-prompt", "info")] == [(f.id, f.severity) for f in found.findings]


def test_a_locked_key_blocks_where_nothing_may_be_asked(
    diagnose: Callable[..., Diagnosis], start_sshd: Start, keys: KeyMaker, home: Path
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519", passphrase="correct horse")
    found = diagnose(start_sshd({"joe": [pair.line]}), "BatchMode yes")

    assert ("passphrase-no-prompt", "fail") == (found.findings[0].id, found.findings[0].severity)


def test_two_faults_are_both_found_the_first_first(
    diagnose: Callable[..., Diagnosis], start_sshd: Start, keys: KeyMaker, home: Path
) -> None:
    pair = keys.make(home / ".ssh", "work")
    pair.path.chmod(0o644)
    found = diagnose(start_sshd({"joe": []}), "IdentityFile ~/.ssh/work")
    ids = [f.id for f in found.findings]

    assert {"key-perms-open", "key-not-registered"} <= set(ids)
    assert "problem" == found.verdict


def test_the_limit_of_tries(
    diagnose: Callable[..., Diagnosis],
    start_sshd: Start,
    start_agent: Callable[..., Agent],
    keys: KeyMaker,
    home: Path,
) -> None:
    others = keys.several(home / "others", [f"k{n}" for n in range(7)])
    right = keys.make(home / ".ssh", "id_ed25519")
    agent = start_agent(*[pair.path for pair in others])
    found = diagnose(start_sshd({"joe": [right.line]}), env={"SSH_AUTH_SOCK": agent.socket})

    first = found.findings[0]
    assert ("too-many-keys", "certain") == (first.id, first.certainty)
    assert first.fixes


def test_a_dead_agent_is_named_where_it_matters(
    diagnose: Callable[..., Diagnosis], start_sshd: Start, keys: KeyMaker, home: Path
) -> None:
    pair = keys.make(home / ".ssh", "work")
    pair.path.unlink()
    server = start_sshd({"joe": [pair.line]})
    found = diagnose(server, "IdentityFile ~/.ssh/work.pub", env={"SSH_AUTH_SOCK": str(home / "nothing")})

    assert "agent-stale-or-bridge" == found.findings[0].id


@pytest.mark.parametrize("then", ["stall", "close"])
def test_a_host_that_breaks_off_is_a_finding_of_its_own(
    make_machine: Callable[..., Machine], start_sshd: Start, keys: KeyMaker, home: Path, then: str
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519")
    server = start_sshd({"joe": [pair.line]})
    with serving(relaying(server.port, 1800, then=then)) as port:
        line = f"[127.0.0.1]:{port} {server.host_key_line()}\n"
        (home / ".ssh" / "known_hosts").write_text(line)
        config = home / ".ssh" / "config"
        config.write_text(f"Host box\n  HostName 127.0.0.1\n  Port {port}\n  User git\n")
        config.chmod(0o600)

        found = check.run(make_machine(), check.Request(typed="box", timeout=2.0))

    assert [("login-breaks-off", "fail")] == [(f.id, f.severity) for f in found.findings]
    assert "problem" == found.verdict


def test_a_second_factor_is_named_where_the_login_was_tried(
    make_machine: Callable[..., Machine],
    start_sshd: Start,
    diagnose: Callable[..., Diagnosis],
    keys: KeyMaker,
    home: Path,
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519")
    extra = ("AuthenticationMethods publickey,keyboard-interactive", "KbdInteractiveAuthentication yes")
    server = start_sshd({"joe": [pair.line]}, extra=extra)
    diagnose(server)

    found = check.run(make_machine(), check.Request(typed="box", login=True))

    assert [("second-factor-wanted", "warn")] == [(f.id, f.severity) for f in found.findings]
    assert "keyboard-interactive" in found.findings[0].conclusion
