"""Heroku's account keys (Platform API v3; adding and removing are unpublished but used by its own CLI)."""

from __future__ import annotations

from typing import Any

from sshwizard.errors import Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest, send
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, words_of
from sshwizard.text import _

ACCEPT = "application/vnd.heroku+json; version=3"


class Heroku:
    """`/account/keys` with a bearer token. A key has no title of its own: its comment stands for it."""

    name = "heroku"

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        data = self._session.json(self._call("GET", "/account"))
        return str(data.get("email") or data.get("id"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        data = self._session.json(self._call("GET", "/account/keys"))
        return tuple(_key(item) for item in data)

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        return self._session.request("POST", "/account/keys", {"public_key": sent_line(public, title)})

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        reply = send(self._session.machine, self.add_request(public, title))
        if not 200 <= reply.status < 300:
            raise self._error(reply)
        return _key(self._session.json(reply))

    def remove_key(self, key: RemoteKey) -> None:
        self._call("DELETE", f"/account/keys/{key.id}")

    def _call(self, method: str, path: str) -> HttpReply:
        reply = send(self._session.machine, self._session.request(method, path))
        if not 200 <= reply.status < 300:
            raise self._error(reply)
        return reply

    def _error(self, reply: HttpReply) -> SshwizardError:
        words = words_of(reply)
        lowered = words.lower()
        if b'"two_factor"' in reply.body:
            return Refused(
                _("Heroku asks for a second factor for this: {words}").format(words=words),
                code="two-factor-required",
                status=reply.status,
                where=reply.url,
                hint=_("Use a long-lived token: `heroku authorizations:create`, then `--token-env VAR`."),
            )
        if reply.status == 422:
            taken = any(word in lowered for word in ("already", "in use", "taken", "fingerprint"))
            return Refused(
                words,
                code="key-in-use" if taken else "key-invalid",
                status=reply.status,
                where=reply.url,
            )
        return self._session.error(reply)


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("comment"),
        line=item.get("public_key"),
        fingerprint=item.get("fingerprint"),
        created=item.get("created_at"),
    )
