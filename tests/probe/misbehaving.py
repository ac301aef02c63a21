"""Servers that misbehave, on loopback: one thread each, a function that gets the accepted connection."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Behaviour = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(behave: Behaviour) -> Iterator[int]:
    """Serve every connection by `behave`, one after the other; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_connections: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = listener.accept()
                open_connections.append(connection)
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            behave(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        thread.join(2)


def saying(data: bytes, *, then_wait: bool = False) -> Behaviour:
    """Send bytes and close, or keep the connection open until the client goes."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(data)
        if then_wait:
            hold(connection)
        else:
            # Closing with unread data would reset the connection and may lose what was sent.
            connection.shutdown(socket.SHUT_WR)
            hold(connection)

    return behave


def hold(connection: socket.socket) -> None:
    """Read until the client goes, and say nothing."""
    while connection.recv(65536):
        pass


def dripping(data: bytes, pause: float) -> Behaviour:
    """Send one byte at a time."""

    def behave(connection: socket.socket) -> None:
        stop = threading.Event()
        for place in range(len(data)):
            connection.sendall(data[place : place + 1])
            stop.wait(pause)
        hold(connection)

    return behave


def relaying(port: int, most: int, *, then: str) -> Behaviour:
    """Pass everything to and from a real server, until it has said `most` bytes: then `close` or `stall`."""

    def behave(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:
            upwards = threading.Thread(target=_copy, args=(connection, server), daemon=True)
            upwards.start()
            left = most
            while left > 0 and (piece := server.recv(min(left, 65536))):
                connection.sendall(piece)
                left -= len(piece)
            if then == "stall":
                upwards.join()
            else:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    return behave


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
