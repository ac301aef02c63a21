"""Suggestions for a new key: type, file name and comment, for a host. Pure; looks only at given facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sshwizard.hosts import book
from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.plan import Target
from sshwizard.model.steps import GenerateKey, MakeFolder
from sshwizard.text import _
from sshwizard.wizard import strip

KeyType = Literal["ed25519", "rsa", "ecdsa"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A pair to be made. The passphrase is not part of it."""

    type: KeyType
    bits: int | None
    """None for ed25519; 3072 or 4096 for rsa; 256, 384 or 521 for ecdsa."""
    path: str
    """Absolute, of the private half."""
    comment: str
    encrypted: bool = True
    because: str = ""
    """Why this type and this name, in half a sentence."""


def suggest(facts: Facts, target: Target | None) -> NewKey:
    """Suggest a new key for a host: a name of its own, ed25519 unless the host takes only RSA."""
    type_, bits, because = suggested_type(target)
    return NewKey(
        type=type_,
        bits=bits,
        path=free_path(facts, suggested_name(target, type_)),
        comment=suggested_comment(facts),
        because=because,
    )


def suggested_type(target: Target | None) -> tuple[KeyType, int | None, str]:
    """Return type, bits and the reason."""
    entry = book.find(target.provider or target.hostname) if target else None
    if entry and "ssh-ed25519" not in entry.key_types and "rsa" in entry.key_types:
        return "rsa", 4096, _("{service} takes only RSA keys").format(service=entry.title)
    return "ed25519", None, _("advised: short, fast, taken nearly everywhere")


def suggested_name(target: Target | None, type_: str) -> str:
    """Return the file name for a host's own key: `github_ed25519`, `gitea_example_ed25519`."""
    return f"{_short_name(target)}_{type_}" if target else f"id_{type_}"


def suggested_comment(facts: Facts) -> str:
    """Return `user@machine`, as ssh-keygen would."""
    host = facts.environment.hostname.split(".", 1)[0]
    return f"{facts.environment.user}@{host}"


def free_path(facts: Facts, name: str) -> str:
    """Return a path in `~/.ssh` that neither half occupies: the name, or the name with a number."""
    folder = f"{facts.environment.home.rstrip('/')}/.ssh"
    taken = set(facts.files.names(folder) or ())
    number = 1
    candidate = name
    while candidate in taken or f"{candidate}.pub" in taken:
        number += 1
        candidate = f"{name}_{number}"
    return f"{folder}/{candidate}"


def fix(new: NewKey, shown_path: str) -> Fix:
    """Return the change that makes the key: the folder when it is missing, then the pair."""
    folder = new.path.rsplit("/", 1)[0]
    return Fix(
        title=_("Make the key {path}").format(path=shown_path),
        steps=(
            MakeFolder(path=folder),
            GenerateKey(
                path=new.path,
                type=new.type,
                bits=new.bits,
                comment=new.comment,
                encrypted=new.encrypted,
            ),
        ),
        command=strip.keygen(new.type, new.bits, shown_path, new.comment),
    )


def _short_name(target: Target) -> str:
    if target.provider:
        return _slug(target.provider)
    labels = [label for label in target.host.lower().split(".") if label]
    if not labels or labels[-1].isdigit() or ":" in target.host:
        return _slug(target.host)
    if len(labels) == 1:
        return _slug(labels[0])
    return _slug(labels[-2])


def _slug(text: str) -> str:
    cleaned = "".join(char if char.isascii() and char.isalnum() else "_" for char in text)
    return cleaned.strip("_") or "host"
