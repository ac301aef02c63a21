"""The one road by which a key leaves the machine: check, compare, add, look again; and the same for removing."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sshwizard.errors import CannotCheck, Refused, SshwizardError, UsageError
from sshwizard.hosts import book
from sshwizard.model.account import Added, RemoteKey
from sshwizard.model.files import FileSeen
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import read_key_file
from sshwizard.providers.api import NO_WISH, KeyApi, Wish
from sshwizard.providers.remote import looks_like_key_material
from sshwizard.text import _

LOOKS = (0.0, 0.3, 0.7)
"""Seconds to wait before each look at the list after a change; some services need a moment."""
Found = TypeVar("Found")
USAGES = ("auth", "signing", "auth_and_signing")


def public_half(seen: FileSeen) -> PublicKey:
    """Return the public half that a file names, for sending it.

    Raises UsageError: `private-key-refused` for a file that holds a private half, `not-a-public-key` for
    anything else that is not one. Nothing of the file's own bytes is ever sent.
    """
    if seen.kind != "file":
        raise UsageError(
            _("{path} cannot be read: {problem}.").format(path=seen.path, problem=seen.problem or seen.kind),
            code="not-a-public-key",
            where=seen.path,
            hint=_("`sshwizard keys list` shows the keys on this machine; name a public half, `….pub`."),
        )
    key = read_key_file(seen)
    if key.has_private or b"PRIVATE KEY" in seen.data or seen.data.startswith(b"PuTTY-User-Key-File"):
        raise UsageError(
            _("{path} holds a private half; it never leaves this machine.").format(path=seen.path),
            code="private-key-refused",
            where=seen.path,
            hint=_("Give the public half, usually {path}.pub.").format(path=seen.path),
        )
    if key.public is None:
        raise UsageError(
            _("{path} is not a public key.").format(path=seen.path),
            code="not-a-public-key",
            where=seen.path,
            hint=_("A public half is one line that starts like `ssh-ed25519 AAAA…`."),
        )
    if key.public.certificate:
        raise UsageError(
            _("{path} is a certificate; services take plain keys.").format(path=seen.path),
            code="not-a-public-key",
            where=seen.path,
            hint=_("Give the public half that the certificate was made for."),
        )
    return key.public


def check_key(api_name: str, public: PublicKey, *, rsa_min: int | None = None) -> None:
    """Raise Refused (`key-invalid`) for a key that the service is known not to take, with the reason."""
    entry = book.find(api_name)
    reason = entry.takes(public.type, public.bits, rsa_min=rsa_min) if entry else ""
    if reason:
        families = entry.key_types if entry else ()
        kind = "rsa" if "ssh-ed25519" not in families else "ed25519"
        raise Refused(
            reason + ".",
            code="key-invalid",
            hint=_("Make one that it takes: `sshwizard keys new --type {kind}`.").format(kind=kind),
        )


def check_title(title: str) -> None:
    """Raise UsageError (`private-key-refused`) for a title that could be a piece of a private half."""
    if looks_like_key_material(title):
        raise UsageError(
            _("This title looks like a piece of a key; it is not sent."),
            code="private-key-refused",
            hint=_("Choose a name for the machine or the person: `--title TEXT`."),
        )


def check_wish(api: KeyApi, wish: Wish) -> None:
    """Raise UsageError for a wish that the service does not know, or that is not well-formed."""
    for name, value in (("expires", wish.expires), ("usage", wish.usage)):
        if value and name not in api.wishes:
            raise UsageError(
                _("{title} has no such thing for a key: `--{name}`.").format(title=api.title, name=name),
                hint=_("Leave it out."),
            )
    if wish.usage and wish.usage not in USAGES:
        raise UsageError(
            _("{usage} is no usage of a key.").format(usage=wish.usage),
            hint=_("There are: {names}.").format(names=", ".join(USAGES)),
        )
    if wish.expires:
        _check_date(wish.expires)


def add_key(
    api: KeyApi, public: PublicKey, title: str, wish: Wish = NO_WISH, *, rsa_min: int | None = None
) -> Added:
    """Add a key to an account unless it is there, and look again to be sure.

    Raises Refused (`key-invalid`, `key-in-use`, …), CannotCheck and UsageError. "Already there" is a success;
    a service's yes is none until its own list shows the key.
    """
    check_key(api.name, public, rsa_min=rsa_min)
    check_title(title)
    check_wish(api, wish)
    account = account_of(api)
    keys = api.list_keys()
    missing = [use for use in wish.uses if not same_key(keys, public, use)]
    there = same_key(keys, public, wish.uses[0])
    if there and not missing:
        return Added(result="already_there", key=there, account=account)
    if len(missing) == 1 < len(wish.uses):
        wish = replace(wish, usage=missing[0])
    try:
        api.add_key(public, title, wish)
    except Refused as error:
        if error.code == "key-in-use":
            raise _elsewhere(api, error, other_use=same_key(keys, public, None)) from error
        raise
    added = _looked(lambda: same_key(api.list_keys(), public, missing[-1]))
    if added is None:
        raise CannotCheck(
            _("{title} said yes, yet the key is not in its list.").format(title=api.title),
            code="service-error",
            hint=_("Look at the account's page of keys, then try again."),
        )
    return Added(result="added", key=added, account=account, uses=tuple(missing))


def remove_key(api: KeyApi, key: RemoteKey) -> None:
    """Remove a key and look again to be sure. Raises what the service says, or CannotCheck when it stays."""
    api.remove_key(key)
    if not _looked(lambda: all(other.called != key.called for other in api.list_keys()) or None):
        raise CannotCheck(
            _("{title} said yes, yet the key {name} is still in its list.").format(
                title=api.title, name=key.title
            ),
            code="service-error",
            hint=_("Look at the account's page of keys; until it is gone there, it still works."),
        )


def account_of(api: KeyApi) -> str | None:
    """Return whose account it is; None where the token may manage keys but not ask that."""
    try:
        return api.who_am_i() or None
    except (Refused, CannotCheck) as error:
        if error.code == "scope-missing" or error.status == 404:
            return None
        raise


def same_key(keys: tuple[RemoteKey, ...], public: PublicKey, use: str | None = "auth") -> RemoteKey | None:
    """Find a key on an account by its blob, or by a fingerprint where the service gives no more.

    `use` is what the service has to take it for; None: whatever it is.
    """
    prints = {public.fingerprint, public.fingerprint_md5}
    for key in keys:
        if use is not None and not key.serves(use):
            continue
        if key.public.blob == public.blob if key.public else key.fingerprint in prints:
            return key
    return None


def find_key(keys: tuple[RemoteKey, ...], wanted: str) -> tuple[RemoteKey, ...]:
    """Return the keys that an id, else a fingerprint, else a title, else a part of the line names."""
    prints = {wanted, f"SHA256:{wanted}", f"MD5:{wanted}"}
    steps: tuple[Callable[[RemoteKey], bool], ...] = (
        lambda key: wanted in (key.id, key.called),
        lambda key: key.fingerprint in prints or bool(key.public and key.public.fingerprint_md5 in prints),
        lambda key: key.title == wanted,
        lambda key: bool(key.public and len(wanted) >= 8 and wanted in _base64(key.public)),
    )
    return next((found for step in steps if (found := tuple(filter(step, keys)))), ())


def _base64(public: PublicKey) -> str:
    import base64

    return base64.b64encode(public.blob).decode()


def _looked(look: Callable[[], Found | None]) -> Found | None:
    for pause in LOOKS:
        time.sleep(pause)
        found = look()
        if found is not None:
            return found
    return None


def _check_date(text: str) -> None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            _("{text} is no date.").format(text=text), hint=_("Write it as YYYY-MM-DD.")
        ) from error
    if day <= datetime.datetime.now(datetime.UTC).date() or len(text) != 10:
        raise UsageError(
            _("{text} is not a day to come.").format(text=text), hint=_("Write it as YYYY-MM-DD.")
        )


def _elsewhere(api: KeyApi, error: SshwizardError, *, other_use: RemoteKey | None) -> Refused:
    if other_use is not None:
        return Refused(
            _("{title} has this key already, for another use ({usage}): {name}.").format(
                title=api.title, usage=other_use.usage, name=other_use.title
            ),
            code="key-in-use",
            status=error.status,
            where=error.where,
            hint=_("Remove it there and add it again with `--usage auth_and_signing`."),
        )
    return Refused(
        _(
            "{title} says: {words}. It is not on this account, so another account or a repository has it."
        ).format(title=api.title, words=error.message.rstrip(".")),
        code="key-in-use",
        status=error.status,
        where=error.where,
        hint=_(
            "Log in to that account and remove it there, or make a new key for this one: `sshwizard keys new`."
        ),
    )
