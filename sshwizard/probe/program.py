"""Running the machine's own ssh and git to their end, bounded and cancellable, with their words kept."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sshwizard.machine.machine import Machine
from sshwizard.machine.pipe import Piped
from sshwizard.model.config import FLAGS_WITH_VALUE
from sshwizard.probe.limits import SLICE
from sshwizard.text import visible_bytes

QUIET = (
    "BatchMode=yes",
    "ControlPath=none",
    "AddKeysToAgent=no",
    "UpdateHostKeys=no",
    "FingerprintHash=sha256",
)
"""Options that keep ssh from asking, from reusing a connection, and from writing anything of its own accord."""

OF_THE_SESSION = frozenset("ADEfGgLMnOQqRSTtVvWwXxYy")
"""ssh's option letters that say what happens after the login: no matter for a witness, and not always harmless."""

MOST = 1 << 20
"""Bytes kept of what a program prints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What a program of the machine did."""

    argv: tuple[str, ...]
    status: int | None
    """Exit status; None when it could not be started, ran out of time or was cancelled."""
    log: str
    """Its standard error, visible."""
    out: str
    """Its standard output, visible."""
    problem: str = ""


def as_words(flags: Sequence[tuple[str, str]], *, without: frozenset[str] = OF_THE_SESSION) -> list[str]:
    """Write flags, as in `CommandLine.flags`, for ssh's argv; those with a letter of `without` fall out."""
    words: list[str] = []
    for flag, value in flags:
        if flag[1:] not in without:
            words += (flag, value) if flag[1:] in FLAGS_WITH_VALUE else (flag,)
    return words


def run(
    machine: Machine,
    argv: Sequence[str],
    env: Mapping[str, str],
    timeout: float,
    cancel: threading.Event | None,
) -> Witness:
    """Run a program to its end, `timeout` seconds or `cancel`. Its standard output is read as it comes."""
    shown = tuple(argv)
    try:
        piped = Piped(argv, env={**machine.env, "LC_ALL": "C", "LANGUAGE": "", **env}, cwd=machine.cwd)
    except OSError as error:
        return Witness(argv=shown, status=None, log="", out="", problem=error.strerror or str(error))
    try:
        out, problem = _read(piped, time.monotonic() + timeout, cancel)
    finally:
        piped.end(2.0)
    status = None if problem else piped.status
    return Witness(
        argv=shown,
        status=status,
        log=visible_bytes(piped.words().replace(b"\r\n", b"\n")),
        out=visible_bytes(out),
        problem=problem,
    )


def _read(piped: Piped, end: float, cancel: threading.Event | None) -> tuple[bytes, str]:
    """Return what the program printed, and why it was not waited for any longer ("" at its end)."""
    out = bytearray()
    piped.socket.shutdown(socket.SHUT_WR)
    piped.socket.settimeout(SLICE)
    while time.monotonic() < end:
        if cancel is not None and cancel.is_set():
            piped.end(0.0)
            return bytes(out), "cancelled"
        try:
            piece = piped.socket.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            return bytes(out), ""
        if not piece:
            return bytes(out), ""
        out += piece[: max(0, MOST - len(out))]
    piped.end(0.0)
    return bytes(out), "out of time"
