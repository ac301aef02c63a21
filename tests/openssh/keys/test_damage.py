"""Damaged key files are named for what is wrong, and never believed more than ssh believes them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard.machine.files import look_at
from sshwizard.openssh.keys import read_key_file

BOM = b"\xef\xbb\xbf"

PRIVATE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "crlf": (lambda data: data.replace(b"\n", b"\r\n"), "crlf"),
    "bom": (lambda data: BOM + data, "bom"),
    "utf16": (lambda data: data.decode().encode("utf-16"), "utf16"),
    "lost final newline": (lambda data: data.rstrip(b"\n"), "no-final-newline"),
    "leading text": (lambda data: b"Here is my key:\n" + data, "leading-text"),
    "leading blank line": (lambda data: b"\n" + data, "leading-text"),
    "indented": (lambda data: b"    " + data.replace(b"\n", b"\n    "), "indented"),
    "on one line": (lambda data: data.replace(b"\n", b" "), "one-line"),
    "escaped line breaks": (lambda data: data.replace(b"\n", b"\\n"), "escaped-newlines"),
    "cut off": (lambda data: data[:200], "truncated"),
    "end mark lost": (lambda data: data[: data.index(b"-----END")], "truncated"),
    "a character changed": (lambda data: data[:90] + b"!" + data[91:], "damaged"),
}

PUBLIC: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "bom": (lambda line: BOM + line, "bom"),
    "utf16": (lambda line: line.decode().encode("utf-16"), "utf16"),
    "quoted": (lambda line: b'"' + line.strip() + b'"\n', "quoted"),
    "wrapped": (lambda line: line[:40] + b"\n" + line[40:], "wrapped"),
    "wrapped with CR LF": (lambda line: line[:50] + b"\r\n" + line[50:], "wrapped"),
    "cut off": (lambda line: line[:50], "truncated"),
    "options": (lambda line: b'restrict,command="a b" ' + line, "options"),
    "wrong word": (lambda line: line.replace(b"ssh-ed25519", b"ssh-rsa", 1), "type-word"),
}


def problems(path: Path) -> list[str]:
    return [problem.id for problem in read_key_file(look_at(str(path))).problems]


@pytest.mark.parametrize("name", PRIVATE)
def test_damaged_private_keys_are_named(name: str, keys: KeyMaker, tmp_path: Path) -> None:
    damage, id = PRIVATE[name]
    pair = keys.make(tmp_path, "key")
    pair.path.write_bytes(damage(pair.path.read_bytes()))
    pair.public_path.unlink()

    file = read_key_file(look_at(str(pair.path)))

    assert id in [problem.id for problem in file.problems]
    assert file.has_private and not file.usable_private and not file.ssh_reads_public
    assert subprocess.run(["ssh-keygen", "-l", "-f", pair.path], capture_output=True).returncode != 0
    if name not in ("a character changed",):
        assert file.public is not None and file.public.blob == pair.blob


@pytest.mark.parametrize("name", PUBLIC)
def test_damaged_public_keys_are_named(name: str, keys: KeyMaker, tmp_path: Path) -> None:
    damage, id = PUBLIC[name]
    pair = keys.make(tmp_path, "key")
    pair.public_path.write_bytes(damage(pair.public_path.read_bytes()))

    file = read_key_file(look_at(str(pair.public_path)))

    assert [problem.id for problem in file.problems] == [id]
    assert not file.ssh_reads_public
    if name != "cut off":
        assert file.public is not None and file.public.blob == pair.blob


def test_pem_survives_what_breaks_openssh_format(keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key", type="rsa", bits=2048, form="PEM")
    whole = pair.path.read_bytes()
    for damaged in (whole.replace(b"\n", b"\r\n"), whole.rstrip(b"\n"), BOM + whole, b"my key\n" + whole):
        pair.path.write_bytes(damaged)
        done = subprocess.run(["ssh-keygen", "-y", "-f", pair.path], capture_output=True, text=True)

        file = read_key_file(look_at(str(pair.path)))

        assert done.stdout.split()[1] == pair.line.split()[1]
        assert file.usable_private and file.public is not None and file.public.blob == pair.blob


def test_an_empty_file_a_folder_and_rubbish(tmp_path: Path) -> None:
    empty, folder, rubbish = tmp_path / "empty", tmp_path / "id_rsa", tmp_path / "rubbish"
    empty.touch()
    folder.mkdir()
    rubbish.write_bytes(bytes(range(256)) * 40)

    assert problems(empty) == ["empty"]
    assert problems(folder) == ["directory"]
    assert problems(rubbish) == ["not-a-key"]
    assert read_key_file(look_at(str(tmp_path / "missing"))).problems == ()


def test_the_halves_exchanged(keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key")
    private = pair.path.read_bytes()
    pair.public_path.write_bytes(private)
    pair.public_path.chmod(0o600)

    assert problems(pair.public_path) == ["private-in-public-file"]


def test_a_public_key_saved_by_notepad(keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key")
    path = pair.public_path.rename(tmp_path / "key.pub.txt")

    assert problems(path) == ["pub-txt"]


def test_modes_that_ssh_refuses(keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key")
    for mode in (0o644, 0o640, 0o604):
        pair.path.chmod(mode)

        assert problems(pair.path) == ["key-perms-open"]
    pair.path.chmod(0o400)
    assert problems(pair.path) == []


def test_a_very_short_rsa_key(tmp_path: Path) -> None:
    path = tmp_path / "key"
    subprocess.run(
        ["openssl", "genrsa", "-traditional", "-out", path, "768"], check=True, capture_output=True
    )
    path.chmod(0o600)

    file = read_key_file(look_at(str(path)))

    assert file.public is not None and file.public.bits == 768
    assert [problem.id for problem in file.problems] == ["key-too-short"]
    assert not file.usable_private
