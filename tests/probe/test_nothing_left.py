"""No thread and no process outlives a probe, wherever it is cancelled or runs out of time."""

from __future__ import annotations

import contextlib
import json
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from probe import making
from probe.leftovers import NAME, none_within, processes
from servers.broken import Act, Broken, identified, silent
from servers.keys import KeyMaker, Pair
from servers.namespace import prefix
from servers.running import wait_for
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.model.transcript import Transcript
from sshwizard.probe import probe, second

AT_ONCE = 0.5
"""Seconds between the end of a probe's time, or a cancel, and the last trace of it."""


@pytest.fixture
def pair(keys: KeyMaker, tmp_path: Path) -> Pair:
    return keys.make(tmp_path, "work")


def in_silence(folder: Path, what: str, *, hosts: str = "127.0.0.1 localhost\n") -> dict[str, object]:
    """Run `silent_names.py` where the only name server never answers."""
    for name, text in (
        ("resolv.conf", "nameserver 127.0.0.53\n"),
        ("nsswitch.conf", "hosts: files dns\n"),
        ("hosts", hosts),
    ):
        (folder / name).write_text(text)
    binds = [(folder / name, f"/etc/{name}") for name in ("resolv.conf", "nsswitch.conf", "hosts")]
    inside = [*prefix(binds), "unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    script = Path(__file__).with_name("silent_names.py")
    done = subprocess.run(
        [*inside, sys.executable, str(script), what], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("what", "ended"),
    [
        ("cancel", ["dns", "cancelled"]),
        ("timeout", ["dns", "timeout"]),
        ("cancel-strangers", [3]),
        ("timeout-strangers", [3]),
        ("cancel-matrix", ["cancelled", "cancelled"]),
        ("timeout-matrix", ["timeout", "timeout"]),
        ("cancel-wait", ["cancelled"]),
    ],
)
def test_a_system_that_hangs_on_a_name_is_left_at_once(
    tmp_path: Path, what: str, ended: list[object]
) -> None:
    found = in_silence(tmp_path, what)

    assert found["ended"] == ended
    assert float(str(found["late"])) < AT_ONCE
    if what.startswith("cancel"):
        assert "_socket.getaddrinfo" in str(found["running"])


@contextlib.contextmanager
def a_full_backlog() -> Iterator[int]:
    """Give the port of a listener that takes no further connection: TCP hangs."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _number in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


@contextlib.contextmanager
def serving(act: Act) -> Iterator[int]:
    with Broken(act) as server:
        yield server.port


def dribbling(connection: socket.socket, over: threading.Event) -> None:
    """Send one byte a second, never a whole line."""
    while not over.wait(1.0):
        connection.sendall(b"S")


def stubborn(tmp_path: Path, port: int) -> str:
    """Return a ProxyCommand that ignores requests to end and has children and grandchildren."""
    script = tmp_path / "proxy"
    script.write_text("#!/bin/sh\ntrap '' TERM HUP INT PIPE\n(sleep 300 & sleep 301) & sleep 302\n")
    script.chmod(0o755)
    return shlex.quote(str(script))


def through_a_silent_jump(tmp_path: Path, port: int) -> str:
    """Return a ProxyCommand of two ssh processes, one behind the other, that wait for a silent server."""
    inner = f"ssh -F none -o BatchMode=yes -W %h:%p -p {port} 127.0.0.1"
    return f"ssh -F none -o BatchMode=yes -o 'ProxyCommand={inner}' -W %h:%p outer.example"


Makes = Callable[[], "contextlib.AbstractContextManager[int]"]
LAYERS: dict[str, tuple[str, Makes, Callable[[Path, int], str] | None]] = {
    "tcp": ("tcp", a_full_backlog, None),
    "banner": ("banner", lambda: serving(silent), None),
    "banner, one byte a second": ("banner", lambda: serving(dribbling), None),
    "kex": ("kex", lambda: serving(identified(then=silent)), None),
    "proxy": ("proxy", lambda: serving(silent), stubborn),
    "jumps": ("proxy", lambda: serving(silent), through_a_silent_jump),
}


@pytest.mark.parametrize("way", ["cancel", "timeout"])
@pytest.mark.parametrize("layer", list(LAYERS))
def test_nothing_is_left_of_a_layer_that_hangs(
    make_machine: Callable[..., Machine], pair: Pair, tmp_path: Path, layer: str, way: str
) -> None:
    id, makes, proxy = LAYERS[layer]
    cancel = threading.Event()
    with makes() as port, none_within(AT_ONCE) as mark:
        options = {"proxycommand": proxy(tmp_path, port)} if proxy else {}
        machine = make_machine(env={NAME: mark})
        plan = making.plan([pair], port, options=options)
        seconds = 0.8 if way == "timeout" else 30.0
        stopper = threading.Timer(0.8, cancel.set)
        if way == "cancel":
            stopper.start()
        began = time.monotonic()
        seen = probe(machine, making.facts(machine), plan, timeout=seconds, cancel=cancel)
        took = time.monotonic() - began
        stopper.cancel()

    assert failure(seen) == (id, "cancelled" if way == "cancel" else "timeout")
    assert 0.4 < took < 0.8 + AT_ONCE


@pytest.mark.parametrize("way", ["cancel", "timeout"])
def test_nothing_is_left_of_a_session_that_hangs(
    make_machine: Callable[..., Machine],
    start_sshd: Callable[..., Sshd],
    pair: Pair,
    way: str,
) -> None:
    server = start_sshd({"joe": [pair.line]}, extra=["ForceCommand sleep 60"])
    cancel = threading.Event()
    with none_within(AT_ONCE) as mark:
        machine = make_machine(env={NAME: mark})
        stopper = threading.Timer(1.5, cancel.set)
        if way == "cancel":
            stopper.start()
        seconds = 1.5 if way == "timeout" else 30.0
        seen = probe(
            machine,
            making.facts(machine),
            making.plan([pair], server.port),
            login=True,
            timeout=seconds,
            cancel=cancel,
        )
        stopper.cancel()

    assert failure(seen) == ("session", "cancelled" if way == "cancel" else "timeout")


@pytest.mark.parametrize("way", ["cancel", "timeout"])
def test_nothing_is_left_of_a_witness_that_hangs(
    make_machine: Callable[..., Machine], pair: Pair, tmp_path: Path, way: str
) -> None:
    cancel = threading.Event()
    with none_within(AT_ONCE) as mark, serving(silent) as port:
        machine = make_machine(env={NAME: mark})
        command = through_a_silent_jump(tmp_path, port)
        plan = making.plan([pair], port)
        watcher = threading.Thread(target=_cancel_when_running, args=(mark, 3, cancel), daemon=True)
        if way == "cancel":
            watcher.start()
        seen = second.own_ssh(
            machine,
            plan,
            flags=(("-F", "none"), ("-o", f"ProxyCommand={command}")),
            timeout=1.0 if way == "timeout" else 30.0,
            cancel=cancel,
        )

    assert seen.problem == ("cancelled" if way == "cancel" else "out of time")


def test_nothing_is_left_of_git_and_its_ssh(make_machine: Callable[..., Machine], tmp_path: Path) -> None:
    cancel, config = threading.Event(), tmp_path / "config"
    with none_within(AT_ONCE) as mark, serving(silent) as port:
        config.write_text(f"Host box\n  ProxyCommand {through_a_silent_jump(tmp_path, port)}\n")
        config.chmod(0o600)
        machine = make_machine(env={NAME: mark}, config=str(config))
        threading.Thread(target=_cancel_when_running, args=(mark, 4, cancel), daemon=True).start()
        seen = second.git_ls_remote(machine, making.facts(machine), "git@box:a.git", cancel=cancel)

    assert seen.problem == "cancelled"


def _cancel_when_running(mark: str, most: int, cancel: threading.Event) -> None:
    wait_for(lambda: len(processes(mark)) >= most, f"{most} processes")
    cancel.set()


def failure(seen: Transcript) -> tuple[str, str]:
    assert seen.first_failure is not None
    return seen.first_failure.id, seen.first_failure.code
