"""Running other programs: list arguments, a time limit, no standard input, plain English output."""

from __future__ import annotations

import contextlib
import os
import signal
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
    """Run `argv` to its end or to `timeout` seconds, then end it with all it started. Raises nothing."""
    return _run(argv, env={**env, "LC_ALL": "C", "LANGUAGE": ""}, timeout=timeout, cwd=cwd, stdin=stdin)


def run_attached(
    argv: Sequence[str], *, env: Mapping[str, str], timeout: float, cwd: str | None = None, stdin: bytes = b""
) -> Finished:
    """Run a program that may ask its questions on the user's terminal; its standard output is kept.

    Its standard error goes to the terminal as it comes, and Ctrl+C reaches it.
    """
    return _run(argv, env=env, timeout=timeout, cwd=cwd, stdin=stdin, attached=True)


def _run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    timeout: float,
    cwd: str | None,
    stdin: bytes | None,
    attached: bool = False,
) -> Finished:
    try:
        process = subprocess.Popen(
            list(argv),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if attached else subprocess.PIPE,
            start_new_session=os.name == "posix" and not attached,
        )
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        return Finished(argv=tuple(argv), status=None, out=b"", err=b"", problem=words)
    with process:
        try:
            out, err = process.communicate(stdin, timeout)
            problem, status = "", process.returncode
        except subprocess.TimeoutExpired as late:
            _end(process, whole_group=not attached)
            out, err = late.stdout or b"", late.stderr or b""
            problem, status = f"no end after {timeout:g} s", None
        except BaseException:
            _end(process, whole_group=not attached)
            raise
    return Finished(argv=tuple(argv), status=status, out=out or b"", err=err or b"", problem=problem)


def _end(process: subprocess.Popen[bytes], *, whole_group: bool) -> None:
    """Kill a program, and what it started: a grandchild that holds the pipes would keep us waiting."""
    if whole_group and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()
