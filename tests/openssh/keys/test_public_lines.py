"""Public key lines, strictly as OpenSSH's `sshkey_read` takes them."""

from __future__ import annotations

import pytest

from sshwizard.openssh.keys import (
    NotAKey,
    UnknownKeyType,
    base64text,
    public_from_blob,
    public_line,
    read_public_line,
)

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIFYnIQB4Rk+eZm4rzLeF4feGEIJxaS6cyvyioyKWaRbn"
LINE = f"ssh-ed25519 {BLOB} joe@laptop"


def test_a_line_is_written_as_it_was_read() -> None:
    assert public_line(read_public_line(LINE)) == LINE


@pytest.mark.parametrize(
    "line",
    [
        f"  {LINE}",
        f"\t{LINE}\n",
        LINE + "\r\n",
        f"ssh-ed25519\t{BLOB}\tjoe@laptop",
        f"ssh-ed25519   {BLOB}   joe@laptop",
    ],
)
def test_blanks_do_not_matter(line: str) -> None:
    assert public_line(read_public_line(line)) == LINE


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        f"ssh-ed25519 {BLOB[:-4]}",
        f"ssh-ed25519 {BLOB}AAAA",
        f"ssh-ed25519 {BLOB[:-1]}",
        f"ssh-ed25519 {BLOB[:20]}!{BLOB[21:]}",
        f"ssh-rsa {BLOB}",
        f"no-pty {LINE}",
        f'"{LINE}"',
        f"ssh-new {BLOB}",
    ],
)
def test_what_ssh_does_not_take_is_not_a_key(line: str) -> None:
    with pytest.raises(NotAKey):
        read_public_line(line)


def test_control_characters_in_a_comment_become_visible() -> None:
    assert read_public_line(f"{LINE}\x1b[31m\u202e").comment == "joe@laptop\\x1b[31m\\u202e"


def test_an_unknown_type_is_told_apart_from_damage() -> None:
    with pytest.raises(UnknownKeyType):
        public_from_blob(b"\0\0\0\x07ssh-new\0\0\0\x01x")
    with pytest.raises(NotAKey) as caught:
        public_from_blob(b"\0\0\0\x0bssh-ed25519\0\0\0\x01x")

    assert not isinstance(caught.value, UnknownKeyType)


def test_a_point_off_the_curve_is_not_a_key() -> None:
    head = b"\0\0\0\x13ecdsa-sha2-nistp256\0\0\0\x08nistp256\0\0\0\x41\x04"

    with pytest.raises(NotAKey):
        public_from_blob(head + b"\x11" * 64)


def test_a_signature_name_in_front_of_an_rsa_key_is_taken() -> None:
    from sshwizard.openssh.wire import mpint, string

    blob = string(b"ssh-rsa") + mpint(65537) + mpint((1 << 2047) + 1)
    import base64

    line = f"rsa-sha2-512 {base64.b64encode(blob).decode()} odd"

    assert read_public_line(line).type == "ssh-rsa"


@pytest.mark.parametrize("text", ["QUJD=", "QUJD====", "QUI", "QUJ=", "QR==", "QQ=", "=QUJ", "QUJD!", "Q=Q="])
def test_base64_is_read_as_strictly_as_ssh_does(text: str) -> None:
    assert base64text.decode(text.encode()) is None


@pytest.mark.parametrize(
    ("text", "data"), [("QQ==", b"A"), (" Q\tQ =\n=\r", b"A"), ("QUI=", b"AB"), ("", b"")]
)
def test_blanks_in_base64_are_skipped(text: str, data: bytes) -> None:
    assert base64text.decode(text.encode()) == data
