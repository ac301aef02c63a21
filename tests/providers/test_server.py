"""The job of ssh-copy-id on a real sshd: password or key login, no duplicate, right modes, and the way back."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from servers.keys import KeyMaker, Pair
from servers.namespace import prefix
from servers.sshd import Sshd

from sshwizard.errors import CannotCheck
from sshwizard.machine.machine import Machine
from sshwizard.openssh.keys import read_public_line
from sshwizard.providers.server import install_key, remove_key

PASSWORD = "two old words"


class AccountSshd(Sshd):
    """An sshd with one account, `kim`, that has a password and a home of its own."""

    def _namespace(self) -> list[str]:
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        hashed = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, text=True, capture_output=True, check=True
        ).stdout.strip()
        entry = f"kim:{hashed}:0:0:test account:{self.home}:{self.shell}"
        passwd = self.folder / "passwd"
        passwd.write_text(Path("/etc/passwd").read_text().rstrip("\n") + f"\n{entry}\n")
        return prefix([(passwd, "/etc/passwd")])

    shell = "/bin/sh"

    @property
    def home(self) -> Path:
        folder = self.folder / "kim"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def file(self) -> Path:
        return self.home / ".ssh" / "authorized_keys"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AccountSshd]:
    lines = ("AuthorizedKeysFile .ssh/authorized_keys", "PasswordAuthentication yes")
    with AccountSshd(tmp_path / "sshd", users=("kim",), extra=lines) as running:
        yield running


@pytest.fixture
def login(server: AccountSshd, home: Path, make_machine: Callable[..., Machine], tmp_path: Path) -> Machine:
    """A machine whose ssh knows the server and gets the password from an askpass program."""
    (home / ".ssh").mkdir(mode=0o700)
    known = home / ".ssh" / "known_hosts"
    known.write_text(server.known_hosts_line)
    config = home / ".ssh" / "config"
    config.write_text(server.config_block("box", "IdentitiesOnly yes", known_hosts=known))
    config.chmod(0o600)
    askpass = tmp_path / "askpass"
    askpass.write_text(f"#!/bin/sh\necho '{PASSWORD}'\n")
    askpass.chmod(0o700)
    env = {"SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
    return make_machine(config=str(config), env=env)


@pytest.fixture
def pair(keys: KeyMaker, home: Path) -> Pair:
    return keys.make(home / ".ssh", "new_key", comment="kim's laptop")


def test_a_password_login_leaves_what_ssh_copy_id_leaves(
    server: AccountSshd, login: Machine, pair: Pair
) -> None:
    copy = ["ssh-copy-id", "-i", str(pair.public_path), "-F", login.user_config or "", "box"]
    subprocess.run(copy, env={**login.env}, check=True, capture_output=True, timeout=60)
    theirs = (server.file.read_bytes(), stat.S_IMODE(server.file.stat().st_mode))
    their_folder = stat.S_IMODE(server.file.parent.stat().st_mode)
    server.file.unlink()
    server.file.parent.rmdir()
    installed = install_key(login, "box", read_public_line(pair.line))

    assert "added" == installed.result
    assert () == installed.loose
    assert theirs == (server.file.read_bytes(), stat.S_IMODE(server.file.stat().st_mode))
    assert their_folder == stat.S_IMODE(server.file.parent.stat().st_mode)


def test_the_key_logs_in_afterwards(server: AccountSshd, login: Machine, pair: Pair) -> None:
    install_key(login, "box", read_public_line(pair.line))
    argv = [
        login.ssh,
        "-F",
        login.user_config or "",
        "-o",
        "BatchMode=yes",
        "-i",
        str(pair.path),
        "box",
        "echo in",
    ]

    assert b"in\n" == login.run(argv).out


def test_a_key_that_is_there_is_not_written_twice(server: AccountSshd, login: Machine, pair: Pair) -> None:
    server.file.parent.mkdir(mode=0o700)
    server.file.write_text(f'from="127.0.0.1" {pair.line}')
    before = server.file.read_bytes()

    assert "already_there" == install_key(login, "box", read_public_line(pair.line)).result
    assert before == server.file.read_bytes()


def test_a_missing_last_newline_does_not_join_two_keys(
    server: AccountSshd, login: Machine, pair: Pair, keys: KeyMaker, tmp_path: Path
) -> None:
    other = keys.make(tmp_path, "other").line
    server.file.parent.mkdir(mode=0o700)
    server.file.write_text(other)
    install_key(login, "box", read_public_line(pair.line))

    assert [other, pair.line] == server.file.read_text().splitlines()


def test_a_commented_out_key_does_not_count(server: AccountSshd, login: Machine, pair: Pair) -> None:
    server.file.parent.mkdir(mode=0o700)
    server.file.write_text(f"# {pair.line}\n")

    assert "added" == install_key(login, "box", read_public_line(pair.line)).result


def test_places_that_others_may_write_are_named(server: AccountSshd, login: Machine, pair: Pair) -> None:
    server.home.chmod(0o775)

    assert (".",) == install_key(login, "box", read_public_line(pair.line)).loose


def test_removing_takes_out_this_key_only(
    server: AccountSshd, login: Machine, pair: Pair, keys: KeyMaker, tmp_path: Path
) -> None:
    other = keys.make(tmp_path, "other").line
    server.file.parent.mkdir(mode=0o700)
    server.file.write_text(f"{other}\n{pair.line}\n")
    removed = remove_key(login, "box", read_public_line(pair.line))

    assert "removed" == removed.result
    assert f"{other}\n" == server.file.read_text()


def test_a_hostile_comment_stays_a_comment(
    server: AccountSshd, login: Machine, pair: Pair, home: Path
) -> None:
    public = read_public_line(pair.line)
    title = "x'; touch pwned; echo '\nssh-rsa AAAA"
    install_key(login, "box", public, title=title)

    assert 1 == len(server.file.read_text().splitlines())
    assert not (server.home / "pwned").exists()


def test_no_login_is_said_and_nothing_written(
    server: AccountSshd, login: Machine, pair: Pair, tmp_path: Path
) -> None:
    (tmp_path / "askpass").write_text("#!/bin/sh\necho wrong\n")

    with pytest.raises(CannotCheck) as caught:
        install_key(login, "box", read_public_line(pair.line))
    assert "service-unreachable" == caught.value.code
    assert not server.file.exists()


def test_a_key_that_is_not_there_cannot_be_removed(server: AccountSshd, login: Machine, pair: Pair) -> None:
    assert "absent" == remove_key(login, "box", read_public_line(pair.line)).result


def cli(login: Machine, home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "sshwizard", *words, "--home", str(home), "--json", "--yes"],
        env={**login.env}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


def test_the_command_adds_tries_and_removes(
    server: AccountSshd, login: Machine, pair: Pair, home: Path
) -> None:
    status, added = cli(login, home, "keys", "add", "box", str(pair.public_path))
    assert (0, "added", True, pair.line) == (
        status,
        added["result"],
        added["logs_in"],
        server.file.read_text().strip(),
    )
    status, removed = cli(login, home, "keys", "remove", "box", str(pair.public_path))
    assert (0, "removed", "") == (status, removed["result"], server.file.read_text())
    status, gone = cli(login, home, "keys", "remove", "box", str(pair.public_path))

    assert (1, "key-unknown") == (status, gone["error"]["code"])
