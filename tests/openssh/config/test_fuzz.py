"""Damaged configurations: nothing escapes, hangs or grows."""

from __future__ import annotations

import resource
import time
from random import Random

import pytest
from differential.config_cases import ConfigCases
from openssh.config.looking import CONFIG, HOME, Shown, environment

from sshwizard.model.config import CommandLine
from sshwizard.openssh.config import Reader, hosts_named, lint, print_g, resolve

VERSIONS = ("OpenSSH_9.2p1 Debian-2+deb12u10", "OpenSSH_7.4p1", "OpenSSH_9.9p1", "OpenSSH_10.5p1", "nonsense")
SPLICES = (
    b"\0",
    b"\n",
    b"\r\n",
    b"\xff\xfe",
    b'"',
    b"'",
    b"\\",
    b"=",
    b"#",
    b"%",
    b"${",
    b"Match exec ",
    b"Host *\n",
    b"Include *\n",
    b"*" * 400,
    b"%h" * 300,
    b"9" * 5000,
    b"," * 2000,
    b"a@" * 500,
    b"[" * 50,
    b"~",
    "\u202e\u00e9\U0001f600".encode(),
)


def damaged(random: Random) -> bytes:
    """Make a file and cut, double, flip and splice it."""
    data = ConfigCases(random, dirty=random.random(), modern=True).file(random.randint(1, 12), user=True)
    for _ in range(random.randint(1, 6)):
        at = random.randint(0, len(data))
        match random.randrange(4):
            case 0:
                data = data[:at] + random.choice(SPLICES) + data[at:]
            case 1:
                data = data[:at] + data[at + random.randint(0, 30) :]
            case 2:
                data = data[:at] + data[at : at + 40] + data[at:]
            case _:
                data = data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
    return data


def survive(seed: int) -> float:
    """Read one damaged configuration in every way; returns the seconds it took."""
    random = Random(seed)
    files = Shown(
        {
            CONFIG: damaged(random),
            f"{HOME}/.ssh/extra": damaged(random),
            "/etc/ssh/ssh_config": damaged(random),
        }
    )
    machine = environment(ssh_version=random.choice(VERSIONS), env={"WORK": "/srv"})
    cases = ConfigCases(random, dirty=1.0)
    start = time.perf_counter()
    reader = Reader(machine, files)
    for _ in range(2):
        found = reader.resolve(CommandLine(destination=cases.destination(), flags=tuple(cases.flags({}))))
        print_g(found)
        assert all(problem.message.replace("\t", " ").isprintable() for problem in found.problems)
    if seed % 4 == 0:
        hosts_named(machine, files)
        lint(machine, files, remotes=("github.com",))
    return time.perf_counter() - start


def test_a_thousand_damaged_configurations_are_read_without_trouble() -> None:
    assert max(survive(seed) for seed in range(1000)) < 1


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_hundred_thousand_damaged_configurations_are_read_without_trouble() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest = max(survive(seed) for seed in range(100_000))

    assert slowest < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


@pytest.mark.parametrize(
    "config",
    [
        "".join(f"Host h{n} *.h{n}.example !x{n}\n User u{n}\n IdentityFile k{n}\n" for n in range(5000)),
        "".join(f"Match host h{n},*.x{n} user u{n}\n User u{n}\n" for n in range(5000)),
        "".join(f'Match exec "test {n}"\n User u{n}\n' for n in range(2000)),
        "".join(f"LocalForward {n} x:1\n" for n in range(1, 20000)),
        f"PubkeyAcceptedAlgorithms -{'*a,' * 200_000}x\n",
        f"Host {'*a*b*c*d ' * 50_000}\n User x\n",
        f"User {'x' * 1_000_000}\n",
    ],
    ids=["hosts", "matches", "commands", "forwards", "list", "patterns", "line"],
)
def test_a_huge_configuration_is_read_and_remarked_upon_in_a_moment(config: str) -> None:
    files = Shown({CONFIG: config})
    start = time.process_time()
    found = resolve(CommandLine(destination="web1"), environment(), files)
    list(print_g(found))
    read = time.process_time()
    lint(environment(), files)

    assert found.fatal is None
    assert read - start < 2.0
    assert time.process_time() - read < 3.0
