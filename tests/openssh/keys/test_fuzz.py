"""Mutated keys, certificates and agent lists: never an exception, never a hang, never much memory."""

from __future__ import annotations

import base64
import random
import resource
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard.machine.agents import AgentError, read_identities
from sshwizard.model.files import FileSeen
from sshwizard.openssh.keys import NotAKey, public_from_blob, read_key_file
from sshwizard.openssh.keys.verify import is_sound
from sshwizard.openssh.wire import WireError, string, uint32

QUICK, LONG = 6000, 100_000
SECONDS, MEMORY = 1.0, 200 * 1024
"""Bounds for one input: seconds, and kilobytes for the whole process."""


def samples(keys: KeyMaker, folder: Path) -> list[bytes]:
    """One file of every kind, certificates and PuTTY's formats included."""
    made = []
    authority = keys.make(folder, "authority", type="ecdsa")
    for kind, bits in (("ed25519", None), ("ecdsa", 521), ("rsa", 1024), ("dsa", None)):
        pair = keys.make(folder, kind, type=kind, bits=bits)
        made += [pair.path.read_bytes(), pair.public_path.read_bytes()]
        run("ssh-keygen", "-q", "-s", authority.path, "-I", "id", "-n", "a,b", pair.public_path)
        made.append((folder / f"{kind}-cert.pub").read_bytes())
        run("puttygen", pair.path, "-o", folder / "ppk", "-O", "private")
        made.append((folder / "ppk").read_bytes())
        made.append(
            subprocess.run(["ssh-keygen", "-e", "-f", pair.path], capture_output=True, check=True).stdout
        )
    for form in ("PEM", "PKCS8"):
        for passphrase in ("", "secret"):
            pair = keys.make(
                folder, f"{form}{passphrase}", type="rsa", bits=1024, form=form, passphrase=passphrase
            )
            made.append(pair.path.read_bytes())
    run("puttygen", folder / "rsa", "-o", folder / "com", "-O", "private-sshcom")
    return [*made, (folder / "com").read_bytes()]


def run(*argv: str | Path) -> None:
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes, as they stand or inside the base64 text."""
    words = data.split(b" ", 2)
    if chance.random() < 0.5 and len(words) > 1 and not data.startswith((b"-", b"P")):
        inside = scrambled(base64.b64decode(words[1]), chance)
        return b" ".join((words[0], base64.b64encode(inside), *words[2:]))
    lines = data.split(b"\n")
    if chance.random() < 0.5 and data.startswith(b"-----") and len(lines) > 4:
        try:
            inside = scrambled(base64.b64decode(b"".join(lines[1:-2])), chance)
        except ValueError:
            return scrambled(data, chance)
        text = base64.b64encode(inside)
        return b"\n".join((lines[0], *(text[at : at + 70] for at in range(0, len(text), 70)), *lines[-2:]))
    return scrambled(data, chance)


def scrambled(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _number in range(chance.randint(1, 5)):
        at = chance.randrange(len(changed) + 1)
        piece = chance.choice(
            (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", chance.randbytes(3), b"", b"\n", b"=")
        )
        changed[at : at + chance.randint(0, 5)] = piece
    return bytes(changed)


def mutate_keys(data: Sequence[bytes], count: int, seed: int) -> None:
    chance = random.Random(seed)
    for _number in range(count):
        content = mutated(chance.choice(data), chance)
        start = time.process_time()

        file = read_key_file(FileSeen(path="/home/joe/.ssh/key", kind="file", data=content, mode=0o600))

        assert time.process_time() - start < SECONDS
        assert file.comment.isprintable()


def mutate_blobs(data: Sequence[bytes], count: int, seed: int) -> None:
    chance = random.Random(seed)
    blobs = [base64.b64decode(line.split()[1]) for line in data if line.startswith((b"ssh-", b"ecdsa-"))]
    for _number in range(count):
        blob = scrambled(chance.choice(blobs), chance)
        start = time.process_time()
        try:
            is_sound(public_from_blob(blob))
        except NotAKey:
            pass

        assert time.process_time() - start < SECONDS


def mutate_lists(data: Sequence[bytes], count: int, seed: int) -> None:
    chance = random.Random(seed)
    blobs = [base64.b64decode(line.split()[1]) for line in data if line.startswith((b"ssh-", b"ecdsa-"))]
    whole = b"\x0c" + uint32(len(blobs)) + b"".join(string(blob) + string(b"comment") for blob in blobs)
    for _number in range(count):
        reply = scrambled(whole, chance)
        start = time.process_time()
        try:
            read_identities(reply)
        except (AgentError, WireError, NotAKey):
            pass

        assert time.process_time() - start < SECONDS


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("samples")
    return samples(KeyMaker(tmp_path_factory.mktemp("originals")), folder)


def test_mutated_keys_certificates_and_lists(data: list[bytes]) -> None:
    mutate_keys(data, QUICK, 1)
    mutate_blobs(data, QUICK, 2)
    mutate_lists(data, QUICK // 3, 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_mutations(data: list[bytes]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    mutate_keys(data, LONG, 11)
    mutate_blobs(data, LONG // 2, 12)
    mutate_lists(data, LONG // 5, 13)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def test_hostile_numbers_do_not_cost_seconds() -> None:
    huge = b"\0\0\x08\0" + b"\x7f" + b"\xff" * 2047
    rsa = string(b"ssh-rsa") + huge + huge
    certificate = (
        string(b"ssh-rsa-cert-v01@openssh.com")
        + string(b"nonce")
        + huge * 2
        + bytes(8)
        + uint32(1)
        + string(b"id")
        + string(b"") * 1
        + bytes(16)
        + string(b"") * 3
        + string(rsa)
        + string(string(b"rsa-sha2-512") + string(b"\x01" * 2048))
    )
    start = time.process_time()

    assert not is_sound(public_from_blob(certificate))
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "piece",
    [
        b"\n",
        b"a\n",
        b"ssh-ed25519 AAAA\n",
        b"ssh-rsa ",
        b'"',
        b"AAAA",
        b"\0",
        b"-----BEGIN RSA PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n",
        b"PuTTY-User-Key-File-3: \nPublic-Lines: 99999\n",
        b"---- BEGIN SSH2 PUBLIC KEY ----\na:\\\n",
        b"\x30\x84\xff\xff\xff\xff",
        b"\xff\xfe\0d",
    ],
)
def test_eight_megabytes_of_one_thing_take_no_second(piece: bytes) -> None:
    content = piece * (8 * 1024 * 1024 // len(piece))
    start = time.process_time()

    file = read_key_file(FileSeen(path="/home/joe/.ssh/key", kind="file", data=content, mode=0o600))

    assert time.process_time() - start < SECONDS
    assert file.public is None
