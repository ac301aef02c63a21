"""Gitea's and Forgejo's user keys (API v1); Codeberg is one of them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from sshwizard.errors import Refused, SshwizardError, UsageError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, name_in
from sshwizard.providers.words import words_of
from sshwizard.text import _

SIZE = 50
"""Keys per page: the most that an instance gives unless its administrator set another limit."""


class Gitea:
    """`/user/keys` with `Authorization: token …`."""

    wishes: tuple[str, ...] = ()

    def __init__(self, session: Session, name: str = "gitea") -> None:
        self._session = session
        self.name = name
        self.title = session.title

    def who_am_i(self) -> str:
        return name_in(self._session.object("/user"), "login", "username", "id")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        found = self._session.pages("/user/keys", size_name="limit", size=SIZE)
        return tuple(map(_key, found))

    def get_key(self, id: str) -> RemoteKey:
        return _key(self._session.object(_path(id)))

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        body = {"title": title, "key": sent_line(public, title), "read_only": False}
        return self._session.request("POST", "/user/keys", body, sends_key=True)

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        self._session.send(self.add_request(public, title))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", _path(key.called))


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Gitea's own: a used title is no used key, and `non-deploy key` stands for any duplicate.

    A second factor is wanted for a password only: "invalid provided OTP" (services/auth/basic.go, both forks).
    """
    words = words_of(reply)
    if reply.status == 422 and "title has been used" in words.lower():
        return UsageError(
            _("{title} has a key with this title already.").format(title=session.title),
            code="usage",
            status=reply.status,
            where=reply.url,
            hint=_("Choose another one with `--title`."),
        )
    if reply.status == 422 and "ssh is disabled" in words.lower():
        return Refused(
            _("{title} has switched SSH off: {words}").format(title=session.title, words=words),
            code="service-error",
            status=reply.status,
            where=reply.url,
            hint=_("Use its HTTPS address for git, or ask its administrator."),
        )
    if reply.status in (400, 401) and re.search(r"\botp\b", words, re.IGNORECASE):
        return session.second_factor(
            reply, _("Give the code with `--otp-env VAR`, or use an access token; it needs none.")
        )
    foreign = reply.status == 403 and "access to this key" in words.lower()
    missing = reply.status == 404 and "/user/keys/" in reply.url
    return session.unknown_key(reply) if foreign or missing else None


def _path(id: str) -> str:
    return f"/user/keys/{quote(id, safe='')}"


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("title"),
        line=item.get("key"),
        fingerprint=item.get("fingerprint"),
        created=item.get("created_at"),
        last_used=item.get("last_used_at"),
    )
