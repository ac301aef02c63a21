"""Where a fact was seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A place: a file, an agent socket, `host:port`, the command line."""

    where: str
    line: int | None = None
    """1-based line in `where`, when it is a file or a pasted log."""

    def __str__(self) -> str:
        return f"{self.where}:{self.line}" if self.line else self.where
