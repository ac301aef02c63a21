"""The plain wizard's account road: looking, adding, removing, another account, a server, a forge of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.services import Service, as_json, gitea
from servers.keys import KeyMaker
from servers.passwords import LINES, PASSWORD, AccountSshd
from servers.person import Person

from plain.piping import SSHWIZARD, piped


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "TERM": "xterm", "COLUMNS": "80", "XDG_RUNTIME_DIR": str(tmp_path)}


def to_the_account(person: Person) -> None:
    """Walk to the practice account's keys with the token that is found."""
    person.sees("What would you like to see?")
    person.types("accounts")
    person.sees("Which account?")
    person.types()
    person.sees("1  the variable SSHWIZARD_PRACTICE_TOKEN")
    person.types()
    person.sees("practice, account mia:")


def practising(env: dict[str, str], tmp_path: Path) -> Person:
    words = [*SSHWIZARD, "practice", "--scenario", "old-keys", "--plain"]
    return Person(words, env=env, cwd=tmp_path, patience=60.0)


def test_a_key_is_added_waited_for_settled_and_proved(env: dict[str, str], tmp_path: Path) -> None:
    with practising(env, tmp_path) as person:
        to_the_account(person)
        person.sees("What would you like to do?")
        table = person.screen
        person.types("1")
        person.sees("Which key?")
        person.types()
        person.sees("practice takes this key.")
        person.sees("No changes to make.")
        person.sees("Log in once, to read the account's name?")
        person.types()
        person.sees("Works: practice knows ~/.ssh/id_ed25519 as mia")
        person.types("q")
        code = person.leaves()

    assert "4 keys on the account, 1 of them on this machine." in table
    assert "not here (old-laptop?)" in table and "7 years" in table
    assert code == 0
    assert "Add the public half to the account at practice, as mia@laptop" in person.screen


def test_keys_are_removed_by_choice_by_part_and_all_only_after_a_typed_name(
    env: dict[str, str], tmp_path: Path
) -> None:
    with practising(env, tmp_path) as person:
        to_the_account(person)
        person.sees("What would you like to do?")
        person.types("2")
        person.sees("Which key?")
        person.types("2")
        person.sees("Type the key's name, mia@old-laptop, to remove it:")
        person.types("mia@tablet")
        person.sees("That is not mia@old-laptop; nothing was removed.")
        person.sees("What would you like to do?")
        person.types("3")
        person.sees("Name, id, fingerprint, or a part of one:")
        person.types("old-lap")
        person.sees("Type the key's name, mia@old-laptop, to remove it:")
        person.types("mia@old-laptop")
        person.sees("3 keys on the account")
        person.types("4")
        warned = person.sees("Type the account's name, mia, to remove 3 keys:")
        person.types("mia")
        person.sees("0 keys on the account.")
        person.presses(b"\x03")
        code = person.leaves()

    assert "all others lose their access" in warned
    assert code == 130
    assert "4 things were changed:" in person.screen
    assert "Remove mia@old-laptop from the account mia at practice" in person.screen


def test_a_key_of_another_account_is_added(env: dict[str, str], tmp_path: Path) -> None:
    with practising(env, tmp_path) as person:
        to_the_account(person)
        person.sees("What would you like to do?")
        person.types("5")
        person.sees("Where are they?")
        person.types()
        person.sees("Name of the account there:")
        person.types("mia-home")
        person.sees("on another account")
        person.sees("What would you like to do?")
        person.types("1")
        person.sees("2  practice (mia-home): ed25519")
        person.types("2")
        person.sees("practice takes this key.")
        person.sees("Use it from the machine that holds its private half.")
        person.types("q")
        person.leaves()

    assert "as practice (mia-home)" in person.screen


def test_a_pasted_token_does_not_show(env: dict[str, str], tmp_path: Path, home: Path) -> None:
    with Service(gitea, token="canary-token") as api:
        write_own(home, api.url, "git.box")
        words = [*SSHWIZARD, "--plain", "--home", str(home)]
        with Person(words, env=env, cwd=tmp_path, patience=60.0) as person:
            person.sees("What brings you here?")
            person.types("3")
            person.sees("What would you like to see?")
            person.types("accounts")
            person.sees("1  work: your own instance")
            person.types("1")
            person.sees("The right it needs: write:user.")
            person.sees("Token (hidden):")
            person.types("canary-token")
            person.sees("work, account anna: 0 keys on the account.")
            person.types("q")
            person.leaves()

    assert "canary" not in person.screen


def write_own(home: Path, url: str, host: str) -> None:
    file = home / ".config" / "sshwizard" / "providers.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'[[provider]]\nname = "work"\nkind = "gitea"\napi_url = "{url}"\nssh_host = "{host}"\n')


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AccountSshd]:
    with AccountSshd(tmp_path / "sshd", users=("kim", "git"), extra=LINES) as running:
        yield running


