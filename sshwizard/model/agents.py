"""A way to have an agent after every login."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Permanent:
    """One way to have an agent after every login."""

    id: str
    title: str
    note: str
    """When it fits, or what it costs."""
    lines: tuple[str, ...]
    """Commands and lines of files, to copy; a line that begins with `#` says where the next ones go."""
