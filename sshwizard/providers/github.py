"""GitHub's user keys (REST API, 2022-11-28); Enterprise Server and the practice ground speak it too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sshwizard.errors import Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, items, key_refused, words_of
from sshwizard.text import _

PAGES = 20
"""Pages of 100 keys that are read at most."""


class GitHub:
    """`/user/keys`. The service gives keys back without comment."""

    def __init__(self, session: Session, name: str = "github") -> None:
        self._session = session
        self.name = name
        self.title = session.title

    def who_am_i(self) -> str:
        return str(self._session.get("/user").get("login"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        keys: list[RemoteKey] = []
        for page in range(1, PAGES + 1):
            found = items(self._session.get(f"/user/keys?per_page=100&page={page}"))
            keys += [_key(item) for item in found]
            if len(found) < 100:
                break
        return tuple(keys)

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        body = {"title": title, "key": sent_line(public, title)}
        return self._session.request("POST", "/user/keys", body)

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        return _key(self._session.json(self._session.send(self.add_request(public, title))))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", f"/user/keys/{key.id}")


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is GitHub's own: 422 for keys, 403 for rate limits, 404 where a right is missing."""
    words = words_of(reply)
    if reply.status == 422:
        return key_refused(reply, taken=("in use",))
    if reply.status == 403 and (
        reply.headers.get("x-ratelimit-remaining") == "0" or "rate limit" in words.lower()
    ):
        return session.error(replace(reply, status=429))
    if reply.status == 404:
        return Refused(
            _("{title} does not show this token the account's keys (it says: {words}).").format(
                title=session.title, words=words
            ),
            code="scope-missing",
            status=404,
            where=reply.url,
            hint=session.scope_hint(),
        )
    return None


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("title"),
        line=item.get("key"),
        created=item.get("created_at"),
        last_used=item.get("last_used"),
    )
