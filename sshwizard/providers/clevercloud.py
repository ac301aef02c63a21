"""Clever Cloud's keys: addressed by name, sent as a bare JSON string, and not given back by the PUT."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sshwizard.errors import Refused, SshwizardError, UsageError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, name_in
from sshwizard.text import _

INVALID_KEY = b'"id":505'


class CleverCloud:
    """`/v2/self/keys/{name}`."""

    name = "clevercloud"
    wishes: tuple[str, ...] = ()

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        return name_in(self._session.object("/v2/self"), "email", "name", "id")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        return tuple(_key(item) for item in self._session.array("/v2/self/keys"))

    def get_key(self, id: str) -> RemoteKey:
        """Pick one from the list: the API has no call for a single key."""
        found = next((key for key in self.list_keys() if id in (key.address, key.id)), None)
        if found is None:
            raise Refused(
                _("Clever Cloud has no key {name} on this account.").format(name=id), code="key-unknown"
            )
        return found

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        return self._session.request("PUT", _path(title), sent_line(public, title), sends_key=True)

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        """Add a key under a free name: a PUT onto a used one might replace the key that has it."""
        if any(key.called == title for key in self.list_keys()):
            raise UsageError(
                _("A key named {title} is already on the account.").format(title=title),
                code="usage",
                hint=_("Choose another name with `--title`."),
            )
        self._session.send(self.add_request(public, title))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", _path(key.called))


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Clever Cloud's own: message id 505 stands for a key that it cannot read."""
    if INVALID_KEY in reply.body.replace(b" ", b"") and reply.status < 500:
        error = session.key_refused(reply)
        error.hint = _("Clever Cloud could not read this key; an `ssh-ed25519` one is what it advises.")
        return error
    return None


def _path(name: str) -> str:
    """Return the path of a key. Raises UsageError for the two names that a URL cannot hold."""
    if name.strip() in ("", ".", ".."):
        raise UsageError(
            _("A key cannot be named {name} at Clever Cloud.").format(name=repr(name)),
            hint=_("Choose another name with `--title`."),
        )
    return f"/v2/self/keys/{quote(name, safe='')}"


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("name"),
        title=item.get("name"),
        line=item.get("key"),
        fingerprint=item.get("fingerprint"),
    )
