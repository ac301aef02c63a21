"""What one look at a path showed, and the interface of those who look.

`machine.files.Files` looks at the disk; `Overlay` shows a proposal as if it were written; tests and the
log reader bring their own. Everything above `machine` reads files only through this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

FileKind = Literal["file", "directory", "missing", "unreadable", "other", "too_big"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSeen:
    """One path at one moment."""

    path: str
    kind: FileKind
    data: bytes = b""
    """The whole content (at most `machine.files.LIMIT` bytes); empty unless `kind` is "file"."""
    mode: int | None = None
    """Permission bits (``st_mode & 0o7777``); None where the platform has none or nothing is there."""
    uid: int | None = None
    gid: int | None = None
    size: int = 0
    mtime: float = 0.0
    """Seconds since the epoch."""
    problem: str = ""
    """The operating system's own words when it is not a readable file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFile:
    """A file or folder of the user's that belongs to another account."""

    path: str
    owner: tuple[int, int]
    """Numbers of user and group."""
    readable: bool


class FileView(Protocol):
    """Someone who can look at paths. Looking never changes anything and never raises."""

    def look(self, path: str) -> FileSeen:
        """Return what is at an absolute path, following symlinks."""
        ...

    def names(self, folder: str) -> tuple[str, ...] | None:
        """Return the sorted names in a folder, or None when it cannot be listed."""
        ...

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Expand an absolute glob(3) pattern as ssh's Include does: sorted, `*` skips dotfiles."""
        ...
