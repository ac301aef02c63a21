"""A refusing SSH server on standard input and output, for a client's ProxyCommand: `python -m sshwizard.probe.sink`.

Takes no key, asks for no password and notes each key it is asked about on standard error, one line each.
Runs as a program of its own; knows nothing of configuration or of what ought to be offered.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from base64 import b64encode
from typing import Any

import paramiko

MARK = "sshwizard-sink"
"""First word of each line on standard error: `sshwizard-sink query ALGORITHM BASE64`."""
SECONDS = 60.0
"""After this long the sink ends, whatever the client does."""

_REQUEST, _FAILURE = 50, 51
_ALGORITHMS = ",".join(
    (
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "rsa-sha2-512",
        "rsa-sha2-256",
        "ssh-rsa",
        "ssh-dss",
    )
)


class _Refusing(paramiko.auth_handler.AuthHandler):  # type: ignore[misc]
    """Refuses every request without looking at the key, which may be of any type."""

    def _refuse(self, message: Any) -> None:
        message.get_text()
        message.get_text()
        if message.get_text() == "publickey":
            signed = message.get_boolean()
            algorithm, blob = message.get_text(), message.get_string()
            _note("signed" if signed else "query", algorithm, b64encode(blob).decode())
        answer = paramiko.Message()
        answer.add_byte(bytes([_FAILURE]))
        answer.add_string("publickey")
        answer.add_boolean(False)
        self.transport._send_message(answer)

    @property
    def _server_handler_table(self) -> dict[int, Any]:
        return {**super()._server_handler_table, _REQUEST: self._refuse}


class _Transport(paramiko.Transport):  # type: ignore[misc]
    _preferred_pubkeys = tuple(_ALGORITHMS.split(","))


class _Server(paramiko.ServerInterface):  # type: ignore[misc]
    def get_allowed_auths(self, username: str) -> str:
        return "publickey"


def serve(connection: socket.socket) -> None:
    """Speak SSH as a server until the client leaves, refusing every key."""
    transport = _Transport(connection)
    transport.daemon = True
    transport.add_server_key(_host_key())
    transport.auth_handler = _Refusing(transport)
    transport.start_server(event=threading.Event(), server=_Server())
    transport.join(SECONDS)
    transport.close()


def main() -> int:
    """Serve on standard input and output."""
    logging.getLogger("paramiko").addHandler(logging.NullHandler())
    logging.getLogger("paramiko").propagate = False
    inner, outer = socket.socketpair()
    threading.Thread(target=_inwards, args=(outer,), daemon=True).start()
    threading.Thread(target=_outwards, args=(outer,), daemon=True).start()
    serve(inner)
    return 0


def _host_key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate(bits=256)


def _note(*words: str) -> None:
    os.write(2, (" ".join((MARK, *words)) + "\n").encode())


def _inwards(connection: socket.socket) -> None:
    while data := os.read(0, 65536):
        connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


def _outwards(connection: socket.socket) -> None:
    while data := connection.recv(65536):
        view = memoryview(data)
        while view:
            view = view[os.write(1, view) :]


if __name__ == "__main__":
    sys.exit(main())
