"""Names and sockets, every wait bounded. Raises OSError as the system does; callers map it to words."""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """One address that a name resolved to."""

    family: int
    ip: str
    port: int

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


def resolve(host: str, port: int, family: int = 0) -> tuple[Address, ...]:
    """Return every address of `host`, in the system's order. Raises socket.gaierror.

    getaddrinfo(3) has no time limit of its own and cannot be stopped: `lookup` asks in a child process.
    """
    found = socket.getaddrinfo(as_written(host), port, family, socket.SOCK_STREAM)
    return unique(Address(entry[0], with_scope(entry[4]), port) for entry in found)


def as_written(host: str) -> bytes:
    """Return a name as ssh hands it to the system: its own bytes, without IDNA."""
    return host.encode("utf-8", "surrogateescape")


def with_scope(place: Sequence[str | int | bytes]) -> str:
    """Return the address of a socket name; a link-local one with its interface, as `fe80::1%2`."""
    ip, scope = place[0], place[3] if len(place) > 3 else 0
    return f"{ip!s}%{scope!s}" if scope else str(ip)


def unique(found: Iterable[Address]) -> tuple[Address, ...]:
    """Return each address once, in order."""
    return tuple(dict.fromkeys(found))


def connect(address: Address, timeout: float, cancel: threading.Event | None = None) -> socket.socket:
    """Open a TCP connection with TCP_NODELAY.

    Raises OSError: TimeoutError after `timeout` seconds, InterruptedError soon after `cancel` is set.
    """
    connection = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        code = connection.connect_ex((address.ip, address.port))
        if code in (
            errno.EINPROGRESS,
            errno.EWOULDBLOCK,
            getattr(errno, "WSAEWOULDBLOCK", errno.EINPROGRESS),
        ):
            _wait_until_connected(connection, timeout, cancel)
            code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        connection.settimeout(timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    return connection


def _wait_until_connected(connection: socket.socket, timeout: float, cancel: threading.Event | None) -> None:
    end = time.monotonic() + timeout
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError(errno.ETIMEDOUT, f"no answer in {timeout:.1f} s")
        if cancel is not None and cancel.is_set():
            raise InterruptedError(errno.EINTR, "cancelled")
        _readable, ready, failed = select.select([], [connection], [connection], min(left, 0.1))
        if ready or failed:
            return
