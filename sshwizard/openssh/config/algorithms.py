"""The names of ciphers, MACs, key exchanges and signature algorithms that a client knows, and its defaults.

Only what a configuration needs: validating a list and expanding `+`, `-`, `^` and patterns the way
`ssh -G` shows the result (kex.c, kex_assemble_names). Meaning and strength are no matter here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sshwizard.openssh.config.versions import NEWEST, Release, Version
from sshwizard.openssh.patterns import ascii_lower, match_list

Since = tuple[str, Release, Release]


def _at(release: Release, rows: tuple[str | Since, ...]) -> tuple[str, ...]:
    """Return the names of a release; a bare name is in all of them."""
    names = []
    for row in rows:
        if isinstance(row, str):
            names.append(row)
        elif row[1] <= release and (release < row[2] or row[2] == NEWEST):
            names.append(row[0])
    return tuple(names)


_KEY_NAMES: tuple[str | Since, ...] = (
    "ssh-ed25519",
    "ssh-ed25519-cert-v01@openssh.com",
    "sk-ssh-ed25519@openssh.com",
    "sk-ssh-ed25519-cert-v01@openssh.com",
    ("ssh-mldsa44-ed25519@openssh.com", (10, 5), NEWEST),
    ("ssh-mldsa44-ed25519-cert-v01@openssh.com", (10, 5), NEWEST),
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
    ("webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", (10, 3), NEWEST),
    ("ssh-dss", (0, 0), (10, 0)),
    ("ssh-dss-cert-v01@openssh.com", (0, 0), (10, 0)),
    "ssh-rsa",
    "ssh-rsa-cert-v01@openssh.com",
    "rsa-sha2-256",
    "rsa-sha2-256-cert-v01@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-512-cert-v01@openssh.com",
)
_SHORT_NAMES = frozenset({"ed25519", "ed25519-sk", "ecdsa", "ecdsa-sk", "dsa", "rsa"})
_DEFAULT_SIGNATURES: tuple[str | Since, ...] = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    ("webauthn-sk-ecdsa-sha2-nistp256@openssh.com", (10, 3), NEWEST),
    "rsa-sha2-512",
    "rsa-sha2-256",
)
_DEFAULT_CERTIFICATES: tuple[str | Since, ...] = (
    "ssh-ed25519-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "sk-ssh-ed25519-cert-v01@openssh.com",
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    ("webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", (10, 3), NEWEST),
    "rsa-sha2-512-cert-v01@openssh.com",
    "rsa-sha2-256-cert-v01@openssh.com",
)
_SNTRUP: Release = (9, 9)
"""When the plain name came; Debian's 9.2 has it too."""
_CIPHERS = (
    "3des-cbc",
    "aes128-cbc",
    "aes192-cbc",
    "aes256-cbc",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
)
_DEFAULT_CIPHERS: tuple[str | Since, ...] = (
    "chacha20-poly1305@openssh.com",
    ("aes128-gcm@openssh.com", (10, 0), NEWEST),
    ("aes256-gcm@openssh.com", (10, 0), NEWEST),
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    ("aes128-gcm@openssh.com", (0, 0), (10, 0)),
    ("aes256-gcm@openssh.com", (0, 0), (10, 0)),
)
_MACS = (
    "hmac-sha1",
    "hmac-sha1-96",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-md5",
    "hmac-md5-96",
    "umac-64@openssh.com",
    "umac-128@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha1-96-etm@openssh.com",
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-md5-etm@openssh.com",
    "hmac-md5-96-etm@openssh.com",
    "umac-64-etm@openssh.com",
    "umac-128-etm@openssh.com",
)
_DEFAULT_MACS = (
    "umac-64-etm@openssh.com",
    "umac-128-etm@openssh.com",
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "umac-64@openssh.com",
    "umac-128@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
)
_KEX: tuple[str | Since, ...] = (
    "diffie-hellman-group1-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group-exchange-sha256",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    ("mlkem768nistp256-sha256", (10, 5), NEWEST),
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    ("sntrup761x25519-sha512", _SNTRUP, NEWEST),
    ("sntrup761x25519-sha512@openssh.com", (8, 5), NEWEST),
    ("mlkem768x25519-sha256", (9, 9), NEWEST),
)
_DEFAULT_KEX: tuple[str | Since, ...] = (
    ("mlkem768x25519-sha256", (10, 0), NEWEST),
    ("sntrup761x25519-sha512", _SNTRUP, NEWEST),
    ("sntrup761x25519-sha512@openssh.com", (9, 0), NEWEST),
    ("mlkem768x25519-sha256", (9, 9), (10, 0)),
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    ("sntrup761x25519-sha512@openssh.com", (8, 9), (9, 0)),
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group14-sha256",
)
GSS_KEX = (
    "gss-gex-sha1-",
    "gss-group1-sha1-",
    "gss-group14-sha1-",
    "gss-group14-sha256-",
    "gss-group16-sha512-",
    "gss-nistp256-sha256-",
    "gss-curve25519-sha256-",
)
DEFAULT_GSS_KEX = (
    "gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,gss-curve25519-sha256-,"
    "gss-group14-sha1-,gss-gex-sha1-"
)


