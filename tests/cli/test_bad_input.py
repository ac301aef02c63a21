"""Bad input: one clear sentence, the documented exit code, no traceback, nothing half written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker

COMMANDS = [
    "doctor 127.0.0.1 -p 1",
    "why host",
    "keys list",
    "config show host",
    "config lint",
    "fix 127.0.0.1 -p 1",
]


def binary_config(ssh: Path) -> None:
    (ssh / "config").write_bytes(bytes(range(1, 256)) * 3)
    (ssh / "config").chmod(0o600)


def utf16_config(ssh: Path) -> None:
    (ssh / "config").write_bytes("Host x\n  User joe\n".encode("utf-16"))


def folder_as_config(ssh: Path) -> None:
    (ssh / "config").mkdir()


def empty_key(ssh: Path) -> None:
    (ssh / "id_rsa").touch(mode=0o600)


def folder_as_key(ssh: Path) -> None:
    (ssh / "id_rsa").mkdir()


def fifo_as_key(ssh: Path) -> None:
    os.mkfifo(ssh / "id_rsa")


def file_as_ssh(ssh: Path) -> None:
    ssh.rmdir()
    ssh.write_text("not a folder")


def no_ssh(ssh: Path) -> None:
    ssh.rmdir()


@pytest.mark.parametrize(
    "spoil",
    [
        binary_config,
        utf16_config,
        folder_as_config,
        empty_key,
        folder_as_key,
        fifo_as_key,
        file_as_ssh,
        no_ssh,
    ],
)
def test_a_spoilt_home_never_ends_in_a_crash(spoil: Callable[[Path], None], home: Path, run_here) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    spoil(home / ".ssh")
    before = sorted(home.rglob("*"))
    for command in COMMANDS:
        answer = run_here(*command.split(), "--json")

        assert answer.code in (0, 1, 3, 5), f"{command}: {answer.err}"
        assert answer.object["schema"] == "sshwizard/1"
        assert "Traceback" not in answer.err
    assert sorted(home.rglob("*")) == before


def test_a_configuration_that_ssh_refuses_is_told_in_its_words(run_here, home: Path) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").write_text("Host x\n  Bogus yes\n")
    for command in ("why x", "doctor x", "config show x"):
        answer = run_here(*command.split(), "--json")

        assert answer.code == 1
        error = answer.object["error"]
        assert error["code"] == "config-unsupported-option"
        assert "Bad configuration option: bogus" in error["message"]
        assert (error["where"], error["line"]) == (str(home / ".ssh" / "config"), 2)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("doctr", 2, "sshwizard doctor"),
        ("doctor a b", 2, "one word too many"),
        ("doctor --jsn a", 2, "--json"),
        ("doctor --timeout soon a", 2, "no number of seconds"),
        ("why -- -Z host", 2, "no option `-Z`"),
        ("keys list -- x", 2, "nothing after `--`"),
        ("keys show", 2, "KEY"),
        ("keys new --type dsa", 2, "ed25519"),
        ("keys new --type rsa --bits 1000 --no-passphrase", 2, "no size of 1000"),
        ("keys new a/b/c --no-passphrase", 2, "no folder"),
        ("keys add nowhere", 2, "nowhere"),
        ("keys add github /etc/hostname --yes --token-env NO", 2, "not a public key"),
        ("hosts nowhere.example", 2, "host book has no"),
        ("explain fingerprnt", 2, "sshwizard explain fingerprint"),
        ("log /nonexistent", 2, "cannot be read"),
        ("practice --scenario nosuch -- true", 2, "nosuch"),
        ("undo 7", 1, "nothing to take back"),
        ("doctor", 2, "not a git repository"),
        ("doctor https://github.com/a/b --home /nonexistent", 2, "no folder"),
        ("why host --lang xx", 2, "no translation"),
        ("report host --offline -o /nonexistent/x", 1, "could not be written"),
    ],
)
def test_wrong_words_get_a_sentence(run_here, words: str, code: int, said: str) -> None:
    answer = run_here(*words.split())

    assert answer.code == code, answer.out + answer.err
    assert said in answer.err
    assert answer.err.count("\n") <= 4


def test_errors_reach_json_too(run) -> None:
    answer = run("doctor", "a", "b", "--json")

    assert answer.code == 2
    assert set(answer.object) == {"schema", "command", "error"}
    assert set(answer.object["error"]) == {"code", "message", "hint", "status"}


def test_without_home_at_all(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sshwizard", "keys", "list", "--json"],
        env={"PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_read_only_home_is_left_as_it_is(run, home: Path, keys: KeyMaker) -> None:
    from servers.namespace import _unshare

    pair = keys.make(home / ".ssh", "other")
    script = f'mount --bind {home} {home} && mount -o remount,bind,ro {home} && exec "$@"'
    for words in (
        ["keys", "new", "--no-passphrase"],
        ["config", "add", "host", "-i", str(pair.path), "--yes"],
    ):
        done = subprocess.run(
            [*_unshare(), "sh", "-c", script, "sh", sys.executable, "-m", "sshwizard", *words],
            env={**os.environ, "SSHWIZARD_HOME": str(home)},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=30,
        )

        assert done.returncode == 1, done.stderr
        assert "read-only" in done.stderr and "Nothing was changed" in done.stderr
    assert sorted(path.name for path in (home / ".ssh").iterdir()) == ["other", "other.pub"]


def test_a_closed_pipe_ends_quietly(home: Path, tmp_path: Path) -> None:
    words = f"{sys.executable} -m sshwizard hosts --json | head -c 10"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {words}"],
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.stderr == ""
    assert done.returncode == 0


def test_a_bug_leaves_a_note_without_anything_of_the_user(tmp_path: Path) -> None:
    from sshwizard.cli import crash

    def fails(passphrase: str) -> None:
        try:
            raise ValueError(f"cannot read {passphrase}")
        except ValueError as error:
            raise AttributeError("'Key' has no attribute 'x'") from error

    try:
        fails("open sesame")
    except AttributeError as error:
        note = crash.note(error, "keys new")

    assert "open sesame" not in note
    assert "AttributeError: 'Key' has no attribute 'x'" in note
    assert "ValueError\n" in note
    assert str(tmp_path.parent) not in note


def test_the_runtime_folder_must_be_ours_alone(make_machine, tmp_path: Path) -> None:
    from sshwizard.machine import runtime

    machine = make_machine(runtime_dir=str(tmp_path / "mine"))
    path = runtime.remember(machine, "last.json", b"{}")
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "mine")

    assert path and Path(path).stat().st_mode & 0o777 == 0o600
    assert runtime.recall(machine, "last.json") == b"{}"
    for other in ("open", "link"):
        assert runtime.remember(make_machine(runtime_dir=str(tmp_path / other)), "x", b"") is None
