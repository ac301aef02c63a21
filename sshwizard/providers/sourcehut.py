"""SourceHut's keys (GraphQL on meta.sr.ht). There are no titles: the key's comment stands for one."""

from __future__ import annotations

from typing import Any

from sshwizard.errors import CannotCheck, Refused
from sshwizard.machine.http import HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session, field, items
from sshwizard.text import _, one_line

FIELDS = "id created lastUsed key fingerprint comment"
LIST = (
    f"query Keys($cursor: Cursor) {{ me {{ sshKeys(cursor: $cursor) {{ results {{ {FIELDS} }} cursor }} }} }}"
)
ADD = f"mutation CreateSSHKey($key: String!) {{ createSSHKey(key: $key) {{ {FIELDS} }} }}"
REMOVE = "mutation DeleteSSHKey($id: Int!) { deleteSSHKey(id: $id) { id } }"
PAGES = 20


class SourceHut:
    """One address, `/query`; errors come with status 200 and an `errors` list."""

    name = "sourcehut"

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        return str(field(self._ask("query { me { canonicalName } }", {}), "me", "canonicalName"))

    def list_keys(self) -> tuple[RemoteKey, ...]:
        keys: list[RemoteKey] = []
        cursor: Any = None
        for _page in range(PAGES):
            found = field(self._ask(LIST, {"cursor": cursor}), "me", "sshKeys")
            keys += [_key(item) for item in items(field(found, "results"))]
            cursor = field(found, "cursor")
            if not cursor:
                break
        return tuple(keys)

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        return self._query(ADD, {"key": sent_line(public, title)})

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        return _key(field(self._ask(ADD, {"key": sent_line(public, title)}), "createSSHKey") or {})

    def remove_key(self, key: RemoteKey) -> None:
        self._ask(REMOVE, {"id": int(key.id)})

    def _query(self, query: str, variables: dict[str, Any]) -> HttpRequest:
        return self._session.request("POST", "/query", {"query": query, "variables": variables})

    def _ask(self, query: str, variables: dict[str, Any]) -> Any:
        reply = self._session.send(self._query(query, variables))
        data = self._session.json(reply)
        errors = items(data.get("errors") if isinstance(data, dict) else None)
        if not errors:
            return field(data, "data")
        words = one_line("; ".join(str(error.get("message")) for error in errors))
        about_key = any(field(error, "extensions", "field") == "key" for error in errors)
        if not about_key and "key" not in words.lower():
            raise CannotCheck(
                _("SourceHut could not do that: {words}").format(words=words),
                code="service-error",
                status=reply.status,
                where=reply.url,
            )
        taken = any(word in words.lower() for word in ("already", "in use", "registered"))
        raise Refused(
            words,
            code="key-in-use" if taken else "key-invalid",
            status=reply.status,
            where=reply.url,
        )


def _key(item: dict[str, Any]) -> RemoteKey:
    line = item.get("key")
    comment = item.get("comment")
    return remote_key(
        id=item.get("id"),
        title=comment,
        line=f"{line} {comment}" if isinstance(line, str) and comment and comment not in line else line,
        fingerprint=item.get("fingerprint"),
        created=item.get("created"),
        last_used=item.get("lastUsed"),
    )
