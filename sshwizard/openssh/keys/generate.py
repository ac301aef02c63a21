"""New key pairs in OpenSSH's format (PROTOCOL.key), as `ssh-keygen` makes them. Loads `cryptography`.

Writes no file: `apply` does, and never over another.
"""

from __future__ import annotations

import os
from binascii import b2a_base64
from dataclasses import replace
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sshwizard.openssh.keys.openssh_format import BEGIN, END, MAGIC
from sshwizard.openssh.keys.private import PrivateKey, public_of
from sshwizard.openssh.keys.public import public_line
from sshwizard.openssh.wire import mpint, string, uint32
from sshwizard.secret import Secret

ROUNDS = 24
"""Rounds of the bcrypt KDF, as current OpenSSH uses by default (ssh-keygen -a)."""

RSA_SIZES = (3072, 4096)
CURVES = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
_LINE = 70


def generate(
    type: Literal["ed25519", "rsa", "ecdsa"], bits: int | None, comment: str, passphrase: Secret | None
) -> tuple[bytes, str]:
    """Make a pair. Returns the private file's bytes and the public line (without line break).

    `bits`: 3072 (default) or 4096 for RSA; 256 (default), 384 or 521 for ECDSA; ignored for Ed25519.
    An empty passphrase means none. Raises ValueError for another size or a comment of several lines.
    """
    if "\n" in comment or "\r" in comment or "\0" in comment:
        raise ValueError("a comment is one line")
    key = _make(type, bits)
    public = replace(public_of(key), comment=comment)
    return private_file(key, comment, passphrase), public_line(public)


def private_file(key: PrivateKey, comment: str, passphrase: Secret | None, rounds: int = ROUNDS) -> bytes:
    """Write a private key in OpenSSH's format, encrypted by aes256-ctr and bcrypt when there is a passphrase."""
    check = os.urandom(4)
    part = check + check + private_fields(key) + string(comment.encode())
    cipher, kdf, options, block = b"none", b"none", b"", 8
    if passphrase:
        cipher, kdf, block = b"aes256-ctr", b"bcrypt", 16
    part += bytes(range(1, -len(part) % block + 1))
    if passphrase:
        salt = os.urandom(16)
        options = string(salt) + uint32(rounds)
        part = stream(part, passphrase, salt, rounds)
    head = MAGIC + string(cipher) + string(kdf) + string(options) + uint32(1)
    text = b2a_base64(head + string(public_of(key).blob) + string(part), newline=False)
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return BEGIN + b"\n".join(lines) + b"\n" + END


def _make(type: str, bits: int | None) -> PrivateKey:
    if type == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if type == "ecdsa" and (bits or 256) in CURVES:
        return ec.generate_private_key(CURVES[bits or 256])
    if type == "rsa" and (bits or 3072) in RSA_SIZES:
        return rsa.generate_private_key(65537, bits or 3072)
    raise ValueError(f"no {type} key of {bits} bits")


def private_fields(key: PrivateKey) -> bytes:
    """Return type and private numbers as in an openssh-key-v1 file and in an agent's add message."""
    blob = public_of(key).blob
    if isinstance(key, ed25519.Ed25519PrivateKey):
        public = blob[-32:]
        return blob + string(key.private_bytes_raw() + public)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return blob + mpint(key.private_numbers().private_value)
    numbers = key.private_numbers()
    public_numbers = numbers.public_numbers
    parts = (public_numbers.n, public_numbers.e, numbers.d, numbers.iqmp, numbers.p, numbers.q)
    return string(b"ssh-rsa") + b"".join(map(mpint, parts))


def stream(part: bytes, passphrase: Secret, salt: bytes, rounds: int) -> bytes:
    """Encrypt or decrypt a private part by aes256-ctr with bcrypt's key; the mode is its own inverse."""
    import bcrypt

    material = bcrypt.kdf(
        passphrase.reveal().encode(),
        salt,
        desired_key_bytes=48,
        rounds=rounds,
        ignore_few_rounds=True,
    )
    encryptor = Cipher(algorithms.AES(material[:32]), modes.CTR(material[32:])).encryptor()
    return encryptor.update(part) + encryptor.finalize()
