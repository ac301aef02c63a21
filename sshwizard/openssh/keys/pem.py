"""PEM files: PKCS#1, SEC1, DSA and PKCS#8 private keys, plain or encrypted, and PEM public keys.

ssh gets no public half out of these without opening the private one; we read it where it stands in clear.
Sources: RFC 1421 (headers), RFC 8017 A.1, RFC 5915, RFC 5208/5958, RFC 8410, and what OpenSSL takes around
the block: leading text, CR LF, a byte order mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from sshwizard.model.identity import KeyFormat, PublicKey
from sshwizard.openssh.keys import base64text
from sshwizard.openssh.keys.blob import NotAKey, UnknownKeyType, public_from_blob, refused_by_ssh
from sshwizard.openssh.keys.der import BITS, OCTETS, OID, SEQUENCE, Der, DerError
from sshwizard.openssh.keys.found import Found
from sshwizard.openssh.wire import mpint, string

RSA = bytes.fromhex("2a864886f70d010101")
DSA = bytes.fromhex("2a8648ce380401")
EC = bytes.fromhex("2a8648ce3d0201")
ED25519 = bytes.fromhex("2b6570")
ED448 = bytes.fromhex("2b6571")
_BLANKS = bytes([*range(0x21), *range(0x80, 0x100)])
"""What OpenSSL cuts off the ends of lines (pem_lib.c, sanitize_line), where `char` has a sign."""
DSA_MAXIMUM = 10000
"""Bits of the largest DSA modulus that OpenSSL computes with."""
CURVES = {
    bytes.fromhex("2a8648ce3d030107"): b"nistp256",
    bytes.fromhex("2b81040022"): b"nistp384",
    bytes.fromhex("2b81040023"): b"nistp521",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One `-----BEGIN …-----` block."""

    label: str
    """`RSA PRIVATE KEY`, `PRIVATE KEY`, …"""
    headers: tuple[str, ...]
    body: bytes | None
    """Decoded; None when the base64 text is damaged or the end mark missing."""
    ended: bool


def blocks(data: bytes) -> tuple[Block, ...]:
    """Split PEM text into its blocks, as OpenSSL does: a mark begins a line, all else is passed over."""
    found: list[Block] = []
    lines: list[bytes] | None = None
    label = ""
    for raw in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        line = raw.rstrip(_BLANKS)
        if lines is None:
            if line.startswith(b"-----BEGIN ") and line.endswith(b"-----"):
                label, lines = line[11:-5].decode("ascii", "replace"), []
        elif line.startswith(b"-----END "):
            found.append(_block(label, lines, ended=line == f"-----END {label}-----".encode()))
            lines = None
        else:
            lines.append(line)
    if lines is not None:
        found.append(_block(label, lines, ended=False))
    return tuple(found)


def read(data: bytes) -> Found | None:
    """Read the first key in PEM text; None when there is no block of a key."""
    parts = blocks(data)
    for block in parts:
        if block.label == "ENCRYPTED PRIVATE KEY" or block.label.endswith("PRIVATE KEY"):
            if block.label != "OPENSSH PRIVATE KEY":
                return _private(block)
        elif block.label in ("PUBLIC KEY", "RSA PUBLIC KEY"):
            return _public(block)
    return None


def with_line_breaks(text: bytes) -> bytes | None:
    """Return the private key in a text, its lines as OpenSSL wants them; None: there is none.

    Line breaks that it lost (or that are written as \\n) come back, indentation and blank lines go.

    A key with headers (`DEK-Info:`) that stands on one line is not taken apart: where a header ends is not certain.
    """
    plain = text.replace(b"\\r", b"").replace(b"\\n", b"\n")
    start = plain.find(b"-----BEGIN ")
    stop = plain.find(b"-----", start + 11)
    label = plain[start + 11 : stop] if start >= 0 and stop >= 0 else b""
    end = b"-----END " + label + b"-----"
    at = plain.find(end, stop + 5) if label.endswith(b"PRIVATE KEY") and len(label) < 40 else -1
    if at < 0:
        return None
    begin, inside = plain[start : stop + 5], plain[stop + 5 : at]
    if b"\n" in inside.strip():
        lines = [line.strip() for line in inside.splitlines() if line.strip()]
        headers = list(takewhile(lambda line: b":" in line, lines))
        lines = [*headers, b"", *lines[len(headers) :]] if headers else lines
    elif b":" in inside:
        return None
    else:
        body = b"".join(inside.split())
        lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return b"\n".join([begin, *lines, end, b""])


