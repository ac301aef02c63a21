"""The three NIST curves of RFC 5656, as far as telling a sound public point from a broken one.

OpenSSH refuses a public key whose point is not on its curve (sshkey.c `sshkey_ec_validate_public`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """y² = x³ - 3x + b over the integers modulo p; every one of these has cofactor 1."""

    name: bytes
    bits: int
    p: int
    b: int
    order: int
    generator: tuple[int, int]
    digest: str
    """The hash that ECDSA uses with this curve (RFC 5656 §6.2.1)."""

    @property
    def size(self) -> int:
        """Bytes of one coordinate."""
        return (self.bits + 7) // 8


P256 = Curve(
    b"nistp256",
    256,
    0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    "sha256",
)
P384 = Curve(
    b"nistp384",
    384,
    2**384 - 2**128 - 2**96 + 2**32 - 1,
    0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    (
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    ),
    "sha384",
)
P521 = Curve(
    b"nistp521",
    521,
    2**521 - 1,
    int(
        "0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF07"
        "3573DF883D2C34F1EF451FD46B503F00",
        16,
    ),
    2**521 - 2**260 + 0xA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409,
    (
        int(
            "00C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8DE"
            "3348B3C1856A429BF97E7E31C2E5BD66",
            16,
        ),
        int(
            "011839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640C550B9013FAD0761"
            "353C7086A272C24088BE94769FD16650",
            16,
        ),
    ),
    "sha512",
)
BY_NAME = {curve.name: curve for curve in (P256, P384, P521)}


def decode_point(curve: Curve, point: bytes) -> tuple[int, int] | None:
    """Return the coordinates of an uncompressed point, or None when it is not a sound public key."""
    size = curve.size
    if len(point) != 2 * size + 1 or point[0] != 4:
        return None
    x = int.from_bytes(point[1 : size + 1], "big")
    y = int.from_bytes(point[size + 1 :], "big")
    if not (x < curve.order - 1 and y < curve.order - 1 and x < curve.p and y < curve.p):
        return None
    if min(x.bit_length(), y.bit_length()) <= curve.order.bit_length() // 2:
        return None
    return (x, y) if (y * y - (x * x - 3) * x - curve.b) % curve.p == 0 else None


_Jacobian = tuple[int, int, int]


def combine(
    curve: Curve, one: int, first: tuple[int, int], two: int, second: tuple[int, int]
) -> tuple[int, int] | None:
    """Return ``one*first + two*second``, or None for the point at infinity. For public values only."""
    a, b = (*first, 1), (*second, 1)
    both = _add(curve, a, b)
    total: _Jacobian = (0, 1, 0)
    for shift in range(max(one.bit_length(), two.bit_length()) - 1, -1, -1):
        total = _double(curve, total)
        match one >> shift & 1, two >> shift & 1:
            case 1, 1:
                total = _add(curve, total, both)
            case 1, 0:
                total = _add(curve, total, a)
            case 0, 1:
                total = _add(curve, total, b)
    x, y, z = total
    if z % curve.p == 0:
        return None
    inverse = pow(z, -1, curve.p)
    return x * inverse**2 % curve.p, y * inverse**3 % curve.p


def _double(curve: Curve, point: _Jacobian) -> _Jacobian:
    x, y, z = point
    p = curve.p
    if not z or not y:
        return 0, 1, 0
    square = y * y % p
    s = 4 * x * square % p
    slope = 3 * (x - z * z) * (x + z * z) % p
    new_x = (slope * slope - 2 * s) % p
    return new_x, (slope * (s - new_x) - 8 * square * square) % p, 2 * y * z % p


def _add(curve: Curve, one: _Jacobian, two: _Jacobian) -> _Jacobian:
    if not one[2]:
        return two
    if not two[2]:
        return one
    p = curve.p
    z1, z2 = one[2] * one[2] % p, two[2] * two[2] % p
    u1, u2 = one[0] * z2 % p, two[0] * z1 % p
    s1, s2 = one[1] * two[2] * z2 % p, two[1] * one[2] * z1 % p
    if u1 == u2:
        return _double(curve, one) if s1 == s2 else (0, 1, 0)
    h, r = u2 - u1, s2 - s1
    h2 = h * h % p
    h3, v = h * h2 % p, u1 * h2 % p
    x = (r * r - h3 - 2 * v) % p
    return x, (r * (v - x) - s1 * h3) % p, one[2] * two[2] * h % p
