"""`keys add`, `list --remote`, `show --remote`, `remove` and `undo` as people and scripts run them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from providers.commands import TOKEN, as_json, run
from providers.services import DIALECTS, Service
from servers.keys import KeyMaker, Pair


@pytest.fixture
def pair(home: Path, keys: KeyMaker) -> Pair:
    (home / ".ssh").mkdir(mode=0o700)
    return keys.make(home / ".ssh", "id_ed25519", comment="kim@laptop")


def test_a_key_s_whole_life_on_an_account(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["github"]) as service:
        there = ("--api-url", service.url, "--token-env", "T", "--yes")
        added = as_json(home, "keys", "add", "github", str(pair.public_path), *there)
        again = as_json(home, "keys", "add", "git@github.com:o/r.git", *there)
        listed = as_json(home, "keys", "list", "--remote", "github", *there)
        shown = as_json(home, "keys", "show", "kim@laptop", "--remote", "github.com", *there)
        missing = as_json(home, "keys", "remove", "github", "nothing like it", *there)
        removed = as_json(home, "keys", "remove", "github", added[1]["key"]["fingerprint"], *there)

    assert (0, "added", "anna", "kim@laptop") == (
        added[0], added[1]["result"], added[1]["account"], added[1]["key"]["title"],
    )  # fmt: skip
    assert (0, "already_there", "github") == (again[0], again[1]["result"], again[1]["provider"])
    (row,) = listed[1]["keys"]
    assert (str(pair.path), "ssh-ed25519") == (row["local_path"], row["type"])
    assert row == shown[1]["key"]
    assert "key-unknown" == missing[1]["error"]["code"]
    assert (0, "removed", []) == (removed[0], removed[1]["result"], service.keys)


def test_in_a_repository_its_remote_is_meant(home: Path, pair: Pair) -> None:
    for command in (["init", "-q"], ["remote", "add", "origin", "git@github.com:o/r.git"]):
        subprocess.run(["git", "-C", str(home), *command], check=True)
    with Service(DIALECTS["github"]) as service:
        there = ("--api-url", service.url, "--token-env", "T", "--yes")
        added = as_json(home, "keys", "add", str(pair.public_path), *there)
        again = as_json(home, "keys", "add", *there)

    assert (0, "github", "added") == (added[0], added[1]["provider"], added[1]["result"])
    assert (0, "github", "already_there") == (again[0], again[1]["provider"], again[1]["result"])


def test_a_remote_over_https_leads_to_the_account_too(home: Path, pair: Pair) -> None:
    """Heroku's account keys serve shells in Private Spaces, although git needs none."""
    for command in (["init", "-q"], ["remote", "add", "heroku", "https://git.heroku.com/app.git"]):
        subprocess.run(["git", "-C", str(home), *command], check=True)
    with Service(DIALECTS["heroku"]) as service:
        there = ("--api-url", service.url, "--token-env", "T", "--yes")
        added = as_json(home, "keys", "add", str(pair.public_path), *there)

    assert (0, "heroku", "added") == (added[0], added[1]["provider"], added[1]["result"])


def test_all_keys_go_when_all_is_said(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["heroku"]) as service:
        service.put(pair.line, "one")
        service.put(pair.line.replace("kim@laptop", "old"), "two")
        flags = ("--api-url", service.url, "--token-env", "T")
        unsaid = as_json(home, "keys", "remove", "heroku", "--all", *flags)
        shown = as_json(home, "keys", "remove", "heroku", "--all", "--dry-run", *flags)
        kept = len(service.keys)
        done = as_json(home, "keys", "remove", "heroku", "--all", "--yes", *flags)

    assert (5, "needs-confirmation") == (unsaid[0], unsaid[1]["error"]["code"])
    assert (0, "dry_run", 2) == (shown[0], shown[1]["result"], kept)
    assert (0, "removed", 2, 0) == (done[0], done[1]["result"], len(done[1]["keys"]), len(service.keys))


def test_two_keys_of_one_name_are_told_apart_by_id(home: Path, pair: Pair, keys: KeyMaker) -> None:
    other = keys.make(home, "other")
    with Service(DIALECTS["gitlab"]) as service:
        service.put(pair.line, "laptop")
        service.put(other.line, "laptop")
        flags = ("--api-url", service.url, "--token-env", "T", "--yes")
        unclear = as_json(home, "keys", "remove", "gitlab", "laptop", *flags)
        clear = as_json(home, "keys", "remove", "gitlab", "2", *flags)

    assert (2, "key-ambiguous") == (unclear[0], unclear[1]["error"]["code"])
    assert (0, [1]) == (clear[0], [key["id"] for key in service.keys])


def test_a_dry_run_shows_the_request_and_sends_nothing(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["bitbucket"]) as service:
        status, shown = as_json(
            home, "keys", "add", "bitbucket", str(pair.public_path), "--dry-run", "--api-url", service.url
        )

    request = shown["request"]
    assert (0, "POST", "…") == (status, request["method"], request["headers"]["Authorization"])
    assert pair.line == json.loads(request["body"])["key"]
    assert [] == service.requests


