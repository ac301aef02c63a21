"""The one road by which a key leaves the machine: check, compare, add, look again."""

from __future__ import annotations

from sshwizard.errors import Refused, UsageError
from sshwizard.hosts import book
from sshwizard.model.account import Added, RemoteKey
from sshwizard.model.files import FileSeen
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import read_key_file
from sshwizard.providers.api import KeyApi
from sshwizard.text import _


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


def add_key(api: KeyApi, public: PublicKey, title: str) -> Added:
    """Add a key to an account unless it is there, and look again to be sure.

    Raises Refused (`key-invalid`, `key-in-use`, …) and CannotCheck. "Already there" is a success.
    """
    entry = book.find(api.name)
    reason = entry.takes(public.type, public.bits) if entry else ""
    if reason:
        raise Refused(
            reason + ".",
            code="key-invalid",
            hint=_("Make one that it takes: `sshwizard keys new --type ed25519` or `--type rsa`."),
        )
    account = api.who_am_i()
    there = same_key(api.list_keys(), public)
    if there:
        return Added(result="already_there", key=there, account=account)
    try:
        added = api.add_key(public, title)
    except Refused as error:
        if error.code == "key-in-use":
            raise _elsewhere(api, error) from error
        raise
    return Added(result="added", key=same_key(api.list_keys(), public) or added, account=account)


def same_key(keys: tuple[RemoteKey, ...], public: PublicKey) -> RemoteKey | None:
    """Find a key on an account by its blob, or by a fingerprint where the service gives no more."""
    prints = {public.fingerprint, public.fingerprint_md5}
    for key in keys:
        if key.public.blob == public.blob if key.public else key.fingerprint in prints:
            return key
    return None


def _elsewhere(api: KeyApi, error: Refused) -> Refused:
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
