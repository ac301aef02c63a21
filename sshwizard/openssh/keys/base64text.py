"""Base64 as OpenSSH reads it (OpenBSD's b64_pton): blanks anywhere are skipped, all else must be right."""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64

_BLANKS = b" \t\n\v\f\r"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def decode(text: bytes) -> bytes | None:
    """Return the decoded bytes, or None: a foreign character, missing padding, or bits left over."""
    text = text.translate(None, _BLANKS)
    # NOTE: binascii's strict mode lets a surplus `=` after whole groups of four pass.
    if len(text) % 4:
        return None
    try:
        data = a2b_base64(text, strict_mode=True)
    except Error:
        return None
    left = len(data) % 3
    if left:
        return data if b2a_base64(data[-left:], newline=False) == text[-4:] else None
    return None if text.endswith(b"=") else data


def decode_prefix(text: bytes) -> bytes:
    """Decode as many whole groups of four as there are, up to the first foreign character."""
    text = text.translate(None, _BLANKS)
    length = len(text) - len(text.lstrip(_ALPHABET))
    return a2b_base64(text[: length - length % 4])
