"""Host names and addresses: which text is an address, its one spelling, valid domains, ssh:// URIs.

Does by hand what getaddrinfo(3) and getnameinfo(3) do with numeric hosts, so that nothing is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sshwizard.openssh.patterns import ascii_lower

_PART = re.compile(r"0[xX][0-9a-fA-F]*|0[0-7]*|[1-9][0-9]*")
_QUAD = re.compile(r"(?:0|[1-9][0-9]?[0-9]?)(?:\.(?:0|[1-9][0-9]?[0-9]?)){3}")
_SHELL_CHARS = frozenset("'`\"$\\;&<>|(){}")
_USER_CHARS = frozenset("'`\";&<>|(){}")
_SPACES = " \t\n\v\f\r"


def looks_like_address(name: str) -> bool:
    """Say whether a name can only be an address: it has `%` or `:`, or digits and dots alone."""
    return "%" in name or ":" in name or not name.strip("0123456789.")


def canonical_address(name: str, family: str | None) -> str | None:
    """Return the usual spelling of an address (`0x7f.1` is `127.0.0.1`), or None for what is none.

    `family` is AddressFamily's value or None. The scope of an IPv6 address (`%eth0`) is left as it is.
    """
    if name == "*":
        # glibc takes it for no name at all, which has one address in each family.
        return {"inet": "127.0.0.1", "inet6": "::1"}.get(family or "")
    if family != "inet6":
        number = _ipv4(name)
        if number is not None:
            return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    address, percent, scope = name.partition("%")
    words = _ipv6(address)
    if words is None or (percent and not scope):
        return None
    if family != "inet":
        return _ipv6_text(words) + percent + scope
    text = _ipv6_text(words)
    return text.removeprefix("::ffff:") if words[:6] == [0, 0, 0, 0, 0, 0xFFFF] and not percent else None


def _ipv4(name: str) -> int | None:
    parts = name.split(".")
    if len(parts) > 4 or not name.isascii():
        return None
    numbers: list[int] = []
    for part in parts:
        if len(part) > 40 or not _PART.fullmatch(part):
            return None
        if part[:2] in ("0x", "0X"):
            numbers.append(int(part[2:], 16) if part[2:] else -1)
        else:
            numbers.append(int(part, 8) if part[0] == "0" else int(part))
    last = numbers.pop()
    if min(numbers, default=0) < 0 or max(numbers, default=0) > 255:
        return None
    if not 0 <= last < 1 << (8 * (4 - len(numbers))):
        return None
    value = last
    for position, number in enumerate(numbers):
        value |= number << (24 - 8 * position)
    return value


def _ipv6(text: str) -> list[int] | None:
    head, double, tail = text.partition("::")
    front = _groups(head, final=not double)
    if front is None:
        return None
    if not double:
        return front if len(front) == 8 else None
    back = _groups(tail, final=True)
    if back is None or len(front) + len(back) > 7:
        return None
    return front + [0] * (8 - len(front) - len(back)) + back


def _groups(text: str, *, final: bool) -> list[int] | None:
    if not text:
        return []
    words: list[int] = []
    parts = text.split(":")
    for at, part in enumerate(parts):
        if "." in part and final and at == len(parts) - 1 and _QUAD.fullmatch(part):
            bytes_ = [int(byte) for byte in part.split(".")]
            if max(bytes_) > 255:
                return None
            words += [bytes_[0] << 8 | bytes_[1], bytes_[2] << 8 | bytes_[3]]
        elif re.fullmatch(r"[0-9a-fA-F]{1,4}", part):
            words.append(int(part, 16))
        else:
            return None
    return words


def _ipv6_text(words: list[int]) -> str:
    start, length = _longest_zeros(words)
    if start == 0 and (length == 6 or (length == 5 and words[5] == 0xFFFF)):
        quad = ".".join(str(byte) for word in words[6:] for byte in (word >> 8, word & 255))
        return ("::ffff:" if length == 5 else "::") + quad
    if length < 2:
        return ":".join(f"{word:x}" for word in words)
    front = ":".join(f"{word:x}" for word in words[:start])
    back = ":".join(f"{word:x}" for word in words[start + length :])
    return f"{front}::{back}"


def _longest_zeros(words: list[int]) -> tuple[int, int]:
    best = (0, 0)
    start = 0
    for at in range(9):
        if at == 8 or words[at]:
            if at - start > best[1]:
                best = (start, at - start)
            start = at + 1
    return best


def in_network(address: str, entry: str) -> bool:
    """Say whether an address is in a network `address[/bits]`. Raises ValueError with ssh's words for a bad entry."""
    if not entry:
        raise ValueError(f'addr_match_cidr_list: empty entry in list "{entry}"')
    text, slash, bits = entry.partition("/")
    network, width = _number(text)
    length = int(bits) if bits.isascii() and bits.isdigit() and len(bits) < 4 else (-1 if slash else width)
    if network is None or not 0 <= length <= width:
        raise ValueError(f'Invalid network entry "{entry[:100]}"')
    if network & ((1 << (width - length)) - 1):
        raise ValueError(f'Inconsistent mask length for network "{entry[:100]}"')
    number, own_width = _number(address.split("%", 1)[0])
    return (
        number is not None
        and own_width == width
        and number >> (width - length) == network >> (width - length)
    )


