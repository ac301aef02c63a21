"""What a piece of a private half looks like where a comment or a title should stand.

Wrong pastes put it there; then it must not be shown, written or sent. Knows text only.
"""

from __future__ import annotations

import re

_RUN_LENGTH = 20
_RUN = re.compile(r"[A-Za-z0-9+/=]{20,}")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f]|(?:\\x[0-9a-f]{2}.{0,2}){2}")
"""Control characters, or two of the escapes that `visible` makes of bytes, close to each other."""
_BETWEEN_HEX = re.compile(r"(?:0x|\\x|[ :,;%=\\-])+")
_HEX = re.compile(r"[0-9A-Fa-f]{36,}")
"""18 bytes; UUIDs, MD5 fingerprints and IPv6 addresses have 16."""
_LONG = 40
"""Characters of one run that no name has; 20 bytes in hexadecimal."""
_CHANGES = 0.3
"""Share of places in a run where the class of characters changes: about 0.6 in base64, 0.25 in CamelCase."""


def looks_like_key_material(text: str) -> bool:
    """Say whether a title could be a piece of a key: a private half pasted as a comment must not be sent.

    That is a heading of key files, bytes that are no text, or what base64, hexadecimal (a dump with blanks or
    colons too) and base85 look like. A piece of less than 18 bytes cannot be told from a name.
    """
    if any(word in text for word in ("PRIVATE KEY", "-----", "PuTTY-User-Key", "Private-Lines")):
        return True
    if _NO_TEXT.search(text) or _HEX.search(_BETWEEN_HEX.sub("", text)):
        return True
    runs = [*_RUN.findall(text), *_unwrapped(text.split())]
    return any(_is_encoded(run) for run in runs) or any(_is_base85(word) for word in text.split())


def shown_comment(comment: str) -> str:
    """Return a key's comment for people; `…` where it looks like a piece of a private half.

    A path, which `ssh-add` takes for the comment of keys that have none, may hold long words.
    """
    return "…" if looks_like_key_material(comment) and not _is_path(comment) else comment


def _is_path(text: str) -> bool:
    """Tell a path from base64, which may start with a slash too, by how rarely the class of characters changes."""
    plain = re.sub(r"[^A-Za-z0-9]", "", text)
    return bool(re.fullmatch(r"~?(?:/[\w.@-]+)+", text)) and _changes(plain) < _CHANGES * len(plain)


def _unwrapped(words: list[str]) -> list[str]:
    """Join neighbours of one length (the last may be shorter): lines of base64 that a paste turned into blanks."""
    found: list[str] = []
    for at, word in enumerate(words):
        end = at + 1
        while end < len(words) and len(words[end]) == len(word):
            end += 1
        tail = words[end : end + 1] if end < len(words) and len(words[end]) < len(word) else []
        joined = "".join([*words[at:end], *tail])
        if end - at >= 3 and len(word) >= 4 and _RUN.fullmatch(joined):
            found.append(joined)
    return found


def _is_base85(word: str) -> bool:
    return len(word) >= _RUN_LENGTH and len(set(word) & set("!$%^*?<>|~{}[]`;=")) >= 3


def _is_encoded(run: str) -> bool:
    if len(run) >= _LONG or "/" in run or "+" in run:
        return True
    if re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", run):
        return False
    return _changes(run) >= _CHANGES * len(run)


def _changes(run: str) -> int:
    classes = ["A" if char.isupper() else "a" if char.islower() else "0" for char in run]
    return sum(one != other for one, other in zip(classes, classes[1:], strict=False))
