"""Which provider a host name belongs to: the host book's index without its pages, so that it costs little.

Knows the names and patterns of `entries.json`; what the book says of a provider is in `book`.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import Any


@cache
def load(name: str) -> Any:
    """Return one of the book's data files."""
    loader: Any = __spec__.loader
    return json.loads(loader.get_data(os.path.join(os.path.dirname(__file__), name)))


def number_of(name_or_host: str) -> int | None:
    """Find a provider by its name (`github`) or by a host name; returns its place in `entries.json`."""
    wanted = name_or_host.lower().rstrip(".")
    for number, raw in enumerate(load("entries.json")["entries"]):
        if wanted == raw["name"] or any(matches(pattern, wanted) for pattern in raw["hosts"]):
            return number
    return None


def provider_of(name_or_host: str) -> str | None:
    """Return the name of the provider, `github` for instance."""
    number = number_of(name_or_host)
    return None if number is None else str(load("entries.json")["entries"][number]["name"])


def matches(pattern: str, host: str) -> bool:
    """Say whether a lower-case host name is one that a pattern of the book stands for."""
    if "*" not in pattern:
        return pattern == host
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[a-z0-9.-]+"), host) is not None
