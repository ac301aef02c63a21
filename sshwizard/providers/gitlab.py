"""GitLab's user keys (API v4), on gitlab.com and on a user's own instance."""

from __future__ import annotations

from typing import Any

from sshwizard.errors import Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, items, key_refused, words_of
from sshwizard.text import _

PAGES = 20


class GitLab:
    """`/user/keys` with `PRIVATE-TOKEN`."""

    name = "gitlab"

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        return str(self._session.get("/user").get("username"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        keys: list[RemoteKey] = []
        for page in range(1, PAGES + 1):
            found = items(self._session.get(f"/user/keys?per_page=100&page={page}"))
            keys += [_key(item) for item in found]
            if len(found) < 100:
                break
        return tuple(keys)

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        body = {"title": title, "key": sent_line(public, title)}
        return self._session.request("POST", "/user/keys", body)

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        return _key(self._session.json(self._session.send(self.add_request(public, title))))

    def remove_key(self, key: RemoteKey) -> None:
        self._session.call("DELETE", f"/user/keys/{key.id}")


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read what is GitLab's own: 400 for keys, 403 `insufficient_scope`."""
    if reply.status in (400, 422):
        return key_refused(reply, taken=("already been taken",))
    if reply.status == 403:
        return Refused(
            _("GitLab says that this token may not do that: {words}").format(words=words_of(reply)),
            code="scope-missing",
            status=403,
            where=reply.url,
            hint=session.scope_hint(),
        )
    return None


def _key(item: dict[str, Any]) -> RemoteKey:
    return remote_key(
        id=item.get("id"),
        title=item.get("title"),
        line=item.get("key"),
        created=item.get("created_at"),
        last_used=item.get("last_used_at"),
    )
