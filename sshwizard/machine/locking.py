"""One copy of ourselves at a time: a lock file that the system lets go of when its holder dies.

Raises CannotApply; never waits longer than it is told to.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator

from sshwizard.errors import CannotApply
from sshwizard.machine.write import cannot
from sshwizard.text import _

_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


@contextlib.contextmanager
def lock(path: str, timeout: float = 5.0) -> Iterator[None]:
    """Hold the lock file at `path`, so that no second copy of ourselves writes meanwhile.

    Waits at most `timeout` seconds. The system lets go of it when we die. Raises CannotApply.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
    except OSError as error:
        raise cannot(_("The lock {path} could not be opened"), path, error) from error
    try:
        _acquire(descriptor, path, time.monotonic() + timeout)
        yield
    finally:
        os.close(descriptor)


def is_locked(path: str) -> bool:
    """Tell whether somebody holds the lock file at `path` at this moment."""
    try:
        descriptor = os.open(path, os.O_RDWR | _FLAGS)
    except OSError:
        return False
    try:
        _try_lock(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _acquire(descriptor: int, path: str, deadline: float) -> None:
    while True:
        try:
            _try_lock(descriptor)
            return
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                raise cannot(_("The lock {path} could not be taken"), path, error) from error
        if time.monotonic() >= deadline:
            raise CannotApply(
                _("Another sshwizard is changing files at this moment."),
                code="locked",
                where=path,
                hint=_("Wait until it is done, then try again. Nothing was changed."),
            )
        time.sleep(0.05)


def _try_lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
