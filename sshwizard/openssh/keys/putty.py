"""PuTTY's .ppk files, versions 2 and 3: the public half and the comment stand in clear.

Source: the PuTTY manual, appendix C. ssh does not read this format at all.
"""

from __future__ import annotations

from sshwizard.openssh.keys import base64text
from sshwizard.openssh.keys.blob import NotAKey, UnknownKeyType, public_from_blob
from sshwizard.openssh.keys.found import Found
from sshwizard.text import visible_bytes

HEAD = b"PuTTY-User-Key-File-"


def read(data: bytes) -> Found | None:
    """Read a .ppk file; None when it is none."""
    if not data.startswith(HEAD):
        return None
    lines = [line.rstrip(b"\r") for line in data.split(b"\n")]
    version = lines[0][len(HEAD) : len(HEAD) + 1]
    headers = _headers(lines)
    comment = visible_bytes(headers.get(b"Comment", b""), keep="")
    encrypted = headers.get(b"Encryption", b"none") != b"none"
    problems = ["ppk"]
    public = None
    try:
        public = public_from_blob(headers.get(b"Public-Lines", b""), comment)
    except UnknownKeyType:
        problems.append("unknown-type")
    except NotAKey:
        problems.append("damaged")
    if b"Private-MAC" not in headers:
        problems.append("truncated")
    return Found(
        format="ppk3" if version == b"3" else "ppk2",
        public=public,
        has_private=True,
        encrypted=encrypted,
        comment=comment,
        problems=tuple(dict.fromkeys(problems)),
    )


def _headers(lines: list[bytes]) -> dict[bytes, bytes]:
    """Read `Name: value` lines; for `Public-Lines: N` the value is the decoded block that follows."""
    found: dict[bytes, bytes] = {}
    at = 1
    while at < len(lines):
        name, colon, value = lines[at].partition(b": ")
        at += 1
        if name.endswith(b"-Lines") and value.isdigit() and len(value) < 6:
            block = lines[at : at + int(value)]
            at += len(block)
            value = base64text.decode(b"".join(block)) or b""
        if colon:
            found.setdefault(name, value)
    return found
