"""What mail programs and web pages put around the lines of a key, and how it is taken off. Knows bytes only."""

from __future__ import annotations

import re

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}".encode()
_QUOTED_BEGIN = re.compile(rb"^[ \t]*>[> \t]*-----BEGIN ", re.MULTILINE)
_QUOTE_MARKS = re.compile(rb"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)


def unquoted(text: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return a key's text without `> ` at the beginning of lines and without no-break spaces, and what there was.

    The second value holds ids of `problems.SENTENCES`; it is empty, and the text the same, where nothing was.
    """
    found: list[str] = []
    if _NO_BREAK_SPACE in text:
        found.append("no-break-spaces")
        text = text.replace(_NO_BREAK_SPACE, b" ")
    if _QUOTED_BEGIN.search(text):
        found.append("mail-quotes")
        text = _QUOTE_MARKS.sub(b"", text)
    return text, tuple(found)
