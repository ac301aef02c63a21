"""PuTTY's own keys become OpenSSH keys that ssh-keygen opens, under the same passphrase."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sshwizard.openssh.keys import putty_private
from sshwizard.openssh.keys.blob import NotAKey
from sshwizard.openssh.keys.private import PassphraseNeeded
from sshwizard.secret import Secret

KINDS = {
    "ed25519": [],
    "rsa": ["-b", "2048"],
    "ecdsa": ["-b", "256"],
    "ecdsa-521": ["-b", "521"],
}


def ppk(folder: Path, kind: str, passphrase: str, *parameters: str) -> bytes:
    path, words = folder / "key.ppk", folder / "words"
    words.write_text(passphrase)
    argv = ["puttygen", "-q", "-t", kind.split("-")[0], *KINDS[kind], "-C", "my key", "-o", str(path)]
    argv += ["--random-device", "/dev/urandom", "--new-passphrase", str(words)]
    subprocess.run([*argv, *parameters], check=True, capture_output=True, timeout=60)
    return path.read_bytes()


def opened(folder: Path, data: bytes, passphrase: str) -> str:
    path = folder / "new"
    path.write_bytes(data)
    path.chmod(0o600)
    done = subprocess.run(
        ["ssh-keygen", "-y", "-P", passphrase, "-f", str(path)], capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split()[:2])


@pytest.mark.parametrize("passphrase", ["", "correct horse \u00e9"])
@pytest.mark.parametrize("version", ["2", "3"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_putty_key_is_the_same_key_for_ssh(
    kind: str, version: str, passphrase: str, tmp_path: Path
) -> None:
    data = ppk(tmp_path, kind, passphrase, "--ppk-param", f"version={version}")

    private, line = putty_private.converted(data, Secret(passphrase) if passphrase else None)

    assert opened(tmp_path, private, passphrase) == " ".join(line.split()[:2])
    assert line.endswith(" my key")


@pytest.mark.parametrize("flavour", ["id", "i", "d"])
def test_every_key_derivation_is_known(flavour: str, tmp_path: Path) -> None:
    parameters = f"kdf=argon2{flavour},memory=1024,passes=3,parallelism=2"
    data = ppk(tmp_path, "ed25519", "words", "--ppk-param", parameters)

    private, line = putty_private.converted(data, Secret("words"))

    assert opened(tmp_path, private, "words") == " ".join(line.split()[:2])


@pytest.mark.parametrize("version", ["2", "3"])
def test_a_wrong_or_missing_passphrase_is_told_from_damage(version: str, tmp_path: Path) -> None:
    locked = ppk(tmp_path, "ed25519", "words", "--ppk-param", f"version={version}")
    with pytest.raises(PassphraseNeeded):
        putty_private.converted(locked, Secret("other words"))
    with pytest.raises(PassphraseNeeded):
        putty_private.converted(locked, None)

    plain = ppk(tmp_path, "ed25519", "", "--ppk-param", f"version={version}")
    with pytest.raises(NotAKey):
        putty_private.converted(plain.replace(b"Comment: my", b"Comment: no"), None)
    with pytest.raises(NotAKey):
        putty_private.converted(plain[:-60], None)


def test_a_derivation_that_would_eat_the_machine_is_refused(tmp_path: Path) -> None:
    data = ppk(tmp_path, "ed25519", "words", "--ppk-param", "version=3")
    greedy = data.replace(b"Argon2-Memory: 8192", b"Argon2-Memory: 99999999")

    assert greedy != data
    with pytest.raises(NotAKey):
        putty_private.converted(greedy, Secret("words"))


def test_a_dsa_key_is_not_converted(tmp_path: Path) -> None:
    path = tmp_path / "dsa.ppk"
    argv = ["puttygen", "-q", "-t", "dsa", "-b", "1024", "-o", str(path), "--random-device", "/dev/urandom"]
    (tmp_path / "none").write_text("")
    subprocess.run(
        [*argv, "--new-passphrase", str(tmp_path / "none")], check=True, capture_output=True, timeout=60
    )

    with pytest.raises(NotAKey):
        putty_private.converted(path.read_bytes(), None)
