"""RFC 4716 public keys (`---- BEGIN SSH2 PUBLIC KEY ----`) and the private keys of ssh.com in the same clothes.

ssh reads neither. The layout inside ssh.com's private files is known from PuTTY's manual and puttygen's output.
"""

from __future__ import annotations

from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import base64text
from sshwizard.openssh.keys.blob import NotAKey, public_from_blob
from sshwizard.openssh.keys.found import Found
from sshwizard.openssh.wire import Cursor, WireError, mpint, string
from sshwizard.text import visible_bytes

BEGIN_PUBLIC = b"---- BEGIN SSH2 PUBLIC KEY ----"
BEGIN_PRIVATE = b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"
MAGIC = 0x3F6FF9EB


def read(data: bytes) -> Found | None:
    """Read either kind; None when it is neither."""
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(BEGIN_PUBLIC):
        return _public(*_parts(text))
    if text.startswith(BEGIN_PRIVATE):
        return _private(*_parts(text))
    return None


def _public(comment: str, body: bytes, ended: bool) -> Found:
    try:
        public = public_from_blob(body, comment)
    except NotAKey:
        cut = "damaged" if ended else "truncated"
        return Found(format="ssh2", comment=comment, problems=("rfc4716", cut))
    return Found(format="ssh2", public=public, comment=comment, problems=("rfc4716",))


def _private(comment: str, body: bytes, ended: bool) -> Found:
    cursor = Cursor(body)
    public, encrypted = None, None
    problems = ["sshcom"]
    try:
        magic, _size = cursor.uint32(), cursor.uint32()
        kind, cipher, content = cursor.text(), cursor.text(), cursor.string()
        if magic != MAGIC:
            raise WireError("not a private key of ssh.com")
        encrypted = cipher != b"none"
        public = None if encrypted else _inner(kind, Cursor(content), comment)
    except (WireError, NotAKey):
        problems.append("damaged" if ended else "truncated")
    return Found(
        format="sshcom",
        public=public,
        has_private=True,
        encrypted=encrypted,
        comment=comment,
        problems=tuple(problems),
    )


def _inner(kind: bytes, cursor: Cursor, comment: str) -> PublicKey:
    inner = Cursor(cursor.string())
    if kind.startswith(b"if-modn{sign{rsa"):
        exponent, _private, modulus = _number(inner), _number(inner), _number(inner)
        return public_from_blob(string(b"ssh-rsa") + mpint(exponent) + mpint(modulus), comment)
    if kind.startswith(b"dl-modp{sign{dsa"):
        inner.uint32()
        p, g, q, y = (_number(inner) for _ in "pgqy")
        return public_from_blob(string(b"ssh-dss") + b"".join(map(mpint, (p, q, g, y))), comment)
    raise NotAKey("an unknown kind of key")


def _number(cursor: Cursor) -> int:
    """Read ssh.com's integer: a length in bits, then that many bits in whole bytes."""
    return int.from_bytes(cursor.take((cursor.uint32() + 7) // 8), "big")


def _parts(text: bytes) -> tuple[str, bytes, bool]:
    """Return the comment, the decoded body and whether the end mark is there."""
    comment, body, ended = b"", [], False
    lines = [line.rstrip(b"\r ") for line in text.split(b"\n")][1:]
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith(b"---- END"):
            ended = True
            break
        if b":" in line:
            while line.endswith(b"\\") and at < len(lines):
                line, at = line[:-1] + lines[at], at + 1
            name, _colon, value = line.partition(b":")
            if name.lower() == b"comment":
                comment = value.strip().removeprefix(b'"').removesuffix(b'"')
        else:
            body.append(line)
    return visible_bytes(comment, keep=""), base64text.decode(b"".join(body)) or b"", ended
