"""GitHub's user keys (REST API, 2022-11-28); Enterprise Server and the practice ground speak it too."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sshwizard.errors import Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, name_in
from sshwizard.providers.words import words_of
from sshwizard.text import _, one_line

SCOPES = {"GET": "read:public_key", "POST": "write:public_key", "DELETE": "admin:public_key"}
"""The least right for each kind of request; a higher one includes the lower."""
RIGHTS = ("read:public_key", "write:public_key", "admin:public_key")


class GitHub:
    """`/user/keys`. The service gives keys back without comment."""

    wishes: tuple[str, ...] = ()

    def __init__(self, session: Session, name: str = "github") -> None:
        self._session = session
        self.name = name
        self.title = session.title

    def who_am_i(self) -> str:
        return name_in(self._session.object("/user"), "login", "name", "id")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        return tuple(_key(item) for item in self._session.pages("/user/keys"))

    def get_key(self, id: str) -> RemoteKey:
        return _key(self._session.object(_path(id)))

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        body = {"title": title, "key": sent_line(public, title)}
        return self._session.request("POST", "/user/keys", body, sends_key=True)

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        self._session.send(self.add_request(public, title))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", _path(key.called))


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is GitHub's own: 403 for rate limits, 404 where a right is missing, the one-time password."""
    words = words_of(reply)
    if reply.status == 403 and _is_limit(reply, words):
        return session.rate_limited(_with_wait(reply))
    if reply.status == 401 and "required" in reply.headers.get("x-github-otp", ""):
        return Refused(
            _("{title} asks for a second factor: {words}").format(title=session.title, words=words),
            code="two-factor-required",
            status=401,
            where=reply.url,
            hint=_("Use a personal access token; it needs no second factor."),
        )
    if reply.status == 404 and "/user/keys" in reply.url and reply.body.lstrip().startswith(b"{"):
        return _hidden(session, reply, words)
    return None


def _hidden(session: Session, reply: HttpReply, words: str) -> Refused:
    """Tell "no such key" from "not for this token", which GitHub both calls 404, by the scopes it names."""
    needed = SCOPES.get(reply.method, session.scope)
    granted = {scope.strip() for scope in reply.headers.get("x-oauth-scopes", "").split(",")}
    enough = any(scope in granted for scope in RIGHTS[RIGHTS.index(needed) :]) if needed in RIGHTS else False
    if "/keys/" in reply.url and (enough or reply.method == "GET"):
        return session.unknown_key(reply)
    accepted = one_line(reply.headers.get("x-accepted-oauth-scopes", "")) or needed
    return Refused(
        _("{title} does not let this token at the account's keys (it says: {words}).").format(
            title=session.title, words=words
        ),
        code="scope-missing",
        status=404,
        where=reply.url,
        hint=session.scope_hint(accepted)
        + " "
        + _("For a token of `gh`: `gh auth refresh -s admin:public_key`."),
    )


def _is_limit(reply: HttpReply, words: str) -> bool:
    return (
        reply.headers.get("x-ratelimit-remaining") == "0"
        or "retry-after" in reply.headers
        or "rate limit" in words.lower()
    )


def _with_wait(reply: HttpReply) -> HttpReply:
    """Turn GitHub's time of day at which the limit ends into seconds to wait."""
    reset = reply.headers.get("x-ratelimit-reset", "")
    if "retry-after" in reply.headers or not reset.isdigit():
        return reply
    seconds = max(1, int(reset) - int(time.time()))
    return replace(reply, headers={**reply.headers, "retry-after": str(seconds)})


def _path(id: str) -> str:
    return f"/user/keys/{quote(id, safe='')}"


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("title"),
        line=item.get("key"),
        created=item.get("created_at"),
        last_used=item.get("last_used"),
    )
