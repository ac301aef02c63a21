"""Keys of every kind for random homes, made once by ssh-keygen and openssl (security keys by hand).

A pool is a dictionary of file contents by name: `NAME`, `NAME.pub`, `NAME-cert.pub`, and odd forms of them.
"""

from __future__ import annotations

import base64
import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

PASSPHRASE = "opensesame"
TYPES = (
    ("ed25519", None, 6),
    ("ecdsa", 256, 2),
    ("ecdsa", 384, 1),
    ("ecdsa", 521, 1),
    ("rsa", 2048, 2),
    ("rsa", 1024, 1),
    ("dsa", None, 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledKey:
    """One key in all the forms that a home may hold it in."""

    name: str
    kind: str
    private: bytes
    encrypted: bytes
    public: bytes
    certificate: bytes
    expired: bytes
    host_certificate: bytes
    pem: bytes | None
    pem_encrypted: bytes | None
    pkcs8: bytes | None

    @property
    def blob(self) -> bytes:
        return base64.b64decode(self.public.split()[1])

    @property
    def certificate_blob(self) -> bytes:
        return base64.b64decode(self.certificate.split()[1])


def make_pool(folder: Path) -> tuple[PooledKey, ...]:
    """Make the keys in `folder`. Takes about two seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "authority", "-f", str(folder / "ca"))
    pool = []
    for kind, bits, count in TYPES:
        for number in range(count):
            name = f"{kind}{bits or ''}-{number}"
            size = ["-b", str(bits)] if bits else []
            _run(
                "ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", f"key {name}", "-f", str(folder / name)
            )
            pool.append(_forms(folder, name, kind))
    for kind in ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"):
        name = "sk-" + ("ecdsa" if "ecdsa" in kind else "ed25519")
        _security_key(folder / name, kind)
        pool.append(_forms(folder, name, "sk"))
    return tuple(pool)


def _forms(folder: Path, name: str, kind: str) -> PooledKey:
    path = folder / name
    return PooledKey(
        name=name,
        kind=kind,
        private=path.read_bytes(),
        encrypted=_converted(path, "-N", PASSPHRASE, "-a", "1"),
        public=path.with_name(name + ".pub").read_bytes(),
        certificate=_certificate(path, "-n", "me"),
        expired=_certificate(path, "-V", "20200101:20200201"),
        host_certificate=_certificate(path, "-h"),
        pem=None if kind in ("ed25519", "sk") else _converted(path, "-N", "", "-m", "PEM"),
        pem_encrypted=None if kind in ("ed25519", "sk") else _converted(path, "-N", PASSPHRASE, "-m", "PEM"),
        pkcs8=_pkcs8(folder) if kind == "ed25519" else _plain_pkcs8(path, kind),
    )


def _converted(path: Path, *flags: str) -> bytes:
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o600)
    _run("ssh-keygen", "-q", "-p", "-P", "", *flags, "-f", str(copy))
    data = copy.read_bytes()
    copy.unlink()
    return data


def _plain_pkcs8(path: Path, kind: str) -> bytes | None:
    return None if kind in ("sk", "dsa") else _converted(path, "-N", "", "-m", "PKCS8")


def _pkcs8(folder: Path) -> bytes:
    return subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, timeout=20, check=True
    ).stdout


def _certificate(path: Path, *flags: str) -> bytes:
    made = path.with_name(path.name + "-cert.pub")
    _run(
        "ssh-keygen",
        "-q",
        "-s",
        str(path.with_name("ca")),
        "-I",
        f"id {path.name}",
        *flags,
        str(path) + ".pub",
    )
    data = made.read_bytes()
    made.unlink()
    return data


def _security_key(path: Path, kind: str) -> None:
    """Write a FIDO key file as ssh-keygen would after enrolment (PROTOCOL.u2f); its handle opens nothing."""
    if "ecdsa" in kind:
        plain = path.with_name("for-sk")
        _run("ssh-keygen", "-q", "-t", "ecdsa", "-b", "256", "-N", "", "-f", str(plain))
        blob = base64.b64decode(plain.with_name("for-sk.pub").read_bytes().split()[1])
        fields = blob[4 + 19 :]
    else:
        fields = _string(os.urandom(32))
    public = _string(kind.encode()) + fields + _string(b"ssh:")
    check = os.urandom(4)
    part = (
        check + check + public + b"\x01" + _string(os.urandom(64)) + _string(b"") + _string(b"security key")
    )
    part += bytes(range(1, -len(part) % 8 + 1))
    body = b"openssh-key-v1\0" + _string(b"none") * 2 + _string(b"") + struct.pack(">I", 1)
    text = base64.b64encode(body + _string(public) + _string(part)).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    marked = ["-----BEGIN OPENSSH PRIVATE KEY-----", *lines, "-----END OPENSSH PRIVATE KEY-----", ""]
    path.write_text("\n".join(marked))
    path.chmod(0o600)
    line = f"{kind} {base64.b64encode(public).decode()} security key\n"
    path.with_name(path.name + ".pub").write_text(line)


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _run(*argv: str) -> None:
    subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
