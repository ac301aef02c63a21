"""A public key's wire blob (RFC 4253 §6.6, RFC 5656, RFC 8709, PROTOCOL.certkeys, PROTOCOL.u2f) as a value.

Strict where OpenSSH is strict (trailing bytes, points off the curve, negative numbers), and one step more
lenient: RSA keys that are too short for OpenSSH are read, so that they can be named; see `refused_by_ssh`.
"""

from __future__ import annotations

from binascii import b2a_base64
from functools import lru_cache
from hashlib import md5, sha256

from sshwizard.model.identity import Certificate, PublicKey
from sshwizard.openssh.keys.types import OF_CERTIFICATE, PLAIN, SIGNATURE_NAMES
from sshwizard.openssh.wire import Cursor, WireError, mpint, string
from sshwizard.text import visible, visible_bytes

RSA_MINIMUM = 1024
"""Bits below which OpenSSH reads no RSA key at all (sshkey.h SSH_RSA_MINIMUM_MODULUS_SIZE)."""

FOR_EVER = 2**64 - 1

_ED25519_START = b"\0\0\0\x0bssh-ed25519\0\0\0 "


class NotAKey(ValueError):
    """The bytes or the text are not a public key. The message says why, in a few words."""


class UnknownKeyType(NotAKey):
    """A key of a type that nobody here knows (ssh skips such keys instead of giving up)."""


def public_from_blob(blob: bytes, comment: str = "") -> PublicKey:
    """Read a wire blob. Raises NotAKey; a certificate's CA signature is not checked (see `verify`)."""
    if len(blob) == 51 and blob.startswith(_ED25519_START):
        return _public(blob, "ssh-ed25519", 256, comment, blob)
    cursor = Cursor(blob)
    try:
        name = cursor.text().decode("ascii", "replace")
        name = SIGNATURE_NAMES.get(name, name)
        if name in PLAIN:
            bits, plain = _plain(name, cursor)
            if not cursor.done:
                raise NotAKey("bytes left over after the key")
            return _public(plain, name, bits, comment, plain)
        if name in OF_CERTIFICATE:
            return _with_certificate(blob, name, cursor, comment)
    except WireError as error:
        raise NotAKey(str(error)) from error
    raise UnknownKeyType(f"unknown key type {visible(name[:80])}")


def refused_by_ssh(public: PublicKey) -> bool:
    """Tell whether OpenSSH reads no such key because of its size, whatever is configured."""
    return public.type.startswith("ssh-rsa") and (public.bits or 0) < RSA_MINIMUM


def plain_blobs(public: PublicKey) -> tuple[bytes, ...]:
    """Return the blob of the plain key and, for a certificate, that of its authority's key."""
    if public.certificate is None:
        return (public.blob,)
    cursor = Cursor(public.blob)
    for _part in ("type", "nonce"):
        cursor.string()
    _bits, plain = _plain(OF_CERTIFICATE[public.type].name, cursor)
    cursor.uint64(), cursor.uint32()
    for _part in ("key id", "principals"):
        cursor.string()
    cursor.uint64(), cursor.uint64()
    for _part in ("critical options", "extensions", "reserved"):
        cursor.string()
    return plain, cursor.string()


@lru_cache(maxsize=256)
def fingerprints(plain: bytes) -> tuple[str, str]:
    """Return `SHA256:…` (unpadded base64) and `MD5:…` (hex with colons) of a plain key's blob."""
    digest = b2a_base64(sha256(plain).digest(), newline=False).rstrip(b"=").decode()
    return f"SHA256:{digest}", "MD5:" + md5(plain, usedforsecurity=False).digest().hex(":")


def _public(
    blob: bytes, name: str, bits: int, comment: str, plain: bytes, certificate: Certificate | None = None
) -> PublicKey:
    sha, old = fingerprints(plain)
    return PublicKey(
        blob=blob,
        type=name,
        bits=bits,
        comment=comment if comment.isprintable() else visible(comment, keep=""),
        fingerprint=sha,
        fingerprint_md5=old,
        certificate=certificate,
    )


