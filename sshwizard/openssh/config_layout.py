"""The lines and blocks of one ssh_config file, for editing: where a block starts, what surrounds it.

Keeps every byte. Knows the line syntax of ssh_config(5) (facts: readconf.c, misc.c:argv_split) as far as it
is needed to tell headers, options, comments and words apart; what the lines *mean* is `openssh.config`'s.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\f\r"
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_KEYWORD = re.compile(rb'"?([^\s"=]+)"?[ \t]*=?[ \t]*')

LineKind = Literal["blank", "comment", "host", "match", "option"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line with its end."""

    raw: bytes
    kind: LineKind
    keyword: str
    """Lower case; "" for blank lines and comments."""
    indent: bytes
    """The blanks before the first word (after a byte order mark)."""
    words: tuple[tuple[int, int], ...] = ()
    """Offsets in `raw` of the arguments, quotes included, trailing comment excluded."""

    def arguments(self) -> tuple[str, ...]:
        """Return the words after the keyword, without quotes."""
        return tuple(_unquoted(self.raw[start:end]) for start, end in self.words)

    @property
    def eol(self) -> bytes:
        return self.raw[len(self.raw.rstrip(b"\r\n")) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A Host or Match block, or the lines before the first one."""

    header: int | None
    """Index of the header line; None for the lines before the first header."""
    options: tuple[int, ...]
    """Indices of the option lines (Include among them)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A file taken apart; joining `raw` of all lines gives its bytes back."""

    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    """The first is always the one without header, possibly without options."""
    eol: bytes
    """The line end most lines use."""

    def block_of(self, index: int) -> Block:
        """Return the block that the line at `index` belongs to."""
        return next(block for block in reversed(self.blocks) if block.header is None or block.header <= index)

    def start_with_comment(self, index: int) -> int:
        """Return where the comment that stands directly above a header line begins (else `index`)."""
        indent = self.lines[index].indent
        while index and self.lines[index - 1].kind == "comment" and self.lines[index - 1].indent == indent:
            index -= 1
        return index

    def indent_near(self, index: int) -> bytes:
        """Return the indentation that options use in the block nearest to a line; four blanks if none."""
        used = [(abs(at - index), at) for block in self.blocks[1:] for at in block.options]
        return self.lines[min(used)[1]].indent if used else b"    "

    def lower_case_near(self, index: int) -> bool:
        """Tell whether the options around write their keywords in lower case."""
        used = sorted((abs(at - index), at) for block in self.blocks for at in block.options)[:4]
        names = [_KEYWORD.match(self.lines[at].raw.strip(BOM + _BLANKS)) for _distance, at in used]
        words = [found[1] for found in names if found]
        return bool(words) and all(word.islower() for word in words)


def read_layout(data: bytes) -> Layout:
    """Take a file apart. Never fails: a line that ssh would refuse is an option like any other."""
    lines = tuple(_line(raw, first=number == 0) for number, raw in enumerate(_LINE.findall(data)))
    blocks: list[tuple[int | None, list[int]]] = [(None, [])]
    for index, line in enumerate(lines):
        if line.kind in ("host", "match"):
            blocks.append((index, []))
        elif line.kind == "option":
            blocks[-1][1].append(index)
    ends = Counter(line.eol for line in lines if line.eol)
    return Layout(
        lines=lines,
        blocks=tuple(Block(header=header, options=tuple(options)) for header, options in blocks),
        eol=ends.most_common(1)[0][0] if ends else b"\n",
    )


def _line(raw: bytes, *, first: bool) -> Line:
    start = len(BOM) if first and raw.startswith(BOM) else 0
    body = raw[start:]
    text = body.lstrip(_BLANKS)
    indent = body[: len(body) - len(text)]
    if not text.strip():
        return Line(raw=raw, kind="blank", keyword="", indent=b"")
    if text.startswith(b"#"):
        return Line(raw=raw, kind="comment", keyword="", indent=indent)
    found = _KEYWORD.match(text)
    if found is None:
        return Line(raw=raw, kind="option", keyword="", indent=indent)
    keyword = found[1].decode("latin-1").lower()
    kind: LineKind = "host" if keyword == "host" else "match" if keyword == "match" else "option"
    offset = len(raw) - len(text) + found.end()
    return Line(raw=raw, kind=kind, keyword=keyword, indent=indent, words=_words(raw, offset))


def _words(raw: bytes, offset: int) -> tuple[tuple[int, int], ...]:
    words: list[tuple[int, int]] = []
    end = len(raw.rstrip(b"\n" + _BLANKS))
    while offset < end:
        if raw[offset] in _BLANKS:
            offset += 1
            continue
        if raw[offset : offset + 1] == b"#":
            break
        stop = _word_end(raw, offset, end)
        words.append((offset, stop))
        offset = stop
    return tuple(words)


def _word_end(raw: bytes, offset: int, end: int) -> int:
    quote = 0
    while offset < end:
        char = raw[offset]
        if char == ord("\\") and offset + 1 < end and raw[offset + 1] in b"\"'\\ ":
            offset += 1
        elif quote:
            quote = 0 if char == quote else quote
        elif char in b"\"'":
            quote = char
        elif char in b" \t":
            break
        offset += 1
    return min(offset, end)


def _unquoted(word: bytes) -> str:
    text = re.sub(rb"\\([\"'\\ ])|[\"']", lambda found: found[1] or b"", word)
    return text.decode("utf-8", "surrogateescape")
