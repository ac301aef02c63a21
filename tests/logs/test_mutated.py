"""Logs cut, shuffled and spoilt in every way raise nothing and are never surely wrong about a crash of ours."""

from __future__ import annotations

import random

import pytest
from rules.test_from_log import SHOWS

from sshwizard.logs import read_log, read_stream
from sshwizard.rules import diagnose_log

JUNK = (
    "\x1b[31m", "\x00", "\u202e", "\ud800", "[bold]", "%s%n", "{host}", "&lt;&amp;", "\r", "\t" * 50, "'", '"', "\\",
    "::1", "-----BEGIN RSA PRIVATE KEY-----", "OpenSSH_", "Permission denied (", "SHA256:", "line 99999999999999:",
    "port 99999999999", "A" * 5000, " " * 3000, "(" * 400, "/.ssh/" * 300,
)  # fmt: skip


def mutated(dice: random.Random) -> str:
    """Return a log made of pieces of logs, spoilt."""
    lines = [line for _ in range(dice.randint(1, 4)) for line in dice.choice(list(SHOWS.values()))[dice.randint(0, 1)].splitlines()]  # fmt: skip
    for _ in range(dice.randint(0, 12)):
        at = dice.randrange(len(lines))
        match dice.randint(0, 6):
            case 0:
                del lines[at]
                lines = lines or [""]
            case 1:
                lines[at] = lines[at][: dice.randint(0, len(lines[at]))]
            case 2:
                cut = dice.randint(0, len(lines[at]))
                lines[at] = lines[at][:cut] + dice.choice(JUNK) + lines[at][cut:]
            case 3:
                other = dice.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 4:
                lines.insert(at, dice.choice(lines))
            case 5:
                words = lines[at].split(" ")
                dice.shuffle(words)
                lines[at] = " ".join(words)
            case 6:
                lines[at] = lines[at].swapcase()
    return dice.choice(("\n", "\r\n", "\n\n")).join(lines)


def check(seed: int) -> None:
    dice = random.Random(seed)
    text = mutated(dice)
    for reading in (read_log(text), read_stream([text.encode("utf-8", "surrogatepass")])):
        found = diagnose_log(reading)
        assert not [f for f in found.findings if f.id == "rule-crashed"], (seed, found.findings)
        shown = repr((found.findings, found.ask_for, found.missing))
        assert not set("\x1b\x00\u202e") & set(shown), seed


def test_three_hundred_mutated_logs() -> None:
    for seed in range(300):
        check(seed)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_thousand_mutated_logs() -> None:
    for seed in range(1000, 11_000):
        check(seed)
