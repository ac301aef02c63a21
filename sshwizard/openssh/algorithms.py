"""Which signature algorithm ssh names for a key (sshconnect2.c `key_sig_algorithm`), and the host key order.

Knows the names of algorithms and the default lists, no I/O. RFC 8332 (rsa-sha2), RFC 8308 (server-sig-algs).
"""

from __future__ import annotations

from collections.abc import Sequence

CERT = "-cert-v01@openssh.com"

RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")

DEFAULT_ACCEPTED = (
    "ssh-ed25519-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "sk-ssh-ed25519-cert-v01@openssh.com",
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "rsa-sha2-512-cert-v01@openssh.com",
    "rsa-sha2-256-cert-v01@openssh.com",
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""PubkeyAcceptedAlgorithms and HostKeyAlgorithms as built in since 8.8 (ssh_config(5))."""

_SHA2_SERVER = ("rsa-sha2-256", "rsa-sha2-512")


def signature_algorithm(
    key_type: str,
    accepted: Sequence[str] = DEFAULT_ACCEPTED,
    server_sig_algs: Sequence[str] | None = None,
    server_version: str = "",
) -> str | None:
    """Return the algorithm ssh names when it offers a key of this type; None: ssh sends nothing.

    `accepted` is the client's PubkeyAcceptedAlgorithms, `server_sig_algs` what the host said (None: it said
    nothing), `server_version` its identification string: OpenSSH 7.4 takes rsa-sha2 but forgets to say so.
    """
    if key_type not in ("ssh-rsa", f"ssh-rsa{CERT}"):
        return key_type if key_type in accepted else None
    if "OpenSSH_7.4" in server_version:
        server_sig_algs = _SHA2_SERVER
    if server_sig_algs is None:
        return key_type if key_type in accepted else None
    suffix = CERT if key_type.endswith(CERT) else ""
    names = {f"{name}{suffix}": name for name in RSA_SIGNATURES}
    return next((word for word in accepted if names.get(word) in server_sig_algs), None)


def why_not(key_type: str, accepted: Sequence[str], server_sig_algs: Sequence[str] | None) -> str:
    """Say in ssh's own terms why `signature_algorithm` found none."""
    if "rsa" in key_type:
        if server_sig_algs is None:
            return "the host names no signature algorithms, and ssh-rsa (SHA-1) is not in PubkeyAcceptedAlgorithms"
        named = ", ".join(word for word in server_sig_algs if "rsa" in word) or "none"
        return f"no mutual signature algorithm (RSA algorithms that the host takes: {named})"
    return f"{key_type} is not in PubkeyAcceptedAlgorithms"


def host_key_order(
    configured: Sequence[str], known_types: Sequence[str], *, exact: bool = False
) -> tuple[str, ...]:
    """Order HostKeyAlgorithms as ssh asks for them (sshconnect2.c `order_hostkeyalgs`).

    Types that known_hosts has for the host come first, so that a host with several keys shows the one that
    is known; certificate algorithms too where a certificate authority covers the host. `known_types` is
    `known_hosts.preferred_types`; `exact`: the list was configured as it stands and is not reordered.
    """
    if exact or not configured or plain_key_type(configured[0]) in known_types:
        return tuple(configured)
    authority = "cert-authority" in known_types
    first = [
        word
        for word in configured
        if (authority and word.endswith(CERT)) or plain_key_type(word) in known_types
    ]
    return tuple(first + [word for word in configured if word not in first])


def is_exact(configured: Sequence[str], defaults: Sequence[str] = DEFAULT_ACCEPTED) -> bool:
    """Whether a list in force replaced the default, and is not the default with a few added or removed."""
    kept = [word for word in defaults if word in configured]
    return list(configured) != kept + [word for word in configured if word not in kept]


def plain_key_type(algorithm: str) -> str:
    """Return the plain key type that an algorithm name speaks of: `rsa-sha2-512-cert-v01@…` → `ssh-rsa`."""
    sk = algorithm.startswith("sk-")
    stem = algorithm.removesuffix(CERT)
    if sk and stem != algorithm:
        return f"{stem}@openssh.com"
    return "ssh-rsa" if stem in RSA_SIGNATURES else stem
