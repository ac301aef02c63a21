"""Destinations as people paste them: aliases, `user@host`, scp-like paths, URLs of git and ssh, clone commands.

Takes a text apart; does not ask the configuration what an alias means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sshwizard.errors import UsageError
from sshwizard.text import _, one_line

Scheme = Literal["ssh", "https", "http", "git", "file", "plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A typed destination, taken apart."""

    scheme: Scheme
    """`plain` is an alias, a host or `user@host`; scp-like texts and ssh URLs are `ssh`."""
    host: str
    """"" for `file`."""
    user: str | None = None
    port: int | None = None
    path: str | None = None
    """What follows the host: of an scp-like text without its colon, of a URL with its slash."""


_SCHEMES: dict[str, Scheme] = {
    "ssh": "ssh",
    "git+ssh": "ssh",
    "ssh+git": "ssh",
    "sftp": "ssh",
    "scp": "ssh",
    "rsync": "ssh",
    "https": "https",
    "git+https": "https",
    "http": "http",
    "git+http": "http",
    "git": "git",
    "file": "file",
    "git+file": "file",
}
_COMMAND = re.compile(
    r"(?:\$\s+)?(?:git\s+(?:clone|remote\s+add\s+\S+|remote\s+set-url\s+\S+|ls-remote|fetch|pull|push|submodule\s+add)|ssh)\s+"
    r"((?:-\S+\s+)*)"
)
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_WRAPPERS = (("<", ">"), ('"', '"'), ("'", "'"), ("`", "`"))


def parse_destination(typed: str) -> Destination:
    """Take a pasted destination apart. Raises UsageError when no host can be read from it.

    Understands `alias`, `host`, `user@host`, `user@host:path`, `[user@host:port]:path`, `host:port` with a
    numeric port above 99, `ssh://`, `git+ssh://`, `https://`, `http://`, `git://`, `file://`, absolute and
    `./` paths, IPv6 addresses in and out of brackets, all of it also inside quotes, angle brackets or a
    `git clone …` command line.
    """
    text = _unwrap(typed)
    if not text:
        raise _refuse(typed, _("Nothing was typed where a host was expected."))
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in text):
        raise _refuse(typed, _("The destination contains a control character."))
    url = _URL.fullmatch(text)
    if url:
        return _from_url(typed, url[1].lower(), url[2])
    if text.startswith(("/", "./", "../", "~/")) or text in (".", ".."):
        return Destination(scheme="file", host="", path=text)
    return _from_words(typed, text)


def _unwrap(typed: str) -> str:
    text = typed.strip()
    command = _COMMAND.match(text)
    if command:
        text = _first_word(text[command.end() :].strip())
    for opening, closing in _WRAPPERS:
        if len(text) > 1 and text.startswith(opening) and text.endswith(closing):
            text = text[1:-1].strip()
    return text


def _first_word(text: str) -> str:
    for quote in "\"'":
        if text.startswith(quote) and quote in text[1:]:
            return text[: text.index(quote, 1) + 1]
    return text.split(maxsplit=1)[0] if text else ""


def _from_url(typed: str, scheme_word: str, rest: str) -> Destination:
    scheme = _SCHEMES.get(scheme_word)
    if scheme is None:
        raise _refuse(
            typed,
            _("`{scheme}://` is not a kind of address that git or ssh uses.").format(scheme=scheme_word),
        )
    if scheme == "file":
        return Destination(scheme="file", host="", path=rest)
    authority, slash, path = rest.partition("/")
    authority = authority.split("?", 1)[0].split("#", 1)[0]
    words, at, host_and_port = authority.rpartition("@")
    user = _decode(typed, words.split(";", 1)[0].split(":", 1)[0]) if at else None
    host, port = _split_port(typed, host_and_port)
    if scheme == "ssh" and ":" in host_and_port and port is None and not host_and_port.startswith("["):
        host, colon, first = host_and_port.partition(":")
        path = f"{first}/{path}" if slash else first
    return _checked(
        typed, Destination(scheme=scheme, host=host, user=user, port=port, path="/" + path if path else None)
    )


