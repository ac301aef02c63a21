"""Lists of revoked keys, as RevokedHostKeys names them: plain text, or a binary KRL (PROTOCOL.krl).

Says whether a list covers a key; what follows from that is the caller's. Knows no I/O.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator

from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys.blob import NotAKey, plain_blobs, public_from_blob, refused_by_ssh
from sshwizard.openssh.keys.public import read_public_line
from sshwizard.openssh.wire import Cursor, WireError

MAGIC = b"SSHKRL\n\0"
CERTIFICATES, EXPLICIT, SHA1, SIGNATURE, SHA256, EXTENSION = 1, 2, 3, 4, 5, 255
SERIALS, RANGE, BITMAP, KEY_ID, CERT_EXTENSION = 0x20, 0x21, 0x22, 0x23, 0x39


class Unreadable(ValueError):
    """ssh cannot read this list, and then takes no host key at all."""


def revokes(data: bytes, shown: PublicKey) -> bool:
    """Tell whether a list covers a key, or for a certificate also its authority. Raises Unreadable."""
    try:
        return _krl(data, shown) if data.startswith(MAGIC) else _text(data, shown)
    except (WireError, NotAKey) as error:
        raise Unreadable(str(error)) from error


def _prints(shown: PublicKey) -> set[str]:
    """Return the fingerprints of the plain key and of the authority that signed it."""
    return {shown.fingerprint, *((shown.certificate.ca_fingerprint,) if shown.certificate else ())}


def _text(data: bytes, shown: PublicKey) -> bool:
    """Read one key a line; ssh gives up at the first line that is none (authfile.c `sshkey_in_file`)."""
    wanted = _prints(shown)
    for raw in data.split(b"\n"):
        line = raw.lstrip(b" \t")
        if not line or line[:1] in (b"#", b"\0"):
            continue
        public = read_public_line(line)
        if public.fingerprint in wanted and not refused_by_ssh(public):
            return True
    return False


def _krl(data: bytes, shown: PublicKey) -> bool:
    cursor = Cursor(data[len(MAGIC) :])
    if cursor.uint32() != 1:
        raise WireError("an unknown version of the list")
    for _number in ("version", "date", "flags"):
        cursor.uint64()
    cursor.skip(2)
    found = False
    while not cursor.done:
        kind, section = cursor.byte(), cursor.string()
        if kind == SIGNATURE:
            # Behind the first signature nothing but signatures may follow; the key's name was `section`.
            cursor.string()
        elif kind == CERTIFICATES:
            found |= _certificates(Cursor(section), shown)
        elif kind in (EXPLICIT, SHA1, SHA256):
            found |= any(_covers(kind, entry, shown) for entry in _strings(section))
        elif kind == EXTENSION:
            _extension(Cursor(section))
        else:
            raise WireError(f"an unknown section {kind}")
    return found


def _covers(kind: int, entry: bytes, shown: PublicKey) -> bool:
    if kind == EXPLICIT:
        return public_from_blob(entry).fingerprint in _prints(shown)
    if kind == SHA256:
        return "SHA256:" + b64encode(entry).decode().rstrip("=") in _prints(shown)
    return any(hashlib.sha1(blob, usedforsecurity=False).digest() == entry for blob in plain_blobs(shown))


def _certificates(cursor: Cursor, shown: PublicKey) -> bool:
    authority = cursor.string()
    cursor.string()
    certificate = shown.certificate
    ours = certificate is not None and (
        not authority or public_from_blob(authority).fingerprint == certificate.ca_fingerprint
    )
    found = False
    while not cursor.done:
        kind, section = cursor.byte(), Cursor(cursor.string())
        if kind == CERT_EXTENSION:
            _extension(section)
        elif kind not in (SERIALS, RANGE, BITMAP, KEY_ID):
            raise WireError(f"an unknown section {kind}")
        elif certificate is not None and ours:
            found |= (
                any(
                    entry.decode("utf-8", "replace") == certificate.key_id for entry in _strings(section.data)
                )
                if kind == KEY_ID
                else certificate.serial != 0 and _has_serial(kind, section, certificate.serial)
            )
    return found


def _has_serial(kind: int, section: Cursor, serial: int) -> bool:
    if kind == RANGE:
        return section.uint64() <= serial <= section.uint64()
    if kind == BITMAP:
        offset, bits = section.uint64(), int.from_bytes(section.string(), "big")
        return serial >= offset and bool(bits >> (serial - offset) & 1)
    found = False
    while not section.done:
        found |= section.uint64() == serial
    return found


def _extension(cursor: Cursor) -> None:
    name, critical = cursor.string(), cursor.byte()
    if critical:
        raise WireError(f"an unknown extension {name!r}")


def _strings(data: bytes) -> Iterator[bytes]:
    cursor = Cursor(data)
    while not cursor.done:
        yield cursor.string()
