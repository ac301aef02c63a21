"""The plain wizard after a look: ssh's own try, the reasons with ssh's own word, who knows which key."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker
from servers.person import Person
from servers.sshd import Sshd

from plain.piping import SSHWIZARD, piped


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    return {**os.environ, "TERM": "xterm", "COLUMNS": "80", "XDG_RUNTIME_DIR": str(runtime)}


def test_ssh_itself_tries_only_after_it_was_announced(env: dict[str, str], tmp_path: Path) -> None:
    words = [*SSHWIZARD, "practice", "--scenario", "too-many-keys", "--plain"]
    with Person(words, env=env, cwd=tmp_path) as person:
        person.sees("What should be done?")
        person.sees("Number (default 1")
        table = person.screen.splitlines()
        person.types("2")
        left = person.sees("What next?") + person.sees(", q quit):")
        person.types("follow-witness")
        announced = person.sees("Go on? [Y/n]")
        person.types("n")
        declined = person.sees(", q quit):")
        person.types("follow-witness")
        person.sees("Go on? [Y/n]")
        person.types()
        tried = person.sees(", q quit):")
        person.types("q")
        person.leaves()

    (drawn,) = [at for at, line in enumerate(table) if "this host hangs up here, after 6" in line]
    assert (table[drawn - 1].split()[0], table[drawn + 1].split()[0]) == ("6", "7")
    assert "It was left as it is." in left and "Let your own ssh try practice, and compare" in left
    assert "Your own ssh logs in once, as it would" in announced
    assert "git lists the references of origin" in announced
    assert "agrees" not in declined
    assert "Your own ssh agrees: it offered 6 keys and got the same answers." in tried
    assert "git does not get in: Received disconnect" in tried


def test_a_login_says_what_the_account_may_do(env: dict[str, str], tmp_path: Path) -> None:
    words = ("practice", "--scenario", "wrong-account", "--plain")
    done = piped(env, tmp_path, "1\ny\nn\nfollow-login\nq\n", *words)

    assert "Log in to practice once, to read the account's name and what it may do" in done.stdout
    assert "Works: practice knows ~/.ssh/practice_work as mia-work" in done.stdout
    assert "mia-work may read and write app.git." in done.stdout


@pytest.fixture
def server(
    home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd], env: dict[str, str], tmp_path: Path
) -> Path:
    """A home whose host `server` knows the key `work`, which a command decides to send; return the mark it makes."""
    work, stranger = keys.make(home / ".ssh", "work"), keys.make(home / ".ssh", "stranger")
    host = start_sshd({"joe": [work.line]})
    known_hosts = home / ".ssh" / "known_hosts"
    known_hosts.write_text(host.known_hosts_line)
    mark = tmp_path / "mark"
    block = host.config_block("server", f"IdentityFile {stranger.path}", known_hosts=known_hosts)
    config = home / ".ssh" / "config"
    config.write_text(
        f'Match exec "touch {mark}"\n    IdentityFile {work.path}\n{block}\nHost far.invalid\n    User x\n'
    )
    config.chmod(0o600)
    env["SSHWIZARD_HOME"] = str(home)
    return mark


def walk(env: dict[str, str], tmp_path: Path, answers: str) -> str:
    return piped(env, tmp_path, answers).stdout


def test_commands_are_named_before_they_run(server: Path, env: dict[str, str], tmp_path: Path) -> None:
    declined = walk(env, tmp_path, "show\nwhy\nserver\nrun\nn\ndone\nq\n")
    untouched = not server.exists()
    agreed = walk(env, tmp_path, "show\nwhy\nserver\nrun\ny\nwitness\ndone\nq\n")

    assert f"if `touch {server}` succeeds: work, stranger" in " ".join(declined.split())
    assert f"  $ touch {server}" in declined and untouched
    assert "$ sshwizard why --run-match-exec server" in agreed and server.exists()
    assert "   1  work  (ed25519)" in agreed
    assert "Your ssh agrees: it would try the same 2, in the same order." in agreed


def test_ssh_is_asked_for_its_word_only_after_its_commands_were_named(
    server: Path, env: dict[str, str], tmp_path: Path
) -> None:
    declined = walk(env, tmp_path, "show\nwhy\nserver\nwitness\nn\nb\nq\n")
    untouched = not server.exists()
    agreed = walk(env, tmp_path, "show\nwhy\nserver\nwitness\ny\ndone\nq\n")

    assert "Let it run them? [y/N]" in declined and untouched
    assert "agrees with what is said above if `touch" in " ".join(agreed.split()) and server.exists()


def test_hosts_of_strangers_are_asked_only_after_a_yes(
    server: Path, env: dict[str, str], tmp_path: Path
) -> None:
    without = walk(env, tmp_path, "show\nwho\n\nq\n")

    assert "Asking shows your public halves to far.invalid. Ask them too? [y/N]" in without
    assert "server: nobody" in without and "Not asked: far.invalid." in without
    rows = [line.split() for line in without.splitlines()]
    assert ["work", "yes"] in rows and ["stranger", "no"] in rows