def _from_words(typed: str, text: str) -> Destination:
    user, rest = _split_user(text)
    if text.startswith("[") and "]" in text:
        inner, _bracket, after = text[1:].partition("]")
        if not _is_ipv6(inner):
            inner_user, host_and_port = _split_user(inner)
            host, port = _split_port(typed, host_and_port)
            path = after[1:] if after.startswith(":") else None
            return _checked(
                typed,
                Destination(
                    scheme="ssh" if path else "plain",
                    host=host,
                    user=inner_user,
                    port=port,
                    path=path or None,
                ),
            )
    if rest.startswith("["):
        return _bracketed(typed, user, rest)
    if _is_ipv6(rest):
        return _checked(typed, Destination(scheme="plain", host=rest, user=user))
    colon, slash = rest.find(":"), rest.find("/")
    if colon < 0 and slash >= 0:
        raise _refuse(
            typed, _("`{text}` is neither a host nor a folder that exists here.").format(text=one_line(text))
        )
    if colon < 0 or (0 <= slash < colon):
        return _checked(typed, Destination(scheme="plain", host=rest, user=user))
    host, path = rest[:colon], rest[colon + 1 :]
    if path.isascii() and path.isdigit() and 99 < int(path) < 65536 or path == "22":
        return _checked(typed, Destination(scheme="plain", host=host, user=user, port=int(path)))
    if not path:
        return _checked(typed, Destination(scheme="plain", host=host, user=user))
    return _checked(typed, Destination(scheme="ssh", host=host, user=user, path=path))


def _bracketed(typed: str, user: str | None, rest: str) -> Destination:
    host, bracket, after = rest[1:].partition("]")
    if not bracket or (after and not after.startswith(":")):
        raise _refuse(typed, _("The brackets around the host do not close properly."))
    path = after[1:]
    if path.isascii() and path.isdigit() and 0 < int(path) < 65536:
        return _checked(typed, Destination(scheme="plain", host=host, user=user, port=int(path)))
    return _checked(
        typed, Destination(scheme="ssh" if path else "plain", host=host, user=user, path=path or None)
    )


def _split_user(text: str) -> tuple[str | None, str]:
    """Split at the last `@` before the first colon or slash, as git and ssh do: `a@b@host` is user `a@b`."""
    head = re.split("[:/]", text, maxsplit=1)[0]
    user, at, _host = head.rpartition("@")
    return (user, text[len(user) + 1 :]) if at else (None, text)


def _split_port(typed: str, text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        host, bracket, after = text[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            raise _refuse(typed, _("The brackets around the host do not close properly."))
        return host, _port(typed, after[1:]) if after[1:] else None
    host, colon, port = text.partition(":")
    if _is_ipv6(text):
        return text, None
    if not colon or not port:
        return host, None
    if not (port.isascii() and port.isdigit()):
        return host, None
    return host, _port(typed, port)


def _port(typed: str, text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536 and len(text) < 6:
        return int(text)
    raise _refuse(
        typed, _("`{port}` is not a port: it must be a number from 1 to 65535.").format(port=one_line(text))
    )


def _is_ipv6(text: str) -> bool:
    address = text.split("%", 1)[0]
    return address.count(":") > 1 and all(char in "0123456789abcdefABCDEF:." for char in address)


def _decode(typed: str, text: str) -> str:
    def byte(match: re.Match[str]) -> str:
        return chr(int(match[1], 16))

    decoded = re.sub(r"%([0-9A-Fa-f]{2})", byte, text).encode("latin-1", "replace").decode("utf-8", "replace")
    if any(ord(char) < 0x20 for char in decoded):
        raise _refuse(typed, _("The user name contains a control character."))
    return decoded


def _checked(typed: str, destination: Destination) -> Destination:
    if destination.user == "":
        raise _refuse(typed, _("There is nothing before the `@`: a user name is missing."))
    if not destination.host:
        raise _refuse(typed, _("No host can be read from it."))
    if destination.host.startswith("-"):
        raise _refuse(typed, _("A host name cannot begin with `-`."))
    if any(char in "'`\"$\\;&<>|(){}" or char.isspace() for char in destination.host):
        raise _refuse(typed, _("The host name contains a character that no host name has."))
    return destination


def _refuse(typed: str, why: str) -> UsageError:
    return UsageError(
        _("`{typed}` is not a destination. {why}").format(typed=one_line(typed), why=why),
        code="bad-destination",
        hint=_(
            "Give a host, an alias of your ssh configuration, `user@host`, or the address of a git repository."
        ),
    )
