"""The account API over real HTTP: GitHub's and Heroku's shapes, and that added keys log in at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers.keys import KeyMaker

from sshwizard.practice.account_api import AccountApi
from sshwizard.practice.accounts import Accounts


@pytest.fixture
def accounts() -> Accounts:
    return Accounts("joe")


@pytest.fixture
def client(accounts: Accounts) -> Iterator[httpx.Client]:
    api = AccountApi(accounts)
    token = accounts.new_token("joe")
    with httpx.Client(
        base_url=api.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False
    ) as http:
        yield http
    api.close()


@pytest.mark.parametrize("path", ["/user", "/user/keys", "/account", "/account/keys"])
@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic am9lOng="])
def test_a_wrong_token_is_refused(client: httpx.Client, path: str, authorization: str) -> None:
    assert client.get(path, headers={"Authorization": authorization}).status_code == 401


def test_who_am_i(client: httpx.Client) -> None:
    assert client.get("/user").json()["login"] == "joe"
    assert client.get("/account").json()["email"] == "joe@example.org"


def test_githubs_road(client: httpx.Client, accounts: Accounts, tmp_path: Path, keys: KeyMaker) -> None:
    pair = keys.make(tmp_path, "joe")

    added = client.post("/user/keys", json={"title": "laptop", "key": pair.line})
    assert (added.status_code, accounts.account_with(pair.blob)) == (201, "joe")
    again = client.post("/user/keys", json={"title": "laptop", "key": pair.line})
    assert (again.status_code, again.json()["errors"][0]["message"]) == (422, "key is already in use")
    listed = client.get("/user/keys?per_page=100&page=1").json()
    assert [(key["id"], key["title"]) for key in listed] == [(added.json()["id"], "laptop")]
    assert client.get("/user/keys?per_page=100&page=2").json() == []
    assert client.delete(f"/user/keys/{added.json()['id']}").status_code == 204
    assert accounts.account_with(pair.blob) is None
    assert client.delete(f"/user/keys/{added.json()['id']}").status_code == 404


@pytest.mark.parametrize("as_text", [True, False])
def test_herokus_road(
    client: httpx.Client, accounts: Accounts, tmp_path: Path, keys: KeyMaker, as_text: bool
) -> None:
    pair = keys.make(tmp_path, "joe")

    def post() -> httpx.Response:
        if as_text:
            return client.post("/account/keys", content=pair.line)
        return client.post("/account/keys", json={"public_key": pair.line})

    added = post()
    assert (added.status_code, accounts.account_with(pair.blob)) == (201, "joe")
    assert added.json()["public_key"] == pair.line
    assert "already" in post().json()["message"]
    assert [key["id"] for key in client.get("/account/keys").json()] == [added.json()["id"]]
    removed = client.delete(f"/account/keys/{added.json()['fingerprint']}")
    assert (removed.status_code, accounts.account_with(pair.blob)) == (200, None)


@pytest.mark.parametrize("path", ["/user/keys", "/account/keys"])
def test_what_is_no_public_key_is_refused(
    client: httpx.Client, accounts: Accounts, tmp_path: Path, keys: KeyMaker, path: str
) -> None:
    private = keys.make(tmp_path, "joe").path.read_text()
    for text in (private, "", "ssh-ed25519 AAAA", "hello"):
        assert client.post(path, json={"key": text, "public_key": text}).status_code == 422

    assert accounts.keys_of("joe") == ()


def test_another_accounts_key_is_neither_shown_nor_removed(
    client: httpx.Client, accounts: Accounts, tmp_path: Path, keys: KeyMaker
) -> None:
    other = accounts.add("jane", keys.make(tmp_path, "jane").line)

    assert client.get("/user/keys").json() == []
    assert client.delete(f"/user/keys/{other.id}").status_code == 404


def test_a_huge_body_is_refused(client: httpx.Client) -> None:
    assert client.post("/user/keys", content=b" " * 70_000).status_code == 413


@pytest.mark.parametrize("path", ["/", "/users", "/user/keys/abc", "/accounts/keys"])
def test_unknown_paths(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
