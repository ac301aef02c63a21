"""Servers that are not OpenSSH: Dropbear, asyncssh and paramiko, each with its own idea of a refused key."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from probe import making
from servers.asyncssh_server import asyncssh_server
from servers.dropbear import Dropbear
from servers.keys import KeyMaker, Pair

from sshwizard.machine.machine import Machine
from sshwizard.probe import probe


@pytest.fixture
def pairs(keys: KeyMaker, tmp_path: Path) -> tuple[Pair, ...]:
    return keys.several(tmp_path, [f"k{number}" for number in range(13)])


def test_dropbear_counts_no_queries(machine: Machine, pairs: tuple[Pair, ...], tmp_path: Path) -> None:
    with Dropbear(tmp_path / "dropbear", [pairs[12].line]) as server:
        seen = probe(machine, making.facts(machine), making.plan(pairs, server.port))

    assert [answer.state for answer in seen.answers] == ["refused"] * 12 + ["accepted"]
    assert (seen.ssh_outcome, seen.connections, seen.try_limit) == ("accepted", 1, None)


def test_dropbear_takes_rsa_by_sha2(machine: Machine, keys: KeyMaker, tmp_path: Path) -> None:
    rsa = keys.make(tmp_path, "rsa", type="rsa")

    with Dropbear(tmp_path / "dropbear", [rsa.line]) as server:
        seen = probe(machine, making.facts(machine), making.plan([rsa], server.port), login=True)

    assert seen.answers[0].algorithm in ("rsa-sha2-256", "rsa-sha2-512")
    assert seen.greeting == "Hi git, this is dropbear."


def test_asyncssh_answers_in_order(machine: Machine, pairs: tuple[Pair, ...], tmp_path: Path) -> None:
    with asyncssh_server(tmp_path, [pairs[12].line]) as server:
        seen = probe(machine, making.facts(machine), making.plan(pairs, server.port), login=True)

    assert [answer.state for answer in seen.answers] == ["refused"] * 12 + ["accepted"]
    assert (seen.ssh_outcome, seen.connections, seen.account) == ("accepted", 1, "joe")


class OneKey(paramiko.ServerInterface):
    """A paramiko server that takes one key; it hangs up after ten failures, "none" among them."""

    def __init__(self, allowed: bytes) -> None:
        self._allowed = allowed

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL if key.asbytes() == self._allowed else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"


@contextlib.contextmanager
def paramiko_server(allowed: Pair) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    host_key = paramiko.ECDSAKey.generate()
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = listener.accept()
                transport = paramiko.Transport(connection)
                transports.append(transport)
                transport.set_log_channel("sshwizard.probe.paramiko")
                transport.add_server_key(host_key)
                with contextlib.suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=OneKey(allowed.blob))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        for transport in transports:
            transport.close()


def test_paramiko_throws_out_and_the_rest_is_asked_again(machine: Machine, pairs: tuple[Pair, ...]) -> None:
    with paramiko_server(pairs[10]) as port:
        seen = probe(machine, making.facts(machine), making.plan(pairs, port))

    # Its close throws away answers that were not read yet; then the second connection asks one by one.
    assert (seen.ssh_outcome, seen.try_limit, seen.connections) == ("thrown_out", 9, 2)
    assert [answer.state for answer in seen.answers[:9]] == ["refused"] * 9


def test_a_key_at_which_the_host_hangs_up_does_not_hide_the_others(
    machine: Machine, pairs: tuple[Pair, ...]
) -> None:
    odd = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIP0/6zySULeXSptSi2ljYyGkYbVe9Vt76v2Ampqeklt5AAAABHNzaDo="

    with paramiko_server(pairs[1]) as port:
        seen = probe(machine, making.facts(machine), making.plan([pairs[0], odd, pairs[1]], port))

    assert seen.answers[2].state == "accepted"
    assert seen.ssh_outcome in ("thrown_out", "unknown")
