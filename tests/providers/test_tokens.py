"""Tokens already on the machine: found where each tool keeps them, named, never shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sshwizard.machine.machine import Machine
from sshwizard.providers.tokens import FoundToken, find_tokens, netrc_entry

Make = Callable[..., Machine]
CANARY = "canary-token"


def write(home: Path, relative: str, text: str) -> None:
    path = home / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


PLACES: dict[str, tuple[str, str, str, str | None]] = {
    "heroku netrc": (
        "heroku",
        ".netrc",
        f"machine api.heroku.com\n  login me@example.org\n  password {CANARY}\n",
        "me@example.org",
    ),
    "clever profiles": (
        "clevercloud",
        ".config/clever-cloud/clever-tools.json",
        json.dumps({"version": 1, "profiles": [{"token": "t", "secret": CANARY, "email": "me@x.org"}]}),
        "me@x.org",
    ),
    "clever old": (
        "clevercloud",
        ".config/clever-cloud/clever-tools.json",
        json.dumps({"token": "t", "secret": CANARY}),
        None,
    ),
    "scalingo": (
        "scalingo",
        ".config/scalingo/auth",
        json.dumps(
            {
                "auth_config_data": {
                    "auth.scalingo.com": {"tokens": {"token": CANARY}, "user": {"username": "anna"}}
                }
            }
        ),
        "anna",
    ),
    "gh": (
        "github",
        ".config/gh/hosts.yml",
        f"github.com:\n    user: anna\n    oauth_token: {CANARY}\n    git_protocol: ssh\n",
        "anna",
    ),
    "glab": (
        "gitlab",
        ".config/glab-cli/config.yml",
        f"hosts:\n    gitlab.com:\n        token: {CANARY}\n        user: anna\n",
        "anna",
    ),
    "aws": (
        "codecommit",
        ".aws/credentials",
        f"[default]\naws_access_key_id = AKID\naws_secret_access_key = {CANARY}\n",
        None,
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_token_is_found_with_its_place_and_account(place: str, home: Path, make_machine: Make) -> None:
    provider, path, text, account = PLACES[place]
    write(home, path, text)
    (found,) = find_tokens(make_machine(), provider)

    assert CANARY in found.token.reveal()
    assert account == found.account
    assert "~/" + path.split("/")[0] in found.where


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("heroku", "HEROKU_API_KEY"), ("github", "GH_TOKEN"), ("gitlab", "GITLAB_TOKEN"),
     ("scalingo", "SCALINGO_API_TOKEN"), ("clevercloud", "CC_API_TOKEN")],
)  # fmt: skip
def test_the_environment_comes_first(provider: str, variable: str, home: Path, make_machine: Make) -> None:
    write(home, ".netrc", "machine api.heroku.com login a password later\n")
    first = find_tokens(make_machine(env={variable: CANARY}), provider)[0]

    assert first.token.reveal() == CANARY
    assert variable in first.where


def test_a_found_token_never_shows_itself(home: Path, make_machine: Make) -> None:
    found = find_tokens(make_machine(env={"GH_TOKEN": CANARY}), "github")

    assert CANARY not in repr(found)
    assert CANARY not in f"{found[0].token} {found[0].where}"


def test_git_s_own_helper_is_asked_without_a_prompt(home: Path, make_machine: Make) -> None:
    write(home, ".git-credentials", f"https://anna:{CANARY}@github.com\n")
    write(home, ".gitconfig", "[credential]\n  helper = store\n")
    (found,) = find_tokens(make_machine(), "github")

    assert (
        FoundToken(token=found.token, where="git's credential helper for github.com", account="anna") == found
    )


def test_nothing_there_is_no_error(make_machine: Make) -> None:
    assert {()} == {
        find_tokens(make_machine(), name) for name in ("heroku", "github", "gitlab", "codecommit")
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"profiles": [3]}',
        '{"auth_config_data": []}',
        "\x00\xff",
        "machine",
        "a: b: c",
    ],
)
def test_damaged_files_are_no_error(text: str, home: Path, make_machine: Make) -> None:
    for _provider, path, _text, _account in PLACES.values():
        write(home, path, text)

    for provider in ("heroku", "clevercloud", "scalingo", "github", "gitlab", "codecommit"):
        assert find_tokens(make_machine(), provider) == ()


def test_only_the_first_netrc_entry_of_a_host_counts() -> None:
    text = "# c\nmachine other login x password y\nmachine h login a password one\nmachine h login b password two\n"

    assert netrc_entry(text, "h") == ("a", "one")
