"""A real ssh-agent on a socket of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from servers.running import Running, program


class Agent:
    """`with Agent() as agent:` — `agent.socket` is the path for SSH_AUTH_SOCK."""

    def __init__(self, *keys: Path) -> None:
        self._keys = keys
        self._folder = Path(tempfile.mkdtemp(prefix="agent-"))
        self.socket = str(self._folder / "socket")
        self._running: Running | None = None

    def __enter__(self) -> Agent:
        argv = [program("ssh-agent", "openssh-client"), "-D", "-a", self.socket]
        self._running = Running(argv, self._folder / "log")
        self._running.wait_until(self._answers, "the agent's answer")
        self.add(*self._keys)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            self._running.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    def add(self, *keys: Path, flags: tuple[str, ...] = ()) -> None:
        """Load private keys without passphrase, in this order (`ssh-add -q FLAGS KEY…`)."""
        if keys:
            self._ssh_add(*flags, "-q", *map(str, keys))

    def remove_all(self) -> None:
        self._ssh_add("-q", "-D")

    def lines(self) -> list[str]:
        """Return what `ssh-add -L` prints, one public key per line."""
        done = subprocess.run(
            ["ssh-add", "-L"], env=self._env(), capture_output=True, text=True, timeout=10, check=False
        )
        return done.stdout.splitlines() if done.returncode == 0 else []

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as trial:
            return trial.connect_ex(self.socket) == 0

    def _ssh_add(self, *arguments: str) -> None:
        subprocess.run(
            ["ssh-add", *arguments],
            env=self._env(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=20,
            check=True,
        )

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": self.socket, "LC_ALL": "C"}
