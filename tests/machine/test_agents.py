"""Agents: the real one and those that hang, lie or are gone."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker

from sshwizard.errors import CannotApply, CannotCheck
from sshwizard.machine.agents import agent_add, agent_remove, agent_sign, find_agents, list_agent
from sshwizard.machine.machine import Machine
from sshwizard.openssh.keys import read_public_line
from sshwizard.openssh.keys.verify import verify
from sshwizard.secret import Secret

LIST = b"\x0c"


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


@contextmanager
def talking(path: Path, answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """An agent whose whole behaviour is `answer`, for one connection after another."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen(4)

    def serve() -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield str(path)
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)


def reply(data: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(64)
        connection.sendall(data)
        connection.close()

    return answer


def test_keys_come_in_the_agents_order(
    start_agent: Callable[..., Agent], keys: KeyMaker, tmp_path: Path, machine: Machine
) -> None:
    pairs = keys.several(tmp_path, ("b", "a", "c"))
    agent = start_agent(*(pair.path for pair in pairs))

    listed = list_agent(machine, agent.socket)

    assert listed.reachable and not listed.problem
    assert [(key.blob, key.comment) for key in listed.keys] == [
        (pair.blob, name) for pair, name in zip(pairs, "bac", strict=True)
    ]


def test_add_sign_and_remove(
    start_agent: Callable[..., Agent], keys: KeyMaker, tmp_path: Path, machine: Machine
) -> None:
    agent = start_agent()
    for kind, bits, form in (("ed25519", None, ""), ("rsa", 2048, "PEM"), ("ecdsa", 384, "PKCS8")):
        pair = keys.make(tmp_path, f"key-{kind}", type=kind, bits=bits, form=form)
        public = read_public_line(pair.line)
        agent_add(machine, agent.socket, pair.path.read_bytes(), lifetime=60)
        algorithm = "rsa-sha2-512" if kind == "rsa" else public.type

        signature = agent_sign(machine, agent.socket, public, b"data", algorithm)

        assert verify(public.blob, signature, b"data")
        assert algorithm.encode() in signature
        agent_remove(machine, agent.socket, public)
        assert list_agent(machine, agent.socket).keys == ()


@pytest.mark.parametrize("form", ["", "PEM"])
def test_encrypted_keys_are_added_with_their_passphrase(
    form: str, start_agent: Callable[..., Agent], keys: KeyMaker, tmp_path: Path, machine: Machine
) -> None:
    agent = start_agent()
    pair = keys.make(tmp_path, "key", type="rsa", bits=2048, passphrase="hush hush", form=form)
    data = pair.path.read_bytes()

    with pytest.raises(CannotApply) as caught:
        agent_add(machine, agent.socket, data, Secret("wrong"))
    agent_add(machine, agent.socket, data, Secret("hush hush"))

    assert caught.value.code == "passphrase-wrong"
    assert [key.blob for key in list_agent(machine, agent.socket).keys] == [pair.blob]


def test_a_refused_signature_is_said(
    start_agent: Callable[..., Agent], keys: KeyMaker, tmp_path: Path, machine: Machine
) -> None:
    agent = start_agent()
    public = read_public_line(keys.make(tmp_path, "key").line)

    with pytest.raises(CannotCheck) as caught:
        agent_sign(machine, agent.socket, public, b"data", public.type)

    assert caught.value.code == "agent-refused"


def test_the_agent_of_the_environment_comes_first(
    start_agent: Callable[..., Agent], keys: KeyMaker, home: Path, make_machine: Callable[..., Machine]
) -> None:
    first, second = start_agent(), start_agent(keys.make(home / "k", "other").path)
    known = home / ".1password"
    known.mkdir()
    (known / "agent.sock").symlink_to(second.socket)

    found = find_agents(make_machine(env={"SSH_AUTH_SOCK": first.socket}))

    assert [(agent.name, len(agent.keys)) for agent in found] == [("ssh-agent", 0), ("1Password", 1)]


def test_one_agent_under_two_names_is_one(
    start_agent: Callable[..., Agent], home: Path, make_machine: Callable[..., Machine]
) -> None:
    agent = start_agent()
    (home / ".1password").mkdir()
    (home / ".1password" / "agent.sock").symlink_to(agent.socket)

    found = find_agents(make_machine(env={"SSH_AUTH_SOCK": agent.socket}))

    assert len(found) == 1


def test_a_dead_agent_is_a_fact(home: Path, make_machine: Callable[..., Machine]) -> None:
    left = home / "left"
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(left))
    server.close()
    for where in (str(left), str(home / "gone"), "/" + "long" * 60, str(home), "relative", "a\0b"):
        (agent,) = find_agents(make_machine(env={"SSH_AUTH_SOCK": where}))

        assert (agent.where, agent.reachable, agent.keys) == (where, False, ())
        assert agent.problem


