"""One account as the wizards show it: its keys beside those of this machine, and what to know before a change. Pure.

What the service lists is joined with the identities found here; age, machine and warnings are worked out from it.
"""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sshwizard.hosts import book
from sshwizard.model.account import RemoteKey
from sshwizard.model.finding import Fix
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.model.steps import RemoveKey
from sshwizard.openssh.keys import public_line
from sshwizard.providers.api import KeyApi
from sshwizard.providers.place import Place
from sshwizard.providers.remote import looks_like_key_material
from sshwizard.providers.upload import account_of, find_key, same_key
from sshwizard.text import _, plural

SHORTEST_PART = 3
"""Characters of a part by which keys are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One key on the account."""

    key: RemoteKey
    local: Identity | None
    """The same key on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A key that the user has on another account and not on this one."""

    public: PublicKey
    source: str
    """Whose list it was seen in, for people: `github.com (mia)`."""
    local: Identity | None

    @property
    def called(self) -> str:
        """What to call it in a list: its comment, else the beginning of its fingerprint."""
        return self.public.shown_comment or f"{self.public.fingerprint[:14]}…"

    @property
    def titled(self) -> PublicKey:
        """The key with a comment that says where it comes from, where it has none: its title on the account."""
        return replace(self.public, comment=self.public.comment or self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account that was looked at."""

    place: Place
    name: str | None
    """As the service says it; None where the token may not ask."""
    rows: tuple[Row, ...]
    only_here: tuple[Identity, ...]
    """Keys of this machine that are not on the account."""

    @property
    def called(self) -> str:
        """What to call it: its name, else the service's."""
        return self.name or self.place.title

    def has(self, public: PublicKey) -> bool:
        """Tell whether a key is on the account."""
        return same_key(tuple(row.key for row in self.rows), public) is not None


def look(api: KeyApi, place: Place, identities: Sequence[Identity]) -> Account:
    """Ask the service for the account and its keys. Raises Refused and CannotCheck in its words."""
    name, keys = account_of(api), api.list_keys()
    return joined(place, name, keys, identities)


def joined(
    place: Place, name: str | None, keys: Sequence[RemoteKey], identities: Sequence[Identity]
) -> Account:
    """Put an account's keys beside those of this machine."""
    plain = [one for one in identities if not one.public.certificate]
    rows = tuple(
        Row(key=key, local=next((one for one in plain if same_key((key,), one.public, None)), None))
        for key in keys
    )
    only_here = tuple(one for one in plain if same_key(tuple(keys), one.public) is None)
    return Account(place=place, name=name, rows=rows, only_here=only_here)


def foreign(
    publics: Sequence[PublicKey], source: str, identities: Sequence[Identity], account: Account | None = None
) -> tuple[Foreign, ...]:
    """Return the keys of another account's list that are not on this one."""
    mine = {one.public.blob: one for one in identities}
    return tuple(
        Foreign(public=public, source=source, local=mine.get(public.blob))
        for public in publics
        if account is None or not account.has(public)
    )


def age(created: str | None, today: datetime.date) -> str:
    """Say how long ago an ISO 8601 date was: "3 years", "5 months", "12 days", "today"; "" when it is not known."""
    try:
        day = datetime.date.fromisoformat((created or "")[:10])
    except ValueError:
        return ""
    days = (today - day).days
    if days < 1:
        return _("today")
    if days < 60:
        return plural(days, "{n} day", "{n} days")
    if days < 730:
        return plural(days * 12 // 365, "{n} month", "{n} months")
    return plural(days // 365, "{n} year", "{n} years")


def here(row: Row, shown: Callable[[str], str]) -> str:
    """Say where on this machine a key of the account is, or which machine its name speaks of."""
    if row.local is not None:
        return place_of(row.local, shown)
    machine = named_machine(row.key)
    return _("not here ({machine}?)").format(machine=machine) if machine else _("not here")


def kind(key: RemoteKey) -> str:
    """Say what kind of key one on the account is, and that it only signs where that is so."""
    name = key.public.kind if key.public else key.type or "?"
    return name if key.serves("auth") else _("{kind}, only signs").format(kind=name)


def place_of(identity: Identity, shown: Callable[[str], str]) -> str:
    """Say where a key of this machine is: its file, without the folder when that is ~/.ssh."""
    path = identity.private_path or identity.public_path
    if path is None:
        return _("in your agent")
    name = shown(path).removeprefix("~/.ssh/")
    return name if identity.has_private else _("{path} (public half only)").format(path=name)


def named_machine(key: RemoteKey) -> str:
    """Return the machine that a key's title or comment names (`mia@old-laptop`); "" when it names none."""
    for text in (key.title or "", key.public.comment if key.public else ""):
        user, at, machine = text.strip().rpartition("@")
        if at and user and machine and not set(user + machine) & set(" /:") and "." not in machine:
            return machine
    return ""


def identity_title(identity: Identity, otherwise: str) -> str:
    """Return what a key of this machine is called on an account: its comment, unless that could be key material."""
    return public_title(identity.public, otherwise)


def public_title(public: PublicKey, otherwise: str) -> str:
    """Return the title for a public half: its comment, else `otherwise` (`mia@laptop`)."""
    comment = public.comment
    return comment if comment and not looks_like_key_material(comment) else otherwise


def not_taken(place: Place, public: PublicKey) -> str:
    """Return why the service would not take a key, "" where it would or may."""
    entry = book.find(place.provider)
    return entry.takes(public.type, public.bits, rsa_min=place.rsa_min) if entry else ""


def before_adding(place: Place) -> str:
    """Return what the user should know before a key is added there, for instance the e-mail that will come."""
    entry = book.find(place.provider)
    return entry.before_adding if entry else ""


def before_removing(account: Account, keys: Sequence[RemoteKey]) -> tuple[str, ...]:
    """Return what to know before keys are taken off an account, the gravest first."""
    gone = {key.id for key in keys}
    staying = [row for row in account.rows if row.key.id not in gone]
    warnings = []
    if any(_lets_in(row) for row in account.rows if row.key.id in gone) and not any(map(_lets_in, staying)):
        warnings.append(
            _("No other key of this machine is on the account: this machine loses its access.")
            if staying or len(keys) < len(account.rows)
            else _("No key stays on the account: this machine and all others lose their access.")
        )
    elsewhere = [named_machine(row.key) for row in account.rows if row.key.id in gone and row.local is None]
    named = [machine for machine in dict.fromkeys(elsewhere) if machine]
    if named:
        words = _(
            "Named after another machine: {machines}. Whether that still uses its key cannot be seen from here."
        )
        warnings.append(words.format(machines=", ".join(named)))
    elif elsewhere:
        warnings.append(_("A private half is not here: another machine may still log in with it."))
    entry = book.find(account.place.provider)
    if entry is not None and entry.before_removing:
        warnings.append(entry.before_removing)
    if any(key.public is None for key in keys):
        warnings.append(_("The service does not give keys back, so undo cannot put it there again."))
    return tuple(warnings)


def _lets_in(row: Row) -> bool:
    """Tell whether this machine can log in with a key: its private half, or an agent that has it, is here.

    A key that the service takes for signing only lets nobody in.
    """
    return (
        row.key.serves("auth") and row.local is not None and (row.local.has_private or bool(row.local.agents))
    )


def matching(account: Account, wanted: str) -> tuple[RemoteKey, ...]:
    """Return the keys that a name, id, fingerprint, or a part of one or of the key itself means.

    A whole id, fingerprint or title comes before a part; a part has three characters or more.
    """
    wanted = wanted.strip()
    keys = tuple(row.key for row in account.rows)
    whole = find_key(keys, wanted) if wanted else ()
    if whole or len(wanted) < SHORTEST_PART:
        return whole
    part = wanted.lower()
    return tuple(
        key
        for key in keys
        if part in (key.title or "").lower()
        or wanted in (key.fingerprint or "")
        or (key.public is not None and (wanted in _base64(key.public) or part in key.public.comment.lower()))
    )


def _base64(public: PublicKey) -> str:
    return base64.b64encode(public.blob).decode()


def confirmation(account: Account, keys: Sequence[RemoteKey]) -> tuple[str, ...]:
    """Return the words of which one has to be typed before keys are removed, the one to ask for first.

    For one key its title or id; for several the account's name.
    """
    if len(keys) != 1:
        return (account.called,)
    title = keys[0].title
    return (title, keys[0].id) if title else (keys[0].id,)


def removal_question(account: Account, keys: Sequence[RemoteKey]) -> str:
    """Return the sentence that asks for the typed confirmation."""
    if len(keys) == 1:
        return _("Type the key's name, {word}, to remove it").format(word=confirmation(account, keys)[0])
    count = plural(len(keys), "{n} key", "{n} keys")
    return _("Type the account's name, {word}, to remove {count}").format(word=account.called, count=count)


def removal(account: Account, key: RemoteKey, command: str = "") -> Fix:
    """Return the change that takes one key off the account."""
    place = account.place
    return Fix(
        title=_("Remove {key} from the account {account} at {service}").format(
            key=key.title or key.id, account=account.called, service=place.title
        ),
        steps=(
            RemoveKey(
                provider=place.provider,
                api_url=place.api_url or "",
                id=key.called,
                title=key.title,
                public_line=public_line(key.public) if key.public else "",
                usage=key.usage or "",
                expires=key.expires or "",
                service=place.title,
                rsa_min=place.rsa_min,
            ),
        ),
        command=command,
    )


def summary(account: Account) -> str:
    """Say in a line what is on the account and what of it is here."""
    held = plural(len(account.rows), "{n} key on the account", "{n} keys on the account")
    mine = sum(1 for row in account.rows if row.local is not None)
    return _("{held}, {n} of them on this machine").format(held=held, n=mine) if account.rows else held
