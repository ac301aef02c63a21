"""Starting a program that serves until it is told to stop, and waiting for conditions with a bound."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def wait_for(condition: Callable[[], object], what: str, seconds: float = 10.0) -> None:
    """Poll until `condition` holds. Raises TimeoutError naming `what`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.005)


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody listens on now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def program(name: str, package: str) -> str:
    """Return the path of a program. Raises FileNotFoundError that names the Debian package."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        raise FileNotFoundError(f"the tests need `{name}`: install the package {package}")
    return path


class Running:
    """A program in a session of its own, its output in a log file."""

    def __init__(self, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self._log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for a condition; raises RuntimeError with the log if the program ends before."""

        def happened() -> bool:
            if condition():
                return True
            if self._process.poll() is not None:
                raise RuntimeError(f"{self._process.args!r} ended early:\n{self.log()}")
            return False

        try:
            wait_for(happened, what)
        except TimeoutError as late:
            self.stop()
            raise RuntimeError(f"{late}\n{self.log()}") from late

    def stop(self) -> None:
        """Ask the program to end, and its children with it."""
        import os
        import signal

        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                pass
            try:
                self._process.wait(5)
                break
            except subprocess.TimeoutExpired:
                continue
