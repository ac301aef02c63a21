"""Whether a certificate really was signed by the key it names: ssh reads no certificate otherwise.

Own arithmetic on public values only (RFC 8017 §8.2.2, FIPS 186-4 §6.4, RFC 8032 §5.1.7), because a look at
what ssh offers must not load a crypto library. Nothing here ever sees a private key.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from sshwizard.model.identity import PublicKey
from sshwizard.openssh.wire import Cursor

_RSA_HASHES = {
    b"ssh-rsa": ("sha1", "3021300906052b0e03021a05000414"),
    b"rsa-sha2-256": ("sha256", "3031300d060960864801650304020105000420"),
    b"rsa-sha2-512": ("sha512", "3051300d060960864801650304020305000440"),
}
"""Signature algorithm → hash and its DigestInfo prefix (RFC 8017 §9.2 note 1)."""


def is_sound(public: PublicKey) -> bool:
    """Tell whether the CA's signature on a certificate is right; True for a plain key."""
    return public.certificate is None or _signed(public.blob)


@lru_cache(maxsize=1024)
def _signed(blob: bytes) -> bool:
    """Check the last two fields of the certificate, CA key and signature, against all before them."""
    try:
        ca, signature = _tail(blob)
        signed = blob[: len(blob) - 4 - len(signature)]
        return verify(ca, signature, signed)
    except ValueError:
        return False


def _tail(blob: bytes) -> tuple[bytes, bytes]:
    cursor = Cursor(blob)
    name = cursor.text()
    cursor.string()
    for _ in range(_FIELDS.get(name.partition(b"-cert-")[0], 1)):
        cursor.string()
    cursor.take(12)
    cursor.string()
    cursor.string()
    cursor.take(16)
    for _ in range(3):
        cursor.string()
    return cursor.string(), cursor.string()


_FIELDS = {
    b"ssh-rsa": 2,
    b"rsa-sha2-256": 2,
    b"rsa-sha2-512": 2,
    b"ssh-dss": 4,
    b"ecdsa-sha2-nistp256": 2,
    b"ecdsa-sha2-nistp384": 2,
    b"ecdsa-sha2-nistp521": 2,
    b"sk-ssh-ed25519": 2,
    b"sk-ecdsa-sha2-nistp256": 3,
}
"""Stem of a certificate's name → fields of its public key."""


def verify(key: bytes, signature: bytes, data: bytes) -> bool:
    """Check `signature` (RFC 4253 §6.6 encoding) by the public key `key` (wire blob) over `data`.

    ML-DSA signatures cannot be checked here and are taken on trust. Raises ValueError on damage.
    """
    public, signed = Cursor(key), Cursor(signature)
    name, algorithm, proof = public.text(), signed.text(), signed.string()
    if name == b"ssh-rsa":
        return _rsa(public.mpint(), public.mpint(), algorithm, proof, data)
    if name != algorithm:
        return False
    match name:
        case b"ssh-ed25519":
            return _ed25519(public.string(), proof, data)
        case b"sk-ssh-ed25519@openssh.com":
            point = public.string()
            return _ed25519(point, proof, _touched(public.string(), signed, data))
        case b"sk-ecdsa-sha2-nistp256@openssh.com":
            public.string()
            point = public.string()
            return _ecdsa(b"nistp256", point, proof, _touched(public.string(), signed, data))
        case b"ssh-dss":
            return _dsa([public.mpint() for _ in "pqgy"], proof, data)
        case b"ssh-mldsa44-ed25519@openssh.com":
            return True
        case _:
            return _ecdsa(public.string(), public.string(), proof, data)


def _touched(application: bytes, signed: Cursor, data: bytes) -> bytes:
    """Return what a security key signs in place of `data` (PROTOCOL.u2f, "SSH U2F Signatures")."""
    flags_and_counter = signed.take(5)
    return hashlib.sha256(application).digest() + flags_and_counter + hashlib.sha256(data).digest()


def _rsa(exponent: int, modulus: int, algorithm: bytes, proof: bytes, data: bytes) -> bool:
    known = _RSA_HASHES.get(algorithm)
    size = (modulus.bit_length() + 7) // 8
    # NOTE: OpenSSL's own bounds (rsa.h); without them a hostile exponent costs seconds.
    too_slow = modulus.bit_length() > 3072 and exponent.bit_length() > 64
    if known is None or len(proof) > size or modulus <= exponent or too_slow:
        return False
    digest = bytes.fromhex(known[1]) + hashlib.new(known[0], data).digest()
    if size < len(digest) + 11:
        return False
    padded = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    return pow(int.from_bytes(proof, "big"), exponent, modulus) == int.from_bytes(padded, "big")


def _dsa(numbers: list[int], proof: bytes, data: bytes) -> bool:
    p, q, g, y = numbers
    if len(proof) != 40 or q.bit_length() != 160 or p.bit_length() > 10000:
        return False
    r, s = int.from_bytes(proof[:20], "big"), int.from_bytes(proof[20:], "big")
    if not (0 < r < q and 0 < s < q):
        return False
    inverse = pow(s, -1, q)
    digest = int.from_bytes(hashlib.sha1(data, usedforsecurity=False).digest(), "big")
    return pow(g, digest * inverse % q, p) * pow(y, r * inverse % q, p) % p % q == r


def _ecdsa(name: bytes, point: bytes, proof: bytes, data: bytes) -> bool:
    from sshwizard.openssh.keys import curves

    numbers = Cursor(proof)
    r, s = numbers.mpint(), numbers.mpint()
    curve = curves.BY_NAME.get(name)
    public = curves.decode_point(curve, point) if curve else None
    if curve is None or public is None or not (0 < r < curve.order and 0 < s < curve.order):
        return False
    digest = int.from_bytes(hashlib.new(curve.digest, data).digest(), "big")
    digest >>= max(0, hashlib.new(curve.digest).digest_size * 8 - curve.bits)
    inverse = pow(s, -1, curve.order)
    found = curves.combine(
        curve, digest * inverse % curve.order, curve.generator, r * inverse % curve.order, public
    )
    return found is not None and found[0] % curve.order == r


_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_L = 2**252 + 27742317777372353535851937790883648493
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def _ed25519(key: bytes, proof: bytes, data: bytes) -> bool:
    if len(proof) != 64 or len(key) != 32:
        return False
    public = _decompress(key)
    s = int.from_bytes(proof[32:], "little")
    if public is None or s >= _L:
        return False
    digest = hashlib.sha512(proof[:32] + key + data).digest()
    factor = int.from_bytes(digest, "little") % _L
    x, y, z, _t = public
    left = _multiply(s, _BASE)
    right = _multiply(factor, (-x % _P, y, z, -x * y % _P))
    return _compress(_add(left, right)) == proof[:32]


def _decompress(data: bytes) -> _Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, (y & (2**255 - 1)) % _P
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT % _P
    if x * x % _P != square:
        return None
    x = -x % _P if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _compress(point: _Point) -> bytes:
    x, y, z, _t = point
    inverse = pow(z, -1, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _add(one: _Point, two: _Point) -> _Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(factor: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE = _decompress(_BASE_Y.to_bytes(32, "little")) or (0, 1, 1, 0)
