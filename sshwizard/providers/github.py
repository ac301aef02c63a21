"""GitHub's user keys (REST API, 2022-11-28); Enterprise Server and the practice ground speak it too."""

from __future__ import annotations

from typing import Any

from sshwizard.errors import Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest, send
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, words_of
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
        return str(self._session.json(self._call("GET", "/user"))["login"])

    def list_keys(self) -> tuple[RemoteKey, ...]:
        keys: list[RemoteKey] = []
        for page in range(1, PAGES + 1):
            data = self._session.json(self._call("GET", f"/user/keys?per_page=100&page={page}"))
            keys += [_key(item) for item in data]
            if len(data) < 100:
                break
        return tuple(keys)

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        return self._session.request("POST", "/user/keys", {"title": title, "key": sent_line(public, title)})

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        reply = send(self._session.machine, self.add_request(public, title))
        if not 200 <= reply.status < 300:
            raise self._error(reply)
        return _key(self._session.json(reply))

    def remove_key(self, key: RemoteKey) -> None:
        self._call("DELETE", f"/user/keys/{key.id}")

    def _call(self, method: str, path: str) -> HttpReply:
        reply = send(self._session.machine, self._session.request(method, path))
        if not 200 <= reply.status < 300:
            raise self._error(reply)
        return reply

    def _error(self, reply: HttpReply) -> SshwizardError:
        words = words_of(reply)
        if reply.status == 422:
            code = "key-in-use" if "in use" in words.lower() else "key-invalid"
            return Refused(words, code=code, status=reply.status, where=reply.url)
        limited = reply.headers.get("x-ratelimit-remaining") == "0" or "rate limit" in words.lower()
        if reply.status == 403 and limited:
            return self._session.error(_as_status(reply, 429))
        if reply.status == 404:
            return Refused(
                _("{title} shows this token no keys (it says: {words}).").format(
                    title=self.title, words=words
                ),
                code="scope-missing",
                status=404,
                where=reply.url,
                hint=self._session.scope_hint(),
            )
        return self._session.error(reply)


def _as_status(reply: HttpReply, status: int) -> HttpReply:
    return HttpReply(status=status, headers=reply.headers, body=reply.body, url=reply.url)


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("title"),
        line=item.get("key"),
        created=item.get("created_at"),
        last_used=item.get("last_used"),
    )
