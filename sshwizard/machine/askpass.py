"""Answering ssh's questions (passwords, keyboard-interactive prompts, passphrases) where it has no terminal to ask on.

ssh runs the program that SSH_ASKPASS names for each question (ssh(1), ENVIRONMENT). Ours is a few lines that hand
the question over a socket in a folder of our own and print the answer; the answer is in no argument, no variable
and no file. Needs sockets in the file system, so not Windows.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from types import TracebackType

from sshwizard.secret import Secret

_LONGEST = 16 * 1024
_SOCKET_LIMIT = 90
"""Bytes of a folder's path beyond which a socket in it may not fit (unix(7): 108; macOS: 104)."""
_PROGRAM = """\
import socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
link.sendall(" ".join(sys.argv[2:]).encode("utf-8", "surrogateescape"))
link.shutdown(socket.SHUT_WR)
reply = b""
while part := link.recv(4096):
    reply += part
if reply[:1] != b"+":
    sys.exit(1)
sys.stdout.buffer.write(reply[1:] + b"\\n")
"""

Answer = Callable[[str], Secret | None]
"""Called with ssh's question, in a thread of ours; None declines."""


def is_possible() -> bool:
    """Tell whether questions can be answered in this way here."""
    return hasattr(socket, "AF_UNIX") and sys.platform != "win32"


class Askpass:
    """`with Askpass(answer) as asking: machine = replace(machine, env={**machine.env, **asking.env})`."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._over = threading.Event()

    def __enter__(self) -> Askpass:
        self._folder = tempfile.mkdtemp(prefix="sshwizard-")
        if len(os.fsencode(self._folder)) > _SOCKET_LIMIT:
            shutil.rmtree(self._folder)
            self._folder = tempfile.mkdtemp(prefix="sshwizard-", dir="/tmp")
        place = os.path.join(self._folder, "ask")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(place)
        self._listener.listen()
        self._program = os.path.join(self._folder, "askpass")
        words = [sys.executable, "-I", "-S", "-c", _PROGRAM, place]
        descriptor = os.open(self._program, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o700)
        with os.fdopen(descriptor, "w") as file:
            file.write(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        self._thread = threading.Thread(target=self._serve, name="askpass", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def env(self) -> Mapping[str, str]:
        """The variables that send ssh's questions here; DISPLAY is for ssh before 8.4, which knows no REQUIRE."""
        return {"SSH_ASKPASS": self._program, "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                link, _address = self._listener.accept()
            except OSError:
                return
            # NOTE: one thread each: ssh ends an askpass that only tells of a touch, and may ask again meanwhile.
            threading.Thread(target=self._serve_one, args=(link,), name="askpass", daemon=True).start()

    def _serve_one(self, link: socket.socket) -> None:
        question = b""
        with link, contextlib.suppress(OSError):
            while len(question) < _LONGEST and (part := link.recv(4096)):
                question += part
            secret = self._answer(question.decode("utf-8", "replace"))
            if secret is not None:
                link.sendall(b"+" + secret.reveal().encode())
