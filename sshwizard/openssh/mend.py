"""Key files put right: the same key in the form that ssh reads. Pure, bytes to bytes, needs no passphrase.

What people's tools do to keys (line ends, byte order marks, lost or escaped line breaks, indentation, marks of
quoted mail, text around the key) is undone; the key's own bytes stay. Nothing is returned that ssh could not read afterwards.
"""

from __future__ import annotations

import re

from sshwizard.model.files import FileSeen
from sshwizard.model.identity import KeyFile
from sshwizard.openssh.keys import public_line, read_key_file
from sshwizard.openssh.keys.pem import with_line_breaks
from sshwizard.openssh.keys.quoted import unquoted

_BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_END = b"-----END OPENSSH PRIVATE KEY-----"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_WIDTH = 70
"""Columns of base64 in a line, as ssh-keygen writes them."""


def mended_private(data: bytes) -> bytes | None:
    """Return a private key file as ssh reads it, or None when that is not to be had from these bytes."""
    text, _marks = unquoted(_as_utf8(data))
    mended = _openssh(text) if _BEGIN in text else with_line_breaks(text)
    if mended is None or mended == data:
        return None
    before, after = _read(data), _read(mended)
    same = before.public is None or (after.public is not None and after.public.blob == before.public.blob)
    return mended if after.usable_private and same else None


def mended_public(file: KeyFile) -> bytes | None:
    """Return the one line that ssh reads for a public key file in another form, or None if there is no key."""
    if file.public is None or file.has_private:
        return None
    line = public_line(file.public).encode("utf-8", "backslashreplace") + b"\n"
    after = _read(line)
    return line if after.ssh_reads_public and after.public is not None else None


def holds_private_half(data: bytes | None) -> bool:
    """Tell whether a content must not be shown: it has a private key in it, whatever form it is in."""
    text = (data or b"").replace(b"\0", b"")
    return b"PRIVATE KEY" in text or b"Private-Lines:" in text


def _openssh(text: bytes) -> bytes | None:
    inside, end, _rest = text.partition(_BEGIN)[2].partition(_END)
    if not end:
        return None
    body = re.sub(rb"\s+", b"", inside.replace(b"\\n", b"\n").replace(b"\\r", b""))
    lines = [body[at : at + _WIDTH] for at in range(0, len(body), _WIDTH)]
    return b"\n".join([_BEGIN, *lines, _END, b""])


def _as_utf8(data: bytes) -> bytes:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace").encode()
    return data


def _read(data: bytes) -> KeyFile:
    return read_key_file(FileSeen(path="/key", kind="file", data=data, mode=0o600, size=len(data)))
