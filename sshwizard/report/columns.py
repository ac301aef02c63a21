"""Small layout for plain text: columns, wrapping and colour, by terminal cells. Knows no content."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["ok", "warn", "fail", "danger", "dim", "strong", "none"]

_SGR = {"ok": "32", "warn": "33", "fail": "33;1", "danger": "31;1", "dim": "2", "strong": "1"}
"""Red is kept for a leaking secret and a host key that matches nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a page is written here."""

    width: int = 80
    """Cells."""
    colour: bool = False
    options: str = ""
    """Global options that commands of ours need here, as a shell takes them: `--home /x`."""

    def command(self, line: str) -> str:
        """Write a command as it has to be typed here."""
        if not self.options or not line.startswith("sshwizard "):
            return line
        return line.replace("sshwizard ", f"sshwizard {self.options} ", 1)

    def paint(self, text: str, tone: Tone) -> str:
        """Wrap `text` in SGR codes (ECMA-48) when colours may be used. Meaning never hangs on it."""
        if not self.colour or tone == "none":
            return text
        return f"\x1b[{_SGR[tone]}m{text}\x1b[0m"


def cells(text: str) -> int:
    """Return how many terminal cells a visible text takes (UAX #11: wide characters take two)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def pad(text: str, width: int) -> str:
    """Fill with spaces up to `width` cells."""
    return text + " " * max(0, width - cells(text))


def clip(text: str, width: int) -> str:
    """Cut to `width` cells, with an ellipsis when something was cut."""
    if cells(text) <= width:
        return text
    kept = ""
    for char in text:
        if cells(kept + char) >= width:
            break
        kept += char
    return f"{kept}…"


def wrap(text: str, width: int, *, indent: str = "") -> list[str]:
    """Wrap each line of `text` to `width` cells, every one after `indent`; long words stay whole."""
    import textwrap

    room = max(20, width - cells(indent))
    lines: list[str] = []
    for line in text.split("\n"):
        lines += textwrap.wrap(line, room, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{indent}{line}".rstrip() for line in lines]


def table(
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    indent: str = "",
    gap: str = "  ",
    whole: Collection[int] = (),
) -> Iterator[str]:
    """Lay rows out in columns of equal width. The widest column gives way when the page is too narrow.

    Columns numbered in `whole` are never cut (fingerprints, to be copied), even where the page ends.
    """
    if not rows:
        return
    count = max(len(row) for row in rows)
    widths = [max((cells(row[at]) for row in rows if at < len(row)), default=0) for at in range(count)]
    room = width - cells(indent) - cells(gap) * (count - 1)
    yielding = [at for at in range(count) if at not in whole]
    while sum(widths) > room and yielding and max(widths[at] for at in yielding) > 12:
        widths[max(yielding, key=lambda at: widths[at])] -= 1
    for row in rows:
        parts = [pad(clip(text, widths[at]), widths[at]) for at, text in enumerate(row)]
        yield f"{indent}{gap.join(parts)}".rstrip()


def two_sided(left: str, right: str, width: int) -> str:
    """Put `right` at the right edge of the page, where there is room for both."""
    space = width - cells(left) - cells(right)
    return f"{left}{' ' * max(space, 2)}{right}"
