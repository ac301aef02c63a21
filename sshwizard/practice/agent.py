"""A real ssh-agent for the practice ground, which ends with us whatever happens."""

from __future__ import annotations

import os
import shutil
import socket as socketlib
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sshwizard.errors import CannotCheck
from sshwizard.text import _

_GUARD = 'ssh-agent -D -a "$1" >/dev/null 2>&1 & agent=$!; cat >/dev/null; kill "$agent"; wait "$agent"'
"""A shell that holds the agent and ends it when its standard input closes: even if we are killed."""


class Agent:
    """A running agent at `socket`. `close` ends it and waits for its end."""

    def __init__(self, socket: Path, env: Mapping[str, str]) -> None:
        """Start it. Raises CannotCheck when there is no ssh-agent or it does not come up in 5 s."""
        self.socket = str(socket)
        self._env = {**env, "SSH_AUTH_SOCK": self.socket}
        programs = ("sh", "ssh-agent", "ssh-add")
        if not all(shutil.which(name, path=env.get("PATH")) for name in programs) or not hasattr(
            socketlib, "AF_UNIX"
        ):
            raise CannotCheck(
                _("This scenario needs the program ssh-agent, and there is none on the PATH."),
                code="no-agent-program",
                hint=_("It comes with OpenSSH's client. `sshwizard practice --list` shows other scenarios."),
            )
        self._guard = subprocess.Popen(
            ["sh", "-c", _GUARD, "sh", self.socket],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._env,
            start_new_session=True,
        )
        self._wait()

    def add(self, keys: Sequence[Path]) -> None:
        """Load private keys without passphrase, in this order."""
        if keys:
            subprocess.run(
                ["ssh-add", "-q", *map(str, keys)],
                env=self._env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=20,
                check=True,
            )

    def close(self) -> None:
        assert self._guard.stdin
        self._guard.stdin.close()
        try:
            self._guard.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._guard.pid, 9)
            self._guard.wait(5)

    def _wait(self) -> None:
        end = time.monotonic() + 5
        while not self._answers():
            if time.monotonic() > end or self._guard.poll() is not None:
                self.close()
                raise CannotCheck(
                    _("ssh-agent did not start within 5 s."), code="no-agent-program", where=self.socket
                )
            time.sleep(0.005)

    def _answers(self) -> bool:
        with socketlib.socket(socketlib.AF_UNIX) as trial:
            try:
                trial.connect(self.socket)
            except OSError:
                return False
        return True
