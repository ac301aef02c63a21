"""PuTTY's private keys opened, to be written anew in OpenSSH's format: .ppk of versions 2 and 3.

Source: the PuTTY manual, appendix C (key derivation, MAC, layout of the private part). Loads `cryptography`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2d, Argon2i, Argon2id

from sshwizard.openssh.keys import base64text
from sshwizard.openssh.keys.blob import NotAKey, public_from_blob
from sshwizard.openssh.keys.generate import CURVES, private_file
from sshwizard.openssh.keys.private import PassphraseNeeded, PrivateKey, public_of
from sshwizard.openssh.keys.public import public_line
from sshwizard.openssh.wire import Cursor, WireError, string
from sshwizard.text import visible_bytes

if TYPE_CHECKING:
    from sshwizard.secret import Secret

_HEAD = re.compile(rb"PuTTY-User-Key-File-([23]): (\S+)")
_ARGON2: dict[bytes, type[Argon2d] | type[Argon2i] | type[Argon2id]] = {
    b"Argon2d": Argon2d,
    b"Argon2i": Argon2i,
    b"Argon2id": Argon2id,
}
_MOST_MEMORY, _MOST_PASSES, _MOST_LANES = 1 << 20, 1000, 64
"""KiB, rounds and lanes: more would stop this machine rather than a thief."""


def converted(data: bytes, passphrase: Secret | None) -> tuple[bytes, str]:
    """Return the key as an OpenSSH private file under the same passphrase, and its public line.

    Raises PassphraseNeeded when the passphrase is missing or wrong, NotAKey when the file is damaged or of a
    kind that cannot be converted (DSA, Ed448).
    """
    version, fields = _fields(data)
    encrypted = fields[b"Encryption"] != b"none"
    if encrypted and not passphrase:
        raise PassphraseNeeded("the key is encrypted")
    secret = passphrase.reveal().encode() if encrypted and passphrase else b""
    try:
        private = _opened(version, fields, secret, encrypted)
        key = _key(fields[b"type"], fields[b"Public-Lines"], private)
        public = public_of(key)
    except (WireError, ValueError, KeyError, UnsupportedAlgorithm) as error:
        if isinstance(error, PassphraseNeeded | NotAKey):
            raise
        raise NotAKey("the key's content is damaged or of another kind") from error
    if public.blob != fields[b"Public-Lines"]:
        raise NotAKey("the halves of the key do not belong together")
    comment = visible_bytes(fields.get(b"Comment", b""), keep="")
    line = public_line(public_from_blob(public.blob, comment))
    return private_file(key, comment, passphrase if encrypted else None), line


def _fields(data: bytes) -> tuple[int, dict[bytes, bytes]]:
    """Read the headers; blocks decoded, hexadecimal as it stands."""
    lines = [line.rstrip(b"\r") for line in data.split(b"\n")]
    head = _HEAD.fullmatch(lines[0])
    if head is None:
        raise NotAKey("no .ppk file of version 2 or 3")
    found = {b"type": head[2]}
    at = 1
    while at < len(lines):
        name, _colon, value = lines[at].partition(b": ")
        at += 1
        if name.endswith(b"-Lines") and value.isdigit() and len(value) < 6:
            block = lines[at : at + int(value)]
            at += len(block)
            value = base64text.decode(b"".join(block)) or b""
        found.setdefault(name, value)
    needed = (b"Encryption", b"Public-Lines", b"Private-Lines", b"Private-MAC")
    if any(name not in found for name in needed) or found[b"Encryption"] not in (b"none", b"aes256-cbc"):
        raise NotAKey("a part of the file is missing")
    return int(head[1]), found


def _opened(version: int, fields: dict[bytes, bytes], secret: bytes, encrypted: bool) -> bytes:
    """Decrypt the private part and check its MAC."""
    key, iv, mac_key = _keys_3(fields, secret, encrypted) if version == 3 else _keys_2(secret)
    private = fields[b"Private-Lines"]
    if encrypted:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        private = decryptor.update(private) + decryptor.finalize()
    names = (fields[b"type"], fields[b"Encryption"], fields.get(b"Comment", b""), fields[b"Public-Lines"])
    text = b"".join(map(string, (*names, private)))
    digest = hmac.new(mac_key, text, hashlib.sha256 if version == 3 else hashlib.sha1).hexdigest().encode()
    if not hmac.compare_digest(digest, fields[b"Private-MAC"].lower()):
        if encrypted:
            raise PassphraseNeeded("the passphrase is wrong, or the file is damaged")
        raise NotAKey("the file is damaged")
    return private


def _keys_2(secret: bytes) -> tuple[bytes, bytes, bytes]:
    halves = [hashlib.sha1(number.to_bytes(4, "big") + secret).digest() for number in (0, 1)]
    mac_key = hashlib.sha1(b"putty-private-key-file-mac-key" + secret).digest()
    return b"".join(halves)[:32], bytes(16), mac_key


def _keys_3(fields: dict[bytes, bytes], secret: bytes, encrypted: bool) -> tuple[bytes, bytes, bytes]:
    if not encrypted:
        return b"", b"", b""
    memory, passes, lanes = (
        int(fields[name]) for name in (b"Argon2-Memory", b"Argon2-Passes", b"Argon2-Parallelism")
    )
    if memory > _MOST_MEMORY or passes > _MOST_PASSES or lanes > _MOST_LANES:
        raise NotAKey("the key derivation asks for more than this machine should give")
    derivation = _ARGON2[fields[b"Key-Derivation"]](
        salt=bytes.fromhex(fields[b"Argon2-Salt"].decode("ascii")),
        length=80,
        iterations=passes,
        lanes=lanes,
        memory_cost=memory,
    )
    material = derivation.derive(secret)
    return material[:32], material[32:48], material[48:]


def _key(kind: bytes, public: bytes, private: bytes) -> PrivateKey:
    """Put the numbers of both halves together."""
    outer, inner = Cursor(public), Cursor(private)
    outer.string()
    if kind == b"ssh-ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(inner.string().ljust(32, b"\0"))
    if kind == b"ssh-rsa":
        e, n = _number(outer), _number(outer)
        d, p, q, iqmp = (_number(inner) for _name in "dpqi")
        numbers = rsa.RSAPrivateNumbers(
            p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), iqmp, rsa.RSAPublicNumbers(e, n)
        )
        return numbers.private_key()
    sizes = {b"ecdsa-sha2-nistp256": 256, b"ecdsa-sha2-nistp384": 384, b"ecdsa-sha2-nistp521": 521}
    if kind in sizes:
        return ec.derive_private_key(_number(inner), CURVES[sizes[kind]])
    raise NotAKey("a key of this kind cannot be converted")


def _number(cursor: Cursor) -> int:
    return int.from_bytes(cursor.string(), "big")