def _plain(name: str, cursor: Cursor) -> tuple[int, bytes]:
    """Read what follows the type name; return the size in bits and the blob in its shortest form."""
    head = string(name.encode())
    match name:
        case "ssh-ed25519":
            return 256, head + string(_exactly(cursor.string(), 32))
        case "ssh-rsa":
            exponent, (bits, modulus) = _number(cursor)[1], _number(cursor)
            return bits, head + exponent + modulus
        case "ssh-dss":
            numbers = [_number(cursor) for _ in "pqgy"]
            return numbers[0][0], head + b"".join(encoded for _bits, encoded in numbers)
        case "sk-ssh-ed25519@openssh.com":
            key = string(_exactly(cursor.string(), 32))
            return 256, head + key + string(cursor.text())
        case "sk-ecdsa-sha2-nistp256@openssh.com":
            bits, point = _point(b"nistp256", cursor)
            return bits, head + point + string(cursor.text())
        case "ssh-ed448":
            return 456, head + string(_exactly(cursor.string(), 57))
        case "ssh-mldsa44-ed25519@openssh.com":
            return 256, head + string(_exactly(cursor.string(), 1312 + 32))
        case _:
            bits, point = _point(name.removeprefix("ecdsa-sha2-").encode(), cursor)
            return bits, head + point


def _number(cursor: Cursor) -> tuple[int, bytes]:
    """Read an integer; return its size in bits and its shortest encoding."""
    start, data = cursor.at + 4, cursor.data
    value = cursor.mpint()
    bits = value.bit_length()
    if bits and cursor.at - start == bits // 8 + 1:
        return bits, data[start - 4 : cursor.at]
    return bits, mpint(value)


def _exactly(piece: bytes, size: int) -> bytes:
    if len(piece) != size:
        raise NotAKey(f"a key of {len(piece)} bytes instead of {size}")
    return piece


def _point(named: bytes, cursor: Cursor) -> tuple[int, bytes]:
    return _sound_point(named, cursor.text(), cursor.string())


@lru_cache(maxsize=256)
def _sound_point(named: bytes, name: bytes, point: bytes) -> tuple[int, bytes]:
    """Check a point once: the private file and the `.pub` beside it hold the same."""
    from sshwizard.openssh.keys import curves

    curve = curves.BY_NAME.get(name)
    if curve is None or name != named:
        raise NotAKey("the curve does not belong to the key type")
    if curves.decode_point(curve, point) is None:
        raise NotAKey("the point is not on the curve")
    return curve.bits, string(name) + string(point)


def _with_certificate(blob: bytes, name: str, cursor: Cursor, comment: str) -> PublicKey:
    cursor.string()
    bits, plain = _plain(OF_CERTIFICATE[name].name, cursor)
    certificate = _certificate(cursor)
    return _public(blob, name, bits, comment, plain, certificate)


def _certificate(cursor: Cursor) -> Certificate:
    serial, kind, key_id = cursor.uint64(), cursor.uint32(), cursor.text()
    principals = _texts(cursor.string())
    after, before = cursor.uint64(), cursor.uint64()
    critical, extensions = _options(cursor.string()), _options(cursor.string())
    cursor.string()
    ca_blob = cursor.string()
    signature = cursor.string()
    if not cursor.done:
        raise NotAKey("bytes left over after the certificate")
    if kind not in (1, 2):
        raise NotAKey("neither a user nor a host certificate")
    ca = public_from_blob(ca_blob)
    if ca.certificate is not None or refused_by_ssh(ca):
        raise NotAKey("the certificate authority's key is not one that may sign")
    return Certificate(
        kind="user" if kind == 1 else "host",
        key_id=visible_bytes(key_id, keep=""),
        serial=serial,
        principals=tuple(visible_bytes(each, keep="") for each in principals),
        valid_after=after,
        valid_before=None if before == FOR_EVER else before,
        critical_options=critical,
        extensions=extensions,
        ca_type=ca.type,
        ca_fingerprint=ca.fingerprint,
        signature=_signature_algorithm(signature),
    )


def _signature_algorithm(signature: bytes) -> str:
    try:
        return Cursor(signature).string().decode("ascii", "replace")
    except WireError:
        return ""


def _texts(data: bytes) -> tuple[bytes, ...]:
    cursor, found = Cursor(data), []
    while not cursor.done:
        found.append(cursor.text())
    if len(found) > 256:
        raise NotAKey("more than 256 principals")
    return tuple(found)


def _options(data: bytes) -> tuple[str, ...]:
    """Read name and value pairs; a value is shown behind its name: `force-command=…`."""
    cursor, found = Cursor(data), []
    while not cursor.done:
        name, value = visible_bytes(cursor.string(), keep=""), Cursor(cursor.string())
        try:
            text = visible_bytes(value.string(), keep="") if value.data else ""
        except WireError:
            text = ""
        found.append(f"{name}={text}" if text else name)
    return tuple(found)
