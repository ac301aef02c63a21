"""Asking a real sshd: which keys it takes, what ssh would meet, and how few connections that needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from probe import making
from servers.keys import KeyMaker
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.probe import probe

StartSshd = Callable[..., Sshd]


def test_the_accepted_key_is_found_without_a_login(
    machine: Machine, start_sshd: StartSshd, keys: KeyMaker, tmp_path: Path
) -> None:
    wrong, right = (keys.make(tmp_path, name) for name in ("wrong", "right"))
    server = start_sshd({"joe": [right.line]})

    seen = probe(machine, making.facts(machine), making.plan([wrong, right], server.port))

    assert [answer.state for answer in seen.answers] == ["refused", "accepted"]
    assert seen.ssh_outcome == "accepted"
    assert seen.ssh_key == making.public_of(right)
    assert seen.connections == 1
    assert "Accepted publickey" not in server.log()


def test_a_login_names_the_account_and_tries_the_repository(
    machine: Machine, start_sshd: StartSshd, keys: KeyMaker, tmp_path: Path
) -> None:
    wrong, right = (keys.make(tmp_path, name) for name in ("wrong", "right"))
    server = start_sshd({"joe": [right.line]})
    server.make_repository("app.git")
    plan = making.plan([wrong, right], server.port, path="app.git")

    seen = probe(machine, making.facts(machine), plan, login=True)

    assert (seen.account, seen.access, seen.connections) == ("joe", "ok", 1)
    assert seen.greeting.startswith("Hi joe! ")
    assert [check.state for check in seen.checks if check.id == "session"] == ["passed"]
