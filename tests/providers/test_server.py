"""The job of ssh-copy-id on a real sshd: password or key login, no duplicate, right modes, and the way back."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from servers.keys import KeyMaker, Pair
from servers.passwords import PASSWORD, AccountSshd

from sshwizard.errors import CannotCheck, Refused
from sshwizard.machine.machine import Machine
from sshwizard.openssh.keys import read_public_line
from sshwizard.providers.server import install_key, logs_in, remove_key

Make = Callable[..., Machine]
LINES = ("AuthorizedKeysFile .ssh/authorized_keys",)
PASSWORDS = ("PasswordAuthentication yes",)


def account(tmp_path: Path, shell: str = "", *lines: str) -> AccountSshd:
    """Make an sshd whose account has this program for a login shell, and these further settings."""
    made = AccountSshd(tmp_path / "sshd", users=("kim",), extra=(*LINES, *(lines or PASSWORDS)))
    if shell:
        program = tmp_path / "shell"
        program.write_text(shell)
        program.chmod(0o755)
        made.shell = str(program)
    return made


def machine_for(server: AccountSshd, home: Path, make_machine: Make, tmp_path: Path) -> Machine:
    """Return a machine whose ssh knows the server and gets the password from an askpass program."""
    (home / ".ssh").mkdir(mode=0o700)
    config = server.write_config(home / ".ssh", "box", "IdentitiesOnly yes")
    askpass = tmp_path / "askpass"
    askpass.write_text(f"#!/bin/sh\necho '{PASSWORD}'\n")
    askpass.chmod(0o700)
    env = {"SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
    return make_machine(config=str(config), env=env)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AccountSshd]:
    with account(tmp_path) as running:
        yield running


@pytest.fixture
def login(server: AccountSshd, home: Path, make_machine: Make, tmp_path: Path) -> Machine:
    return machine_for(server, home, make_machine, tmp_path)


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


STARTS = {
    "nothing": {},
    "folder open to read": {".ssh": 0o755},
    "no last newline": {".ssh": 0o700, ".ssh/authorized_keys": "{other}"},
    "DOS lines": {".ssh": 0o700, ".ssh/authorized_keys": "{other}\r\n"},
    "options and comments": {
        ".ssh": 0o700,
        ".ssh/authorized_keys": 'from="10.0.0.0/8",command="echo a b" {other}\n# {other}\n\n',
    },
    "empty file": {".ssh": 0o700, ".ssh/authorized_keys": ""},
    "file elsewhere": {".ssh": 0o700, "real": 0o755, "real/keys": "{other}\n", ".ssh/authorized_keys": "->../real/keys"},
    "link to nothing yet": {".ssh": 0o700, "real": 0o755, ".ssh/authorized_keys": "->../real/keys"},
    "folder elsewhere": {"dot": 0o700, ".ssh": "->dot"},
    "there already": {".ssh": 0o700, ".ssh/authorized_keys": "no-pty {new}\n"},
}  # fmt: skip


def start(home: Path, what: dict[str, object], words: dict[str, str]) -> None:
    shutil.rmtree(home)
    home.mkdir(mode=0o700)
    for name, value in what.items():
        path = home / name
        if isinstance(value, int):
            path.mkdir()
            path.chmod(value)
        elif str(value).startswith("->"):
            path.symlink_to(str(value)[2:])
        else:
            path.write_bytes(str(value).format(**words).encode())
            path.chmod(0o640)


def left(home: Path) -> dict[str, tuple[int, object]]:
    return {
        str(path.relative_to(home)): (
            stat.S_IMODE(path.lstat().st_mode),
            os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None,
        )
        for path in home.rglob("*")
    }


@pytest.mark.parametrize("what", STARTS)
def test_whatever_is_there_the_result_is_ssh_copy_id_s(
    what: str, server: AccountSshd, login: Machine, pair: Pair, keys: KeyMaker, tmp_path: Path
) -> None:
    words = {"other": keys.make(tmp_path, "other").line, "new": pair.line}
    start(server.home, STARTS[what], words)
    copy = ["ssh-copy-id", "-i", str(pair.public_path), "-F", login.user_config or "", "box"]
    subprocess.run(copy, env={**login.env}, check=True, capture_output=True, timeout=60)
    theirs = left(server.home)
    start(server.home, STARTS[what], words)
    installed = install_key(login, "box", read_public_line(pair.line))

    assert theirs == left(server.home)
    assert () == installed.loose
    assert logs_in(login, "box", str(pair.path))


SHELLS = {
    "talks": "#!/bin/sh\nprintf 'welcome, no newline'\nexec /bin/sh \"$@\"\n",
    "bash": '#!/bin/bash\nexec /bin/bash "$@"\n',
}


@pytest.mark.parametrize("shell", SHELLS)
def test_an_odd_login_shell_does_not_matter(
    shell: str, tmp_path: Path, home: Path, make_machine: Make, keys: KeyMaker
) -> None:
    with account(tmp_path, SHELLS[shell]) as server:
        machine = machine_for(server, home, make_machine, tmp_path)
        pair = keys.make(home / ".ssh", "new_key")
        installed = install_key(machine, "box", read_public_line(pair.line))
        removed = remove_key(machine, "box", read_public_line(pair.line))

    assert ("added", "removed") == (installed.result, removed.result)


NO_SHELLS = {
    "cmd.exe": "#!/bin/sh\necho \"'exec' is not recognized as an internal or external command,\" >&2\nexit 1\n",
    "a forge": "#!/bin/sh\necho 'This service allows sftp connections only.'\nexit 1\n",
}


@pytest.mark.parametrize("shell", NO_SHELLS)
def test_without_a_shell_it_says_where_the_line_goes(
    shell: str, tmp_path: Path, home: Path, make_machine: Make, keys: KeyMaker
) -> None:
    with account(tmp_path, NO_SHELLS[shell]) as server:
        machine = machine_for(server, home, make_machine, tmp_path)
        pair = keys.make(home / ".ssh", "new_key")
        with pytest.raises(CannotCheck) as caught:
            install_key(machine, "box", read_public_line(pair.line))

    assert "service-error" == caught.value.code
    assert "administrators_authorized_keys" in caught.value.hint


def test_a_file_that_cannot_be_written_is_named(server: AccountSshd, login: Machine, pair: Pair) -> None:
    server.file.mkdir(parents=True)
    with pytest.raises(Refused) as caught:
        install_key(login, "box", read_public_line(pair.line))

    assert "authorized_keys" in caught.value.message


def test_another_key_opens_the_way_as_well_as_a_password(
    server: AccountSshd, login: Machine, pair: Pair, keys: KeyMaker, home: Path, tmp_path: Path
) -> None:
    other = keys.make(home / ".ssh", "id_ed25519")
    (tmp_path / "askpass").write_text("#!/bin/sh\necho wrong\n")
    server.file.parent.mkdir(mode=0o700)
    server.file.write_text(f"{other.line}\n")
    flags = ("-i", str(other.path))
    installed = install_key(login, "box", read_public_line(pair.line), flags=flags)

    assert "added" == installed.result
    assert [other.line, pair.line] == server.file.read_text().splitlines()


def test_a_password_by_keyboard_interactive_does_too(
    tmp_path: Path, home: Path, make_machine: Make, keys: KeyMaker
) -> None:
    lines = ("UsePAM yes", "KbdInteractiveAuthentication yes", "PasswordAuthentication no")
    with account(tmp_path, "", *lines) as server:
        machine = machine_for(server, home, make_machine, tmp_path)
        pair = keys.make(home / ".ssh", "new_key")
        installed = install_key(machine, "box", read_public_line(pair.line))
        works = logs_in(machine, "box", str(pair.path))

    assert ("added", True) == (installed.result, works)
    assert "Accepted keyboard-interactive/pam for kim" in server.log()


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


def test_the_command_s_changes_on_a_server_are_taken_back(
    server: AccountSshd, login: Machine, pair: Pair, home: Path
) -> None:
    """A line that is taken out comes back as it stood: with its options, comments and odd bytes."""
    cli(login, home, "keys", "add", "box", str(pair.public_path))
    added = server.file.read_bytes()
    undone = cli(login, home, "undo")
    assert (0, "undone", b"") == (undone[0], undone[1]["result"], server.file.read_bytes())
    lines = f'from="127.0.0.1",no-pty {pair.line} caf\xe9\r\n# {pair.line}\n'.encode("latin-1")
    server.file.write_bytes(lines)
    removed = cli(login, home, "keys", "remove", "box", str(pair.public_path))
    assert (0, b"") == (removed[0], server.file.read_bytes())
    undone = cli(login, home, "undo")
    _status, listed = cli(login, home, "history")

    assert f"{pair.line}\n".encode() == added
    assert (0, "undone") == (undone[0], undone[1]["result"]), undone
    assert lines == server.file.read_bytes()
    assert ["undone", "undone"] == [change["state"] for change in listed["changes"]]
