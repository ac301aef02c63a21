"""One form of line: the word by which it is found, the pattern that reads it, the event it means.

A line is split into words once; only the forms filed under one of its words are tried, and a pattern is
compiled when it is first needed. Patterns are searched, not anchored, so that time stamps, quote marks and
wrappers' prefixes before a line do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


class Form:
    """A kind of line. Its pattern is compiled on first use."""

    __slots__ = ("_pattern", "anchors", "kind", "text")

    def __init__(self, kind: str, anchors: str, pattern: str) -> None:
        self.kind = kind
        self.anchors = anchors.split()
        self.text = pattern
        self._pattern: re.Pattern[str] | None = None

    def read(self, line: str) -> Mapping[str, str] | None:
        """Return the named parts of the line, or None when it is not of this form."""
        pattern = self._pattern
        if pattern is None:
            pattern = self._pattern = re.compile(self.text)
        found = pattern.search(line)
        if found is None:
            return None
        return {name: value.strip() for name, value in found.groupdict().items() if value}


def index(forms: Iterable[Form]) -> dict[str, tuple[Form, ...]]:
    """File the forms under their anchor words, keeping the order within a word."""
    filed: dict[str, list[Form]] = {}
    for form in forms:
        for anchor in form.anchors:
            filed.setdefault(anchor, []).append(form)
    return {word: tuple(found) for word, found in filed.items()}
