"""Resolving against `ssh -G`: one host in a file of 1,000 lines, and 1,000 hosts. Run it as a program.

Prints medians of paired runs and ends with status 1 when a goal of the project is missed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sshwizard.machine.files import Files
from sshwizard.model.config import CommandLine, Environment
from sshwizard.openssh.config import Reader

HOSTS = 250
"""Blocks of four lines each: 1,000 lines."""
MANY = 1000


def config() -> str:
    """Make 1,000 lines as people write them."""
    blocks = [
        f"Host host{number} alias{number}\n    HostName host{number}.example.com\n"
        f"    User user{number}\n    IdentityFile ~/.ssh/id_{number}\n"
        for number in range(HOSTS - 1)
    ]
    return "".join(blocks) + "Host *.internal\n    Port 2222\nHost *\n    IdentitiesOnly yes\n"


def environment(path: str) -> Environment:
    """Describe this machine with one configuration file."""
    version = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True, timeout=10).stderr
    return Environment(
        home="/nowhere",
        user="root",
        uid=os.getuid(),
        hostname="bench",
        env={},
        cwd="/",
        ssh_version=version,
        user_config=path,
        user_config_is_flag=True,
    )


def milliseconds(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def one_ssh(path: str, host: str) -> float:
    start = time.perf_counter()
    subprocess.run(["ssh", "-G", "-F", path, host], capture_output=True, stdin=subprocess.DEVNULL, check=True)
    return milliseconds(start)


def one_reader(machine: Environment, host: str) -> float:
    start = time.perf_counter()
    Reader(machine, Files()).resolve(CommandLine(destination=host))
    return milliseconds(start)


def many_hosts(machine: Environment, names: list[str]) -> float:
    start = time.perf_counter()
    reader = Reader(machine, Files())
    for name in names:
        reader.resolve(CommandLine(destination=name))
    return milliseconds(start)


def main() -> int:
    names = [f"host{number % HOSTS}" for number in range(MANY)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config"
        path.write_text(config())
        machine = environment(str(path))
        pairs = [(one_ssh(str(path), "host7"), one_reader(machine, "host7")) for _ in range(21)]
        ssh, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
        rounds = [many_hosts(machine, names) for _ in range(5)]
    many = statistics.median(rounds)
    ratio = ssh * MANY / many
    print(f"1,000 lines, one host:  ssh -G {ssh:6.2f} ms   sshwizard {ours:6.2f} ms   ({ssh / ours:.1f}x)")
    print(
        f"1,000 lines, {MANY} hosts: ssh -G {ssh * MANY:6.0f} ms   sshwizard {many:6.0f} ms   ({ratio:.0f}x)"
    )
    return 0 if ours <= ssh and ratio >= 20 else 1


if __name__ == "__main__":
    sys.exit(main())
