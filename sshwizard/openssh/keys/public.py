"""Public keys as text lines, and the first one that ssh finds in a file (authfile.c `sshkey_try_load_public`)."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable

from sshwizard.disguise import looks_like_key_material
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import base64text, verify
from sshwizard.openssh.keys.blob import NotAKey, UnknownKeyType, public_from_blob, refused_by_ssh
from sshwizard.openssh.keys.types import OF_CERTIFICATE, PLAIN, SIGNATURE_NAMES
from sshwizard.text import visible_bytes

_ALWAYS = b"AAAA"
"""The base64 text of every key contains it: a blob begins with the length of a short name."""

_NAMES = {name.encode(): name for name in (*PLAIN, *OF_CERTIFICATE)}
_NAMES |= {name.encode(): meant for name, meant in SIGNATURE_NAMES.items()}
"""First word of a line → type of the key that must follow."""

MAX_FILE = 1024 * 1024
"""Bytes of a file that are searched for a public line; ssh has no such limit, but no such files either."""

MAX_LINE = 256 * 1024
"""Bytes of one line that we look at; ssh's own keys are far below."""


def read_public_line(line: bytes | str) -> PublicKey:
    """Read `type base64 [comment]` as OpenSSH does (sshkey.c `sshkey_read`). Raises NotAKey.

    Options in front (as in authorized_keys) make it fail, as they do for ssh; see `after_options`.
    """
    data = line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line
    if b"\0" in data:
        data = data.partition(b"\0")[0]
    word, rest = _first_word(data.lstrip(b" \t") if data[:1] in b" \t" else data)
    if not rest or len(data) > MAX_LINE:
        raise NotAKey("not `type base64 comment`")
    name = _NAMES.get(word)
    if name is None:
        raise UnknownKeyType(f"unknown key type {visible_bytes(word[:80])}")
    text, comment = _first_word(rest)
    blob = base64text.decode(text)
    if not blob:
        raise NotAKey("the base64 text is damaged or cut off")
    public = public_from_blob(blob, _comment(comment))
    if public.type != name:
        raise NotAKey(f"the line says {name}, the key inside is {public.type}")
    return public


def first_public(data: bytes, known: Callable[[str], bool] = lambda name: True) -> PublicKey | None:
    """Return the first key that ssh reads from a public key file with this content, or None.

    Lines that are no key are skipped; a line that begins a private key ends the search. A certificate
    whose signature is wrong, and an RSA key below 1024 bits, are no keys to ssh. `known` tells whether the
    ssh meant knows a type.
    """
    if _ALWAYS not in data:
        return None
    for line in data[:MAX_FILE].split(b"\n"):
        if line.startswith(b"-----BEGIN"):
            return None
        if _ALWAYS not in line or line[0] in b"#\0":
            continue
        try:
            public = read_public_line(line)
        except NotAKey:
            continue
        if known(public.type) and not refused_by_ssh(public) and verify.is_sound(public):
            return public
    return None


def public_line(public: PublicKey) -> str:
    """Write `type base64 comment`, from the parsed key; a comment like a piece of a private half is left out."""
    text = f"{public.type} {b2a_base64(public.blob, newline=False).decode()}"
    if not public.comment or looks_like_key_material(public.comment):
        return text
    return f"{text} {public.comment}"


def after_options(line: bytes) -> bytes | None:
    """Return what follows the first word, quotes respected: the key behind authorized_keys options."""
    quoted = False
    at = 0
    while at < len(line) and (quoted or line[at : at + 1] not in (b" ", b"\t")):
        if line[at : at + 2] == b'\\"':
            at += 1
        elif line[at : at + 1] == b'"':
            quoted = not quoted
        at += 1
    return line[at:].lstrip(b" \t") or None


def _first_word(data: bytes) -> tuple[bytes, bytes]:
    """Split at the first run of blanks and tabs, the only separators that ssh knows."""
    word, _blank, rest = data.partition(b" ")
    if b"\t" in word:
        word = data.partition(b"\t")[0]
        rest = data[len(word) + 1 :]
    return word, rest.lstrip(b" \t") if rest[:1] in b" \t" else rest


def _comment(text: bytes) -> str:
    if b"\r" in text:
        text = text.partition(b"\r")[0]
    text = text.partition(b"\n")[0]
    return visible_bytes(text, keep="") if text else ""
