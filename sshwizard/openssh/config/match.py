"""The criteria of a `Match` line: reading them, and asking them of a destination (readconf.c, match_cfg_line)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sshwizard.openssh.config import lines
from sshwizard.openssh.patterns import ascii_lower, match_hostname, match_list


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of a `Match` line."""

    name: str
    """Lower case: `host`, `exec`, `all`, … or `error`."""
    negated: bool
    argument: str
    """What it is compared with; for `error` ssh's words."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """A `Match` line taken apart."""

    parts: tuple[Criterion, ...]
    left_over: bool
    """Something follows that ssh does not understand (`extra arguments at end of line`)."""


_WITH_ARGUMENT = frozenset({"host", "originalhost", "user", "localuser", "exec"})


def read_criteria(rest: str) -> Criteria:
    """Take the text after `Match` apart; a mistake becomes a last part named `error`."""
    parts: list[Criterion] = []
    at: int | None = 0
    while True:
        word, at = lines.next_token(rest, at)
        if not word:
            break
        if word.startswith("#"):
            at = None
            break
        negated = word.startswith("!")
        name = ascii_lower(word[1:] if negated else word)
        if name == "all":
            return _ended_by_all(rest, at, parts, word, negated)
        if name in ("canonical", "final"):
            parts.append(Criterion(name, negated, ""))
            continue
        argument, at = lines.next_token(rest, at)
        if not argument or argument.startswith("#"):
            return _wrong(parts, f"Missing Match criteria for {word[1:] if negated else word}")
        if name not in _WITH_ARGUMENT:
            return _wrong(parts, f"Unsupported Match attribute {word[1:] if negated else word}")
        parts.append(Criterion(name, negated, argument))
    if not parts:
        return _wrong(parts, "One or more attributes required for Match")
    return Criteria(tuple(parts), bool(at is not None and rest[at:]))


def _ended_by_all(rest: str, at: int | None, parts: list[Criterion], word: str, negated: bool) -> Criteria:
    argument, at = lines.next_token(rest, at)
    if len(parts) > 1 or (argument and not argument.startswith("#")):
        return _wrong(parts, f"{{place}}: '{word}' cannot be combined with other Match attributes")
    if argument:
        at = None
    parts.append(Criterion("all", negated, ""))
    return Criteria(tuple(parts), bool(at is not None and rest[at:]))


def _wrong(parts: list[Criterion], words: str) -> Criteria:
    return Criteria((*parts, Criterion("error", False, words)), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the criteria are asked of, as far as it is known when the line is reached."""

    host: str
    original_host: str
    user: str
    local_user: str
    final: bool
    run: Callable[[str, bool], bool]
    """Asked with the argument of `exec`, and whether the outcome matters; returns the outcome."""


class BadMatch(Exception):
    """ssh rejects the line."""


def matches(criteria: Criteria, subject: Subject, wants_final: Callable[[], None]) -> bool:
    """Say whether all criteria hold. Raises BadMatch, with ssh's words, where ssh rejects the line.

    `wants_final` is called when the line asks for a second pass.
    """
    result = True
    for part in criteria.parts:
        match part.name:
            case "error":
                raise BadMatch(part.argument)
            case "all":
                return result and not part.negated
            case "final" | "canonical":
                if part.name == "final":
                    wants_final()
                holds = subject.final
            case "exec":
                holds = subject.run(part.argument, result)
                if not result:
                    continue
            case _:
                holds = _compare(part, subject)
        if holds == part.negated:
            result = False
    return result


def _compare(part: Criterion, subject: Subject) -> bool:
    match part.name:
        case "host":
            return match_hostname(subject.host, part.argument)
        case "originalhost":
            return match_hostname(subject.original_host, part.argument)
        case "user":
            return match_list(subject.user, part.argument) is True
        case _:
            return match_list(subject.local_user, part.argument) is True
