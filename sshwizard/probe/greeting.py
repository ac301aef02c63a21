"""Reading what a host says after a login: whose account it is, and whether a repository may be used.

Pure: text in, a judgement out. Exit codes mean nothing here: forges end a good login with 0, 1 or 128.
"""

from __future__ import annotations

import re
from typing import Literal

from sshwizard.hosts import book
from sshwizard.text import one_line, visible_bytes

Access = Literal["ok", "read_only", "denied", "not_found", "sso", "unknown"]

_ACCOUNTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bhi there, (?P<account>[^!\s]+)!",
        r"\bhi (?P<account>[^!\s]+)!",
        r"\bwelcome to gitlab, @(?P<account>[^!\s]+)!",
        r"\blogged in as (?P<account>[^\s]+?)\.?(?:\s|$)",
        r"\bhello (?P<account>[^,\s]+), this is ",
        r"\bauthenticated as (?P<account>[^\s]+?)\.?(?:\s|$)",
    )
)

_ACCESS: tuple[tuple[Access, tuple[str, ...]], ...] = (
    ("sso", ("saml", "single sign-on", "sso")),
    ("read_only", ("read only", "read-only", "readonly", "without write access", "deploy key")),
    (
        "not_found",
        (
            "not found",
            "could not be found",
            "does not exist",
            "doesn't exist",
            "not appear to be a git repository",
            "no such",
            "not a git repository",
            "invalid repository",
        ),
    ),
    (
        "denied",
        (
            "denied",
            "permission",
            "not allowed",
            "forbidden",
            "unauthorized",
            "not authorized",
            "no access",
            "rights",
        ),
    ),
)


def account(text: str, host: str) -> str | None:
    """Return the account that a greeting names: by the host book's pattern, else by the usual forms."""
    entry = book.find(host)
    named = entry.account_in(text) if entry else None
    if named:
        return named
    for pattern in _ACCOUNTS:
        found = pattern.search(text)
        if found:
            return found["account"]
    return None


def first_words(text: str) -> str:
    """Return the line of a greeting that is worth showing: the one that names an account, else the first."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    named = next((line for line in lines if any(pattern.search(line) for pattern in _ACCOUNTS)), None)
    return one_line(named or (lines[0] if lines else ""))


def access(out: bytes, err: bytes) -> tuple[Access, str]:
    """Judge what `git-upload-pack` or `git-receive-pack` said, by its output and its error text.

    An advertisement of references (pkt-line, gitprotocol-pack(5)) means that the repository may be used.
    """
    if _is_advertisement(out):
        return "ok", ""
    text = visible_bytes(_without_pkt_header(out)[:4096] + b"\n" + err[:4096])
    lowered = text.lower()
    words = next((line for line in map(_trimmed, text.split("\n")) if line), "")
    for verdict, marks in _ACCESS:
        if any(mark in lowered for mark in marks):
            line = next(
                (line for line in text.split("\n") if any(mark in line.lower() for mark in marks)), words
            )
            return verdict, one_line(_trimmed(line))
    return "unknown", one_line(words)


def _is_advertisement(out: bytes) -> bool:
    return re.match(rb"[0-9a-fA-F]{4}(?!ERR )", out) is not None


def _without_pkt_header(out: bytes) -> bytes:
    return out[4:] if re.match(rb"[0-9a-fA-F]{4}ERR ", out) else out


def _trimmed(line: str) -> str:
    """Drop the decoration of forges: `remote:`, rows of `=`."""
    return line.strip().removeprefix("remote:").strip(" =\t").removeprefix("ERR ").strip()
