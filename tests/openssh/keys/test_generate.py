"""New keys: read by ssh-keygen as its own, with and without passphrase; and signatures that hold."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from sshwizard.machine.files import look_at
from sshwizard.openssh.keys import NotAKey, read_key_file
from sshwizard.openssh.keys.generate import generate
from sshwizard.openssh.keys.private import PassphraseNeeded, load_signer
from sshwizard.openssh.keys.verify import verify
from sshwizard.secret import Secret

Kind = Literal["ed25519", "rsa", "ecdsa"]
KINDS: list[tuple[Kind, int | None]] = [
    ("ed25519", None),
    ("rsa", 3072),
    ("ecdsa", 256),
    ("ecdsa", 384),
    ("ecdsa", 521),
]
PASSPHRASES = ["", "hush hush", "gehëim ✓"]


@pytest.mark.parametrize(("kind", "bits"), KINDS)
@pytest.mark.parametrize("passphrase", PASSPHRASES)
def test_ssh_keygen_reads_what_we_make(kind: Kind, bits: int | None, passphrase: str, tmp_path: Path) -> None:
    secret = Secret(passphrase) if passphrase else None
    data, line = generate(kind, bits, "joe@läptop", secret)
    path = tmp_path / "key"
    path.write_bytes(data)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)

    done = subprocess.run(
        ["ssh-keygen", "-y", "-P", passphrase, "-f", path], capture_output=True, text=True, timeout=20
    )
    file = read_key_file(look_at(str(path)))

    assert done.stdout.strip() == line
    assert (file.encrypted, file.usable_private, file.problems) == (bool(passphrase), True, ())
    assert file.public is not None and f"{file.public.type} " in line


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_signatures_of_generated_keys_hold(kind: Kind, bits: int | None) -> None:
    data, _line = generate(kind, bits, "", Secret("x"))
    signer = load_signer(data, Secret("x"))
    algorithm = "rsa-sha2-256" if kind == "rsa" else signer.public.type

    signature = signer.sign(b"some bytes", algorithm)

    assert verify(signer.public.blob, signature, b"some bytes")
    assert not verify(signer.public.blob, signature, b"other bytes")


def test_a_wrong_passphrase_is_told_apart_from_damage() -> None:
    data, _line = generate("ed25519", None, "", Secret("right"))

    for passphrase in (None, Secret("wrong")):
        with pytest.raises(PassphraseNeeded):
            load_signer(data, passphrase)
    with pytest.raises(NotAKey):
        load_signer(b"nothing", None)


def test_unusual_wishes_are_refused() -> None:
    for kind, bits, comment in (("rsa", 1024, ""), ("ecdsa", 255, ""), ("ed25519", None, "two\nlines")):
        with pytest.raises(ValueError, match="."):
            generate(kind, bits, comment, None)  # type: ignore[arg-type]


def test_no_line_is_longer_than_ssh_keygen_makes_it() -> None:
    data, _line = generate("rsa", 3072, "comment", None)

    assert max(map(len, data.split(b"\n"))) == 70
