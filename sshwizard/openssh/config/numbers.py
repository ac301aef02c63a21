"""Numbers, times, sizes, ports and tunnel devices as OpenSSH reads them (misc.c, fmt_scaled.c)."""

from __future__ import annotations

import re
from collections.abc import Callable

INT_MAX = 2**31 - 1
LONG_MAX = 2**63 - 1
ANY_TUNNEL = 0x7FFFFFFF

_INTEGER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)")
_TIME = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)([smhdwSMHDW]?)")
_SCALED = re.compile(r"[ \t\n\v\f\r]*([+-]?)([0-9.]*)(.?)(.?)", re.DOTALL)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SCALES = "BKMGTPE"


class NotANumber(ValueError):
    """The text is no such number; the argument is the C library's or OpenSSH's word for it."""


def whole_number(text: str, low: int, high: int) -> int:
    """Read a decimal number within bounds (strtonum). Raises NotANumber: invalid, too small, too large."""
    match = _INTEGER.fullmatch(text)
    if not match:
        raise NotANumber("invalid")
    value = int(match[1]) if len(match[1]) < 4000 else (-1 if match[1][0] == "-" else 1) * 10**30
    if value < low:
        raise NotANumber("too small")
    if value > high:
        raise NotANumber("too large")
    return value


def seconds(text: str) -> int | None:
    """Read a time such as `90`, `1h30m` or `2D`, in seconds; None if it is none (convtime)."""
    total = at = 0
    while at < len(text):
        match = _TIME.match(text, at)
        if not match or len(match[1]) > 20:
            return None
        value = int(match[1])
        if value < 0 or (not match[2] and match.end() < len(text)):
            return None
        value *= _UNITS[match[2].lower()]
        total += value
        if total > INT_MAX:
            return None
        at = match.end()
    return total if text else None


_DIGIT_TIME = re.compile(r"(?:[0-9]+[smhdwSMHDW])*(?:[0-9]+)?")


def digit_seconds(text: str) -> int | None:
    """Read a time as 9.8 to 10.2 do: like `seconds`, but without blanks and signs."""
    return seconds(text) if _DIGIT_TIME.fullmatch(text) else None


_DECIMAL_TIME = re.compile(r"([0-9.]+)([smhdwSMHDW]?)")


def decimal_seconds(text: str) -> int | None:
    """Read a time as 10.3 and later do: whole minutes to weeks, seconds with a fraction, at most one of those."""
    total = 0.0
    at = seconds_seen = 0
    while at < len(text):
        match = _DECIMAL_TIME.match(text, at)
        if (
            not match
            or match[1].count(".") > 1
            or match[1] == "."
            or (not match[2] and match.end() < len(text))
        ):
            return None
        unit = match[2].lower()
        seconds_seen += unit in ("", "s")
        if seconds_seen > 1 or ("." in match[1] and (unit not in ("", "s") or match[1].endswith("."))):
            return None
        total += float(match[1][:400]) * _UNITS[unit]
        at = match.end()
    return int(total) if text and total <= INT_MAX else None


def size(text: str) -> int:
    """Read a size such as `1G` or `0.5M`, in bytes (scan_scaled). Raises NotANumber."""
    match = _SCALED.match(text)
    assert match
    sign, digits, unit, beyond = match.groups()
    whole_text, dot, fraction = digits.partition(".")
    if "." in fraction:
        raise NotANumber("Invalid argument")
    if len(whole_text) >= 21 or int(whole_text or "0") > LONG_MAX:
        raise NotANumber("Numerical result out of range")
    whole = int(whole_text or "0") * (-1 if sign == "-" else 1)
    kept = fraction[:19] if dot else ""
    part = int(kept or "0")
    if part > LONG_MAX:
        raise NotANumber("Numerical result out of range")
    if not unit:
        return whole
    power = _SCALES.find(unit.upper()) if unit.isascii() else -1
    if power < 0 or (beyond.isascii() and beyond.isalnum()):
        raise NotANumber("Invalid argument")
    factor: int = 1024**power
    if not -LONG_MAX - 1 <= whole * factor <= LONG_MAX:
        raise NotANumber("Numerical result out of range")
    places = len(kept)
    while part >= LONG_MAX // factor:
        part //= 10
        places -= 1
    part = part * factor // int(10 ** max(places, 0))
    return whole * factor + (-part if sign == "-" else part)


def port(text: str, service: Callable[[str], int | None]) -> int | None:
    """Read a port 0 to 65535 or the name of a TCP service; None if it is neither (a2port)."""
    try:
        return whole_number(text, 0, 65535)
    except NotANumber:
        return service(text)


def tunnel_device(text: str) -> tuple[int, int] | None:
    """Read `local[:remote]`, each a number or `any`; None if it is not (a2tun)."""
    local, colon, remote = text.partition(":")
    ends = (_tunnel_end(local), _tunnel_end(remote) if colon else ANY_TUNNEL)
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def _tunnel_end(text: str) -> int | None:
    if text.lower() == "any":
        return ANY_TUNNEL
    try:
        return whole_number(text, 0, ANY_TUNNEL - 2)
    except NotANumber:
        return None


def c_integer(text: str) -> int | None:
    """Read a whole text as strtol(3) with base 0 does: decimal, `0x…`, `0…`; None if something is left."""
    match = re.fullmatch(r"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)", text)
    if not match or len(text) > 30:
        return None
    digits = match[2]
    if digits[:2] in ("0x", "0X"):
        value = int(digits, 16)
    elif digits[0] == "0":
        value = int(digits, 8)
    else:
        value = int(digits)
    return -value if match[1] == "-" else value


def octal_mask(text: str) -> int | None:
    """Read the leading octal digits of a mask, 0 to 0777; None if there are none or it is out of bounds."""
    match = re.match(r"[ \t\n\v\f\r]*([+-]?[0-7]+)", text)
    if not match or len(match[1]) > 30:
        return None
    value = int(match[1], 8)
    return value if 0 <= value <= 0o777 else None
