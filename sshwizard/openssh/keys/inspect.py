"""What a key file holds, by its content alone: format, public half, encrypted or not, and what is wrong.

Each reader is asked in turn; when none can read the file as ssh would, the damage that people really do to
keys (CR LF, a byte order mark, lost line breaks …) is undone in memory to name key and damage.
"""

from __future__ import annotations

from sshwizard.model.files import FileSeen
from sshwizard.model.identity import KeyFile, PublicKey
from sshwizard.openssh.keys import base64text, openssh_format, public, putty, ssh2, verify
from sshwizard.openssh.keys.blob import NotAKey, UnknownKeyType, public_from_blob, refused_by_ssh
from sshwizard.openssh.keys.found import Found
from sshwizard.openssh.keys.problems import problem
from sshwizard.openssh.keys.quoted import unquoted
from sshwizard.openssh.keys.types import OF_CERTIFICATE, PLAIN

MAX_KEY = 1024 * 1024
"""Bytes of a file that are looked at (ssh's own limit is far above)."""

MAX_ODD_LINE = 16 * 1024
"""Bytes of a line that is worth mending."""

_KINDS = {
    "directory": "directory",
    "unreadable": "unreadable",
    "too_big": "too-big",
    "other": "not-a-file",
    "missing": "missing",
}


def read_key_file(seen: FileSeen, *, uid: int | None = None) -> KeyFile:
    """Inspect one look at a path. Never raises, never needs a passphrase.

    `uid`: the user whose ssh would use it; ssh checks the mode of that user's own files only.
    """
    found = read_content(seen.data) if seen.kind == "file" else Found(format=None)
    problems: tuple[str, ...] = found.problems
    if found.has_private or seen.kind != "file" or seen.path.endswith(".txt"):
        problems = _problems(seen, found, uid)
    return KeyFile(
        path=seen.path,
        format=found.format,
        public=found.public,
        ssh_reads_public=found.ssh_reads_public,
        has_private=found.has_private,
        encrypted=found.encrypted,
        usable_private=found.usable_private,
        comment=found.comment,
        mode=seen.mode,
        uid=seen.uid,
        mtime=seen.mtime,
        problems=tuple(map(problem, dict.fromkeys(problems))) if problems else (),
    )


def _problems(seen: FileSeen, found: Found, uid: int | None) -> tuple[str, ...]:
    """Add to what the content shows what kind, mode and name say."""
    more = []
    if seen.kind not in ("file", "missing"):
        more.append(_KINDS[seen.kind])
    if found.has_private and seen.mode is not None and seen.mode & 0o077 and uid in (None, seen.uid):
        more.append("key-perms-open")
    return (*found.problems, *more, *_name_problems(seen.path, found))


def read_content(data: bytes) -> Found:
    """Say what the bytes of a file are. Of a huge file only the beginning is looked at."""
    data = data[:MAX_KEY]
    if data.startswith(b"-----BEGIN OPENSSH"):
        return openssh_format.read(data) or _mended(data)
    if not data.startswith(b"-----BEGIN"):
        if not data.strip():
            return Found(format=None, problems=("empty",) if not data else ("not-a-key",))
        found = public.first_public(data)
        if found is not None:
            return _public(found)
    for reader in (putty.read, ssh2.read, _pem):
        other = reader(data)
        if other is not None:
            return _less_damaged(data, other) or other
    return _mended(data)


def _pem(data: bytes) -> Found | None:
    if b"-----BEGIN" not in data:
        return None
    from sshwizard.openssh.keys import pem

    return pem.read(data)


def _public(found: PublicKey) -> Found:
    return Found(format="public", public=found, ssh_reads_public=True, comment=found.comment)


def _name_problems(path: str, found: Found) -> list[str]:
    if found.format == "public" and path.endswith(".pub.txt"):
        return ["pub-txt"]
    if found.has_private and path.endswith(".pub"):
        return ["private-in-public-file"]
    return []


def _mended(data: bytes) -> Found:
    """Name the damage. What ssh cannot read stays unusable, whatever we make of it."""
    if data.startswith(b"SSH PRIVATE KEY FILE FORMAT 1.1\n"):
        encrypted = data[33:34] != b"\0"
        return Found(format=None, has_private=True, encrypted=encrypted, problems=("ssh1",))
    if data.startswith(b"\x30"):
        from sshwizard.openssh.keys import pem

        found = pem.read_der(data)
        if found is not None:
            return found
    problems: list[str] = []
    text, marks = unquoted(_decoded(data, problems))
    problems += marks
    if b"BEGIN OPENSSH PRIVATE KEY" in text:
        return _mended_private(text, problems)
    again = _mended_pem(text) if b" PRIVATE KEY-----" in text or b"-----BEGIN PRIVATE KEY" in text else None
    if again is not None:
        return again._replace(problems=(*problems, *again.problems))
    if problems:
        again = read_content(text)
        return again._replace(
            ssh_reads_public=False, usable_private=False, problems=tuple(problems) + again.problems
        )
    return _mended_public(text)


def _decoded(data: bytes, problems: list[str]) -> bytes:
    """Undo UTF-16 and a byte order mark."""
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            problems.append("utf16")
            return data[2:].decode(codec, "replace").encode()
    if data.startswith(b"\xef\xbb\xbf"):
        problems.append("bom")
        return data[3:]
    return data


