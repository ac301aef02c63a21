"""The identification string (RFC 4253 §4.2), and what it means when something else comes instead.

Pure: bytes in, a judgement out. OpenSSH's own bounds hold (1,024 lines of at most 8,192 bytes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sshwizard.text import _, one_line, visible_bytes

MAX_LINES = 1024
MAX_LINE = 8192

_MARKUP = re.compile(rb"<(?:!|\?|/?[A-Za-z])[ -~\t]*\r?$")
"""A line of a web page."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The host's identification string, and what came before and after it."""

    line: bytes
    """Without its line end."""
    before: tuple[bytes, ...]
    """Lines sent ahead of it."""
    rest: bytes
    """Bytes behind it, already part of the binary protocol."""

    @property
    def text(self) -> str:
        return visible_bytes(self.line, keep="")


@dataclass(frozen=True, slots=True)
class NotSsh:
    """No identification string, and never one: why, in a machine word and a sentence."""

    code: str
    detail: str


def read(data: bytes) -> Identified | NotSsh | None:
    """Look at what a host sent so far. None: wait for more."""
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1]):
        line = line.removesuffix(b"\r")
        if line.startswith(b"SSH-"):
            return _identified(line, lines, number)
        if number + 1 >= MAX_LINES or len(line) > MAX_LINE or b"\0" in line:
            return _something_else(lines[0])
        if number == 0 and _never_ssh(line):
            return _something_else(line)
    if len(lines[-1]) > MAX_LINE or _never_ssh(lines[-1]) or b"\0" in lines[-1]:
        return _something_else(lines[0])
    return None


def ended(data: bytes) -> NotSsh:
    """Judge a connection that the host closed before its identification string."""
    if not data.strip():
        return NotSsh("closed", _("The connection was closed before anything was sent."))
    if data.split(b"\n")[-1].startswith(b"SSH-"):
        return NotSsh("closed", _("The connection was closed in the middle of the version string."))
    first = data.split(b"\n")[0].removesuffix(b"\r")
    return _something_else(first)


def silent(data: bytes, seconds: float) -> NotSsh:
    """Judge a connection on which no identification string came in time."""
    if not data:
        return NotSsh("silence", _("Nothing was sent for {n:.0f} s.").format(n=seconds))
    if data.endswith(b"\n"):
        # Whole lines and then nothing: another service has greeted us, and waits for an answer.
        return _something_else(data.split(b"\n")[0].removesuffix(b"\r"))
    return NotSsh(
        "slow",
        _("Only {bytes} bytes came in {n:.0f} s: {text}").format(
            bytes=len(data), n=seconds, text=one_line(visible_bytes(data[:200]), 80)
        ),
    )


def _identified(line: bytes, lines: list[bytes], number: int) -> Identified | NotSsh:
    if not line.startswith((b"SSH-2.0-", b"SSH-1.99-")):
        return NotSsh(
            "old-protocol",
            _("The host speaks another protocol version: {text}").format(
                text=one_line(visible_bytes(line), 80)
            ),
        )
    return Identified(
        line, tuple(each.removesuffix(b"\r") for each in lines[:number]), b"\n".join(lines[number + 1 :])
    )


def _never_ssh(line: bytes) -> bool:
    """Whether a first line, whole or not, already shows another protocol."""
    return line.startswith((b"HTTP/", b"\x15\x03", b"\x16\x03")) or _MARKUP.match(line) is not None


def _something_else(first: bytes) -> NotSsh:
    text = one_line(visible_bytes(first[:400].removesuffix(b"\r")), 120)
    if first.startswith(b"HTTP/") or _MARKUP.match(first):
        return NotSsh("http-answer", _("An HTTP server or proxy answered: {text}").format(text=text))
    if first.startswith((b"\x15\x03", b"\x16\x03")):
        return NotSsh("tls-answer", _("A TLS server answered."))
    if b"MaxStartups" in first:
        return NotSsh(
            "max-startups", _("The host has too many connections just now: {text}").format(text=text)
        )
    if b"Not allowed at this time" in first:
        return NotSsh("penalty", _("The host refuses this address for a while: {text}").format(text=text))
    return NotSsh("not-ssh", _("Something that is not SSH answered: {text}").format(text=text))
