"""Which public half ssh gets for a named file, step by step (ssh.c `load_public_identity_files`).

Pure: everything is read through a `FileView`, so that proposals can be simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sshwizard.model.files import FileView
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import NotAKey, first_public, known_to, openssh_format, refused_by_ssh

Release = tuple[int, int]
HEADER_READ_SINCE = (8, 3)
"""First release that takes the public half from an OpenSSH private file itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What ssh knows of a named file before it talks to the host."""

    public: PublicKey | None
    shown_in: str | None
    """The file the public half came from."""
    dropped: Literal["", "too-short"] = ""


def load_public(files: FileView, path: str, release: Release, shortest_rsa: int) -> Loaded:
    """Find the public half for an identity or certificate path, as ssh of this release does.

    The first that gives a key wins: the file read as a public key, `path.pub`, the header of an OpenSSH
    private file. RSA keys below `shortest_rsa` bits (RequiredRSASize) are dropped again.
    """
    public, shown_in = _first(files, path, release)
    if public is not None and is_short(public, shortest_rsa):
        return Loaded(public=None, shown_in=shown_in, dropped="too-short")
    return Loaded(public=public, shown_in=shown_in)


def is_short(public: PublicKey, shortest_rsa: int) -> bool:
    """Tell whether RequiredRSASize forbids this key."""
    return public.type.startswith("ssh-rsa") and (public.bits or 0) < shortest_rsa


def _first(files: FileView, path: str, release: Release) -> tuple[PublicKey | None, str | None]:
    def known(name: str) -> bool:
        return known_to(name, release)

    for candidate in (path, path + ".pub"):
        seen = files.look(candidate)
        public = first_public(seen.data, known) if seen.kind == "file" else None
        if public is not None:
            return public, candidate
    seen = files.look(path)
    if seen.kind != "file" or release < HEADER_READ_SINCE:
        return None, None
    body = openssh_format.body_of(seen.data)
    try:
        public = openssh_format.public_part(body) if body is not None else None
    except NotAKey:
        public = None
    if public is None or not known(public.type) or refused_by_ssh(public):
        return None, None
    return public, path