def _mended_private(text: bytes, problems: list[str]) -> Found:
    begin, _mark, after = text.partition(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    if begin.strip():
        problems.append("leading-text")
    elif begin:
        problems.append("indented" if not begin.strip(b" \t") else "leading-text")
    inside, end, rest = after.partition(b"-----END OPENSSH PRIVATE KEY-----")
    if b"\\n" in inside:
        problems.append("escaped-newlines")
        inside = inside.replace(b"\\n", b"\n")
    elif end and b"\n" not in inside.strip():
        problems.append("one-line")
    if b"\r\n" in after:
        problems.append("crlf")
    if b"\n " in inside or b"\n\t" in inside:
        problems.append("indented")
    elif inside[:1] in (b" ", b"\t") and "one-line" not in problems:
        problems.append("trailing-blanks")
    if end and not rest:
        problems.append("no-final-newline")
    body = base64text.decode(inside) if end else None
    if body is None:
        problems.append("truncated" if not end else "damaged")
        body = base64text.decode_prefix(inside)
    return _described(body, problems)


def _mended_pem(text: bytes) -> Found | None:
    """Read a PEM key that is indented, or whose line breaks are gone or written as \\n; None when it is none."""
    from sshwizard.openssh.keys import pem

    again = pem.with_line_breaks(text)
    if again is None or again == text:
        return None
    found = read_content(again)
    if b"\n" not in text.strip():
        problem = "escaped-newlines" if b"\\n" in text else "one-line"
    else:
        problem = "indented" if b"\n " in text or b"\n\t" in text else "blank-lines"
    return (
        found._replace(usable_private=False, problems=(problem, *found.problems))
        if found.has_private
        else None
    )


def _less_damaged(data: bytes, found: Found) -> Found | None:
    """Name the damage of a PEM key that is whole once its lines are put right."""
    if "truncated" in found.problems:
        return _mended_pem(data)
    text, marks = unquoted(data)
    again = _mended_pem(text) if "damaged" in found.problems else None
    if again is None or "damaged" in again.problems:
        return None
    return again._replace(problems=(*marks, *again.problems))


def _described(body: bytes, problems: list[str]) -> Found:
    try:
        found = openssh_format.describe(openssh_format.open_envelope(body), undamaged=False)
    except UnknownKeyType:
        return Found(format="openssh", has_private=True, problems=(*problems, "unknown-type"))
    except NotAKey:
        if not {"truncated", "damaged"} & set(problems):
            problems.append("damaged")
        return Found(format="openssh", has_private=True, problems=tuple(problems))
    if "truncated" in problems or not problems:
        cut = ("truncated",) if not problems else ()
        return found._replace(problems=(*problems, *cut))
    return found._replace(problems=(*problems, *found.problems))


def _mended_public(text: bytes) -> Found:
    """Find a key in text in which ssh finds none: behind options, in quotes, broken over lines, cut off."""
    for line in text.split(b"\n")[:200]:
        found = _odd_line(line[:MAX_ODD_LINE].strip(b"\r"))
        if found is not None:
            return found
    return _wrapped(text) or Found(format=None, problems=("not-a-key",))


def _odd_line(line: bytes) -> Found | None:
    line = line.lstrip(b" \t")
    try:
        return _refused(public.read_public_line(line))
    except NotAKey:
        pass
    name, _blank, rest = line.strip(b"\"'").partition(b" ")
    if line[:1] in (b'"', b"'") and _is_type(name):
        return _unread(line.strip(b"\"'"), "quoted")
    if _is_type(name):
        blob = base64text.decode(rest.lstrip().split(b" ")[0]) if rest.strip() else None
        try:
            return Found(format="public", public=public_from_blob(blob or b""), problems=("type-word",))
        except NotAKey:
            return None
    behind = public.after_options(line) if b"ssh" in line or b"ecdsa" in line else None
    return _unread(behind, "options") if behind else None


def _refused(found: PublicKey) -> Found | None:
    """Explain a well-formed key that ssh does not read all the same."""
    if refused_by_ssh(found):
        id = "key-too-short"
    elif not verify.is_sound(found):
        id = "certificate-signature"
    else:
        return None
    return Found(format="public", public=found, comment=found.comment, problems=(id,))


def _unread(line: bytes, id: str) -> Found | None:
    try:
        found = public.read_public_line(line)
    except NotAKey:
        return None
    return Found(format="public", public=found, comment=found.comment, problems=(id,))


def _wrapped(text: bytes) -> Found | None:
    """Read a key whose base64 text goes on in the following lines, or is cut off."""
    first = text.lstrip().split(b"\n", 1)[0]
    name = first.split(b" ", 1)[0].strip()
    if not _is_type(name):
        words = first.split(b" ")
        bits_and_exponent = len(words) >= 3 and all(word.strip().isdigit() for word in words[:3])
        return Found(format=None, problems=("ssh1",)) if bits_and_exponent else None
    flat = b"".join(text.split(b"\n"))
    rest = flat.partition(name)[2].lstrip()
    words = rest.split(b" ")
    for count in range(1, min(len(words), 60) + 1):
        blob = base64text.decode(b"".join(words[:count]))
        try:
            found = public_from_blob(blob or b"")
        except NotAKey:
            continue
        return Found(format="public", public=found, problems=("wrapped",))
    return Found(format="public", problems=("truncated",))


def _is_type(name: bytes) -> bool:
    word = name.decode("ascii", "replace")
    return word in PLAIN or word in OF_CERTIFICATE
