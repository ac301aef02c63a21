"""SourceHut's keys (GraphQL on meta.sr.ht). There are no titles: the key's comment stands for one."""

from __future__ import annotations

from typing import Any

from sshwizard.errors import CannotCheck, Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import PAGES, Session, field, items, name_in
from sshwizard.text import _, one_line

FIELDS = "id created lastUsed key fingerprint comment"
WHO = "query { me { canonicalName } }"
LIST = f"query {{ me {{ sshKeys {{ results {{ {FIELDS} }} cursor }} }} }}"
MORE = (
    f"query Keys($cursor: Cursor) {{ me {{ sshKeys(cursor: $cursor) {{ results {{ {FIELDS} }} cursor }} }} }}"
)
ADD = (
    "mutation CreateSSHKey($key: String!) { createSSHKey(key: $key) { id created key fingerprint comment } }"
)
REMOVE = "mutation DeleteSSHKey($id: Int!) { deleteSSHKey(id: $id) { id } }"
DENIED = ("access denied", "scope", "grant", "permission", "not authorized")
UNKNOWN_TOKEN = ("unauthenticated", "authentication", "token", "authorization header")


class SourceHut:
    """One address, `/query`; errors come in an `errors` list, whatever the status."""

    name = "sourcehut"
    wishes: tuple[str, ...] = ()

    def __init__(self, session: Session) -> None:
        self._session = session
        self.title = session.title

    def who_am_i(self) -> str:
        me = field(self._ask(WHO, {}), "me")
        return name_in(me if isinstance(me, dict) else {}, "canonicalName", "username")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        keys: list[RemoteKey] = []
        cursor: Any = None
        for _page in range(PAGES):
            data = self._ask(MORE, {"cursor": cursor}) if cursor else self._ask(LIST, {})
            found = field(data, "me", "sshKeys")
            if not isinstance(field(found, "results"), list):
                raise _odd(self._session)
            keys += [_key(item) for item in items(field(found, "results"))]
            cursor = field(found, "cursor")
            if not cursor:
                break
        return tuple(keys)

    def get_key(self, id: str) -> RemoteKey:
        found = next((key for key in self.list_keys() if key.id == id), None)
        if found is None:
            raise _unknown(id)
        return found

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        return self._query(ADD, {"key": sent_line(public, title)})

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        self._ask(ADD, {"key": sent_line(public, title)})

    def remove_key(self, key: RemoteKey) -> None:
        if not key.id.isdecimal() or not field(self._ask(REMOVE, {"id": int(key.id)}), "deleteSSHKey"):
            raise _unknown(key.id)

    def _query(self, query: str, variables: dict[str, Any]) -> HttpRequest:
        body = {"query": query, "variables": variables}
        return self._session.request(
            "POST", "/query", body, sends_key=query == ADD, asks=query not in (ADD, REMOVE)
        )

    def _ask(self, query: str, variables: dict[str, Any]) -> Any:
        reply = self._session.send(self._query(query, variables))
        data = self._session.json(reply)
        refusal = explain(self._session, reply)
        if refusal:
            raise refusal
        if not isinstance(field(data, "data"), dict):
            raise self._session.not_its_own(reply)
        return data["data"]


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read GraphQL's `errors`, which come with status 200 as well as with others; None where there are none."""
    try:
        data = session.json(reply)
    except CannotCheck:
        return None
    errors = items(field(data, "errors"))
    if not errors or reply.status == 429 or reply.status >= 500:
        return None
    words = one_line("; ".join(str(error.get("message")) for error in errors))
    small = words.lower()
    if any(field(error, "extensions", "field") == "key" for error in errors):
        return session.refused_key(words, reply)
    if any(word in small for word in DENIED):
        return Refused(
            _("SourceHut says that this token may not do that: {words}").format(words=words),
            code="scope-missing",
            status=reply.status,
            where=reply.url,
            hint=session.scope_hint(),
        )
    if reply.status == 401 or any(word in small for word in UNKNOWN_TOKEN):
        return session.token_refused(reply)
    if reply.sends_key and "key" in small and "mutation" not in small and "field" not in small:
        return session.refused_key(words, reply)
    return CannotCheck(
        _("SourceHut could not do that: {words}").format(words=words),
        code="service-error",
        status=reply.status,
        where=reply.url,
        hint=_("Its page of keys is https://meta.sr.ht/keys."),
    )


def _unknown(id: str) -> Refused:
    return Refused(
        _("SourceHut has no key {id} on this account.").format(id=id),
        code="key-unknown",
        hint=_("`sshwizard keys list --remote sourcehut` lists what is there."),
    )


def _odd(session: Session) -> CannotCheck:
    return CannotCheck(
        _("SourceHut's reply holds no list of keys."),
        code="service-error",
        where=session.base,
        hint=_("Check the address (`--api-url`)."),
    )


def _key(item: dict[str, Any]) -> RemoteKey:
    line, comment = item.get("key"), item.get("comment")
    if isinstance(line, str) and isinstance(comment, str) and len(line.split()) == 2:
        line = f"{line} {comment}"
    return remote_key(
        id=item.get("id"),
        title=comment,
        line=line,
        fingerprint=item.get("fingerprint"),
        created=item.get("created"),
        last_used=item.get("lastUsed"),
    )
