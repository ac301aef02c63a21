"""Looking up a host name in a child process: getaddrinfo(3) cannot be interrupted, a process can be ended.

The child is a bare interpreter without site packages that asks the same system with the same arguments as ssh
does, and prints what it was told. It ends by itself a little after its time, should nobody be left to end it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from types import TracebackType

from sshwizard.machine.network import Address, as_written, unique, with_scope

SLICE = 0.05
"""Seconds between two looks at the cancel event."""

_CHILD = """\
import _signal, _socket, sys
host, port, family, seconds = bytes.fromhex(sys.argv[1]), *map(int, sys.argv[2:])
if hasattr(_signal, "alarm"):
    _signal.alarm(seconds)
try:
    for entry in _socket.getaddrinfo(host, port, family, _socket.SOCK_STREAM):
        print(int(entry[0]), *entry[4][:1], *entry[4][3:])
except OSError as error:
    print("error", error.errno, ascii(error.strerror)[1:-1])
print("end")
"""


class CannotLookUp(OSError):
    """No child process could be started, or it ended without an answer: ask in this process instead."""


class Lookup:
    """One look-up: begun when it is made, `answer` waits for it. Use as a context, which ends the child."""

    def __init__(self, host: str, port: int, family: int, seconds: float) -> None:
        """Raises CannotLookUp; a literal address needs no child."""
        self._port = port
        self._known = literal(host, port, family)
        self._process: subprocess.Popen[bytes] | None = None
        if not self._known:
            self._process = _start(host, port, family, seconds)

    def __enter__(self) -> Lookup:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def answer(self, seconds: float, cancel: threading.Event) -> tuple[Address, ...]:
        """Return every address, in the system's order.

        Raises socket.gaierror, TimeoutError after `seconds`, InterruptedError soon after `cancel` is set, CannotLookUp.
        """
        if self._process is None:
            return self._known
        end = time.monotonic() + seconds
        while True:
            try:
                out, _errors = self._process.communicate(timeout=max(0.0, min(SLICE, end - time.monotonic())))
            except subprocess.TimeoutExpired:
                if cancel.is_set():
                    raise InterruptedError("cancelled") from None
                if time.monotonic() >= end:
                    raise TimeoutError(f"no answer in {seconds:.1f} s") from None
            else:
                return self._read(out.decode("ascii", "replace").splitlines())

    def _read(self, lines: list[str]) -> tuple[Address, ...]:
        if not lines or lines.pop() != "end":
            raise CannotLookUp("the look-up ended without an answer")
        found = []
        for line in lines:
            first, _blank, rest = line.partition(" ")
            if first == "error":
                number, _blank, words = rest.partition(" ")
                raise socket.gaierror(int(number), words)
            ip, _blank, scope = rest.partition(" ")
            found.append(Address(int(first), with_scope((ip, 0, 0, int(scope or 0))), self._port))
        return unique(found)


def literal(host: str, port: int, family: int) -> tuple[Address, ...]:
    """Return the address that `host` is itself, which nobody need be asked about; () for a name."""
    try:
        found = socket.getaddrinfo(
            as_written(host), port, family, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST
        )
    except OSError:
        return ()
    return unique(Address(entry[0], with_scope(entry[4]), port) for entry in found)


def _start(host: str, port: int, family: int, seconds: float) -> subprocess.Popen[bytes]:
    if getattr(sys, "frozen", False) or not sys.executable:
        raise CannotLookUp("there is no interpreter to start")
    program = getattr(sys, "_base_executable", "") or sys.executable
    words = [as_written(host).hex(), str(port), str(int(family)), str(int(seconds) + 2)]
    try:
        return subprocess.Popen(
            [program, "-I", "-S", "-c", _CHILD, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError) as error:
        raise CannotLookUp(str(error)) from error
