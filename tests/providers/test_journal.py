"""`keys add` and `keys remove` in the journal: `history` lists them, and `undo` takes them back."""

from __future__ import annotations

import base64
import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from providers.commands import TOKEN, as_json, run
from providers.services import DIALECTS, Reply, Request, Service
from providers.services import as_json as reply
from servers.keys import KeyMaker, Pair


@pytest.fixture
def pair(home: Path, keys: KeyMaker) -> Pair:
    (home / ".ssh").mkdir(mode=0o700)
    return keys.make(home / ".ssh", "id_ed25519", comment="kim@laptop")


def there(service: Service) -> tuple[str, ...]:
    return ("--api-url", service.url, "--token-env", "T", "--yes")


def states(home: Path) -> list[tuple[str, str]]:
    _status, found = as_json(home, "history")
    return [(change["title"], change["state"]) for change in found["changes"]]


def add(home: Path, name: str, pair: Pair, service: Service, *more: str) -> dict[str, Any]:
    status, added = as_json(home, "keys", "add", name, str(pair.public_path), *there(service), *more)
    assert status == 0, added
    return added


def undo(home: Path, *more: str) -> tuple[int, dict[str, Any]]:
    return as_json(home, "undo", "--yes", "--token-env", "T", *more)


def test_an_added_key_is_listed_and_undo_takes_it_off_again(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["github"]) as service:
        add(home, "github", pair, service)
        listed = states(home)
        refused = as_json(home, "undo")
        undone = undo(home)

    assert [("Add the public half to the account at GitHub, as kim@laptop", "done")] == listed
    assert (1, "token-missing") == (refused[0], refused[1]["error"]["code"])
    assert (0, "undone", []) == (undone[0], undone[1]["result"], service.keys)
    assert "undone" == states(home)[0][1]


@pytest.mark.parametrize("before", ["", "auth"])
def test_undo_takes_off_the_use_that_was_added_and_no_other(before: str, home: Path, pair: Pair) -> None:
    with Service(DIALECTS["github"]) as service:
        if before:
            service.put(pair.line, "old")
        add(home, "github", pair, service, "--usage", "auth_and_signing")
        held = (len(service.keys), len(service.signing_keys or ()))
        undone = undo(home)

    assert (1, 1) == held
    assert (0, ["old"] if before else [], []) == (
        undone[0], [key["title"] for key in service.keys], service.signing_keys,
    )  # fmt: skip


def test_a_key_that_was_there_already_is_not_what_undo_takes_back(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["heroku"]) as service:
        add(home, "heroku", pair, service)
        again = add(home, "heroku", pair, service)
        steps = as_json(home, "history")[1]["changes"][1]["steps"]
        named = undo(home, "2")
        last = undo(home)

    assert "already_there" == again["result"]
    assert ["The account at Heroku had this key already."] == steps
    assert (1, "nothing-to-undo") == (named[0], named[1]["error"]["code"])
    assert (0, 1, []) == (last[0], last[1]["change"]["number"], service.keys)


def test_a_removed_key_is_put_back_under_its_title(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["heroku"]) as service:
        service.put(pair.line, "")
        removed = as_json(home, "keys", "remove", "heroku", "kim@laptop", *there(service))
        gone = list(service.keys)
        listed = states(home)
        undone = undo(home)

    assert ("removed", []) == (removed[1]["result"], gone)
    assert [("Remove kim@laptop from the account anna at Heroku", "done")] == listed
    assert (0, "undone", [pair.line]) == (
        undone[0],
        undone[1]["result"],
        [key["key"] for key in service.keys],
    )


def test_a_removed_signing_key_comes_back_for_signing(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["github"]) as service:
        add(home, "github", pair, service, "--usage", "signing")
        as_json(home, "keys", "remove", "github", "signing/1", *there(service))
        gone = list(service.signing_keys or ())
        undone = undo(home)

    assert (0, [], [], 1) == (undone[0], gone, service.keys, len(service.signing_keys or ()))


SOON = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=90)).isoformat()


