"""An agent that lists whatever it is told, certificates and damaged keys included, and signs nothing.

The real ssh-agent (`servers.agent`) takes only keys that are sound; ssh must be asked about the others too.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from types import TracebackType


class ListingAgent:
    """`with ListingAgent(path) as agent:` — set `agent.keys` to (blob, comment) pairs at any time."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.keys: list[tuple[bytes, bytes]] = []
        self.reply: bytes | None = None
        """A whole reply in place of the list, to say something that no good agent says."""
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def __enter__(self) -> ListingAgent:
        self._server.bind(self.path)
        self._server.listen(8)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A thread that waits in accept() would go on to serve whoever gets the same descriptor next.
        self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._server.close()
        os.unlink(self.path)

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(20)
            try:
                while True:
                    head = connection.recv(4, socket.MSG_WAITALL)
                    if len(head) < 4:
                        return
                    request = connection.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)
                    answer = self._answer(request)
                    connection.sendall(struct.pack(">I", len(answer)) + answer)
            except OSError:
                return

    def _answer(self, request: bytes) -> bytes:
        if request[:1] != b"\x0b":
            return b"\x05"
        if self.reply is not None:
            return self.reply
        entries = (_string(blob) + _string(comment) for blob, comment in self.keys)
        return b"\x0c" + struct.pack(">I", len(self.keys)) + b"".join(entries)


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data
