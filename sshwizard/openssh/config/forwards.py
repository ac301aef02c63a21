"""Port forwards and jump hosts: LocalForward, RemoteForward, DynamicForward, ProxyJump (readconf.c)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sshwizard.openssh.config.numbers import port as read_port
from sshwizard.openssh.patterns import ascii_lower
from sshwizard.openssh.tokens import CannotExpand, expand_environment

Service = Callable[[str], int | None]
STREAM_LOCAL = -2
HOST_LIMIT = 1025
SOCKET_LIMIT = 108


@dataclass(frozen=True, slots=True)
class Forward:
    """One forward; equal ones are kept once."""

    listen_host: str | None = None
    listen_port: int = 0
    listen_path: str | None = None
    connect_host: str | None = None
    connect_port: int = 0
    connect_path: str | None = None

    @property
    def is_dynamic(self) -> bool:
        """It is a SOCKS forward, as ssh marks it."""
        return self.connect_host == "socks"

    def shown(self, *, listen_only: bool = False) -> str:
        """Write it as `ssh -G` does."""
        text = _end(self.listen_host, self.listen_port, self.listen_path)
        if listen_only:
            return text
        return f"{text} {_end(self.connect_host, self.connect_port, self.connect_path)}"


def _end(host: str | None, port: int, path: str | None) -> str:
    if port == STREAM_LOCAL:
        return path or "(null)"
    return str(port) if host is None else f"[{host}]:{port}"


def parse_forward(
    text: str, *, dynamic: bool, remote: bool, env: Mapping[str, str], service: Service
) -> Forward | None:
    """Read `[listen:]port:host:port` and its forms with socket paths; None if ssh would not take it."""
    try:
        text = expand_environment(text, env)
    except CannotExpand:
        return None
    fields, rest = _fields(text.lstrip(" \t\n\v\f\r"))
    if rest:
        return None
    forward = _from_fields(fields, service)
    if forward is None or not _acceptable(forward, len(fields), dynamic=dynamic, remote=remote):
        return None
    return forward


def _fields(text: str) -> tuple[list[tuple[str, bool]], str]:
    fields: list[tuple[str, bool]] = []
    while len(fields) < 4:
        if not text:
            return fields, ""
        if text.startswith("["):
            inner, bracket, after = text[1:].partition("]")
            if not bracket or (after and not after.startswith(":")):
                return fields, text
            fields.append((inner, "/" in inner))
            text = after[1:]
            continue
        field, after_field = _plain_field(text)
        if field is None:
            return fields, after_field
        fields.append(field)
        text = after_field
    return fields, text


def _plain_field(text: str) -> tuple[tuple[str, bool] | None, str]:
    chars: list[str] = []
    is_path = False
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
            if at == len(text):
                return None, "".join(chars)
            chars.append(text[at])
        elif char == ":":
            return ("".join(chars), is_path), text[at + 1 :]
        else:
            is_path = is_path or char == "/"
            chars.append(char)
        at += 1
    return ("".join(chars), is_path), ""


def _from_fields(fields: list[tuple[str, bool]], service: Service) -> Forward | None:
    """Tell the ends apart by the number of fields and by which of them are paths (readconf.c, parse_forward)."""
    words = [word for word, _is_path in fields]
    paths = [is_path for _word, is_path in fields]
    match len(fields):
        case 1 if paths[0]:
            return _ends(_path_end(words[0]), ("socks", 0, None))
        case 1:
            return _ends(_port_end(None, words[0], service), ("socks", 0, None))
        case 2 if paths[0] and paths[1]:
            return _ends(_path_end(words[0]), _path_end(words[1]))
        case 2 if paths[1]:
            return _ends(_port_end(None, words[0], service), _path_end(words[1]))
        case 2:
            return _ends(_port_end(words[0], words[1], service), ("socks", 0, None))
        case 3 if paths[0]:
            return _ends(_path_end(words[0]), _port_end(words[1], words[2], service))
        case 3 if paths[2]:
            return _ends(_port_end(words[0], words[1], service), _path_end(words[2]))
        case 3:
            return _ends(_port_end(None, words[0], service), _port_end(words[1], words[2], service))
        case 4:
            return _ends(_port_end(words[0], words[1], service), _port_end(words[2], words[3], service))
    return None


_End = tuple[str | None, int, str | None]
"""Host, port and path of one end."""


def _ends(listen: _End, connect: _End) -> Forward:
    return Forward(*listen, *connect)


def _path_end(path: str) -> _End:
    return None, STREAM_LOCAL, path


def _port_end(host: str | None, port: str, service: Service) -> _End:
    number = read_port(port, service)
    return host, -1 if number is None else number, None


def _acceptable(forward: Forward, count: int, *, dynamic: bool, remote: bool) -> bool:
    if dynamic:
        if count not in (1, 2):
            return False
    else:
        if count not in (3, 4) and forward.connect_path is None and forward.listen_path is None:
            return False
        if forward.connect_port <= 0 and forward.connect_path is None:
            return False
    if forward.listen_port < 0 and forward.listen_path is None:
        return False
    if not remote and forward.listen_port == 0:
        return False
    return all(
        text is None or len(text.encode("utf-8", "surrogateescape")) < limit
        for text, limit in (
            (forward.connect_host, HOST_LIMIT),
            (forward.connect_path, SOCKET_LIMIT),
            (forward.listen_host, HOST_LIMIT),
            (forward.listen_path, SOCKET_LIMIT),
        )
    )


@dataclass(frozen=True, slots=True)
class Jump:
    """What ProxyJump says: the last hop, and the hops before it as written."""

    host: str
    user: str | None = None
    port: int = -1
    extra: str | None = None
    hops: tuple[tuple[str | None, str], ...] = ()
    """User and host of each hop, the last one first."""
    text: str = ""
    """The whole value as written."""

    @property
    def is_none(self) -> bool:
        """It says that there is no jump, and is no host called `none`."""
        return self.host == "none" and self.port == 0 and self.user is None

    def shown(self) -> str:
        """Write it as `ssh -G` does."""
        numeric = ":" in self.host or not self.host.strip("1234567890.")
        host = f"[{self.host}]" if numeric else self.host
        return "".join(
            (
                f"{self.extra}," if self.extra is not None else "",
                f"{self.user}@" if self.user is not None else "",
                host,
                f":{self.port}" if self.port > 0 else "",
            )
        )


def parse_jump(text: str, service: Service, *, late_rules: bool, cuts_at_blank: bool) -> Jump | None:
    """Read ProxyJump's whole value; None if ssh would not take it.

    A `#` ends it, and up to 10.0 the first blank (`cuts_at_blank`). `none` counts only with nothing behind it. Under the early rules the hops
    before the last are kept with what follows, for ssh looks at the uncut text there (readconf.c, parse_jump).
    """
    if ascii_lower(text) == "none":
        return Jump("none", port=0, text=text)
    cut = text.split("#", 1)[0]
    if cuts_at_blank:
        cut = cut[:1] + re.split(r"[ \t\n\v\f\r]", cut[1:], maxsplit=1)[0]
    else:
        cut = cut.rstrip(" \t\n\v\f\r")
    hops = cut.split(",")
    parsed = [_hop(hop, service) for hop in reversed(hops)]
    if any(hop is None for hop in parsed):
        return None
    last = parsed[0]
    assert last is not None
    whole = cut if late_rules else text
    comma = whole.rfind(",")
    return Jump(last[1], last[0], last[2], whole[:comma] if comma > 0 else None, _checkable(parsed), text)


def _checkable(hops: list[tuple[str | None, str, int] | None]) -> tuple[tuple[str | None, str], ...]:
    return tuple((hop[0], hop[1]) for hop in hops if hop is not None)


def _hop(text: str, service: Service) -> tuple[str | None, str, int] | None:
    from sshwizard.openssh.config.address import parse_ssh_uri

    if text.startswith("ssh://"):
        return parse_ssh_uri(text, service)
    return user_host_port(text, service)


def user_host_port(text: str, service: Service) -> tuple[str | None, str, int] | None:
    """Read `[user@]host[:port]`; the port is -1 when there is none; None if ssh would not take it."""
    user: str | None = None
    if "@" in text:
        user, _at, text = text.rpartition("@")
        if not user:
            return None
    split = host_delimiter(text)
    if split is None or split[1] == "/" or not split[0]:
        return None
    host, _delimiter, rest = split
    port = -1
    if rest:
        number = read_port(rest, service)
        if number is None or number <= 0:
            return None
        port = number
    return user, without_brackets(host), port


def host_delimiter(text: str) -> tuple[str, str, str | None] | None:
    """Split after a host: (host, delimiter, rest); rest is None when nothing follows (hpdelim2)."""
    if text.startswith("["):
        close = text.find("]")
        if close < 0:
            return None
        end = close + 1
    else:
        end = min((at for at in (text.find(":"), text.find("/")) if at >= 0), default=len(text))
    if end == len(text):
        return text, "", None
    if text[end] not in ":/":
        return None
    return text[:end], text[end], text[end + 1 :]


def without_brackets(host: str) -> str:
    """Take the brackets off `[::1]`."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") and len(host) > 1 else host
