"""Somebody at a terminal: starts a program on a pty, waits for what it says, types an answer."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType


class Person:
    """`with Person(argv, env=…) as person: person.sees("Number"); person.types("1")`."""

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | str, patience: float = 30.0
    ) -> None:
        self._argv, self._env, self._cwd, self._patience = list(argv), dict(env), cwd, patience
        self.screen = ""
        """Everything shown so far, line ends as `\\n`."""
        self._read_to = 0

    def __enter__(self) -> Person:
        self._terminal, inside = pty.openpty()
        self._process = subprocess.Popen(
            self._argv,
            env=self._env,
            cwd=self._cwd,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(inside)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(timeout=10)
        os.close(self._terminal)

    def sees(self, text: str) -> str:
        """Wait until `text` is shown (after what was seen before); return what came up to its end."""
        end = time.monotonic() + self._patience
        while text not in self.screen[self._read_to :]:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"never saw {text!r} in:\n{self.screen}")
        at = self.screen.index(text, self._read_to) + len(text)
        seen, self._read_to = self.screen[self._read_to : at], at
        return seen

    def types(self, line: str = "") -> None:
        """Type a line and Enter."""
        os.write(self._terminal, line.encode() + b"\r")

    def presses(self, keys: bytes) -> None:
        """Press keys as they are, `b"\\x03"` for Ctrl+C."""
        os.write(self._terminal, keys)

    def leaves(self) -> int:
        """Wait for the end; return the exit code."""
        end = time.monotonic() + self._patience
        while self._read(end - time.monotonic()):
            pass
        return self._process.wait(timeout=max(0.1, end - time.monotonic()))

    def _read(self, seconds: float) -> bool:
        ready, _out, _error = select.select([self._terminal], [], [], max(0.0, seconds))
        try:
            data = os.read(self._terminal, 1 << 16) if ready else b""
        except OSError:
            data = b""
        self.screen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data.decode(errors="replace")).replace(
            "\r\n", "\n"
        )
        return bool(data)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
