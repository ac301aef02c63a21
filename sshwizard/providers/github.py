"""GitHub's user keys (REST API, 2022-11-28); Enterprise Server and the practice ground speak it too."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sshwizard.errors import CannotCheck, Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, name_in
from sshwizard.providers.words import words_of
from sshwizard.text import _, one_line

LEVELS = {"GET": "read", "POST": "write", "DELETE": "admin"}
"""The least right for each kind of request; one further on includes those before it."""
KEYS, SIGNING_KEYS = "/user/keys", "/user/ssh_signing_keys"
SIGNING = "signing/"
"""Before the id of a signing key: GitHub numbers both kinds from one."""


class GitHub:
    """`/user/keys` and `/user/ssh_signing_keys`, two lists. The service gives keys back without comment."""

    def __init__(self, session: Session, name: str = "github", *, signs: bool = True) -> None:
        self._session = session
        self._signs = signs
        self.name = name
        self.title = session.title
        self.wishes: tuple[str, ...] = ("usage",) if signs else ()

    def who_am_i(self) -> str:
        return name_in(self._session.object("/user"), "login", "name", "id")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        """List the keys for logging in, then those for signing, where the token may see them (as `gh` does)."""
        logging_in = tuple(_key(item) for item in self._session.pages(KEYS))
        return logging_in + (self._signing_keys() if self._signs else ())

    def get_key(self, id: str) -> RemoteKey:
        return _key(self._session.object(_path(id)), signing=id.startswith(SIGNING))

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        """Return the request; for both uses it is the first of two."""
        return self._adding(public, title, wish.uses[0])

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        for use in wish.uses:
            self._session.send(self._adding(public, title, use))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", _path(key.called))

    def _adding(self, public: PublicKey, title: str, use: str) -> HttpRequest:
        body = {"title": title, "key": sent_line(public, title)}
        path = SIGNING_KEYS if use == "signing" else KEYS
        return self._session.request("POST", path, body, sends_key=True)

    def _signing_keys(self) -> tuple[RemoteKey, ...]:
        try:
            found = self._session.pages(SIGNING_KEYS)
        except (Refused, CannotCheck) as error:
            if error.code == "scope-missing" or error.status == 404:
                return ()
            raise
        return tuple(_key(item, signing=True) for item in found)


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is GitHub's own: 403 for rate limits, 404 where a right is missing, the one-time password."""
    words = words_of(reply)
    if reply.status == 403 and _is_limit(reply, words):
        return session.rate_limited(_with_wait(reply))
    if reply.status == 401 and "required" in reply.headers.get("x-github-otp", ""):
        return session.second_factor(reply, _("Use a personal access token; it needs no second factor."))
    about_keys = KEYS in reply.url or SIGNING_KEYS in reply.url
    if reply.status == 404 and about_keys and reply.body.lstrip().startswith(b"{"):
        return _hidden(session, reply, words)
    return None


def _hidden(session: Session, reply: HttpReply, words: str) -> Refused:
    """Tell "no such key" from "not for this token", which GitHub both calls 404, by the scopes it names."""
    kind = "ssh_signing_key" if SIGNING_KEYS in reply.url else "public_key"
    levels = tuple(LEVELS.values())
    needed = f"{LEVELS.get(reply.method, 'admin')}:{kind}"
    granted = {scope.strip() for scope in reply.headers.get("x-oauth-scopes", "").split(",")}
    higher = levels[levels.index(needed.split(":")[0]) :]
    enough = any(f"{level}:{kind}" in granted for level in higher)
    if "keys/" in reply.url and (enough or reply.method == "GET"):
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
        + _("For a token of `gh`: `gh auth refresh -s admin:{kind}`.").format(kind=kind),
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
    folder = SIGNING_KEYS if id.startswith(SIGNING) else KEYS
    return f"{folder}/{quote(id.removeprefix(SIGNING), safe='')}"


def _key(item: dict[str, Any], *, signing: bool = False) -> RemoteKey:
    id = item.get("id")
    return remote_key(
        id=f"{SIGNING}{id}" if signing and id else id,
        usage="signing" if signing else "auth",
        title=item.get("title"),
        line=item.get("key"),
        created=item.get("created_at"),
        last_used=item.get("last_used"),
    )
