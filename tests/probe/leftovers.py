"""What a probe leaves behind: threads of this process, and processes that carry a mark in their environment."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "SSHWIZARD_TEST_MARK"


def processes(mark: str) -> dict[int, str]:
    """Return the processes, zombies left out, whose environment has the mark: number → command line."""
    wanted = f"{NAME}={mark}".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found[int(folder.name)] = command
        except OSError:
            continue
    return found


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.name.startswith("broken")}


@contextmanager
def none_within(seconds: float) -> Iterator[str]:
    """Give a mark for the environment of what is run inside; afterwards fail unless all is gone in `seconds`.

    The mark stands in this process's environment too, for what inherits it. The threads of a `Broken` server are its own.
    """
    mark = uuid.uuid4().hex
    before = _threads()
    os.environ[NAME] = mark
    try:
        yield mark
    finally:
        del os.environ[NAME]
    end = time.monotonic() + seconds
    while (left := (_threads() - before, processes(mark))) != (set(), {}):
        if time.monotonic() > end:
            raise AssertionError(f"left behind after {seconds:g} s: {left}")
        time.sleep(0.01)
