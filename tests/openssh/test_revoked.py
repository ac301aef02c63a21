"""Lists of revoked keys against `ssh-keygen -Q`, which reads them as ssh does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from servers.keys import KeyMaker, Pair

from sshwizard.model.identity import PublicKey
from sshwizard.openssh import revoked
from sshwizard.openssh.keys import read_public_line


def keygen(*arguments: str | Path) -> int:
    argv = ["ssh-keygen", *map(str, arguments)]
    return subprocess.run(
        argv, capture_output=True, stdin=subprocess.DEVNULL, timeout=20, check=False
    ).returncode


@pytest.fixture
def authority(keys: KeyMaker, tmp_path: Path) -> Pair:
    return keys.make(tmp_path, "authority")


@pytest.fixture
def shown(keys: KeyMaker, tmp_path: Path, authority: Pair) -> tuple[Path, ...]:
    """Public files: two plain keys, and certificates of a third with the serials 0, 7, 70."""
    files = [
        keys.make(tmp_path, name, type=kind).public_path for name, kind in (("a", "ed25519"), ("b", "rsa"))
    ]
    for serial in (0, 7, 70):
        pair = keys.make(tmp_path / str(serial), "c")
        argv = ("-q", "-s", authority.path, "-h", "-I", f"id{serial}", "-z", str(serial), pair.public_path)
        assert keygen(*argv) == 0
        files.append(pair.path.with_name("c-cert.pub"))
    return tuple(files)


def public(file: Path) -> PublicKey:
    return read_public_line(file.read_text())


@pytest.mark.parametrize(
    "listed",
    [
        "key: {a}",
        "sha256: {b}",
        "sha1: {a}",
        "serial: 7",
        "serial: 7-80",
        "serial: 7\nserial: 9\nserial: 70\nserial: 71\nserial: 300",
        "id: id70",
        "key: {c}",
        "key: {authority}",
        "sha1: {c}",
        "sha1: {authority}",
        "sha256: {c}",
        "sha256: {authority}",
    ],
)
@pytest.mark.parametrize("signed_by", ["authority", "none"])
def test_a_binary_list_covers_what_ssh_finds_in_it(
    tmp_path: Path, authority: Pair, shown: tuple[Path, ...], listed: str, signed_by: str
) -> None:
    c = tmp_path / "7" / "c.pub"
    fields = {
        "a": shown[0].read_text(),
        "b": shown[1].read_text(),
        "c": c.read_text(),
        "authority": authority.line,
    }
    (tmp_path / "spec").write_text(
        listed.format(**{name: text.strip() for name, text in fields.items()}) + "\n"
    )
    krl = tmp_path / "krl"
    by = authority.public_path if signed_by == "authority" else "none"
    assert keygen("-k", "-f", krl, "-s", by, tmp_path / "spec") == 0

    ours = [revoked.revokes(krl.read_bytes(), public(file)) for file in shown]

    assert ours == [keygen("-Q", "-f", krl, file) != 0 for file in shown]


def test_a_plain_list_is_one_key_a_line(shown: tuple[Path, ...], authority: Pair) -> None:
    listed = f"# gone\n\n  {shown[0].read_text()}{authority.line}\n".encode()

    assert [revoked.revokes(listed, public(file)) for file in shown] == [True, False, True, True, True]


@pytest.mark.parametrize("data", [b"no key at all\n", revoked.MAGIC + b"\0\0", revoked.MAGIC + b"\0\0\0\2"])
def test_a_damaged_list_cannot_be_read(shown: tuple[Path, ...], data: bytes) -> None:
    with pytest.raises(revoked.Unreadable):
        revoked.revokes(data, public(shown[0]))
