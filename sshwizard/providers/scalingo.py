"""Scalingo's keys: an API token is exchanged for a short-lived one first; errors are not always JSON."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from sshwizard.errors import CannotCheck, Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, field, items, key_refused, words_of
from sshwizard.secret import Secret
from sshwizard.text import _


class Scalingo:
    """`/keys` on the auth host."""

    name = "scalingo"

    def __init__(self, session: Session, token: Secret) -> None:
        self._plain = session
        self._token = token
        self._exchanged: Session | None = None
        self.title = session.title

    def who_am_i(self) -> str:
        data = self._session().get("/users/self")
        return str(field(data, "user", "username") or field(data, "user", "email"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        return tuple(_key(item) for item in items(field(self._session().get("/keys"), "keys")))

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        body = {"key": {"name": title, "content": sent_line(public, title)}}
        return self._plain.request("POST", "/keys", body)

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        session = self._session()
        request = replace(self.add_request(public, title), secret_headers=session.secret_headers)
        return _key(field(session.json(session.send(request)), "key") or {})

    def remove_key(self, key: RemoteKey) -> None:
        self._session().call("DELETE", f"/keys/{key.id}")

    def _session(self) -> Session:
        """Return the session with the bearer token, exchanging the API token the first time."""
        if self._exchanged is None:
            basic = base64.b64encode(f":{self._token.reveal()}".encode()).decode()
            asking = replace(self._plain, secret_headers={"Authorization": Secret(f"Basic {basic}")})
            token = field(asking.json(asking.call("POST", "/tokens/exchange")), "token")
            if not isinstance(token, str):
                raise CannotCheck(
                    _("Scalingo's reply to the token holds no session token."), code="service-error"
                )
            self._exchanged = replace(
                self._plain, secret_headers={"Authorization": Secret(f"Bearer {token}")}
            )
        return self._exchanged


def explain(_session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Scalingo's own: 422 and 409 for keys, 401 `OTP Required`."""
    words = words_of(reply)
    if reply.status in (409, 422):
        return key_refused(reply, taken=("taken", "already"))
    if reply.status == 401 and "otp" in words.lower():
        return Refused(
            _("Scalingo asks for a second factor: {words}").format(words=words),
            code="two-factor-required",
            status=401,
            where=reply.url,
            hint=_("Make an API token on the page of tokens; it needs no second factor."),
        )
    return None


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("name"),
        line=item.get("content"),
        fingerprint=item.get("fingerprint"),
        created=item.get("created_at"),
    )
