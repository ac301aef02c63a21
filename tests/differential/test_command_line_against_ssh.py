"""Whole command lines, as people type them after `--`, against the real `ssh -G`: letters bundled, values
attached, options after the destination, a user and port in several places.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from differential.config_cases import Case
from differential.ssh_g import SshG, programs
from sshwizard.cli.ssh_options import read_words
from sshwizard.errors import UsageError
from sshwizard.model.config import CommandLine
from sshwizard.openssh.config import print_g

CONFIG = b"""\
Host web
    User configured
    Port 2200
    LocalForward 8001 inner:1
Match user joe
    IdentityFile ~/.ssh/joe
Match host *.example
    ForwardAgent yes
    SetEnv A=example
Match final
    ServerAliveInterval 7
"""
DESTINATIONS = ("web", "joe@web", "ssh://joe@web:2222", "ssh://web/", "a@b@web", "[::1]", "x.example", "joe@")
ALONE = ("4", "6", "A", "a", "C", "f", "g", "K", "k", "M", "N", "n", "q", "s", "T", "t", "X", "x", "Y", "y")
VALUED = {
    "b": ("10.0.0.1",),
    "c": ("aes128-ctr", "+3des-cbc", "nope"),
    "D": ("8002", "[::1]:8002"),
    "e": ("none", "^B", "xx"),
    "F": ("none", "/no/such"),
    "i": ("/etc/passwd", "/no/such"),
    "J": ("jump", "u@jump:22,second"),
    "L": ("8003:db:80", "/run/x:/run/y", "nope"),
    "l": ("lena", "joe"),
    "m": ("hmac-sha2-256",),
    "o": ("Port=2201", "User lena", 'HostName = "other.example"', "IdentitiesOnly yes # x", "", "Nope 1"),
    "p": ("2202", "0"),
    "R": ("8004:db:80", "8005"),
    "S": ("none", "~/socket-%h"),
    "w": ("1:any",),
    "W": ("db:80",),
}


def words_of(random: Random) -> list[str]:
    """Make one command line."""
    words = _flags(random, random.randint(0, 3))
    words += random.choice([[], [], [], ["--"]])
    words.append(random.choice(DESTINATIONS))
    if "--" not in words:
        words += _flags(random, random.choice([0, 0, 1, 2]))
    return words + random.choice([[], [], ["ls"], ["ls", "-l"], ["--", "-x"]])


def _flags(random: Random, count: int) -> list[str]:
    words: list[str] = []
    for _number in range(count):
        bundle = "".join(random.choices(ALONE, k=random.choice([0, 0, 1, 2])))
        if bundle and random.random() < 0.6:
            words.append(f"-{bundle}")
            continue
        letter = random.choice(tuple(VALUED))
        value = random.choice(VALUED[letter])
        attached = value and random.random() < 0.4
        words += [f"-{bundle}{letter}{value}"] if attached else [f"-{bundle}{letter}", value]
    return words


@pytest.fixture(scope="module", params=programs())
def ssh_g(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshG]:
    with SshG(tmp_path_factory.mktemp("words"), request.param) as asked:
        asked.place(Case({".ssh/config": (CONFIG, 0o600)}, (), ""))
        yield asked


def difference(ssh_g: SshG, words: list[str]) -> str:
    """Return in what ssh and we differ about a command line; "" is the wish."""
    real = ssh_g.run([ssh_g.ssh, "-G", *words])
    try:
        read = read_words(words)
    except UsageError as error:
        return "" if real.status else f"we refuse it: {error}"
    flags = (*((("-F", read.config),) if read.config is not None else ()), *read.flags)
    ours = ssh_g.reader(builtin=True).resolve(
        CommandLine(destination=read.destination or "", flags=flags, late=read.late, command=read.command)
    )
    if real.status or ours.fatal:
        return "" if real.status and ours.fatal else f"ssh: {real.errors}, we: {ours.fatal}"
    lines = print_g(ours)
    return "" if lines == real.lines else f"{set(real.lines) ^ set(lines)}"


def test_random_command_lines_mean_what_ssh_takes_them_for(ssh_g: SshG) -> None:
    for seed in range(150):
        words = words_of(Random(seed))
        assert difference(ssh_g, words) == "", f"seed {seed}: {words}"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_thousands_of_command_lines_mean_what_ssh_takes_them_for(ssh_g: SshG) -> None:
    for seed in range(1000, 7000):
        words = words_of(Random(seed))
        assert difference(ssh_g, words) == "", f"seed {seed}: {words}"


@pytest.mark.parametrize(
    "words",
    [
        ["joe@web", "-l", "lena"],
        ["ssh://joe@web:2222", "-p", "2202", "-oUser=lena"],
        ["web", "--", "-x"],
        ["", "-p", "2202"],
        ["-Aa", "web"],
        ["-NL", "8003:db:80", "web"],
    ],
)
def test_named_command_line_means_what_ssh_takes_it_for(ssh_g: SshG, words: list[str]) -> None:
    assert difference(ssh_g, words) == ""
