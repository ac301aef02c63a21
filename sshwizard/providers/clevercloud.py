"""Clever Cloud's keys: addressed by name, sent as a bare JSON string, and not given back by the PUT."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sshwizard.errors import CannotCheck, SshwizardError, UsageError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, items, key_refused
from sshwizard.text import _

INVALID_KEY = b'"id":505'


class CleverCloud:
    """`/v2/self/keys/{name}`."""

    name = "clevercloud"

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        data = self._session.get("/v2/self")
        return str(data.get("email") or data.get("name") or data.get("id"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        return tuple(_key(item) for item in items(self._session.get("/v2/self/keys")))

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        return self._session.request("PUT", _path(title), sent_line(public, title))

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        """Add a key under a free name: a PUT onto a used one might replace the key that has it."""
        if any(key.title == title for key in self.list_keys()):
            raise UsageError(
                _("A key named {title} is already on the account.").format(title=title),
                code="usage",
                hint=_("Choose another name with `--title`."),
            )
        self._session.send(self.add_request(public, title))
        for key in self.list_keys():
            if key.title == title:
                return key
        raise CannotCheck(
            _("Clever Cloud said yes, yet the key is not in its list."),
            code="service-error",
            hint=_("Look at the account's page of keys and try again."),
        )

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", _path(key.id))


def explain(_session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Clever Cloud's own: 400 with id 505 for a key, 409 for a duplicate."""
    invalid = INVALID_KEY in reply.body.replace(b" ", b"")
    return key_refused(reply, taken=("already",)) if invalid or reply.status in (400, 409) else None


def _path(name: str) -> str:
    return f"/v2/self/keys/{quote(name, safe='')}"


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("name"),
        title=item.get("name"),
        line=item.get("key"),
        fingerprint=item.get("fingerprint"),
    )
