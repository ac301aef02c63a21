"""Every finding and every word of SSH in plain language, offline. The texts are in `explanations.toml`.

Knows no case. A text may hold fields like {host} in its steps and its command, never in the explanation.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sshwizard.rules import catalogue

_UNKNOWN: Mapping[str, str] = {
    "host": "HOST",
    "user": "git",
    "path": "~/.ssh/KEY",
    "key": "KEY",
    "other": "",
    "offer": "NAME",
    "option": "OPTION",
    "config": "~/.ssh/config",
    "line": "N",
}
"""What stands in a step where the name is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One word or finding, explained."""

    word: str
    """The finding's id or the term."""
    kind: Literal["finding", "term"]
    title: str
    """A finding's heading; for a term the term itself. Translatable."""
    text: str
    """Plain sentences; translatable."""
    remedy: str = ""
    """A heading for the steps; may be empty."""
    steps: tuple[str, ...] = ()
    """What to do, in order; may hold fields such as {host}, {user}, {path}."""
    command: str = ""
    """A command to paste, with the same fields."""
    see: tuple[str, ...] = ()
    """Other words worth reading."""


@cache
def _book() -> dict[str, Explanation]:
    loader: Any = __spec__.loader
    data = loader.get_data(os.path.join(os.path.dirname(__file__), "explanations.toml"))
    raw = tomllib.loads(data.decode())
    book = {word: _finding(word, entry) for word, entry in raw["finding"].items()}
    for word, entry in raw["term"].items():
        book[word] = Explanation(
            word=word, kind="term", title=word, text=entry["text"], see=tuple(entry.get("see", ()))
        )
    return book


@cache
def _aliases() -> dict[str, str]:
    loader: Any = __spec__.loader
    data = loader.get_data(os.path.join(os.path.dirname(__file__), "explanations.toml"))
    raw = tomllib.loads(data.decode())
    names = {_plain(alias): word for word, entry in raw["term"].items() for alias in entry.get("also", ())}
    return names | {_plain(word): word for word in _book()}


def _finding(word: str, entry: dict[str, Any]) -> Explanation:
    found = catalogue.entry(word)
    return Explanation(
        word=word,
        kind="finding",
        title=found.title if found else word,
        text=entry["text"],
        remedy=entry.get("remedy", ""),
        steps=tuple(entry.get("steps", ())),
        command=entry.get("command", ""),
        see=tuple(entry.get("see", ())),
    )


def _plain(word: str) -> str:
    return word.strip().lower().replace("_", " ").replace("-", " ")


def explain(word: str) -> Explanation | None:
    """Return the explanation of a finding's id or an SSH word, whatever its case and hyphens; else None."""
    return _book().get(_aliases().get(_plain(word), ""))


def all_words() -> tuple[str, ...]:
    """Return every word that `explain` knows: findings first, in the order that blocks, then terms by name."""
    book = _book()
    findings = sorted((w for w in book if book[w].kind == "finding"), key=catalogue.rank)
    return (*findings, *sorted(w for w in book if book[w].kind == "term"))


def mentioned(text: str, most: int) -> tuple[Explanation, ...]:
    """Return the words of the field that occur in a text, as they come, at most `most` of them.

    Other spellings of one word (`host` for Host block) are too common in plain sentences to count.
    """
    plain = f" {re.sub(r'[^a-z0-9_]+', ' ', text.lower())} ".replace("_", " ")
    places: dict[str, int] = {}
    for name, word in sorted(_aliases().items(), key=lambda pair: -len(pair[0])):
        at = plain.find(f" {name} ")
        if at >= 0 and _book()[word].kind == "term" and (" " in name or name == word.lower()):
            plain = plain[: at + 1] + "-" * len(name) + plain[at + 1 + len(name) :]
            places[word] = min(at, places.get(word, at))
    return tuple(_book()[word] for word in sorted(places, key=places.__getitem__)[:most])


def spellings() -> tuple[str, ...]:
    """Return every spelling by which something is found, in lower case: words, ids and their other names."""
    return tuple(dict.fromkeys((*(word.lower() for word in _book()), *_aliases())))


def filled(text: str, known: Mapping[str, str]) -> str:
    """Put what is known into the fields of a step or command; the others say what belongs there."""
    return text.format(**({**_UNKNOWN, **known}))
