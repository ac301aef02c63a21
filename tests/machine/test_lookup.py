"""Looking up names in a child: the same addresses, in the same order, as ssh's own look-up, and the same errors."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from servers.namespace import prefix

from sshwizard.machine import lookup, network
from sshwizard.machine.lookup import CannotLookUp, Lookup

HOSTS = """\
127.0.0.1 localhost
127.0.0.3 several.example
::1 several.example
127.0.0.2 several.example
fe80::5 several.example
127.0.0.9 bücher.example
"""
ASK = """
import sys, threading
from sshwizard.machine.lookup import Lookup
from sshwizard.machine.network import resolve
for host in sys.argv[2:]:
    family = int(sys.argv[1])
    for ask in (lambda: resolve(host, 22, family), lambda: Lookup(host, 22, family, 5).answer(5, threading.Event())):
        try:
            print(" ".join(address.ip for address in ask()))
        except OSError as error:
            print(type(error).__name__, error.errno, error.strerror)
"""


def named(folder: Path, *argv: str) -> str:
    """Run a program where the hosts file, and nothing else, knows names."""
    for name, text in (("hosts", HOSTS), ("nsswitch.conf", "hosts: files\n")):
        (folder / name).write_text(text, encoding="utf-8")
    binds = [(folder / name, f"/etc/{name}") for name in ("hosts", "nsswitch.conf")]
    inside = [*prefix(binds), "unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    done = subprocess.run([*inside, *argv], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("family", "flag"), [(0, []), (socket.AF_INET, ["-4"]), (socket.AF_INET6, ["-6"])])
def test_addresses_come_in_the_order_in_which_ssh_tries_them(
    tmp_path: Path, family: int, flag: list[str]
) -> None:
    log = named(tmp_path, "ssh", "-v", "-F", "none", *flag, "several.example")
    tried = re.findall(r"^debug1: Connecting to \S+ \[(.*)\] port 22\.", log, re.M)

    ours = named(tmp_path, sys.executable, "-c", ASK, str(int(family)), "several.example").splitlines()

    assert len(tried) >= 2
    assert [line.split() for line in ours] == [tried, tried]


def test_a_name_is_asked_for_as_it_is_written(tmp_path: Path) -> None:
    names = ["bücher.example", "x" * 70 + ".example", "a..b", "nobody.example"]

    by_us, by_child, *others = named(tmp_path, sys.executable, "-c", ASK, "0", *names).splitlines()

    assert (by_us, by_child) == ("127.0.0.9", "127.0.0.9")
    assert set(others) == {f"gaierror {socket.EAI_NONAME} Name or service not known"}


@pytest.mark.parametrize(
    ("host", "family", "ip"),
    [
        ("127.0.0.1", 0, "127.0.0.1"),
        ("127.1", socket.AF_INET, "127.0.0.1"),
        ("::1", 0, "::1"),
        ("0:0::1", socket.AF_INET6, "::1"),
    ],
)
def test_an_address_needs_nobody_to_be_asked(host: str, family: int, ip: str) -> None:
    with Lookup(host, 2222, family, 5) as asked:
        found = asked.answer(5, threading.Event())

    assert asked._process is None
    assert [(one.ip, one.port) for one in found] == [(ip, 2222)]


def test_a_link_local_address_keeps_its_interface() -> None:
    index = socket.if_nametoindex("lo")

    assert lookup.literal("fe80::1%lo", 22, 0) == (network.Address(socket.AF_INET6, f"fe80::1%{index}", 22),)


def test_without_an_interpreter_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)

    with pytest.raises(CannotLookUp):
        Lookup("forge.example", 22, 0, 5)


def test_a_child_that_ends_without_an_answer_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_base_executable", "/bin/true")

    with Lookup("localhost", 22, 0, 5) as asked, pytest.raises(CannotLookUp):
        asked.answer(5, threading.Event())


def test_a_child_that_nobody_ends_ends_itself(tmp_path: Path) -> None:
    """Its own alarm works inside getaddrinfo(3) too: the default action needs no interpreter."""
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.53\n")
    (tmp_path / "nsswitch.conf").write_text("hosts: dns\n")
    binds = [(tmp_path / name, f"/etc/{name}") for name in ("resolv.conf", "nsswitch.conf")]
    silent = "import socket, time; s = socket.socket(2, 2); s.bind(('127.0.0.53', 53)); time.sleep(30)"
    inside = f'ip link set lo up; "{sys.executable}" -c "{silent}" & sleep 0.5; "$@"; echo $?; kill $!'
    child = [sys.executable, "-I", "-S", "-c", lookup._CHILD, b"forge.example".hex(), "22", "0", "1"]
    began = time.monotonic()
    done = subprocess.run(
        [*prefix(binds), "unshare", "-n", "sh", "-c", inside, "sh", *child],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.stdout.split()[0] == str(128 + 14), done
    assert time.monotonic() - began < 5
