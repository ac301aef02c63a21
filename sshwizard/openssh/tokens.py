"""Percent tokens, `${ENV}` and `~` as OpenSSH expands them (ssh_config(5), TOKENS; misc.c).

Knows the grammar and ssh's words for mistakes; which tokens stand for what is given by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping


class CannotExpand(ValueError):
    """ssh gives up on a text; `messages` are its lines on standard error."""

    def __init__(self, *messages: str) -> None:
        super().__init__(messages[0])
        self.messages = messages


def expand_environment(text: str, env: Mapping[str, str]) -> str:
    """Replace every `${NAME}`. Raises CannotExpand for an unset name or a missing brace."""
    if "${" not in text:
        return text
    return _expand(text, None, env)


def expand_tokens(text: str, tokens: Mapping[str, str]) -> str:
    """Replace every percent token. Raises CannotExpand for an unknown token or a lone `%`."""
    if "%" not in text:
        return text
    try:
        return _expand(text, tokens, None)
    except CannotExpand as error:
        raise CannotExpand(*error.messages, "percent_expand: failed") from error


def expand_both(text: str, tokens: Mapping[str, str], env: Mapping[str, str]) -> str:
    """Replace tokens and `${NAME}` in one pass: what a variable contains is not expanded again."""
    if "%" not in text and "${" not in text:
        return text
    try:
        return _expand(text, tokens, env)
    except MissingVariable as error:
        raise CannotExpand(*error.messages, "invalid environment variable expansion") from error
    except CannotExpand as error:
        raise CannotExpand(*error.messages, "percent_dollar_expand: failed") from error


class MissingVariable(CannotExpand):
    """Everything parses, but at least one variable is not set."""


def _expand(text: str, tokens: Mapping[str, str] | None, env: Mapping[str, str] | None) -> str:
    parts: list[str] = []
    missing: list[str] = []
    at = 0
    while at < len(text):
        if env is not None and text.startswith("${", at):
            name, at = _variable_name(text, at + 2, missing)
            value = env.get(name)
            if value is None:
                missing.append(f"vdollar_percent_expand: env var ${{{name}}} has no value")
            parts.append(value or "")
        elif tokens is not None and text[at] == "%":
            parts.append(_token(text, at + 1, tokens, missing))
            at += 2
        else:
            parts.append(text[at])
            at += 1
    if missing:
        raise MissingVariable(*missing)
    return "".join(parts)


def _variable_name(text: str, start: int, earlier: list[str]) -> tuple[str, int]:
    end = text.find("}", start)
    if end < 0:
        words = f"vdollar_percent_expand: environment variable '{text[start:]}' missing closing '}}'"
        raise CannotExpand(*earlier, words)
    if end == start:
        raise CannotExpand(*earlier, "vdollar_percent_expand: zero-length environment variable")
    return text[start:end], end + 1


def _token(text: str, at: int, tokens: Mapping[str, str], earlier: list[str]) -> str:
    if at >= len(text):
        raise CannotExpand(*earlier, "vdollar_percent_expand: invalid format")
    letter = text[at]
    if letter == "%":
        return "%"
    if letter not in tokens:
        raise CannotExpand(*earlier, f"vdollar_percent_expand: unknown key %{letter}")
    return tokens[letter]


def expand_tilde(text: str, home: str, homes: Mapping[str, str]) -> str:
    """Replace a leading `~` or `~user` by a home. Raises CannotExpand for an unknown account."""
    if not text.startswith("~"):
        return text
    user, slash, rest = text[1:].partition("/")
    if user:
        if user not in homes:
            raise CannotExpand(f"tilde_expand: No such user {user}")
        home = homes[user]
    return (home if home.endswith("/") else home + "/") + (rest.lstrip("/") if slash else "")
