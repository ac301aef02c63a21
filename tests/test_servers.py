"""The test servers themselves: real ssh and git against the real sshd, agent and dropbear."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.dropbear import Dropbear
from servers.keys import KeyMaker
from servers.namespace import RealSsh
from servers.sshd import Sshd


def configure(home: Path, *blocks: str) -> None:
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    (home / ".ssh" / "config").write_text("".join(blocks))


def trust(home: Path, line: str) -> None:
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    (home / ".ssh" / "known_hosts").write_text(line)


def test_sshd_greets_by_account(
    home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd], real_ssh: RealSsh
) -> None:
    key = keys.make(home / ".ssh", "id_ed25519")
    server = start_sshd({"joe": [key.line]})
    trust(home, server.known_hosts_line)
    configure(home, server.config_block("forge"))

    said = real_ssh.ssh("forge")

    assert (said.status, "Hi joe!" in said.err) == (1, True)


def test_sshd_serves_a_repository(
    home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd], real_ssh: RealSsh
) -> None:
    key = keys.make(home / ".ssh", "id_ed25519")
    server = start_sshd({"joe": [key.line]})
    server.make_repository()
    trust(home, server.known_hosts_line)
    configure(home, server.config_block("forge"))

    cloned = real_ssh.run(["git", "clone", "-q", "forge:app.git"])

    assert (cloned.err, (home / "app" / "README").exists()) == ("", True)


def test_sshd_hangs_up_at_its_try_limit(
    home: Path,
    keys: KeyMaker,
    start_sshd: Callable[..., Sshd],
    start_agent: Callable[..., Agent],
) -> None:
    strangers = keys.several(home / "strangers", [f"stranger{number}" for number in range(3)])
    agent = start_agent(*(pair.path for pair in strangers))
    server = start_sshd({}, max_auth_tries=3)
    trust(home, server.known_hosts_line)
    configure(home, server.config_block("forge"))

    said = RealSsh(home, {"SSH_AUTH_SOCK": agent.socket}).ssh("forge")

    assert "Too many authentication failures" in said.err


def test_dropbear_takes_a_key(tmp_path: Path, home: Path, keys: KeyMaker, real_ssh: RealSsh) -> None:
    key = keys.make(home / ".ssh", "id_ed25519")
    with Dropbear(tmp_path / "dropbear", [key.line]) as server:
        trust(home, server.known_hosts_line)
        said = real_ssh.ssh("-p", str(server.port), f"git@{server.host}")

    assert said.out == "Hi git, this is dropbear.\n"


def test_only_loopback_can_be_reached() -> None:
    with socket.socket() as sock, pytest.raises(OSError, match="loopback"):
        sock.connect(("192.0.2.1", 22))
