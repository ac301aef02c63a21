"""Public keys on their way out and back: the line that is sent, and what services list."""

from __future__ import annotations

from dataclasses import replace

from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import (
    NotAKey,
    looks_like_key_material,
    public_line,
    read_public_line,
    shown_comment,
)
from sshwizard.text import one_line

__all__ = ["looks_like_key_material", "remote_key", "sent_line"]


def sent_line(public: PublicKey, title: str) -> str:
    """Return the one line that leaves the machine, written anew from the parsed key.

    A title that looks like a piece of a key is left out.
    """
    comment = "" if looks_like_key_material(title) else one_line(title)
    return public_line(replace(public, comment=comment))


def remote_key(
    *,
    id: object,
    title: object,
    line: object,
    fingerprint: object = None,
    created: object = None,
    last_used: object = None,
    expires: object = None,
    usage: object = None,
) -> RemoteKey:
    """Build a key as the service lists it; `line` is its public line, if the service gives it back."""
    public: PublicKey | None = None
    if isinstance(line, str):
        try:
            public = read_public_line(line)
        except NotAKey:
            public = None
    comment = public.comment if public else ""
    address = str(id) if isinstance(id, (str, int)) else ""
    return RemoteKey(
        id=one_line(address),
        address=address,
        title=shown_comment(_text(title) or comment),
        public=public,
        fingerprint=public.fingerprint if public else _shown_fingerprint(fingerprint),
        type=public.type if public else None,
        created=_text(created),
        last_used=_text(last_used),
        expires=_text(expires),
        usage=_text(usage),
    )


def _text(value: object) -> str | None:
    return one_line(str(value)) or None if value else None


def _shown_fingerprint(fingerprint: object) -> str | None:
    if not isinstance(fingerprint, str) or not fingerprint:
        return None
    text = one_line(fingerprint)
    return f"MD5:{text}" if text.count(":") == 15 else text
