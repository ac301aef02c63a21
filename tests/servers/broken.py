"""TCP servers that misbehave in one way each, on loopback, for what happens before and during a handshake."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType

Act = Callable[[socket.socket, threading.Event], None]
"""What to do with one connection; the event is set when the server is to end."""


class Broken:
    """`with Broken(silent) as server:` — `server.port`; `server.accepted` counts connections."""

    def __init__(self, act: Act, host: str = "127.0.0.1") -> None:
        self.host = host
        self.accepted = 0
        self._act = act
        self._over = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self.port = int(self._listener.getsockname()[1])
        self._wake, self._woken = socket.socketpair()
        self._threads = [threading.Thread(target=self._accept, name="broken", daemon=True)]

    def __enter__(self) -> Broken:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._wake.close()
        for thread in self._threads:
            thread.join(5)
        self._woken.close()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select([self._listener, self._woken], [], [])
            if self._woken in ready:
                return
            connection, _ = self._listener.accept()
            self.accepted += 1
            thread = threading.Thread(target=self._meet, args=(connection,), name="broken-peer", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _meet(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._act(connection, self._over)
            except OSError:
                pass


def silent(_connection: socket.socket, over: threading.Event) -> None:
    """Accept and never say a word."""
    over.wait()


def closing(connection: socket.socket, _over: threading.Event) -> None:
    """Accept and hang up properly (FIN; what the peer still says is read, so that no RST follows)."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(2)
    while connection.recv(4096):
        pass


def resetting(connection: socket.socket, _over: threading.Event) -> None:
    """Accept and reset (RST instead of FIN)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def saying(words: bytes, *, then: Act = closing) -> Act:
    """Send `words` at once, then do `then`: an HTTP answer, a notice, half an identification string."""

    def act(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(words)
        then(connection, over)

    return act


def identified(version: str = "SSH-2.0-OpenSSH_9.2p1", *, then: Act = closing) -> Act:
    """Exchange identification strings properly, then do `then` instead of the key exchange."""
    return saying(version.encode() + b"\r\n", then=then)


def dripping(words: bytes, seconds: float = 0.2) -> Act:
    """Send one byte at a time, `seconds` apart."""

    def act(connection: socket.socket, over: threading.Event) -> None:
        for byte in words:
            connection.sendall(bytes([byte]))
            if over.wait(seconds):
                return

    return act


def endless(piece: bytes = b"A notice before the identification string\r\n") -> Act:
    """Send the same line for ever."""

    def act(connection: socket.socket, over: threading.Event) -> None:
        while not over.is_set():
            connection.sendall(piece)

    return act


def garbage(connection: socket.socket, over: threading.Event) -> None:
    """Identify, then send a packet with an absurd length."""

    def absurd(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(b"\xff" * 64)
        closing(peer, over)

    identified(then=absurd)(connection, over)


def http_answer(status: str = "400 Bad Request") -> Act:
    """Answer as a web server or captive portal does."""
    return saying(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
