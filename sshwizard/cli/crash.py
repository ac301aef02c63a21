"""A note about a bug of ours: where it happened, and nothing of the user's. No locals, no arguments.

The text of an exception is kept only for the kinds that speak of code, never of data.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING

from sshwizard import __version__

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

_ABOUT_CODE = (AttributeError, TypeError, NameError, ImportError, NotImplementedError, RecursionError)


def note(error: BaseException, command: str) -> str:
    """Write the note: versions, the chain of exceptions, the places in our own and others' code."""
    lines = [
        f"sshwizard {__version__}",
        f"python {sys.version.split()[0]}",
        f"command {command}",
    ]
    current: BaseException | None = error
    while current is not None:
        words = f": {current}" if isinstance(current, _ABOUT_CODE) else ""
        lines += ["", f"{type(current).__name__}{words}"]
        lines += [
            f"  {_short(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or current.__context__
    return "\n".join(lines) + "\n"


def leave(machine: Machine | None, error: BaseException, command: str) -> str | None:
    """Keep the note in the runtime folder; return its path, or None when there is no place for it."""
    if machine is None:
        return None
    from sshwizard.machine import runtime

    return runtime.remember(machine, "crash.txt", note(error, command).encode())


def _short(filename: str) -> str:
    parts = filename.replace("\\", "/").split("/")
    for root in ("sshwizard", "site-packages"):
        if root in parts[:-1]:
            at = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[at:])
    return os.path.basename(filename)
