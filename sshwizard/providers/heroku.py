"""Heroku's account keys (Platform API v3; adding and removing are unpublished but used by its own CLI)."""

from __future__ import annotations

from typing import Any

from sshwizard.errors import Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, items, key_refused, words_of
from sshwizard.text import _

ACCEPT = "application/vnd.heroku+json; version=3"
TAKEN = ("already", "in use", "taken", "fingerprint")


class Heroku:
    """`/account/keys` with a bearer token. A key has no title of its own: its comment stands for it."""

    name = "heroku"

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        data = self._session.get("/account")
        return str(data.get("email") or data.get("id"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        return tuple(_key(item) for item in items(self._session.get("/account/keys")))

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        return self._session.request("POST", "/account/keys", {"public_key": sent_line(public, title)})

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        return _key(self._session.json(self._session.send(self.add_request(public, title))))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", f"/account/keys/{key.id}")


def explain(_session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Heroku's own in an error: the second factor (403 `two_factor`) and refused keys (422)."""
    if reply.status == 403 and b'"two_factor"' in reply.body:
        return Refused(
            _("Heroku asks for a second factor for this: {words}").format(words=words_of(reply)),
            code="two-factor-required",
            status=reply.status,
            where=reply.url,
            hint=_("Use a long-lived token: `heroku authorizations:create`, then `--token-env VAR`."),
        )
    return key_refused(reply, taken=TAKEN) if reply.status == 422 else None


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("comment"),
        line=item.get("public_key"),
        fingerprint=item.get("fingerprint"),
        created=item.get("created_at"),
    )
