"""Messages as ssh's log writes them (log.c)."""

from __future__ import annotations


def shown(text: str) -> str:
    """Write a message as ssh's log does: what is not printable ASCII becomes octal escapes.

    ssh lets bells, backspaces and carriage returns through; here they are escaped too.
    """
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text[:1023]
    data = text.encode("utf-8", "surrogateescape")[:1023]
    return "".join(_shown_byte(byte) for byte in data)


def _shown_byte(byte: int) -> str:
    if byte == ord("\\"):
        return "\\\\"
    return chr(byte) if 0x20 <= byte < 0x7F or byte == ord("\t") else f"\\{byte:03o}"


def cut_path(path: str) -> str:
    """Cut a path as ssh does where it writes `%.200s`."""
    return (
        path
        if len(path) <= 50
        else path.encode("utf-8", "surrogateescape")[:200].decode("utf-8", "surrogateescape")
    )
