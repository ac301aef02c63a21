"""Text for people: foreign text made visible, and the marking of our own words for translation.

Every string that we did not write (comments, banners, host names, replies, log lines, file names) passes
through `visible` once, at the border where it enters. Knows nothing of where text is shown.
"""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})


def visible(text: str, *, keep: str = "\n") -> str:
    """Replace every control, format, surrogate and separator character by a visible escape.

    ESC, C1 and bidi characters otherwise reach the terminal through nearly every widget and could move
    the cursor or write the clipboard. Characters in `keep` stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char in keep or unicodedata.category(char) not in _HIDDEN else _escape(char) for char in text
    )


def visible_bytes(data: bytes, *, keep: str = "\n") -> str:
    """Decode bytes from the wire or a file as UTF-8 (bad bytes become ``\\xNN``) and make them visible."""
    return visible(data.decode("utf-8", "backslashreplace"), keep=keep)


def one_line(text: str, limit: int = 200) -> str:
    """Return the first line of `text`, visible, at most `limit` characters with an ellipsis."""
    line = visible(text.strip().split("\n", 1)[0], keep="")
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_catalogue: dict[str, str] = {}


def install_catalogue(messages: dict[str, str]) -> None:
    """Use `messages` (English sentence → translated sentence) for `_` from now on."""
    _catalogue.clear()
    _catalogue.update(messages)


def _(message: str) -> str:
    """Mark a sentence for people as translatable, and translate it where a catalogue is installed.

    Whole sentences with named fields only: ``_("{host} refused {key}.").format(host=…, key=…)``.
    """
    return _catalogue.get(message, message)


def plural(count: int, one: str, many: str) -> str:
    """Return ``one`` or ``many`` with ``{n}`` filled in; both are translatable sentences."""
    return (_(one) if count == 1 else _(many)).format(n=count)


def ordinal(count: int) -> str:
    """Write a number as an ordinal for people: 1st, 2nd, 3rd, 14th."""
    suffix = "th" if 10 <= count % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{suffix}"
