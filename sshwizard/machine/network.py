"""Names and sockets, every wait bounded. Raises OSError as the system does; callers map it to words."""

from __future__ import annotations

import socket
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
    """Return every address of `host`, in the system's order. Raises socket.gaierror, UnicodeError.

    getaddrinfo(3) has no time limit of its own: run it where a hang can be abandoned.
    """
    found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
    unique = dict.fromkeys(Address(entry[0], str(entry[4][0]), port) for entry in found)
    return tuple(unique)


def connect(address: Address, timeout: float) -> socket.socket:
    """Open a TCP connection with TCP_NODELAY. Raises OSError (TimeoutError after `timeout` seconds)."""
    connection = socket.create_connection((address.ip, address.port), timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
