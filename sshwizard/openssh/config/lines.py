"""Cutting a configuration line into its keyword and its arguments, as OpenSSH does (misc.c, readconf.c).

Two cutters are at work: an old one for the keyword and for `Match` (`strdelim`), where one `=` counts as a
blank, and a newer one for arguments (`argv_split`, since 8.7) with both kinds of quotes and escapes.
"""

from __future__ import annotations

import re

BLANKS = " \t\r\n"
_ENDS = frozenset(' \t\r\n"=')


_SIMPLE = re.compile(r"[ \t]*([A-Za-z0-9]+)[ \t]+([^ \t\r\n=].*)", re.DOTALL)
"""The usual shape: a word, blanks, and no equals sign; what the cutters below would find, at once."""


class InvalidQuotes(ValueError):
    """A quote is opened and never closed."""


def trim_end(line: str) -> str:
    """Cut trailing blanks, carriage returns and form feeds; the first character always stays."""
    return line[:1] + line[1:].rstrip(" \t\r\n\f")


def next_token(text: str, at: int | None) -> tuple[str | None, int | None]:
    """Cut one token off at `at`: up to a blank or one `=`, or up to the closing double quote.

    Returns the token and where the next one begins; (None, None) at the end of the text or when a double
    quote is never closed, which makes ssh stop reading the line without a word.
    """
    if at is None:
        return None, None
    end = at
    while end < len(text) and text[end] not in _ENDS:
        end += 1
    if end == len(text):
        return text[at:], None
    if text[end] == '"':
        close = text.find('"', end + 1)
        if close < 0:
            return None, None
        return text[at:end] + text[end + 1 : close], _after_blanks(text, close + 1)
    after = _after_blanks(text, end + 1)
    if text[end] != "=" and text[after : after + 1] == "=":
        after = _after_blanks(text, after + 1)
    return text[at:end], after


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in BLANKS:
        at += 1
    return at


def keyword_and_rest(line: str) -> tuple[str, str | None] | None:
    """Return the keyword as written and what follows it (None or "": nothing), or None for no directive."""
    simple = _SIMPLE.fullmatch(line)
    if simple:
        return simple[1], simple[2]
    keyword, after = next_token(line, 0)
    if keyword == "":
        keyword, after = next_token(line, after)
    if not keyword or keyword.startswith("#"):
        return None
    if after is None:
        return keyword, None
    return keyword, line[_after_blanks(line, after) :]


def split_words(text: str) -> list[str]:
    """Split into arguments; `#` at the start of a word ends them. Raises InvalidQuotes."""
    if '"' not in text and "'" not in text and "\\" not in text:
        return _split_plain(text)
    words: list[str] = []
    at = 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        if text[at] == "#":
            break
        word, at = _word(text, at)
        words.append(word)
    return words


def _split_plain(text: str) -> list[str]:
    if " " not in text and "\t" not in text:
        return [text] if text and text[0] != "#" else []
    words = [word for word in text.replace("\t", " ").split(" ") if word]
    if "#" in text:
        for at, word in enumerate(words):
            if word[0] == "#":
                return words[:at]
    return words


def _word(text: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    quote = ""
    while at < len(text):
        char = text[at]
        if char == "\\":
            following = text[at + 1 : at + 2]
            if following and (following in "'\"\\" or (not quote and following == " ")):
                at += 1
                char = following
            parts.append(char)
        elif not quote and char in " \t":
            break
        elif not quote and char in "\"'":
            quote = char
        elif char == quote:
            quote = ""
        else:
            parts.append(char)
        at += 1
    if quote:
        raise InvalidQuotes(text)
    return "".join(parts), at
