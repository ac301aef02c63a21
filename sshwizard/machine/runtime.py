"""Small things that need not survive a reboot: the last target of `doctor`, a wizard's place, crash notes.

They lie in `Machine.runtime_dir`, outside the home, in a folder that only this account may enter. A folder
that somebody else made, or that others may read, is not used. Nothing here raises: remembering is a comfort,
and not worth waiting for the disk (a file is whole or as it was, but may be lost with the power).
"""

from __future__ import annotations

import contextlib
import os
import stat

from sshwizard.machine.files import look_at
from sshwizard.machine.machine import Machine

_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


def folder(machine: Machine) -> str | None:
    """Return the folder, made with mode 0700 if need be; None when there is none that is ours alone."""
    path = machine.runtime_dir
    with contextlib.suppress(OSError):
        os.mkdir(path, 0o700)
    try:
        status = os.lstat(path)
    except OSError:
        return None
    ours = not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o077)
    return path if stat.S_ISDIR(status.st_mode) and ours else None


def remember(machine: Machine, name: str, data: bytes) -> str | None:
    """Keep `data` under `name`, in place of what was there; return the path, or None when it was not kept."""
    place = folder(machine)
    if place is None:
        return None
    path = os.path.join(place, name)
    beside = f"{path}.{os.getpid()}"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _FLAGS, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        return None
    return path


def recall(machine: Machine, name: str) -> bytes | None:
    """Return what was kept under `name`, or None."""
    place = folder(machine)
    if place is None:
        return None
    seen = look_at(os.path.join(place, name))
    return seen.data if seen.kind == "file" else None
