"""A diagnosis changes nothing, signs nothing and writes nothing: watched from outside and by audit hook."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sshwizard import check
from sshwizard.practice.ground import open_ground

LIST_REQUEST, SIGN_REQUEST = 11, 13
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink",
            "os.truncate", "os.utime", "os.setxattr", "shutil.rmtree"}  # fmt: skip

watched: list[tuple[str, tuple[Any, ...]]] | None = None


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    if watched is not None and (event == "open" or event in CHANGING):
        watched.append((event, arguments))


sys.addaudithook(hook)


@contextmanager
def watching() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Collect what is opened or changed meanwhile. An audit hook stays for ever, so it is added once."""
    global watched
    watched = []
    try:
        yield watched
    finally:
        watched = None


def picture(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Everything under a folder but the times of reading."""
    seen = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        seen[str(path)] = (status.st_mode, status.st_mtime_ns, status.st_ino, data)
    return seen


@contextmanager
def listened(agent_socket: str, folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Stand between a client and its agent and note the type of each request."""
    types: list[int] = []
    where = folder / "listened"
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(where))
    server.listen(4)

    def serve() -> None:
        while True:
            try:
                client, _address = server.accept()
            except OSError:
                return
            with client, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
                agent.connect(agent_socket)
                while request := _message(client):
                    types.append(request[4])
                    agent.sendall(request)
                    client.sendall(_message(agent))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield str(where), types
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)


def _message(connection: socket.socket) -> bytes:
    head = connection.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        return b""
    return head + connection.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)


@pytest.mark.parametrize("scenario", ["wrong-key", "home-key-in-agent", "too-many-keys", "key-perms-open"])
def test_a_check_leaves_the_home_as_it_was(scenario: str, tmp_path: Path) -> None:
    with open_ground(scenario) as ground:
        machine = ground.machine()
        before = picture(Path(machine.home))
        with watching() as events:
            check.run(machine, check.Request(typed="practice"))

        assert before == picture(Path(machine.home))
        opened = [arguments for event, arguments in events if event == "open"]
        changed = [(event, arguments) for event, arguments in events if event != "open"]
        written = [
            arguments
            for arguments in opened
            if str(arguments[0]).startswith(machine.home) and (arguments[2] or 0) & WRITING
        ]
        assert opened
        assert [] == written
        assert [] == changed


def test_a_check_asks_the_agent_for_its_list_and_for_nothing_else(tmp_path: Path) -> None:
    with (
        open_ground("home-key-in-agent") as ground,
        listened(ground.machine().env["SSH_AUTH_SOCK"], tmp_path) as (where, types),
    ):
        machine = ground.machine()
        machine = replace(machine, env={**machine.env, "SSH_AUTH_SOCK": where})
        check.run(machine, check.Request(typed="practice"))
        asked = set(types)
        diagnosis = check.run(machine, check.Request(typed="practice", login=True))

        assert {LIST_REQUEST} == asked
        assert diagnosis.case.transcript is not None
        assert "mia-home" == diagnosis.case.transcript.account
        assert SIGN_REQUEST in types