def read_der(data: bytes) -> Found | None:
    """Read a binary DER private key, which ssh does not; None when it is none."""
    for label in ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"):
        try:
            public, format = public_in(label, data)
        except (DerError, NotAKey):
            continue
        return Found(format=format, public=public, has_private=True, encrypted=False, problems=("der",))
    return None


def public_in(label: str, body: bytes) -> tuple[PublicKey | None, KeyFormat]:
    """Return the public half of an unencrypted private key's DER body, None where it must be computed.

    Raises DerError, NotAKey.
    """
    if label == "PRIVATE KEY":
        return _pkcs8(Der(body)), "pkcs8"
    top = Der(body).sequence()
    version = top.integer()
    if label == "EC PRIVATE KEY":
        if version != 1:
            raise DerError("not an EC private key")
        return _sec1(top, None), "pem"
    if version != 0:
        raise DerError("an unknown version of a private key")
    return _numbers("dsa" if label == "DSA PRIVATE KEY" else "rsa", top), "pem"


def computed_public(body: bytes) -> PublicKey | None:
    """Compute the public half of an unencrypted key that does not hold it (Ed25519, some EC keys)."""
    from sshwizard.openssh.keys.private import public_of_der

    return public_of_der(body)


def _block(label: str, lines: list[bytes], *, ended: bool) -> Block:
    headers: tuple[str, ...] = ()
    if lines and b":" in lines[0]:
        cut = lines.index(b"") if b"" in lines else len(lines)
        headers = tuple(line.decode("ascii", "replace") for line in lines[:cut])
        lines = lines[cut + 1 :]
    # NOTE: a blank line ends the headers, also where there are none; after it OpenSSL wants 64 characters on
    # every line but the last, and no further blank line (pem_lib.c, get_header_and_data).
    strict = bool(headers) or lines[:1] == [b""]
    lines = lines[1:] if strict and not headers else lines
    even = not strict or (all(len(line) == 64 for line in lines[:-1]) and len(b"".join(lines[-1:])) <= 64)
    body = base64text.decode(b"".join(lines)) if ended and even and b"" not in lines else None
    return Block(label=label, headers=headers, body=body or None, ended=ended)


def _private(block: Block) -> Found:
    format: KeyFormat = "pkcs8" if block.label in ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY") else "pem"
    encrypted = block.label == "ENCRYPTED PRIVATE KEY" or any("ENCRYPTED" in line for line in block.headers)
    if block.body is None or (encrypted and not _sound_encrypted(block)):
        cut = "damaged" if block.ended else "truncated"
        return Found(format=format, has_private=True, encrypted=encrypted, problems=(cut,))
    if encrypted:
        return Found(format=format, has_private=True, encrypted=True, usable_private=True)
    try:
        public, format = public_in(block.label, block.body)
        public = public or computed_public(block.body)
    except UnknownKeyType:
        return Found(format=format, has_private=True, encrypted=False, problems=("unknown-type",))
    except (DerError, NotAKey):
        return Found(format=format, has_private=True, encrypted=False, problems=("damaged",))
    return _readable(format, public)


def _readable(format: KeyFormat, public: PublicKey | None) -> Found:
    problems = []
    if public is not None and refused_by_ssh(public):
        problems.append("key-too-short")
    if public is not None and public.type == "ssh-ed448":
        problems.append("unknown-type")
    if format == "pkcs8" and public is not None and public.type == "ssh-ed25519":
        problems.append("pkcs8-ed25519")
    unusable = {"key-too-short", "unknown-type"} & set(problems)
    return Found(
        format=format,
        public=public,
        has_private=True,
        encrypted=False,
        usable_private=not unusable,
        problems=tuple(problems),
    )


