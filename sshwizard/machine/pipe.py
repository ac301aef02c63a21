"""A program whose standard input and output are one stream: how ssh talks through a ProxyCommand.

Bounded by its owner: `end` kills it with everything it started. Its messages are kept in an unnamed file.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import IO

WORDS = 1 << 20
"""Bytes kept of what the program writes to its standard error: the last ones."""


class Piped:
    """A running program and the socket that leads to it."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str | None) -> None:
        """Start a program. Raises OSError when it cannot be started."""
        self.socket, far = socket.socketpair()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._last_words = b""
        self._lock = threading.Lock()
        try:
            self._process = _start(argv, far, self._errors, env, cwd)
        except BaseException:
            self.socket.close()
            self._errors.close()
            raise
        finally:
            far.close()

    @property
    def status(self) -> int | None:
        """Exit status, or None while it runs."""
        return self._process.poll()

    def words(self) -> bytes:
        """Return the end of what it has written to its standard error."""
        with self._lock:
            if self._errors.closed:
                return self._last_words
            size = os.fstat(self._errors.fileno()).st_size
            start = max(0, size - WORDS)
            if hasattr(os, "pread"):
                # Leaves the offset alone, which the program shares and writes at.
                return os.pread(self._errors.fileno(), WORDS, start)
            self._errors.seek(start)
            return self._errors.read(WORDS)

    def end(self, grace: float = 0.2) -> None:
        """Close the stream and end the program, with all it started: after `grace` seconds by force."""
        self.socket.close()
        if self._errors.closed:
            return
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            _kill(self._process)
            self._process.wait()
        words = self.words()
        with self._lock:
            self._last_words = words
            self._errors.close()


def _start(
    argv: Sequence[str], far: socket.socket, errors: IO[bytes], env: Mapping[str, str], cwd: str | None
) -> subprocess.Popen[bytes]:
    if os.name == "posix":
        return subprocess.Popen(
            list(argv),
            stdin=far.fileno(),
            stdout=far.fileno(),
            stderr=errors,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    process = subprocess.Popen(
        list(argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=dict(env), cwd=cwd
    )
    near = far.dup()
    assert process.stdin is not None and process.stdout is not None
    # Windows programs do not take a socket as their standard input: two threads carry the bytes.
    threading.Thread(target=_carry_in, args=(near, process.stdin), daemon=True).start()
    threading.Thread(target=_carry_out, args=(process.stdout, near), daemon=True).start()
    return process


def _carry_in(source: socket.socket, target: IO[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while piece := source.recv(65536):
            target.write(piece)
            target.flush()
    with contextlib.suppress(OSError, ValueError):
        target.close()


def _carry_out(source: IO[bytes], target: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        while piece := os.read(source.fileno(), 65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
    target.close()
    source.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
