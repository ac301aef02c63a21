"""Gitea's and Forgejo's user keys (API v1); Codeberg is one of them."""

from __future__ import annotations

from typing import Any

from sshwizard.errors import SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, items, key_refused

PAGES = 40


class Gitea:
    """`/user/keys` with `Authorization: token …`."""

    def __init__(self, session: Session, name: str = "gitea") -> None:
        self._session = session
        self.name = name
        self.title = session.title

    def who_am_i(self) -> str:
        return str(self._session.get("/user").get("login"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        keys: dict[str, RemoteKey] = {}
        for page in range(1, PAGES + 1):
            found = [_key(item) for item in items(self._session.get(f"/user/keys?page={page}&limit=50"))]
            new = [key for key in found if key.id not in keys]
            keys |= {key.id: key for key in new}
            if not new:
                break
        return tuple(keys.values())

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        body = {"title": title, "key": sent_line(public, title), "read_only": False}
        return self._session.request("POST", "/user/keys", body)

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        return _key(self._session.json(self._session.send(self.add_request(public, title))))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", f"/user/keys/{key.id}")


def explain(_session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Gitea's own: for any duplicate it says "used as non-deploy key", whoever has it."""
    return key_refused(reply, taken=("has been used", "already")) if reply.status == 422 else None


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("title"),
        line=item.get("key"),
        fingerprint=item.get("fingerprint"),
        created=item.get("created_at"),
        last_used=item.get("last_used_at"),
    )
