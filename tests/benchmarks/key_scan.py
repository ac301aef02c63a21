"""Scanning a folder of keys: against reading and hashing the same files, and against `ssh-keygen -l` for each.

Run by hand: `python tests/benchmarks/key_scan.py [PAIRS]`. Rounds are interleaved, the least time of each
counts. Ends with status 1 when a bar is missed: 3 times only reading and hashing, a fiftieth of ssh-keygen.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from sshwizard.machine.files import Files
from sshwizard.model.identity import KeyFile
from sshwizard.openssh.keys import public_line, read_key_file
from sshwizard.openssh.keys.generate import private_file
from sshwizard.openssh.keys.private import PrivateKey, public_of
from sshwizard.secret import Secret

FLOOR_BAR, KEYGEN_BAR = 3.0, 50.0
SAMPLE = 100
"""Calls of ssh-keygen that are timed; the whole loop is that much longer."""


def make_pairs(folder: Path, count: int) -> None:
    """Write pairs: of ten, seven ed25519, two ecdsa, one RSA; a third of the private halves encrypted."""
    one_rsa = rsa.generate_private_key(65537, 2048)
    for number in range(count):
        key: PrivateKey = ed25519.Ed25519PrivateKey.generate()
        if number % 10 in (1, 2):
            key = ec.generate_private_key(ec.SECP256R1())
        elif number % 10 == 0:
            key = one_rsa
        passphrase = Secret("secret") if number % 3 == 0 else None
        path = folder / f"key{number:05}"
        path.write_bytes(private_file(key, f"key {number}", passphrase, rounds=1))
        path.chmod(0o600)
        path.with_suffix(".pub").write_text(f"{public_line(public_of(key))} key {number}\n")


def read_and_hash(folder: Path) -> int:
    """Only read and hash every file, as one writes it."""
    total = 0
    for name in sorted(os.listdir(folder)):
        with open(folder / name, "rb") as file:
            total += len(hashlib.sha256(file.read()).digest())
    return total


def system_calls(folder: Path) -> int:
    """The least that any scan in Python must do: four system calls and one hash for each file."""
    total = 0
    for name in os.listdir(folder):
        descriptor = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NONBLOCK)
        os.fstat(descriptor)
        total += len(hashlib.sha256(os.read(descriptor, 16384)).digest())
        os.close(descriptor)
    return total


def scan(folder: Path) -> list[KeyFile]:
    """What we do: look at every file and say what key it holds."""
    files = Files()
    return [read_key_file(files.look(f"{folder}/{name}")) for name in files.names(str(folder)) or ()]


def by_ssh_keygen(folder: Path) -> None:
    """A loop of `ssh-keygen -l` over some of the public halves."""
    for path in sorted(folder.glob("*.pub"))[:SAMPLE]:
        subprocess.run(["ssh-keygen", "-l", "-f", path], stdout=subprocess.DEVNULL, check=True)


def least(*jobs: Callable[[], object], rounds: int = 7) -> list[float]:
    """Run the jobs in turn and return the least time of each, in seconds."""
    times = [[0.0] * 0 for _job in jobs]
    for _round in range(rounds):
        for job, spent in zip(jobs, times, strict=True):
            start = time.perf_counter()
            job()
            spent.append(time.perf_counter() - start)
    return [min(spent) for spent in times]


def main(pairs: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_pairs(folder, pairs)
        floor, lowest, ours = least(
            lambda: read_and_hash(folder), lambda: system_calls(folder), lambda: scan(folder)
        )
        (keygen,) = least(lambda: by_ssh_keygen(folder), rounds=1)
    keygen *= pairs / min(pairs, SAMPLE)
    print(
        f"{pairs} pairs: floor {floor * 1e3:.1f} ms, ours {ours * 1e3:.1f} ms, ssh-keygen {keygen * 1e3:.0f} ms"
    )
    print(
        f"{ours / floor:.2f} times the floor (bar {FLOOR_BAR:g}); ssh-keygen takes {keygen / ours:.0f} times ours"
    )
    print(f"{ours / lowest:.2f} times the bare system calls ({lowest * 1e3:.1f} ms)")
    return 0 if ours <= FLOOR_BAR * floor and keygen >= KEYGEN_BAR * ours else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