def _number(text: str) -> tuple[int | None, int]:
    """Return an address as a number with its width in bits; None for what is none."""
    if ":" in text:
        words = _ipv6(text)
        return (None, 128) if words is None else (int("".join(f"{word:04x}" for word in words), 16), 128)
    return (_ipv4(text) if text else None), 32


def valid_host(host: str, *, comma: bool) -> bool:
    """Say whether ssh takes a host name from its command line; `comma`: a comma is allowed."""
    if "," in host and not comma:
        return False
    return not host.startswith("-") and not any(
        char in _SHELL_CHARS or char in _SPACES or ord(char) < 0x20 or ord(char) == 0x7F for char in host
    )


def valid_user(user: str, *, controls: bool) -> bool:
    """Say whether ssh takes a remote user from its command line; `controls`: control characters are allowed."""
    if user.startswith("-") or user.endswith("\\"):
        return False
    if any(char in _USER_CHARS for char in user):
        return False
    if not controls and any(ord(char) < 0x20 or ord(char) == 0x7F for char in user):
        return False
    return not re.search(r"[ \t\n\v\f\r]-", user)


def checked_domain(name: str, *, lower: bool) -> tuple[str, str | None]:
    """Return a domain without its last dot and ssh's objection to it, or None (misc.c, valid_domain)."""
    if not name:
        return name, "empty domain name"
    if not (name[0].isascii() and name[0].isalnum()):
        return name, f'domain name "{name[:100]}" starts with invalid character'
    for at, char in enumerate(name):
        if at and char == "." and name[at - 1] == ".":
            return name, f'domain name "{_lowered(name, at, lower)}" contains consecutive separators'
        if not (char.isascii() and (char.isalnum() or char in ".-_")):
            return name, f'domain name "{_lowered(name, at, lower)}" contains invalid characters'
    if lower:
        name = name.lower()
    return name[:-1] if name.endswith(".") else name, None


def _lowered(name: str, at: int, lower: bool) -> str:
    return (ascii_lower(name[: at + 1]) + name[at + 1 :] if lower else name)[:100]


def parse_ssh_uri(uri: str, service: Callable[[str], int | None]) -> tuple[str | None, str, int] | None:
    """Read `ssh://[user@]host[:port][/]`; the port is -1 when there is none; None if ssh shows its usage."""
    from sshwizard.openssh.config.forwards import host_delimiter, without_brackets
    from sshwizard.openssh.config.numbers import port as read_port

    rest = uri.removeprefix("ssh://")
    user: str | None = None
    if "@" in rest:
        text, _at, rest = rest.partition("@")
        text = text.split(";", 1)[0]
        user = url_decode(text)
        if not text or user is None:
            return None
    split = host_delimiter(rest)
    if split is None or not split[0]:
        return None
    host, delimiter, after = split
    host, objection = checked_domain(without_brackets(host), lower=False)
    if objection:
        return None
    port = -1
    if after:
        if delimiter == ":":
            text, _slash, after = after.partition("/")
            number = read_port(text, service)
            if number is None or number <= 0:
                return None
            port = number
        if after:
            return None
    return user, host, port


def url_decode(text: str) -> str | None:
    """Undo percent-encoding, `+` being a blank; None for a bad or zero escape."""
    raw = bytearray()
    data = text.encode("utf-8", "surrogateescape")
    at = 0
    while at < len(data):
        byte = data[at]
        if byte == ord("%"):
            digits = data[at + 1 : at + 3]
            if not re.fullmatch(rb"[0-9A-Fa-f]{2}", digits) or digits == b"00":
                return None
            raw.append(int(digits, 16))
            at += 3
            continue
        raw.append(ord(" ") if byte == ord("+") else byte)
        at += 1
    return raw.decode("utf-8", "surrogateescape")
