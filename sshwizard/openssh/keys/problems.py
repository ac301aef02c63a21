"""The sentences for what can be wrong with a key file. Knows nothing of how it is found out."""

from __future__ import annotations

from functools import cache

from sshwizard.model.identity import KeyProblem
from sshwizard.text import _

SENTENCES = {
    "blank-lines": "There are blank lines between the lines of the key; ssh does not read it.",
    "bom": "The file begins with a byte order mark, which ssh does not read.",
    "certificate-signature": "The certificate's signature does not fit; ssh does not read it.",
    "crlf": "The lines end in CR LF (Windows), which breaks a key in OpenSSH's format.",
    "damaged": "The key's content is damaged; ssh cannot read it.",
    "der": "The key is in binary DER form; ssh reads it only as text (PEM).",
    "directory": "This is a directory, not a key file.",
    "empty": "The file is empty (0 bytes).",
    "escaped-newlines": "The line breaks are written as \\n, as in a variable of a CI system; ssh wants real ones.",
    "indented": "The lines are indented, which breaks a key in OpenSSH's format.",
    "key-perms-open": "Other accounts may read this private key; ssh refuses to use it.",
    "key-too-short": "The RSA key is shorter than 1024 bits; ssh does not use it.",
    "leading-text": "There is other text before the key, which breaks a key in OpenSSH's format.",
    "mail-quotes": "The lines begin with > as in a quoted mail, which breaks the key.",
    "no-break-spaces": "There are no-break spaces in it, as from a web page, which breaks the key.",
    "no-final-newline": "The last line has no line break at its end, which breaks a key in OpenSSH's format.",
    "not-a-key": "The content is not a key.",
    "one-line": "The line breaks are gone: the whole key stands on one line.",
    "options": "There are options before the key, as in authorized_keys; ssh skips such a line.",
    "pair-mismatch": "The .pub file beside it belongs to another key; ssh offers the wrong one and cannot sign.",
    "pkcs8-ed25519": "An Ed25519 key in PKCS#8 form: ssh reads it only from version 9.6 on.",
    "ppk": "The key is in PuTTY's format, which ssh does not read.",
    "private-in-public-file": "The .pub file holds a private key.",
    "pub-txt": "The name ends in .pub.txt, so ssh does not find this public key.",
    "public-in-private-file": "The file where a private key is expected holds a public key.",
    "public-pem": "The public key is in PEM form, which ssh does not read.",
    "quoted": "There is a quotation mark around the key; ssh skips such a line.",
    "rfc4716": "The public key is in RFC 4716 form (---- BEGIN SSH2 PUBLIC KEY ----), which ssh does not read.",
    "ssh1": "A key of the old SSH protocol 1, which nothing uses any more.",
    "sshcom": "The private key is in the format of ssh.com, which ssh does not read.",
    "too-big": "The file is too big for a key.",
    "trailing-blanks": "There are blanks at the ends of its lines, which breaks a key in OpenSSH's format.",
    "truncated": "The key is cut off: its end is missing.",
    "two-keys": "There is more than one key in the file; ssh reads the first only.",
    "type-word": "The word before the key names another type than the key itself; ssh skips such a line.",
    "unknown-cipher": "The key is encrypted in a way that ssh does not know.",
    "unknown-type": "The key is of a type that ssh does not know.",
    "unreadable": "The file cannot be read by your account.",
    "utf16": "The file is in UTF-16 (as Windows' PowerShell writes it); ssh reads plain text only.",
    "wrapped": "The key is broken over several lines; ssh wants it on one.",
    "not-a-file": "This is neither a file nor a directory.",
}
"""Problem id → sentence for people. The ids are part of the contract."""


@cache
def problem(id: str) -> KeyProblem:
    """Return the problem with its sentence."""
    return KeyProblem(id=id, title=_(SENTENCES[id]))
