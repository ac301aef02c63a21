"""OpenSSH's wildcard patterns and pattern lists (ssh_config(5), PATTERNS).

Knows `*` and `?`, lists with `!` and ASCII case; knows nothing of who uses them. `fnmatch` is no stand-in:
it treats brackets as special, compares whole characters where ssh compares bytes, and compiles a regular
expression a pattern.
"""

from __future__ import annotations

from functools import lru_cache

_UPPER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}

SUBPATTERN_LIMIT = 1023
"""Bytes: a longer element makes ssh's whole list match nothing (match.c, match_pattern_list)."""


def ascii_lower(text: str) -> str:
    """Lower-case ASCII letters only, as tolower(3) does on single bytes."""
    return text.lower() if text.isascii() else text.translate(_UPPER)


def as_bytes(text: str) -> str:
    """Return the text with one character a byte, because `?` stands for one byte."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def is_wild(pattern: str) -> bool:
    """Say whether a pattern can match more than itself."""
    return "*" in pattern or "?" in pattern


def match_pattern(text: str, pattern: str) -> bool:
    """Match a whole text against one pattern, in time linear in both for the usual patterns.

    Greedy with one point of return, where OpenSSH recurses: the answers are the same, but a pattern of many
    stars cannot take exponential time.
    """
    if not is_wild(pattern):
        return text == pattern
    text, pattern = as_bytes(text), as_bytes(pattern)
    first = min((at for at in (pattern.find("*"), pattern.find("?")) if at >= 0), default=0)
    if text[:first] != pattern[:first]:
        return False
    return _match_from(text, pattern, first)


def _match_from(text: str, pattern: str, start: int) -> bool:
    at, in_pattern = start, start
    star, resume = -1, start
    while at < len(text):
        wanted = pattern[in_pattern] if in_pattern < len(pattern) else ""
        if wanted == "*":
            star, resume = in_pattern, at
            in_pattern += 1
        elif wanted and wanted in ("?", text[at]):
            at += 1
            in_pattern += 1
        elif star >= 0:
            resume += 1
            at, in_pattern = resume, star + 1
        else:
            return False
    return not pattern[in_pattern:].strip("*")


@lru_cache(maxsize=64)
def _elements(patterns: str) -> tuple[str, ...]:
    """Split a list; what stands there again changes nothing and is left out."""
    return tuple(dict.fromkeys(patterns.split(",")))


def match_list(text: str, patterns: str, *, lower: bool = False) -> bool | None:
    """Match a text against a comma-separated list, in which `!` excludes.

    Returns True for a match, False for none, None when an excluding element matched. With `lower` the
    patterns (not the text) are taken in lower case.
    """
    found = False
    if lower:
        patterns = ascii_lower(patterns)
    for element in _elements(patterns):
        excludes = element.startswith("!")
        element = element[1:] if excludes else element
        if (
            len(element) >= SUBPATTERN_LIMIT
            and len(element.encode("utf-8", "surrogateescape")) >= SUBPATTERN_LIMIT
        ):
            return False
        if match_pattern(text, element):
            if excludes:
                return None
            found = True
    return found


def match_hostname(host: str, patterns: str) -> bool:
    """Match a host name against a list, ignoring ASCII case on both sides."""
    return match_list(ascii_lower(host), patterns, lower=True) is True
