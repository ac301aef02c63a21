"""GitLab's user keys (API v4), on gitlab.com and on a user's own instance."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sshwizard.errors import SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, name_in
from sshwizard.text import _


class GitLab:
    """`/user/keys` with `PRIVATE-TOKEN`."""

    name = "gitlab"
    wishes: tuple[str, ...] = ("expires", "usage")

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        return name_in(self._session.object("/user"), "username", "email", "id")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        return tuple(_key(item) for item in self._session.pages("/user/keys"))

    def get_key(self, id: str) -> RemoteKey:
        return _key(self._session.object(_path(id)))

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        body = {"title": title, "key": sent_line(public, title)}
        if wish.expires:
            body["expires_at"] = f"{wish.expires}T00:00:00Z"
        if wish.usage:
            body["usage_type"] = wish.usage
        return self._session.request("POST", "/user/keys", body, sends_key=True)

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        self._session.send(self.add_request(public, title, wish))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", _path(key.called))


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is GitLab's own: a demanded expiry date, and a key that is not there."""
    if reply.status == 400 and b"expires_at" in reply.body and reply.method == "POST":
        error = session.error(reply)
        error.hint = _("This instance demands an expiry date: `--expires YYYY-MM-DD`.")
        return error
    return session.unknown_key(reply) if reply.status == 404 and "/user/keys/" in reply.url else None


def _path(id: str) -> str:
    return f"/user/keys/{quote(id, safe='')}"


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("title"),
        line=item.get("key"),
        created=item.get("created_at"),
        last_used=item.get("last_used_at"),
        expires=item.get("expires_at"),
        usage=item.get("usage_type"),
    )
