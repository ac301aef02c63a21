"""The stream below the transport: buffered reading, several packets in one write, and the count of bytes.

What is handed in is a connected socket (or the near end of a proxy's socket pair); opening it is somebody
else's business.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

CHUNK = 65536


class Wire:
    """A socket as paramiko's packetizer wants it, with a buffer on each side."""

    def __init__(self, connection: socket.socket, on_close: Callable[[], None] | None = None) -> None:
        self._socket = connection
        self._on_close = on_close
        self._in = b""
        self._out: list[bytes] | None = None
        self._lock = threading.Lock()
        self.greeting = True
        """Until the host's version string is read, a write that fails is no reason not to read what it said."""
        self._closed = False
        """Read by paramiko's `stop_thread`."""

    def settimeout(self, seconds: float | None) -> None:
        self._socket.settimeout(seconds)

    def recv(self, count: int) -> bytes:
        """Return up to `count` bytes, b"" at the end. Raises TimeoutError, OSError."""
        if not self._in:
            self._in = self._socket.recv(max(count, CHUNK))
            self._acknowledge_now()
        piece, self._in = self._in[:count], self._in[count:]
        return piece

    def unread(self, data: bytes) -> None:
        """Put bytes back in front of what is still to be read."""
        self._in = data + self._in

    def send(self, data: bytes) -> int:
        with self._lock:
            if self._out is not None:
                self._out.append(bytes(data))
                return len(data)
        try:
            return self._socket.send(data)
        except ConnectionError:
            if self.greeting:
                return len(data)
            raise

    @contextlib.contextmanager
    def one_write(self) -> Iterator[None]:
        """Hold back everything sent inside, and send it in one piece at the end: one round trip for all."""
        with self._lock:
            self._out = []
        try:
            yield
        finally:
            with self._lock:
                held, self._out = b"".join(self._out or ()), None
                self._send_all(held)

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._lock:
            on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()

    def _send_all(self, data: bytes) -> None:
        end = time.monotonic() + 5.0
        while data:
            try:
                data = data[self._socket.send(data) :]
            except TimeoutError:
                if self._closed or time.monotonic() > end:
                    raise

    def _acknowledge_now(self) -> None:
        """Ask for an immediate TCP acknowledgement: sshd before 10 holds its next packet until it comes."""
        if hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
