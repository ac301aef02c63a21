"""Running other programs: list arguments, a time limit, no standard input, plain English output."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended."""

    argv: tuple[str, ...]
    status: int | None
    """Exit status; negative for a signal; None when it could not be started or ran out of time."""
    out: bytes
    err: bytes
    problem: str = ""
    """Why `status` is None, in the system's words."""

    @property
    def ok(self) -> bool:
        return self.status == 0


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    timeout: float,
    cwd: str | None = None,
    stdin: bytes | None = None,
) -> Finished:
    """Run `argv` to its end or to `timeout` seconds. Raises nothing for what the program does."""
    try:
        done = subprocess.run(
            list(argv),
            env={**env, "LC_ALL": "C", "LANGUAGE": ""},
            cwd=cwd,
            timeout=timeout,
            capture_output=True,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            start_new_session=os.name == "posix",
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return Finished(
            argv=tuple(argv),
            status=None,
            out=late.stdout or b"",
            err=late.stderr or b"",
            problem=f"no end after {timeout:g} s",
        )
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        return Finished(argv=tuple(argv), status=None, out=b"", err=b"", problem=words)
    return Finished(argv=tuple(argv), status=done.returncode, out=done.stdout, err=done.stderr)
