"""Scalingo's keys: an API token is exchanged for a one-hour one first; errors are not always JSON."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sshwizard.errors import SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, field, name_in
from sshwizard.providers.words import words_of
from sshwizard.secret import Secret
from sshwizard.text import _

EXCHANGE = "/tokens/exchange"
RENEW_AFTER = 55 * 60
"""Seconds; the exchanged token is good for an hour, and Scalingo's own client renews five minutes before."""


class Scalingo:
    """`/keys` on the auth host."""

    name = "scalingo"
    wishes: tuple[str, ...] = ()

    def __init__(self, session: Session, token: Secret) -> None:
        self._plain = session
        self._token = token
        self._exchanged: tuple[float, Session] | None = None
        self.title = session.title

    def who_am_i(self) -> str:
        return name_in(self._session().object("/users/self", "user"), "username", "email", "id")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        return tuple(_key(item) for item in self._session().array("/keys", "keys"))

    def get_key(self, id: str) -> RemoteKey:
        return _key(self._session().object(_path(id), "key"))

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        body = {"key": {"name": title, "content": sent_line(public, title)}}
        return self._plain.request("POST", "/keys", body, sends_key=True)

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        session = self._session()
        session.send(replace(self.add_request(public, title), secret_headers=session.secret_headers))

    def remove_key(self, key: RemoteKey) -> None:
        self._session().call("DELETE", _path(key.called))

    def _session(self) -> Session:
        """Return the session with the bearer token, exchanging the API token when that is due."""
        if self._exchanged is None or time.monotonic() - self._exchanged[0] > RENEW_AFTER:
            self._exchanged = (time.monotonic(), self._exchange())
        return self._exchanged[1]

    def _exchange(self) -> Session:
        basic = base64.b64encode(f":{self._token.reveal()}".encode()).decode()
        headers = {**self._plain.secret_headers, "Authorization": Secret(f"Basic {basic}")}
        asking = replace(self._plain, secret_headers=headers)
        reply = asking.send(asking.request("POST", EXCHANGE, asks=True))
        token = field(asking.json(reply), "token")
        if not isinstance(token, str) or not token:
            raise asking.not_its_own(replace(reply, body=b""))
        return replace(
            self._plain,
            secret_headers={**self._plain.secret_headers, "Authorization": Secret(f"Bearer {token}")},
        )


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Scalingo's own: 401 `OTP Required`, and a key that is not there (an HTML page once)."""
    words = words_of(reply)
    if reply.status == 401 and "otp" in words.lower():
        return session.second_factor(
            reply,
            _(
                "Give the code with `--otp-env VAR`, or make an API token on the page of tokens: {page}."
            ).format(page=session.token_page),
        )
    if reply.status in (400, 422) and reply.url.endswith(EXCHANGE):
        return session.token_refused(reply)
    return session.unknown_key(reply) if reply.status == 404 and "/keys/" in reply.url else None


def _path(id: str) -> str:
    return f"/keys/{quote(id, safe='')}"


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("name"),
        line=item.get("content"),
        fingerprint=item.get("fingerprint"),
        created=item.get("created_at"),
    )