@dataclass(frozen=True, slots=True)
class Algorithms:
    """What one keyword may name (`known`, in ssh's own order) and its default list."""

    known: tuple[str, ...]
    default: tuple[str, ...]


def algorithm_lists(version: Version) -> dict[str, Algorithms]:
    """Return the lists of each keyword that takes algorithms, in the order in which ssh expands them."""
    release = version.release
    names = tuple(name for name in _at(release, _KEY_NAMES) if version.dsa or "ssh-dss" not in name)
    if release < (9, 1):
        names = tuple(sorted(names, key=_early_place))
    plain = tuple(name for name in names if "-cert-" not in name)
    keys = Algorithms(names, _at(release, _DEFAULT_CERTIFICATES) + _at(release, _DEFAULT_SIGNATURES))
    exchanges = _SNTRUP if version.debian and release == (9, 2) else release
    return {
        "ciphers": Algorithms(_CIPHERS, _at(release, _DEFAULT_CIPHERS)),
        "macs": Algorithms(_MACS, _DEFAULT_MACS),
        "kexalgorithms": _exchanges(release, with_plain_name=exchanges >= _SNTRUP),
        "hostbasedacceptedalgorithms": keys,
        "pubkeyacceptedalgorithms": keys,
        "casignaturealgorithms": Algorithms(plain, _at(release, _DEFAULT_SIGNATURES)),
        "hostkeyalgorithms": keys,
    }


_EARLY_ORDER = (
    "ssh-ed25519",
    "sk-ssh-ed25519",
    "ssh-rsa",
    "rsa-sha2-256",
    "rsa-sha2-512",
    "ssh-dss",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256",
    "webauthn-sk-ecdsa-sha2-nistp256",
)
"""How ssh ordered the names until 9.0: Ed25519 first, then the other plain ones, then certificates."""


def _early_place(name: str) -> tuple[int, int, bool]:
    plain = name.removesuffix("@openssh.com").removesuffix("-cert-v01")
    certificate = "-cert-v01" in name
    group = 0 if "ed25519" in plain else 2 if certificate else 1
    return group, _EARLY_ORDER.index(plain), certificate


def lists_as_built(version: Version, builtin: Mapping[str, Sequence[str]]) -> dict[str, Algorithms]:
    """Return the lists with the defaults of the installed ssh, where its bare `ssh -G` is known."""
    found = algorithm_lists(version)
    for key, lists in found.items():
        default = tuple(name for text in builtin.get(key, ()) for name in text.split(",") if name)
        if default:
            more = tuple(name for name in default if name not in lists.known)
            found[key] = Algorithms(lists.known + more, default)
    return found


def _exchanges(release: Release, *, with_plain_name: bool) -> Algorithms:
    plain = "sntrup761x25519-sha512"
    known, default = (
        tuple(row for row in rows if with_plain_name or row[0] != plain) for rows in (_KEX, _DEFAULT_KEX)
    )
    return Algorithms(_at(release, _with(known, plain)), _at(release, _with(default, plain)))


def _with(rows: tuple[str | Since, ...], name: str) -> tuple[str | Since, ...]:
    """Take the release condition off one name."""
    return tuple(name if row[0] == name else row for row in rows)


def names_before_empty(text: str) -> list[str]:
    """Split at commas up to the first empty name, where ssh's own loop ends."""
    names = text.split(",")
    return names[: names.index("")] if "" in names else names


def unknown_name(text: str, known: tuple[str, ...]) -> str | None:
    """Return the first name of a list that is not known, or None."""
    return next((name for name in names_before_empty(text) if name not in known), None)


def valid_key_names(text: str, known: tuple[str, ...], *, short: bool, plain_only: bool) -> bool:
    """Say whether every name is a key or signature algorithm, a short type name, or a pattern that hits one.

    `short` allows the type names (until 9.8); with `plain_only` a certificate's name is refused.
    """
    return bool(text) and all(
        (name in known and not (plain_only and "-cert-" in name))
        or (short and ascii_lower(name) in _SHORT_NAMES)
        or (name not in known and any(match_list(candidate, name) is not False for candidate in known))
        for name in names_before_empty(text)
    )


def assemble(text: str | None, algorithms: Algorithms) -> str | None:
    """Expand a list as ssh does before using it; None when ssh finds the result invalid."""
    if not text:
        return ",".join(algorithms.default)
    if text[0] == "-":
        return ",".join(name for name in algorithms.default if match_list(name, text[1:]) is not True)
    if text[0] == "+":
        names = _joined(list(algorithms.default), text[1:])
    elif text[0] == "^":
        names = _joined_texts(text[1:], ",".join(algorithms.default))
    else:
        names = text.split(",")
    found: list[str] = []
    for pattern in names:
        if pattern.startswith("!"):
            return None
        found += [
            name for name in algorithms.known if name not in found and match_list(name, pattern) is True
        ]
    return ",".join(found) if found else None


def _joined(names: list[str], more: str) -> list[str]:
    for name in names_before_empty(more):
        if name not in names:
            names.append(name)
    return names


def _joined_texts(front: str, back: str) -> list[str]:
    return _joined(front.split(","), back) if front else back.split(",")