def test_an_own_instance_needs_only_its_name(home: Path, pair: Pair) -> None:
    file = home / ".config" / "sshwizard" / "providers.toml"
    file.parent.mkdir(parents=True)
    with Service(DIALECTS["gitea"]) as service:
        file.write_text(f'[[provider]]\nname = "work"\nkind = "forgejo"\napi_url = "{service.url}"\n')
        status, added = as_json(
            home, "keys", "add", "work", str(pair.public_path), "--token-env", "T", "--yes"
        )

    assert (0, "added", "work", 1) == (status, added["result"], added["provider"], len(service.keys))


@pytest.mark.parametrize("typed", ["launchpad", "git@forge.unknown.test:o/r.git"])
def test_where_there_is_no_api_the_line_is_handed_over(typed: str, home: Path, pair: Pair) -> None:
    status, out, _err = run(home, "keys", "add", typed, str(pair.public_path))

    assert pair.line in out.splitlines()
    assert 5 == status


def test_azure_gets_rsa_keys_only(home: Path, pair: Pair) -> None:
    status, found = as_json(home, "keys", "add", "azure-devops", str(pair.public_path))

    assert (1, "key-invalid") == (status, found["error"]["code"])
    assert "--type rsa" in found["error"]["hint"]


@pytest.mark.parametrize(
    ("words", "env", "status", "code"),
    [
        (("keys", "add", "githob", "x.pub"), {}, 2, "usage"),
        (("keys", "add", "github", "nothing.pub", "--yes"), {}, 2, "not-a-public-key"),
        (("keys", "list", "--remote", "github"), {}, 5, "token-missing"),
        (("keys", "list", "--remote", "github", "--token-env", "NOT_SET"), {}, 2, "token-missing"),
        (("keys", "list", "--remote", "bitbucket", "--token-env", "T"), TOKEN, 2, "token-missing"),
        (("keys", "list", "--remote", "gitea", "--token-env", "T"), TOKEN, 2, "usage"),
        (("keys", "list", "--remote", "kim@box.test"), {}, 2, "usage"),
        (("keys", "list", "--remote", "azure-devops"), {}, 2, "usage"),
        (("keys", "remove", "github"), {}, 2, "usage"),
        (("keys", "list", "--remote", "github", "--token-env", "T", "--api-url", "http://x.test"), TOKEN, 2, "usage"),
        (
            ("keys", "list", "--remote", "github", "--token-env", "T", "--api-url", "http://127.0.0.1:9"),
            TOKEN, 3, "service-unreachable",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_has_a_code_and_a_way_on(
    words: tuple[str, ...], env: dict[str, str], status: int, code: str, home: Path
) -> None:
    found = as_json(home, *words, env=env or {"NOTHING": "x"})

    assert (status, code) == (found[0], found[1]["error"]["code"])
    assert found[1]["error"]["hint"]


def test_undo_takes_the_key_off_the_account_with_consent_and_token(home: Path, pair: Pair) -> None:
    from sshwizard.apply import apply_fix
    from sshwizard.machine.machine import here
    from sshwizard.model.finding import Fix
    from sshwizard.model.steps import UploadKey
    from sshwizard.secret import Secret

    with Service(DIALECTS["github"]) as service:
        step = UploadKey(provider="github", api_url=service.url, public_line=pair.line, title="laptop")
        machine = here(home=str(home), env={"PATH": os.environ["PATH"], "HOME": str(home)})
        apply_fix(machine, Fix(title="Upload", steps=(step,)), token=Secret("canary-token"))
        refused = as_json(home, "undo")
        still = len(service.keys)
        undone = as_json(home, "undo", "--yes", "--token-env", "T")

    assert (1, "token-missing", 1) == (refused[0], refused[1]["error"]["code"], still)
    assert f"sshwizard keys remove github 1 --api-url {service.url}" in refused[1]["error"]["message"]
    assert (0, "undone", []) == (undone[0], undone[1]["result"], service.keys)


def test_a_list_on_eighty_columns_shows_ids_and_fingerprints_whole(home: Path, pair: Pair) -> None:
    with Service(DIALECTS["github"]) as service:
        service.put(pair.line, "the old desktop computer in the office of the marketing department")
        there = ("--api-url", service.url, "--token-env", "T", "--yes")
        status, added, _err = run(
            home, "keys", "add", "github", str(pair.public_path), "--usage", "signing", *there, env=TOKEN
        )
        _status, out, _err = run(home, "keys", "list", "--remote", "github", *there, env=TOKEN)

    assert (0, "Added to anna at GitHub, for signing: kim@laptop.\n") == (status, added)
    assert [f"  {id}  {pair.fingerprint}" for id in ("1", "signing/1")] == out.splitlines()[3::2]
    assert all(len(line) <= 80 for line in out.splitlines())
