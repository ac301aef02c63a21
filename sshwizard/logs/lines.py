"""Bytes or text → tidy lines, bounded: encodings, ANSI, HTML entities, quote marks, endless lines.

Streams: never holds more than a piece of the paste. Knows nothing of ssh.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Iterator

LONGEST = 1200
"""Characters of a line that are looked at; the rest of a longer line is passed over."""
PIECE = 1 << 18
"""Characters handled at once."""

_ENOUGH = 64
"""Bytes that show the encoding; a pipe may hand out fewer at first."""
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)?|[@-Z\\-_])")
_STAMP = re.compile(r"\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?\]?:?\s+")
_STAMPED = frozenset("[0123456789")
_ESCAPED_END = re.compile(
    r"(?:\\r)?\\n(?=debug[123]: |OpenSSH_\d|[\w.-]{1,80}@[\w.-]{1,80}: |Permission denied|ssh: |(?:kex|ssh)_exchange|Connection |fatal: )"
)
"""A line end inside a JSON string, told from a Windows path by what follows."""
_TAG = re.compile(r"</?(?:p|br|div|span|pre|code|b|i|li|td|tr)\b[^>]{0,80}>", re.I)


def decode(chunks: Iterable[bytes]) -> Iterator[str]:
    """Decode a stream as UTF-8, or as UTF-16 where its beginning shows it (PowerShell's `>`)."""
    decoder: codecs.IncrementalDecoder | None = None
    head = b""
    for chunk in chunks:
        if decoder is None:
            head += chunk
            if len(head) < _ENOUGH:
                continue
            chunk, decoder = head, _decoder(head)
        yield decoder.decode(chunk)
    if decoder is None:
        decoder = _decoder(head)
        yield decoder.decode(head)
    yield decoder.decode(b"", final=True)


def _decoder(start: bytes) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(_encoding(start))(errors="replace")


def _encoding(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = start[:400]
    if len(head) > 20 and head.count(0) > len(head) // 3:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return "utf-8-sig"


def pieces(text: str) -> Iterator[str]:
    """Cut a long text into pieces without copying it whole."""
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def split(texts: Iterable[str]) -> Iterator[list[str]]:
    """Return the lines of a stream in batches; a line longer than `LONGEST` is cut."""
    rest = ""
    for text in texts:
        if "\x00" in text:
            text = text.replace("\x00", "")
        if "\xa0" in text:
            text = text.replace("\xa0", " ")
        text = rest + text
        if "\\n" in text:
            text = _ESCAPED_END.sub("\n", text)
        lines = text.split("\n")
        rest = lines.pop()
        if len(rest) > LONGEST:
            rest = rest[:LONGEST]
        if lines:
            yield lines
    if rest:
        yield [rest]


def tidy(line: str) -> str:
    """Take off what wrappers add to a line: colours, entities, tags, carriage returns, quote marks."""
    if len(line) > LONGEST:
        line = line[:LONGEST]
    if "\x1b" in line:
        line = _ANSI.sub("", line)
    if "\r" in line:
        line = line.rstrip("\r").rsplit("\r", 1)[-1]
    if "&" in line and ";" in line:
        line = html.unescape(line)
    if "</" in line or "<br" in line or "<p>" in line:
        line = _TAG.sub(" ", line)
    return line


def unstamped(line: str) -> str:
    """Take a wrapper's time stamp off, so that equal lines are equal again."""
    at = line.find("debug1: ", 1, 60)
    if at > 0:
        return line[at:]
    if line[:1] in _STAMPED:
        stamp = _STAMP.match(line)
        if stamp:
            return line[stamp.end() :]
    return line


def from_syslog(line: str) -> bool:
    """Tell whether a line begins with syslog's `Nov 21 12:00:33`."""
    return line[9:10] == ":" and line[12:13] == ":" and line[3:4] == " " and line[:1].isupper()
