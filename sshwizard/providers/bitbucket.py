"""Bitbucket Cloud's user keys (API 2.0): e-mail and API token, the account's uuid in every path."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from sshwizard.errors import SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import PAGES, Session, items, name_in
from sshwizard.text import _

SCOPES = {
    "GET": "read:ssh-key:bitbucket",
    "POST": "read:ssh-key:bitbucket, write:ssh-key:bitbucket",
    "DELETE": "delete:ssh-key:bitbucket",
}
"""None of them includes another."""


class Bitbucket:
    """`/users/{uuid}/ssh-keys`."""

    name = "bitbucket"
    wishes: tuple[str, ...] = ("expires",)

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title
        self._user: dict[str, Any] | None = None

    def who_am_i(self) -> str:
        return name_in(self._account(), "username", "nickname", "display_name", "account_id", "uuid")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        """List page by page; of `next` only the query is taken, so that the token stays with its host."""
        keys: dict[str, RemoteKey] = {}
        query = ""
        for _page in range(PAGES):
            reply = self._session.call("GET", self._keys_path() + query)
            data = self._session.json(reply)
            if not isinstance(data, dict) or not isinstance(data.get("values"), list):
                raise self._session.not_its_own(reply)
            keys |= {key.id: key for key in map(_key, items(data["values"]))}
            following = data.get("next")
            if not isinstance(following, str) or not urlsplit(following).query:
                break
            query = f"?{urlsplit(following).query}"
        return tuple(keys.values())

    def get_key(self, id: str) -> RemoteKey:
        return _key(self._session.object(f"{self._keys_path()}/{quote(id, safe='')}"))

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        """Return the request; before the account was asked its uuid stands as `{uuid}`."""
        body = {"type": "ssh_key", "key": sent_line(public, title), "label": title}
        path = self._keys_path() if self._user else "/users/{uuid}/ssh-keys"
        if wish.expires:
            path += f"?expires_on={wish.expires}T00:00:00.000Z"
        return self._session.request("POST", path, body, sends_key=True)

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        self._account()
        self._session.send(self.add_request(public, title, wish))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", f"{self._keys_path()}/{quote(key.called, safe='')}")

    def _account(self) -> dict[str, Any]:
        if self._user is None:
            reply = self._session.call("GET", "/user")
            data = self._session.json(reply)
            if not isinstance(data, dict) or not name_in(data, "uuid", "account_id"):
                raise self._session.not_its_own(reply)
            self._user = data
        return self._user

    def _keys_path(self) -> str:
        return f"/users/{quote(name_in(self._account(), 'uuid', 'account_id'), safe='')}/ssh-keys"


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is Bitbucket's own: which scope a request needs, and a key deleted a short while ago."""
    if reply.status == 403 and not reply.body.lstrip().startswith(b"<"):
        about_user = urlsplit(reply.url).path.endswith("/user")
        return session.scope_missing(reply, "read:user:bitbucket" if about_user else SCOPES[reply.method])
    if reply.status in (400, 409) and reply.method == "POST" and b"30 days" in reply.body:
        error = session.key_refused(reply)
        error.hint = _("A key that was deleted stays refused for up to 30 days: make a new one.")
        return error
    return session.unknown_key(reply) if reply.status == 404 and "/ssh-keys/" in reply.url else None


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("uuid"),
        title=item.get("label"),
        line=_line(item),
        created=item.get("created_on"),
        last_used=item.get("last_used"),
        expires=item.get("expires_on"),
    )


def _line(item: dict[str, Any]) -> object:
    """Return the key's line; the service may give the comment apart."""
    key, comment = item.get("key"), item.get("comment")
    if isinstance(key, str) and isinstance(comment, str) and len(key.split()) == 2:
        return f"{key} {comment}"
    return key
