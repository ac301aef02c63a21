"""A service's own words out of an error body of any shape, made visible. Knows no provider in particular."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from sshwizard.machine.http import HttpReply
from sshwizard.text import one_line, visible_bytes

TOLD = ("message", "error", "errors", "error_description", "detail", "field_errors", "data", "required")
"""Members that hold words, or lists and objects of them, in the order in which they are read."""
DEPTH = 6


def words_of(reply: HttpReply) -> str:
    """Return the service's own words, on one line; what its status stands for where there are none."""
    try:
        data = json.loads(reply.body)
    except (ValueError, RecursionError):
        text = visible_bytes(reply.body).strip()
        return one_line(text) if text and not text.startswith("<") else phrase_of(reply.status)
    words = "; ".join(dict.fromkeys(_sentences(data)))
    return one_line(words.replace("\n", " ")) if words else phrase_of(reply.status)


def phrase_of(status: int) -> str:
    """Return the name of a status (RFC 9110 §15), `HTTP 599` for one without."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"HTTP {status}"


def _sentences(data: Any, key: str = "", depth: int = 0) -> list[str]:
    """Collect words; a sentence that starts small needs its field's name: `key` + `is invalid`."""
    if depth > DEPTH:
        return []
    if isinstance(data, str):
        return [f"{key} {data}".strip() if data[:1].islower() else data] if data.strip() else []
    if isinstance(data, list):
        return [sentence for item in data for sentence in _sentences(item, key, depth + 1)]
    if isinstance(data, dict):
        if not any(data.get(name) for name in TOLD) and isinstance(data.get("code"), str):
            return [f"{data.get('field') or key} {data['code']}".strip()]
        inner = [name for name in TOLD if data.get(name)] or [
            name for name, value in data.items() if isinstance(value, list)
        ]
        return [
            sentence
            for name in inner
            for sentence in _sentences(data[name], "" if name in TOLD else str(name), depth + 1)
        ]
    return []
