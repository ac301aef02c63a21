"""Hosts that cannot cope with queries sent ahead: noticed, and asked again one by one."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from paramiko.auth_handler import AuthHandler
from probe import making
from servers.keys import KeyMaker, Pair

from sshwizard.machine.machine import Machine
from sshwizard.probe import probe


class Hasty(AuthHandler):  # type: ignore[misc]
    """Drops a request about a key when the next one is there already, as RFC 4252 §5.1 does not mean it."""

    forgets = 1
    """How many requests it drops on one connection."""
    seen = 0

    def _parse_userauth_request(self, m: paramiko.Message) -> None:
        self.seen += 1
        waiting, _write, _failed = select.select([self.transport.sock], [], [], 0)
        if self.seen > 1 and waiting and self.forgets:
            self.forgets -= 1
            return
        super()._parse_userauth_request(m)


class Interface(paramiko.ServerInterface):  # type: ignore[misc]
    def __init__(self, allowed: bytes) -> None:
        self._allowed = allowed

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL if key.asbytes() == self._allowed else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"


@contextlib.contextmanager
def hasty_server(allowed: Pair) -> Iterator[int]:
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
                transport.auth_handler = Hasty(transport)
                with contextlib.suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=Interface(allowed.blob))

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


@pytest.fixture
def pairs(keys: KeyMaker, tmp_path: Path) -> tuple[Pair, ...]:
    return keys.several(tmp_path, ["a", "b", "c"])


def test_an_answer_that_names_another_key_starts_again_one_by_one(
    machine: Machine, pairs: tuple[Pair, ...]
) -> None:
    with hasty_server(pairs[2]) as port:
        seen = probe(machine, making.facts(machine), making.plan(pairs, port))

    assert [answer.state for answer in seen.answers] == ["refused", "refused", "accepted"]
    assert (seen.ssh_outcome, seen.connections) == ("accepted", 2)


@pytest.mark.slow
def test_an_answer_that_never_comes_starts_again_one_by_one(
    machine: Machine, pairs: tuple[Pair, ...], keys: KeyMaker, tmp_path: Path
) -> None:
    with hasty_server(keys.make(tmp_path, "nobody")) as port:
        seen = probe(machine, making.facts(machine), making.plan(pairs, port))

    assert [answer.state for answer in seen.answers] == ["refused"] * 3
    assert (seen.ssh_outcome, seen.connections) == ("refused", 2)
