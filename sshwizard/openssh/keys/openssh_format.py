"""OpenSSH's own private key format, openssh-key-v1 (PROTOCOL.key): its header shows the public half in clear.

Strict as sshkey.c `private2_uudecode` and `sshkey_parse_private2` are: one wrong byte around the base64 text,
and ssh reads nothing. `inspect` mends such damage to say what key it was. Never needs a passphrase.
"""

from __future__ import annotations

from typing import NamedTuple

from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import base64text
from sshwizard.openssh.keys.blob import NotAKey, UnknownKeyType, public_from_blob, refused_by_ssh
from sshwizard.openssh.keys.found import Found
from sshwizard.openssh.wire import Cursor, WireError, string
from sshwizard.text import visible_bytes

BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----\n"
END = b"-----END OPENSSH PRIVATE KEY-----\n"
MAGIC = b"openssh-key-v1\0"

_PLAIN = MAGIC + b"\0\0\0\x04none\0\0\0\x04none\0\0\0\0"
"""How the body of every key without passphrase begins."""

CIPHERS = {
    b"none": (8, 0),
    b"3des-cbc": (8, 0),
    b"aes128-cbc": (16, 0),
    b"aes192-cbc": (16, 0),
    b"aes256-cbc": (16, 0),
    b"aes128-ctr": (16, 0),
    b"aes192-ctr": (16, 0),
    b"aes256-ctr": (16, 0),
    b"aes128-gcm@openssh.com": (16, 16),
    b"aes256-gcm@openssh.com": (16, 16),
    b"chacha20-poly1305@openssh.com": (8, 16),
}
"""Cipher → (block size, bytes of authentication tag), as in cipher.c."""

PADDING = bytes(range(1, 256))

PRIVATE_FIELDS = {
    "ssh-ed25519": 2,
    "ssh-rsa": 6,
    "ssh-dss": 5,
    "ecdsa-sha2-nistp256": 3,
    "ecdsa-sha2-nistp384": 3,
    "ecdsa-sha2-nistp521": 3,
    "ssh-mldsa44-ed25519@openssh.com": 2,
}
"""Key type → strings between the type's name and the comment in the private part."""


class Envelope(NamedTuple):
    """The outer, unencrypted part of a private key."""

    cipher: bytes
    kdf: bytes
    kdf_options: bytes
    public: PublicKey
    sealed: bytes
    """The private part, encrypted unless `cipher` is none, with its authentication tag."""
    sound: bool
    """Sizes are right and nothing is left over, so that ssh would go on to ask for the passphrase."""

    @property
    def encrypted(self) -> bool:
        return self.kdf != b"none"


def body_of(data: bytes) -> bytes | None:
    """Return the decoded content between the marks, exactly as ssh finds it, or None."""
    if not data.startswith(BEGIN):
        return None
    end = data.find(b"\n" + END, len(BEGIN))
    if end < 0:
        return None
    # NOTE: ssh decodes a C string, so a zero byte ends it.
    return base64text.decode(data[len(BEGIN) : end].partition(b"\0")[0])


def public_part(body: bytes) -> PublicKey:
    """Return the public half from the envelope, all that ssh wants for an offer. Raises NotAKey."""
    return _header(body)[1]


def open_envelope(body: bytes) -> Envelope:
    """Read the envelope. Raises NotAKey when ssh would find no public half in it."""
    cursor, public, cipher, kdf, options = _header(body)
    sound = True
    sealed = b""
    try:
        size = cursor.uint32()
        block, tag = CIPHERS.get(cipher, (0, 0))
        sealed = cursor.take(size + tag)
        sound = bool(block) and kdf in (b"none", b"bcrypt") and size >= block and size % block == 0
        sound = sound and cursor.done and not (kdf == b"none" and cipher != b"none")
    except WireError:
        sound = False
    return Envelope(cipher=cipher, kdf=kdf, kdf_options=options, public=public, sealed=sealed, sound=sound)


def read(data: bytes) -> Found | None:
    """Read a file that ssh itself could read; None when it could not."""
    body = body_of(data)
    if body is None:
        return None
    try:
        return describe(open_envelope(body), undamaged=True)
    except UnknownKeyType:
        return Found(format="openssh", has_private=True, problems=("unknown-type",))
    except NotAKey:
        return None


def describe(envelope: Envelope, *, undamaged: bool) -> Found:
    """Say what the envelope shows; `undamaged`: ssh reads the text around it as it stands."""
    public, problems, comment, sound = envelope.public, [], "", envelope.sound
    if sound and envelope.kdf == b"none":
        found = comment_in(envelope.sealed, public)
        sound, comment = found is not None, found or ""
    too_short = refused_by_ssh(public)
    if too_short:
        problems.append("key-too-short")
    if not envelope.sound and envelope.cipher not in CIPHERS:
        problems.append("unknown-cipher")
    elif not sound:
        problems.append("damaged")
    usable = undamaged and not too_short
    return Found(
        format="openssh",
        public=public,
        ssh_reads_public=usable,
        has_private=True,
        encrypted=envelope.encrypted,
        usable_private=usable and sound,
        comment=comment,
        problems=tuple(problems),
    )


def comment_in(part: bytes, public: PublicKey) -> str | None:
    """Return the comment in a decrypted private part; None when ssh would refuse the part."""
    if part[:4] != part[4:8]:
        return None
    cursor = Cursor(part)
    cursor.at = 8
    try:
        if cursor.string() != public.type.encode():
            return None
        start = cursor.at
        _skip_private(public, cursor)
        if not _same_public(public, part[start : cursor.at]):
            return None
        comment = cursor.string()
    except WireError:
        return None
    padding = cursor.rest
    if padding != PADDING[: len(padding)]:
        return None
    return visible_bytes(comment, keep="")


def unpadded(part: bytes, public: PublicKey) -> bytes:
    """Return type, private fields and comment of a decrypted private part, without check bytes and padding."""
    cursor = Cursor(part)
    cursor.at = 8
    cursor.string()
    _skip_private(public, cursor)
    cursor.string()
    return part[8 : cursor.at]


def _header(body: bytes) -> tuple[Cursor, PublicKey, bytes, bytes, bytes]:
    if not body.startswith(MAGIC):
        raise NotAKey("not in OpenSSH's private key format")
    cursor = Cursor(body)
    cursor.at = len(MAGIC)
    try:
        if body.startswith(_PLAIN):
            cipher, kdf, options, cursor.at = b"none", b"none", b"", len(_PLAIN)
        else:
            cipher, kdf, options = cursor.string(), cursor.string(), cursor.string()
        if cursor.uint32() != 1:
            raise NotAKey("more than one key inside")
        return cursor, public_from_blob(cursor.string()), cipher, kdf, options
    except WireError as error:
        raise NotAKey(str(error)) from error


def _skip_private(public: PublicKey, cursor: Cursor) -> None:
    if public.is_security_key:
        cursor.skip(3 if "ecdsa" in public.type else 2)
        cursor.byte()
        cursor.skip(2)
    else:
        cursor.skip(PRIVATE_FIELDS.get(public.type, 1))


def _same_public(public: PublicKey, fields: bytes) -> bool:
    """Compare the public half inside with that of the envelope (RSA keeps its numbers in another order)."""
    if public.type != "ssh-rsa":
        return fields.startswith(public.blob[4 + len(public.type) :])
    outer, inner = Cursor(public.blob), Cursor(fields)
    outer.string()
    exponent, modulus = outer.string(), outer.string()
    if fields.startswith(string(modulus) + string(exponent)):
        return True
    return (inner.mpint(), inner.mpint()) == (int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))
