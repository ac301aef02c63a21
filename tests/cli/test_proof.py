"""`test` against gitolite on sshd: the key, the account, and what it may do with the repository are three things."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers.gitolite import Gitolite
from servers.keys import KeyMaker, Pair
from servers.sshd import Sshd

RULES = {"app": ["RW+ = writer", "R = reader"], "other": ["RW+ = writer"]}


@pytest.fixture(scope="module")
def people(keys: KeyMaker, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    folder = tmp_path_factory.mktemp("people")
    return {name: keys.make(folder, name) for name in ("writer", "reader", "locked", "missing")}


@pytest.fixture(scope="module")
def forge(people: dict[str, Pair], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gitolite]:
    known = {name: pair.line for name, pair in people.items() if name != "missing"}
    with Gitolite(tmp_path_factory.mktemp("gitolite"), known, RULES) as server:
        yield server


@pytest.fixture
def be(home: Path, forge: Gitolite, people: dict[str, Pair]) -> Callable[[str], None]:
    """Return `be("reader")`: the configuration that sends this person's key to `forge`."""

    def configure(name: str) -> None:
        folder = home / ".ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "known_hosts").write_text(forge.sshd.known_hosts_line)
        config = folder / "config"
        config.write_text(
            forge.sshd.config_block(
                "forge",
                f"IdentityFile {people[name].path}",
                "IdentitiesOnly yes",
                known_hosts=folder / "known_hosts",
            )
        )
        config.chmod(0o600)

    return configure


@pytest.mark.parametrize(
    ("who", "path", "code", "access", "finding"),
    [
        ("writer", "app", 0, "ok", None),
        ("reader", "app", 0, "read_only", "deploykey-readonly"),
        ("reader", "other", 1, "denied", "repository-no-access"),
        ("locked", "app", 1, "denied", "repository-no-access"),
        ("writer", "nowhere", 1, "denied", "repository-no-access"),
        ("missing", "app", 1, "unknown", "key-not-registered"),
    ],
)
def test_key_account_and_access_are_told_apart(
    run, be: Callable[[str], None], who: str, path: str, code: int, access: str, finding: str | None
) -> None:
    be(who)

    answer = run("test", f"git@forge:{path}", "--json")

    seen = answer.object
    assert (answer.code, seen["host"]["access"]) == (code, access)
    assert seen["account"] == (None if who == "missing" else who)
    assert [one["id"] for one in seen["findings"]][:1] == ([finding] if finding else [])
    assert (seen["accepted"] is None) == (who == "missing")


def test_the_sentence_says_that_the_key_is_fine(run, be: Callable[[str], None]) -> None:
    be("locked")

    answer = run("test", "git@forge:app")

    assert "Your key is fine" in answer.out and "as locked" in answer.out


def test_success_says_what_the_account_may_do(run, be: Callable[[str], None]) -> None:
    be("writer")
    writer = run("test", "git@forge:app")
    be("reader")
    reader = run("test", "git@forge:app")

    assert "writer may read and write app." in writer.out
    assert "reader may read app, but not write to it" in reader.out


def test_git_itself_says_the_same(be: Callable[[str], None], home: Path, tmp_path: Path) -> None:
    be("reader")
    ssh = f"ssh -F {home / '.ssh' / 'config'} -o BatchMode=yes"
    env = {**os.environ, "GIT_SSH_COMMAND": ssh}

    def git(*words: str) -> int:
        return subprocess.run(
            ["git", *words], cwd=tmp_path, env=env, capture_output=True, timeout=30, check=False
        ).returncode

    assert git("ls-remote", "git@forge:app") == 0
    assert git("ls-remote", "git@forge:other") == 128


def waiting_home(home: Path, server: Sshd, pair: Pair) -> None:
    (home / ".ssh" / "known_hosts").write_text(server.known_hosts_line)
    config = home / ".ssh" / "config"
    config.write_text(
        server.config_block("box", f"IdentityFile {pair.path}", known_hosts=home / ".ssh" / "known_hosts")
    )
    config.chmod(0o600)


def test_waiting_ends_with_the_proof(
    run, home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]
) -> None:
    pair = keys.make(home / ".ssh", "new")
    server = start_sshd({})
    waiting_home(home, server, pair)

    def allow_after_the_first_look_of_the_waiting() -> None:
        while server.log().count("Failed publickey") < 2:
            time.sleep(0.02)
        server.allow("joe", pair.line)

    threading.Thread(target=allow_after_the_first_look_of_the_waiting, daemon=True).start()

    answer = run("test", "box", "--wait", "--for", "30", "--json")

    assert (answer.code, answer.object["account"], answer.object["verdict"]) == (0, "joe", "healthy")
    assert answer.object["waited"]["state"] == "accepted"
    assert "box does not take new yet; looking again in" in answer.err


def test_waiting_gives_up_in_time(run, home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> None:
    pair = keys.make(home / ".ssh", "new")
    waiting_home(home, start_sshd({}), pair)

    answer = run("test", "box", "--wait", "--for", "1.5")

    assert answer.code == 1
    assert "The same command goes on waiting" in answer.out


def test_ctrl_c_ends_the_waiting_at_once(
    home: Path, tmp_path: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]
) -> None:
    pair = keys.make(home / ".ssh", "new")
    waiting_home(home, start_sshd({}), pair)
    process = subprocess.Popen(
        [sys.executable, "-m", "sshwizard", "test", "box", "--wait"],
        env={**os.environ, "SSHWIZARD_HOME": str(home), "XDG_RUNTIME_DIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr:
        assert "does not take new yet" in process.stderr.readline()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=5)

    assert code == 130
    assert time.monotonic() - began < 1.0
