"""The criteria of a `Match` line: reading them, and asking them of a destination (readconf.c, match_cfg_line)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sshwizard.openssh.config import lines
from sshwizard.openssh.config.address import in_network
from sshwizard.openssh.config.versions import Release, Version
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


_ATTRIBUTES: dict[str, Release] = {
    "host": (0, 0),
    "originalhost": (0, 0),
    "user": (0, 0),
    "localuser": (0, 0),
    "exec": (0, 0),
    "tagged": (9, 4),
    "localnetwork": (9, 4),
    "version": (10, 0),
    "sessiontype": (10, 0),
    "command": (10, 0),
}
"""Criteria with an argument, and the release that brought them."""
_MAY_BE_EMPTY = {"tagged": (9, 4), "command": (10, 0)}
_WITH_EQUALS = (
    "host",
    "originalhost",
    "user",
    "localuser",
    "localnetwork",
    "version",
    "tagged",
    "command",
    "exec",
)


class _Words:
    """The words of a `Match` line, cut the old way or, since 9.9, as arguments."""

    def __init__(self, rest: str, words: list[str], version: Version) -> None:
        self._rest = rest
        self._words = words if version.release >= (9, 9) else None
        self._at: int | None = 0

    def next(self) -> str | None:
        """Take the next word; None at the end, and in the old way at an open quote."""
        if self._words is None:
            word, self._at = lines.next_token(self._rest, self._at)
            return word
        assert self._at is not None
        self._at += 1
        return self._words[self._at - 1] if self._at <= len(self._words) else None

    def consume(self) -> None:
        """Pass over the rest."""
        self._at = None if self._words is None else len(self._words)

    @property
    def left(self) -> bool:
        """Something was not taken."""
        if self._at is None:
            return False
        return bool(self._rest[self._at :]) if self._words is None else self._at < len(self._words)


def read_criteria(rest: str, words: list[str], version: Version) -> Criteria:
    """Take the text after `Match` apart; a mistake becomes a last part named `error`.

    `words` are the same text cut as arguments, which is how ssh reads it since 9.9.
    """
    parts: list[Criterion] = []
    source = _Words(rest, words, version)
    while (word := source.next()) is not None:
        if not word and version.release < (9, 9):
            break
        if word.startswith("#"):
            source.consume()
            break
        negated = word.startswith("!")
        plain = word[1:] if negated else word
        name = ascii_lower(plain)
        if name == "all":
            return _ended_by_all(source, parts, word, negated)
        if name in ("canonical", "final"):
            parts.append(Criterion(name, negated, ""))
            continue
        argument: str | None
        name, equals, value = name.partition("=")
        if equals and name in _WITH_EQUALS and (version.release, version.patch) >= ((9, 9), 2):
            plain, argument = plain[: len(name)], plain[len(name) + 1 :]
        else:
            name, argument = ascii_lower(plain), source.next()
            if argument is None and version.release >= (10, 0):
                return _wrong(parts, f"{{place}}: missing argument for Match '{word}'")
        wrong = _objection(name, plain, argument, version)
        if wrong:
            return _wrong(parts, wrong)
        parts.append(Criterion(name, negated, argument or ""))
    if not parts:
        return _wrong(parts, "One or more attributes required for Match")
    return Criteria(tuple(parts), source.left)


def _objection(name: str, plain: str, argument: str | None, version: Version) -> str:
    empty_allowed = name in _MAY_BE_EMPTY and version.release >= _MAY_BE_EMPTY[name]
    if argument is None or argument.startswith("#") or (not argument and not empty_allowed):
        return f"Missing Match criteria for {plain}"
    if name not in _ATTRIBUTES or version.release < _ATTRIBUTES[name]:
        return f"Unsupported Match attribute {plain}"
    return ""


def _ended_by_all(source: _Words, parts: list[Criterion], word: str, negated: bool) -> Criteria:
    too_many = len(parts) > 1
    argument = None if too_many else source.next()
    if too_many or (argument and not argument.startswith("#")):
        return _wrong(parts, f"{{place}}: '{word}' cannot be combined with other Match attributes")
    if argument:
        source.consume()
    parts.append(Criterion("all", negated, ""))
    return Criteria(tuple(parts), source.left)


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
    late_final: bool
    """`Match !final` asks for no second pass (10.1)."""
    release: str
    """`OpenSSH_10.0p2`, for `version`."""
    tag: str
    command: str
    session: str
    addresses: tuple[str, ...]
    """This machine's addresses, for `localnetwork`."""
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
                if part.name == "final" and not (part.negated and subject.late_final):
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
        case "version":
            return match_list(subject.release, part.argument) is True
        case "sessiontype":
            return match_list(subject.session, part.argument) is True
        case "tagged":
            return _same_or_matches(subject.tag, part.argument)
        case "command":
            return _same_or_matches(subject.command, part.argument)
        case "localnetwork":
            return _in_networks(subject.addresses, part.argument)
        case _:
            return match_list(subject.local_user, part.argument) is True


def _same_or_matches(text: str, patterns: str) -> bool:
    """Match a text that may be empty: then only an empty argument matches."""
    return match_list(text, patterns) is True if text else not patterns


def _in_networks(addresses: tuple[str, ...], networks: str) -> bool:
    found = False
    for entry in networks.split(","):
        try:
            found = any(in_network(address, entry) for address in addresses) or found
            in_network("", entry)
        except ValueError as error:
            raise BadMatch(str(error)) from error
    return found
