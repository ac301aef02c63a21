"""Running the real ssh, git and sshd with another home, or other accounts, than the machine has.

ssh takes its home from the account database and not from HOME, so a mount namespace binds a folder of the
test over it. Needs root or unprivileged user namespaces; `prefix` raises where neither is to be had.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from servers.running import program

_BIND = 'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 97; shift 2; done; shift; exec "$@"'


def prefix(binds: Sequence[tuple[Path | str, Path | str]]) -> list[str]:
    """Return the start of an argv that runs the rest with each (folder, over what) bound."""
    pairs = [str(path) for pair in binds for path in pair]
    return [*_unshare(), "sh", "-c", _BIND, "sh", *pairs, "--"]


@cache
def _unshare() -> tuple[str, ...]:
    unshare = program("unshare", "util-linux")
    for flags in (("-m",), ("-r", "-m")):
        trial = [unshare, *flags, "mount", "--bind", "/tmp", "/tmp"]
        if subprocess.run(trial, capture_output=True, timeout=10, check=False).returncode == 0:
            return (unshare, *flags)
    raise PermissionError("the tests need mount namespaces: run them as root or allow user namespaces")


def account_home() -> str:
    """Return the home that the account database gives inside the namespace."""
    return pwd.getpwuid(0 if "-r" in _unshare() else os.getuid()).pw_dir


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a program ended."""

    argv: tuple[str, ...]
    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything it printed."""
        return self.out + self.err


@dataclass(frozen=True, slots=True)
class RealSsh:
    """The real ssh, ssh-add, git … with `home` as the account database's home."""

    home: Path
    env: Mapping[str, str] = field(default_factory=dict)
    """On top of a clean environment (PATH, HOME, LC_ALL=C); for instance SSH_AUTH_SOCK."""

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | str | None = None,
        stdin: str | None = None,
        timeout: float = 30.0,
    ) -> Ran:
        """Run a program to its end. Only ssh and git belong here: what lives under the real home is hidden."""
        whole = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.home), "LC_ALL": "C"}
        whole |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", **self.env, **(env or {})}
        done = subprocess.run(
            [*prefix([(self.home, account_home())]), *map(str, argv)],
            env=whole,
            cwd=cwd or self.home,
            input="" if stdin is None else stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
        return Ran(argv=tuple(map(str, argv)), status=done.returncode, out=done.stdout, err=done.stderr)

    def ssh(self, *arguments: str, batch: bool = True) -> Ran:
        """Run `ssh` with these arguments, never asking anything."""
        return self.run(["ssh", *(["-o", "BatchMode=yes"] if batch else []), *arguments])
