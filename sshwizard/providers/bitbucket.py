"""Bitbucket Cloud's user keys (API 2.0): e-mail and API token, the account's uuid in every path."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sshwizard.errors import SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, items, key_refused

PAGES = 50


class Bitbucket:
    """`/users/{uuid}/ssh-keys`."""

    name = "bitbucket"

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title
        self._user: dict[str, Any] | None = None

    def who_am_i(self) -> str:
        user = self._account()
        return str(user.get("username") or user.get("nickname") or user.get("display_name"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        keys: list[RemoteKey] = []
        path: str | None = self._keys_path() + "?pagelen=100"
        for _page in range(PAGES):
            data = self._session.get(path or "")
            keys += [_key(item) for item in items(data.get("values"))]
            path = self._same_service(data.get("next"))
            if path is None:
                break
        return tuple(keys)

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        """Return the request; before the account was asked its uuid stands as `{uuid}`."""
        body = {"key": sent_line(public, title), "label": title}
        path = self._keys_path() if self._user else "/users/{uuid}/ssh-keys"
        return self._session.request("POST", path, body)

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        self._account()
        return _key(self._session.json(self._session.send(self.add_request(public, title))))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", f"{self._keys_path()}/{quote(key.id, safe='')}")

    def _account(self) -> dict[str, Any]:
        if self._user is None:
            self._user = dict(self._session.get("/user"))
        return self._user

    def _keys_path(self) -> str:
        return f"/users/{quote(str(self._account().get('uuid')), safe='')}/ssh-keys"

    def _same_service(self, address: object) -> str | None:
        """Follow `next` only within the API that the token is for."""
        base = self._session.base
        return address[len(base) :] if isinstance(address, str) and address.startswith(base + "/") else None


def explain(_session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Bitbucket's own: 400 for keys, in three wordings for one that is taken."""
    taken = ("already registered", "must be unique", "already")
    return key_refused(reply, taken=taken) if reply.status in (400, 409) else None


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("uuid"),
        title=item.get("label"),
        line=item.get("key"),
        created=item.get("created_on"),
        last_used=item.get("last_used"),
    )
