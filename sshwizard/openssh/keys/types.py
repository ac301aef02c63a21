"""The key types of OpenSSH: names, sizes, and the versions of ssh that know them.

Since and until are data, so that a plan can speak for the ssh at hand. Sources: sshkey.c `keyimpls` of the
releases, and the release notes.
"""

from __future__ import annotations

from dataclasses import dataclass

CERT = "-cert-v01@openssh.com"


@dataclass(frozen=True, slots=True)
class KeyType:
    """A plain key type as named on the wire."""

    name: str
    shown: str
    """As `ssh-keygen -l` writes it in brackets, and ssh after the path."""
    since: tuple[int, int] = (0, 0)
    """First release that knows it."""
    until: tuple[int, int] = (999, 0)
    """First release that does not know it any more."""

    @property
    def certificate_name(self) -> str:
        """The wire name of a certificate for such a key."""
        stem, at, _domain = self.name.partition("@")
        return stem + CERT if at else self.name + CERT


_ALL = (
    KeyType("ssh-ed25519", "ED25519", (6, 5)),
    KeyType("ssh-rsa", "RSA"),
    KeyType("ecdsa-sha2-nistp256", "ECDSA", (5, 7)),
    KeyType("ecdsa-sha2-nistp384", "ECDSA", (5, 7)),
    KeyType("ecdsa-sha2-nistp521", "ECDSA", (5, 7)),
    KeyType("sk-ssh-ed25519@openssh.com", "ED25519-SK", (8, 2)),
    KeyType("sk-ecdsa-sha2-nistp256@openssh.com", "ECDSA-SK", (8, 2)),
    # NOTE: 9.8 made DSA an option of the build; distributions kept it until it was removed in 10.1.
    KeyType("ssh-dss", "DSA", (0, 0), (10, 1)),
    KeyType("ssh-mldsa44-ed25519@openssh.com", "MLDSA44-ED25519", (10, 5)),
    # NOTE: RFC 8709 defines it and PuTTY makes such keys, but no OpenSSH reads them.
    KeyType("ssh-ed448", "ED448", (999, 0)),
)

PLAIN = {kind.name: kind for kind in _ALL}
"""Wire name → plain key type."""

OF_CERTIFICATE = {kind.certificate_name: kind for kind in _ALL}
"""Wire name of a certificate → type of the key in it."""

SIGNATURE_NAMES = {
    "rsa-sha2-256": "ssh-rsa",
    "rsa-sha2-512": "ssh-rsa",
    f"rsa-sha2-256{CERT}": f"ssh-rsa{CERT}",
    f"rsa-sha2-512{CERT}": f"ssh-rsa{CERT}",
}
"""Names of signature algorithms that OpenSSH also takes as the name of a key (sshkey.c `sigonly`)."""


def plain_type(name: str) -> KeyType | None:
    """Return the type of the key named `name`, or of the key inside the certificate named so."""
    name = SIGNATURE_NAMES.get(name, name)
    return PLAIN.get(name) or OF_CERTIFICATE.get(name)


def shown_type(name: str) -> str:
    """Write a wire name as `ssh-keygen -l` and ssh's own log do: `ED25519`, `RSA-CERT`."""
    if name in PLAIN:
        return PLAIN[name].shown
    if name in OF_CERTIFICATE:
        return OF_CERTIFICATE[name].shown + "-CERT"
    return name


def known_to(name: str, version: tuple[int, int]) -> bool:
    """Tell whether the ssh of that version (major, minor) knows the key type."""
    kind = plain_type(name)
    return kind is not None and kind.since <= version < kind.until
