"""The small file formats that credentials lie in: netrc, and the plain YAML and JSON of command-line tools.

Reads text that is handed over; opens nothing. What is not of the form is as if it were not there.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Any


def netrc_entry(text: str, host: str) -> tuple[str, str]:
    """Return (login, password) of the first entry for a host; ("", "") where there is none."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split = True
    lexer.escape = ""
    try:
        words = list(lexer)
    except ValueError:
        return "", ""
    entry: dict[str, str] | None = None
    for word, value in zip(words, [*words[1:], ""], strict=False):
        if word == "machine":
            if entry is not None:
                break
            entry = {} if value == host else None
        elif word in ("login", "password") and entry is not None:
            entry.setdefault(word, value)
    return (entry.get("login", ""), entry.get("password", "")) if entry else ("", "")


def yaml_block(text: str, host: str) -> str:
    """Return the indented lines under `host:` in the simple YAML that gh and glab write."""
    found = re.search(rf"^([ ]*)[\"']?{re.escape(host)}[\"']?:[ ]*\n((?:\1[ ]+.*\n?|[ ]*\n)*)", text, re.M)
    return found.group(2) if found else ""


def yaml_value(block: str, name: str) -> str:
    """Return a scalar of a block (not of one within it), without its quotes; "" where there is none."""
    indent = _indent(block)
    found = re.search(rf"^{indent}{re.escape(name)}:[ ]*(?:!!null[ ]*)?(\S.*?)[ ]*$", block, re.M)
    return found.group(1).strip("\"'") if found else ""


def yaml_children(block: str, name: str) -> list[tuple[str, str]]:
    """Return (name, block) of every block within the block `name:` of a block."""
    inside = re.search(
        rf"^{_indent(block)}{re.escape(name)}:[ ]*\n((?:{_indent(block)}[ ]+.*\n?)*)", block, re.M
    )
    if inside is None:
        return []
    indent = _indent(inside.group(1))
    found = re.findall(
        rf"^{indent}[\"']?([^\s:\"']+)[\"']?:[ ]*\n((?:{indent}[ ]+.*\n?)*)", inside.group(1), re.M
    )
    return [(str(child), str(lines)) for child, lines in found]


def _indent(block: str) -> str:
    """Return the blanks in front of a block's own lines."""
    first = re.match(r"(?:[ ]*\n)*([ ]+)", block)
    return first.group(1) if first else " "


def json_of(data: bytes) -> Any:
    """Parse JSON; an empty object where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return {}


def text_in(data: Any, name: str) -> str:
    """Return a text member of an object; "" where there is none."""
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""