def _sound_encrypted(block: Block) -> bool:
    """Tell whether OpenSSL would go on to ask for the passphrase."""
    body = block.body or b""
    if block.label != "ENCRYPTED PRIVATE KEY":
        info = next((line for line in block.headers[1:2] if line.startswith("DEK-Info: ")), "")
        cipher, comma, iv = info.removeprefix("DEK-Info: ").partition(",")
        size = 8 if cipher.startswith("DES") else 16
        return bool(comma) and len(iv) == 2 * size and _is_hex(iv) and len(body) % size == 0
    try:
        outer = Der(body).sequence()
        outer.one(SEQUENCE)
        outer.one(OCTETS)
    except DerError:
        return False
    return True


def _is_hex(text: str) -> bool:
    return not text.strip("0123456789abcdefABCDEF")


def _public(block: Block) -> Found:
    try:
        body = Der(block.body or b"").sequence()
        if block.label == "RSA PUBLIC KEY":
            public = _rsa(body.integer(), body.integer())
        else:
            public = _subject_public_key(body)
    except (DerError, NotAKey):
        return Found(format="pem", problems=("damaged",))
    return Found(format="pem", public=public, problems=("public-pem",))


def _subject_public_key(body: Der) -> PublicKey:
    algorithm = body.sequence()
    name = algorithm.one(OID)
    bits = body.one(BITS)[1:]
    if name == RSA:
        inner = Der(bits).sequence()
        return _rsa(inner.integer(), inner.integer())
    if name == EC:
        return _point(algorithm.one(OID), bits)
    if name == ED25519:
        return public_from_blob(string(b"ssh-ed25519") + string(bits))
    raise UnknownKeyType("an unknown algorithm")


def _pkcs8(data: Der) -> PublicKey | None:
    top = data.sequence()
    if top.integer() > 1:
        raise DerError("an unknown version of PKCS#8")
    algorithm = top.sequence()
    name = algorithm.one(OID)
    inner = top.one(OCTETS)
    if name == RSA:
        numbers = Der(inner).sequence()
        numbers.integer()
        return _numbers("rsa", numbers)
    if name == EC:
        keys = Der(inner).sequence()
        keys.integer()
        return _sec1(keys, algorithm.one(OID))
    if name in (ED25519, ED448):
        Der(inner).one(OCTETS)
        return None
    if name == DSA:
        return _dsa(algorithm.sequence(), Der(inner).integer())
    raise UnknownKeyType("an unknown algorithm")


def _dsa(domain: Der, secret: int) -> PublicKey:
    """Return the public half of a DSA key, which PKCS#8 leaves to be computed: y = g^x mod p."""
    p, q, g = (domain.integer() for _ in "pqg")
    if not 0 < p.bit_length() <= DSA_MAXIMUM or secret >= q:
        raise DerError("numbers that make no DSA key")
    return public_from_blob(string(b"ssh-dss") + b"".join(map(mpint, (p, q, g, pow(g, secret, p)))))


def _numbers(kind: str, top: Der) -> PublicKey:
    if kind == "dsa":
        numbers = [top.integer() for _ in "pqgyx"]
        return public_from_blob(string(b"ssh-dss") + b"".join(map(mpint, numbers[:4])))
    numbers = [top.integer() for _ in range(8)]
    return _rsa(*numbers[:2])


def _rsa(modulus: int, exponent: int) -> PublicKey:
    return public_from_blob(string(b"ssh-rsa") + mpint(exponent) + mpint(modulus))


def _sec1(top: Der, curve: bytes | None) -> PublicKey | None:
    """Read what follows the version of an ECPrivateKey; its public half is optional."""
    top.one(OCTETS)
    if top.next_tag() == 0xA0:
        curve = Der(top.any()[1]).one(OID)
    if top.next_tag() != 0xA1:
        if curve not in CURVES:
            raise UnknownKeyType("an unknown curve")
        return None
    return _point(curve or b"", Der(top.any()[1]).one(BITS)[1:])


def _point(curve: bytes, point: bytes) -> PublicKey:
    name = CURVES.get(curve)
    if name is None:
        raise UnknownKeyType("an unknown curve")
    return public_from_blob(string(b"ecdsa-sha2-" + name) + string(name) + string(point))
