"""What the host does, as values: each carries the moment at which its message was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    at: float
    """time.monotonic() when it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentificationCame(Happening):
    line: bytes
    before: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSshCame(Happening):
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmsCame(Happening):
    """The host's KEXINIT: its algorithms by slot (`kex`, `hostkey`, `cipher`, `mac`, `compression`)."""

    offered: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeyCame(Happening):
    """The host proved that it holds this key."""

    blob: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysInForce(Happening):
    """Encrypted from here on; `agreed` names kex, host key and cipher algorithms."""

    agreed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionsCame(Happening):
    server_sig_algs: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccepted(Happening):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerCame(Happening):
    text: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Happening):
    """SSH_MSG_USERAUTH_FAILURE."""

    methods: tuple[str, ...]
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccepted(Happening):
    """SSH_MSG_USERAUTH_PK_OK: willingness, not a login."""

    algorithm: str
    blob: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn(Happening):
    """SSH_MSG_USERAUTH_SUCCESS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected(Happening):
    """SSH_MSG_DISCONNECT with the host's own words."""

    reason: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Happening):
    """The stream is over. `problem` is "" after an orderly end."""

    problem: str
    kind: str
    """`closed`, `reset`, `no-common`, `protocol`."""
