"""The embedded git host, asked by paramiko and by the real ssh."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko
import pytest
from servers.agent import Agent
from servers.keys import KeyMaker, Pair
from servers.namespace import Ran, RealSsh

from sshwizard.practice.accounts import Accounts
from sshwizard.practice.host import Host
from sshwizard.practice.repositories import Repositories


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    (tmp_path / "host").mkdir()
    running = Host(Accounts("joe"), Repositories(tmp_path / "host"))
    yield running
    running.close()


@pytest.fixture
def log_in(host: Host, home: Path) -> Callable[..., Ran]:
    """Run the real ssh against the host: `log_in("-v")`, `log_in(user="root")`, `log_in(command=…)`."""
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{host.port} {host.key_line}\n")

    def run(*options: str, user: str = "git", command: tuple[str, ...] = (), agent: str = "") -> Ran:
        env = {"SSH_AUTH_SOCK": agent} if agent else {}
        return RealSsh(home, env).ssh("-T", *options, "-p", str(host.port), f"{user}@127.0.0.1", *command)

    return run


def load(pair: Pair) -> paramiko.PKey:
    return paramiko.PKey.from_path(pair.path)


def test_it_greets_by_account_and_gives_no_shell(
    host: Host, home: Path, keys: KeyMaker, log_in: Callable[..., Ran]
) -> None:
    host.accounts.add("joe", keys.make(home / ".ssh", "id_ed25519").line)

    said = log_in()

    words = "You've successfully authenticated, but the practice ground does not provide shell access."
    assert (said.status, said.out, said.err) == (1, "", f"Hi joe! {words}\n")


@pytest.mark.parametrize(
    ("name", "type", "bits", "algorithm"),
    [
        ("id_rsa", "rsa", 3072, "rsa-sha2-512"),
        ("id_ecdsa", "ecdsa", 384, "ecdsa-sha2-nistp384"),
        ("id_ed25519", "ed25519", None, "ssh-ed25519"),
    ],
)
def test_it_takes_every_usual_key_type(
    host: Host,
    home: Path,
    keys: KeyMaker,
    log_in: Callable[..., Ran],
    name: str,
    type: str,
    bits: int | None,
    algorithm: str,
) -> None:
    host.accounts.add("joe", keys.make(home / ".ssh", name, type=type, bits=bits).line)

    said = log_in("-vvv")

    assert "Hi joe!" in said.err
    assert f"signing using {algorithm}" in said.err
    assert "server-sig-algs=<" in said.err


def test_a_query_comes_before_the_signature(
    host: Host, home: Path, keys: KeyMaker, log_in: Callable[..., Ran]
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519")
    host.accounts.add("joe", pair.line)

    log_in()

    assert [(asked.signed, asked.account) for asked in host.asked] == [(False, "joe"), (True, "joe")]
    assert {asked.blob for asked in host.asked} == {pair.blob}


@pytest.mark.parametrize(("strangers", "expected"), [(5, "Hi joe!"), (6, "Too many authentication failures")])
def test_the_sixth_refused_key_is_answered_by_hanging_up(
    host: Host,
    home: Path,
    keys: KeyMaker,
    log_in: Callable[..., Ran],
    start_agent: Callable[..., Agent],
    strangers: int,
    expected: str,
) -> None:
    others = keys.several(home / "others", [f"stranger{number}" for number in range(strangers)])
    agent = start_agent(*(pair.path for pair in others))
    host.accounts.add("joe", keys.make(home / ".ssh", "id_ed25519").line)

    said = log_in(agent=agent.socket)

    assert expected in said.err
    assert len(host.asked) == strangers + (2 if strangers == 5 else 0)


def test_another_login_user_is_refused(
    host: Host, home: Path, keys: KeyMaker, log_in: Callable[..., Ran]
) -> None:
    host.accounts.add("joe", keys.make(home / ".ssh", "id_ed25519").line)

    said = log_in(user="joe")

    assert said.err == "joe@127.0.0.1: Permission denied (publickey).\n"


def test_a_certificate_is_refused_and_its_plain_key_taken(
    host: Host, home: Path, keys: KeyMaker, log_in: Callable[..., Ran]
) -> None:
    pair = keys.make(home / ".ssh", "id_ed25519")
    authority = keys.make(home / "ca", "ca")
    signing = ["ssh-keygen", "-q", "-s", str(authority.path), "-I", "joe", "-n", "git", str(pair.public_path)]
    assert RealSsh(home).run(signing).status == 0
    host.accounts.add("joe", pair.line)

    said = log_in("-o", f"CertificateFile={pair.path}-cert.pub")

    assert "Hi joe!" in said.err
    assert [asked.account for asked in host.asked] == [None, "joe", "joe"]


def test_an_unknown_command_is_named_and_refused(
    host: Host, home: Path, keys: KeyMaker, log_in: Callable[..., Ran]
) -> None:
    host.accounts.add("joe", keys.make(home / ".ssh", "id_ed25519").line)

    said = log_in(command=("cat", "/etc/passwd"))

    assert (said.status, said.out, said.err) == (1, "", "Invalid command: 'cat /etc/passwd'\n")


def test_only_the_owner_sees_repositories(
    host: Host, home: Path, keys: KeyMaker, log_in: Callable[..., Ran]
) -> None:
    host.accounts.add("jane", keys.make(home / ".ssh", "id_ed25519").line)

    said = log_in(command=("git-upload-pack 'app.git'",))

    assert (said.status, said.err) == (1, "ERROR: Repository not found.\n")


def test_a_client_of_paramiko_logs_in(host: Host, tmp_path: Path, keys: KeyMaker) -> None:
    pair = keys.make(tmp_path, "joe")
    host.accounts.add("joe", pair.line)
    with socket.create_connection(("127.0.0.1", host.port), 5) as connection:
        client = paramiko.Transport(connection)
        client.start_client(timeout=10)
        client.auth_publickey("git", load(pair))
        channel = client.open_session()
        channel.invoke_shell()
        said = channel.makefile_stderr().read()
        client.close()
        client.join(5)

    assert said.startswith(b"Hi joe!")


def test_several_clones_at_once(
    host: Host, home: Path, tmp_path: Path, keys: KeyMaker, log_in: Callable[..., Ran]
) -> None:
    host.accounts.add("joe", keys.make(home / ".ssh", "id_ed25519").line)

    def clone(number: int) -> int:
        url = f"ssh://git@127.0.0.1:{host.port}/app"
        return RealSsh(home).run(["git", "clone", "-q", url, str(tmp_path / f"copy{number}")]).status

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(clone, range(6))) == [0] * 6


def test_closing_ends_connections_threads_and_the_port(tmp_path: Path, keys: KeyMaker) -> None:
    before = set(threading.enumerate())
    host = Host(Accounts("joe"), Repositories(tmp_path))
    with socket.create_connection(("127.0.0.1", host.port), 5) as connection:
        assert connection.recv(4) == b"SSH-"
        host.close()
        while connection.recv(4096):
            pass

    assert set(threading.enumerate()) == before
    with socket.socket() as late:
        assert late.connect_ex(("127.0.0.1", host.port)) != 0