def test_a_hanging_agent_costs_its_time_limit_only(tmp_path: Path, machine: Machine) -> None:
    def dribble(connection: socket.socket) -> None:
        connection.sendall(struct.pack(">I", 1000))
        for _number in range(100):
            connection.sendall(b"x")
            time.sleep(0.02)

    def say_nothing(connection: socket.socket) -> None:
        while connection.recv(64):
            pass

    for answer in (say_nothing, dribble):
        with talking(tmp_path / f"s{id(answer)}", answer) as where:
            start = time.monotonic()

            agent = list_agent(machine, where, timeout=0.3)

            assert time.monotonic() - start < 1.0
            assert not agent.reachable and "0.3 s" in agent.problem


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        string(b"\x05"),
        string(b"\x63"),
        string(LIST),
        string(LIST + b"\xff\xff\xff\xff"),
        string(LIST + struct.pack(">I", 2)),
        string(LIST + struct.pack(">I", 1) + string(b"\0\0\0\x0bssh-ed25519") + string(b"")),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
def test_nonsense_is_a_problem_without_keys(data: bytes, tmp_path: Path, machine: Machine) -> None:
    with talking(tmp_path / "socket", reply(data)) as where:
        agent = list_agent(machine, where, timeout=1.0)

    assert agent.keys == ()
    assert agent.problem


def test_unknown_key_types_are_passed_over(keys: KeyMaker, tmp_path: Path, machine: Machine) -> None:
    pair = keys.make(tmp_path, "key")
    entries = string(string(b"ssh-future") + b"xyz") + string(b"new") + string(pair.blob) + string(b"old")
    with talking(tmp_path / "socket", reply(string(LIST + struct.pack(">I", 2) + entries))) as where:
        agent = list_agent(machine, where)

    assert [(key.comment, key.blob) for key in agent.keys] == [("old", pair.blob)]
    assert not agent.problem


def test_a_comment_cannot_steer_the_terminal(keys: KeyMaker, tmp_path: Path, machine: Machine) -> None:
    pair = keys.make(tmp_path, "key")
    entry = string(pair.blob) + string(b"\x1b]0;owned\x07")
    with talking(tmp_path / "socket", reply(string(LIST + struct.pack(">I", 1) + entry))) as where:
        agent = list_agent(machine, where)

    assert agent.keys[0].comment == "\\x1b]0;owned\\x07"


def mutated_replies(keys: KeyMaker, tmp_path: Path, count: int) -> Iterator[bytes]:
    pairs = [keys.make(tmp_path, f"k{kind}", type=kind) for kind in ("ed25519", "ecdsa")]
    entries = b"".join(string(pair.blob) + string(b"comment") for pair in pairs)
    whole = LIST + struct.pack(">I", len(pairs)) + entries
    chance = random.Random(7)
    for _number in range(count):
        data = bytearray(whole)
        for _change in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        yield bytes(data)


def test_mutated_lists_never_raise(keys: KeyMaker, tmp_path: Path, machine: Machine) -> None:
    replies = mutated_replies(keys, tmp_path, 200)
    with talking(tmp_path / "socket", lambda connection: reply(string(next(replies)))(connection)) as where:
        for _number in range(200):
            agent = list_agent(machine, where, timeout=2.0)

            assert agent.problem or agent.reachable