@pytest.fixture
def near(server: AccountSshd, home: Path, keys: KeyMaker) -> Path:
    """A home that knows the server and has one key, which the server does not."""
    keys.make(home / ".ssh", "id_ed25519", comment="kim@laptop")
    (home / ".ssh" / "known_hosts").write_text(server.known_hosts_line)
    return home


def test_a_server_gets_the_key_by_a_password_that_ssh_asks_for(
    env: dict[str, str], tmp_path: Path, server: AccountSshd, near: Path
) -> None:
    typed = f"ssh://kim@127.0.0.1:{server.port}"
    words = [*SSHWIZARD, "--plain", "--home", str(near), "setup", typed]
    with Person(words, env=env, cwd=tmp_path, patience=60.0) as person:
        person.sees("Which key?")
        person.types("1")
        person.sees("1  Log in to 127.0.0.1 and add it there")
        person.types()
        person.sees("$ ssh-copy-id -i")
        person.sees("password:")
        person.types(PASSWORD)
        person.sees("Added to .ssh/authorized_keys of kim@127.0.0.1.")
        person.sees("Works: kim@127.0.0.1 let this key in.")
        person.sees("127.0.0.1 takes this key.")
        person.types("q")
        person.leaves()

    assert PASSWORD not in person.screen
    assert server.file.read_text() == (near / ".ssh" / "id_ed25519.pub").read_text()
    assert "1 thing was changed:" in person.screen


def test_a_forge_of_ones_own_is_found_out_and_remembered(
    env: dict[str, str], tmp_path: Path, server: AccountSshd, near: Path
) -> None:
    typed = f"ssh://git@127.0.0.1:{server.port}"
    with Service(gitea, token="canary-token") as api:
        api.override = lambda request: (
            as_json(200, {"version": "1.22.0"}) if request.path == "/api/v1/version" else None
        )
        words = [*SSHWIZARD, "--plain", "--home", str(near), "setup", typed]
        with Person(words, env=env, cwd=tmp_path, patience=60.0) as person:
            person.sees("Which key?")
            person.types("1")
            person.sees("1  127.0.0.1 is a GitLab, Gitea, Forgejo or GitHub of its own")
            person.types()
            person.sees("Address of its web pages (default https://127.0.0.1):")
            person.types("http://git.example.org")
            person.sees("not encrypted")
            person.types(api.url)
            person.sees("Gitea 1.22.0")
            person.sees("Remember it?")
            person.types("2")
            person.sees("Done (change 1): Remember 127.0.0.1 in ~/.config/sshwizard/providers.toml.")
            person.sees("1  Add it to the account at 127.0.0.1")
            person.types("1")
            person.sees("Name of the key on the account (default kim@laptop):")
            person.types()
            person.sees("Token (hidden):")
            person.types("canary-token")
            person.sees("Done (change 2):")
            person.presses(b"\x03")
            person.leaves()

    assert "canary" not in person.screen
    assert [key["title"] for key in api.keys] == ["kim@laptop"]
    assert 'kind = "gitea"' in (near / ".config" / "sshwizard" / "providers.toml").read_text()


def test_a_refused_token_is_said_and_another_is_asked_for(
    env: dict[str, str], tmp_path: Path, server: AccountSshd, near: Path
) -> None:
    with Service(gitea, token="canary-right") as api:
        write_own(near, api.url, "127.0.0.1")
        words = [*SSHWIZARD, "--plain", "--home", str(near), "setup", f"ssh://git@127.0.0.1:{server.port}"]
        with Person(words, env={**env, "GITEA_TOKEN": "canary-wrong"}, cwd=tmp_path, patience=60.0) as person:
            person.sees("Which key?")
            person.types("1")
            person.sees("1  Add it to the account at work: with the variable GITEA_TOKEN")
            person.types()
            person.sees("Name of the key on the account (default kim@laptop):")
            person.types()
            person.sees("did not take the token")
            person.sees("/user/settings/applications")
            person.sees("1  Add it to the account at work: asks for an API token")
            person.types()
            person.sees("Name of the key on the account (default kim@laptop):")
            person.types()
            person.sees("Which credential for work?")
            person.types("2")
            person.sees("Token (hidden):")
            person.types("canary-right")
            person.sees("Done (change ")
            person.presses(b"\x03")
            person.leaves()

    assert "canary" not in person.screen
    assert [key["title"] for key in api.keys] == ["kim@laptop"]


def test_piped_answers_end_in_a_sentence(env: dict[str, str], tmp_path: Path) -> None:
    words = ("practice", "--scenario", "old-keys", "--plain")
    done = piped(env, tmp_path, "accounts\n1\n2\n", *words)

    assert done.returncode == 5
    assert "--token-env" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