@pytest.mark.parametrize(("expires", "kept"), [(SOON, True), ("2025-05-31", False)])
def test_gitlab_s_use_and_end_come_back_with_the_key(
    expires: str, kept: bool, home: Path, pair: Pair
) -> None:
    with Service(DIALECTS["gitlab"]) as service:
        key = service.put(pair.line, "laptop")
        key |= {"usage_type": "signing", "expires_at": f"{expires}T00:00:00.000Z"}
        as_json(home, "keys", "remove", "gitlab", "laptop", *there(service))
        undone = undo(home)
        sent = [request.json() for request in service.requests if request.method == "POST"]

    told = [(one["usage_type"], one["expires_at"]) for one in sent]
    assert ([("signing", f"{expires}T00:00:00Z")] if kept else []) == told
    assert kept == (undone[1]["change"]["notes"] == [])
    assert kept or "has passed" in undone[1]["change"]["notes"][0]


def test_all_keys_removed_are_changes_of_their_own(home: Path, pair: Pair, keys: KeyMaker) -> None:
    other = keys.make(home, "other", comment="desk")
    with Service(DIALECTS["gitlab"]) as service:
        service.put(pair.line, "one")
        service.put(other.line, "two")
        as_json(home, "keys", "remove", "gitlab", "--all", *there(service))
        undo(home)
        last = [key["title"] for key in service.keys]
        undo(home)

    assert (["two"], ["two", "one"]) == (last, [key["title"] for key in service.keys])


def test_an_own_instance_is_called_by_its_name(home: Path, pair: Pair) -> None:
    file = home / ".config" / "sshwizard" / "providers.toml"
    file.parent.mkdir(parents=True)
    with Service(DIALECTS["gitea"]) as service:
        file.write_text(f'[[provider]]\nname = "work"\nkind = "forgejo"\napi_url = "{service.url}"\n')
        as_json(home, "keys", "add", "work", str(pair.public_path), "--token-env", "T", "--yes")
        listed = as_json(home, "history")[1]["changes"][0]
        undo(home)

    assert ["Added the public half to the account at work."] == listed["steps"]
    assert [] == service.keys


def test_undo_hands_over_the_code_of_a_second_factor(home: Path, pair: Pair) -> None:
    """Without a code nothing is taken back, and the next try with one goes on from there."""

    def locked(request: Request) -> Reply | None:
        if request.method != "DELETE" or request.headers.get("heroku-two-factor-code") == "123456":
            return None
        return reply(403, {"id": "two_factor", "message": "A second authentication factor is required."})

    with Service(DIALECTS["heroku"], override=locked) as service:
        add(home, "heroku", pair, service)
        refused = undo(home)
        still = len(service.keys)
        env = {**TOKEN, "O": "123456"}
        done = run(home, "undo", "--yes", "--token-env", "T", "--otp-env", "O", "--json", env=env)

    assert (1, "two-factor-required", 1) == (refused[0], refused[1]["error"]["code"], still)
    assert (0, "undone", []) == (done[0], json.loads(done[1])["result"], service.keys)


def test_a_refused_key_leaves_nothing_to_take_back(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["github"], elsewhere={pair.line.split()[1]}) as service:
        refused = as_json(home, "keys", "add", "github", str(pair.public_path), *there(service))
        undone = undo(home)

    assert (1, "key-in-use") == (refused[0], refused[1]["error"]["code"])
    assert "failed" == states(home)[0][1]
    assert (1, "nothing-to-undo") == (undone[0], undone[1]["error"]["code"])


def test_a_password_at_gitea_needs_the_code_and_gets_it(home: Path, pair: Pair) -> None:
    """Only for a password (`NAME:PASSWORD`, as Basic) the service asks for one."""
    basic = "Basic " + base64.b64encode(b"anna:pass").decode()

    def locked(request: Request) -> Reply | None:
        if request.headers.get("authorization") != basic:
            return None
        if request.headers.get("x-gitea-otp") != "123456":
            return reply(401, {"message": "invalid provided OTP", "url": "http://x.invalid"})
        request.headers["authorization"] = "token canary-token"
        return None

    with Service(DIALECTS["gitea"], override=locked) as service:
        words = ("keys", "add", "gitea", str(pair.public_path), *there(service))
        env = {"T": "anna:pass", "O": "123456"}
        refused = as_json(home, *words, env=env)
        added = as_json(home, *words, "--otp-env", "O", env=env)
        undone = as_json(home, "undo", "--yes", "--token-env", "T", "--otp-env", "O", env=env)

    assert (1, "two-factor-required", 401) == (
        refused[0], refused[1]["error"]["code"], refused[1]["error"]["status"],
    )  # fmt: skip
    assert (0, "added") == (added[0], added[1]["result"])
    assert (0, "undone", []) == (undone[0], undone[1]["result"], service.keys)
