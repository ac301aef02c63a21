"""Which rules hold for which OpenSSH: read from the banner of `ssh -V`.

Knows releases and the vendors' habits that change what `ssh -G` says. Every difference is a named boolean
or a list here or a since/until in `keywords` and `algorithms`, so that the rest reads without versions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

Release = tuple[int, int]
NEWEST: Release = (99, 0)

_BANNER = re.compile(r"OpenSSH_(?:for_Windows_)?([0-9]+)\.([0-9]+)(?:p([0-9]+))?")
_UPDATE = re.compile(r"[+-]deb[0-9]+u([0-9]+)")


@dataclass(frozen=True, slots=True)
class Version:
    """An OpenSSH release, with the marks of those who built it."""

    release: Release
    patch: int = 0
    """9.9p2 is ((9, 9), 2)."""
    debian: bool = False
    """Built with Debian's patches (Debian, Ubuntu and their children)."""
    update: int = 0
    """Debian's stable update: 10 for `deb12u10`."""
    name: str = ""
    """`OpenSSH_9.2p1`, what `Match version` compares."""
    dsa: bool = True
    """Built with DSA: by default until 9.7, by Debian until 9.9."""
    gssapi: bool = False
    """Built with GSSAPI: its options are known, not only reported."""
    gssapi_exchange: bool = False
    """Built with the patch for GSSAPI key exchange (Debian, Fedora)."""
    windows: bool = False
    apple: bool = False

    @property
    def checks_names(self) -> bool:
        """Odd characters in a host or user from the command line are refused (9.6; backported by Debian)."""
        return self.release >= (9, 6) or (self.debian and self.release >= (8, 4))

    @property
    def allows_controls_in_user(self) -> bool:
        """Control characters in a user from the command line are taken (until 10.1; backported by Debian)."""
        return self.release < (10, 1) and not (self.debian and self.release >= (8, 4))

    @property
    def checks_user_first(self) -> bool:
        """The user from the command line is checked before the host name (10.3; Debian's 9.2 since deb12u10)."""
        return self.release >= (10, 3) or (self.debian and self.release == (9, 2) and self.update >= 10)

    @property
    def checks_user_of_url(self) -> bool:
        """With ssh:// even a User of a file is checked (10.1; backported by Debian)."""
        return self.release >= (10, 1) or self.checks_user_first

    @property
    def late_jump_rules(self) -> bool:
        """`ProxyJump none` leaves ProxyCommand alone, and hops from the command line are checked (10.3).

        Debian's 9.2 has it since deb12u10.
        """
        return self.release >= (10, 3) or (self.debian and self.release == (9, 2) and self.update >= 10)

    @property
    def refuses_comma(self) -> bool:
        """A comma in a host name from the command line is refused."""
        return self.release >= (10, 0) or self.late_jump_rules

    @property
    def cuts_jump_at_blank(self) -> bool:
        """Everything after the first blank of ProxyJump is dropped (rtrim before 10.1)."""
        return self.release < (10, 1)


def parse_version(banner: str) -> Version:
    """Read `OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL …`; an unknown banner means the newest rules."""
    match = _BANNER.search(banner)
    if not match:
        return Version(NEWEST, dsa=False)
    update = _UPDATE.search(banner)
    debian = "Debian" in banner or "Ubuntu" in banner
    windows = "for_Windows" in banner
    apple = "LibreSSL" in banner and not windows
    return Version(
        (int(match[1]), int(match[2])),
        int(match[3] or 0),
        debian=debian,
        update=int(update[1]) if update else 0,
        name=match[0],
        dsa=(int(match[1]), int(match[2])) < ((10, 0) if debian else (9, 8)),
        gssapi=debian or windows or apple,
        gssapi_exchange=debian,
        windows=windows,
        apple=apple,
    )


def as_built(version: Version, builtin: Mapping[str, tuple[str, ...]]) -> Version:
    """Return the version with what the installed ssh shows of its build; `builtin` is its bare `ssh -G`."""
    if not builtin:
        return version
    return replace(
        version,
        dsa="~/.ssh/id_dsa" in builtin.get("identityfile", ()) or version.release < (9, 8),
        gssapi="gssapiauthentication" in builtin,
        gssapi_exchange="gssapikeyexchange" in builtin,
    )


def default_identities(version: Version) -> tuple[str, ...]:
    """Return the file names under `~/.ssh` that ssh tries unaided, in order (fill_default_options)."""
    release = version.release
    names = [
        ("identity", (0, 0), (7, 6)),
        ("id_rsa", (0, 0), NEWEST),
        ("id_dsa", (0, 0), (8, 9)),
        ("id_ecdsa", (0, 0), NEWEST),
        ("id_ecdsa_sk", (8, 2), NEWEST),
        ("id_ed25519", (0, 0), NEWEST),
        ("id_ed25519_sk", (8, 2), NEWEST),
        ("id_xmss", (8, 2), (10, 1)),
        ("id_dsa", (8, 9), (10, 0) if version.debian else (9, 8)),
        ("id_mldsa44_ed25519", (10, 5), NEWEST),
    ]
    return tuple(
        name for name, since, until in names if since <= release and (release < until or until == NEWEST)
    )
