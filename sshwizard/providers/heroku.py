"""Heroku's account keys (Platform API v3; adding and removing are unpublished but used by its own CLI)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sshwizard.errors import SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import PAGES, Session, items, name_in
from sshwizard.text import _

ACCEPT = "application/vnd.heroku+json; version=3"
SECOND_FACTOR = (b'"two_factor"', b'"device_trust_required"')


class Heroku:
    """`/account/keys` with a bearer token. A key has no title of its own: its comment stands for it."""

    name = "heroku"
    wishes: tuple[str, ...] = ()

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        return name_in(self._session.object("/account"), "email", "id")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        """List by ranges: a list that goes on comes with status 206 and `Next-Range`."""
        keys: list[RemoteKey] = []
        request = self._session.request("GET", "/account/keys")
        for _page in range(PAGES):
            reply = self._session.send(request)
            data = self._session.json(reply)
            if not isinstance(data, list):
                raise self._session.not_its_own(reply)
            keys += [_key(item) for item in items(data)]
            following = reply.headers.get("next-range")
            if reply.status != 206 or not following:
                break
            request = replace(request, headers={**request.headers, "Range": following})
        return tuple(keys)

    def get_key(self, id: str) -> RemoteKey:
        return _key(self._session.object(_path(id)))

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        return self._session.request(
            "POST", "/account/keys", {"public_key": sent_line(public, title)}, sends_key=True
        )

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        self._session.send(self.add_request(public, title))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", _path(key.called))


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Heroku's own in an error: the second factor (403 `two_factor`), one key that is not there."""
    if reply.status in (401, 403) and any(word in reply.body for word in SECOND_FACTOR):
        return session.second_factor(
            reply,
            _(
                "Give the code with `--otp-env VAR`, or use a long-lived token: `heroku authorizations:create`."
            ),
        )
    if reply.status == 404 and "/account/keys/" in reply.url:
        return session.unknown_key(reply)
    return None


def _path(id: str) -> str:
    return f"/account/keys/{quote(id, safe='')}"


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("comment"),
        line=item.get("public_key"),
        fingerprint=item.get("fingerprint"),
        created=item.get("created_at"),
    )
