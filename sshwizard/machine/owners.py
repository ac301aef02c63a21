"""Giving files below a home folder to another account, as root may.

Whoever owns the home can put links there that point to the system's files; so no link is followed between
the home and the file, a file with further hard-linked names is refused, and what is changed is the very
thing that was looked at. Raises CannotApply.
"""

from __future__ import annotations

import os
import stat

from sshwizard.errors import CannotApply
from sshwizard.machine.write import cannot
from sshwizard.text import _, visible

_OPEN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def owner_of(path: str) -> tuple[int, int] | None:
    """Return numbers of user and group of what stands at `path`, links not followed; None: nothing, or a link."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    return None if stat.S_ISLNK(status.st_mode) else (status.st_uid, status.st_gid)


def require_ours_to_give(path: str, within: str, before: tuple[int, int]) -> None:
    """Raise CannotApply unless `change_owner` would be allowed, as far as looking tells."""
    os.close(_opened(path, within, before))
    if os.geteuid() != 0:
        raise CannotApply(
            _("Only the administrator may give {path} to another account.").format(
                path=visible(path, keep="")
            ),
            code="not-permitted",
            where=path,
            hint=_("Nothing was changed."),
        )


def change_owner(path: str, within: str, before: tuple[int, int], after: tuple[int, int]) -> None:
    """Give the file or folder at `path`, below the folder `within`, to the user and group `after`.

    Refused unless it belongs to `before`. Raises CannotApply.
    """
    descriptor = _opened(path, within, before)
    try:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        os.fchown(descriptor, *after)
        os.fchmod(descriptor, mode)
    except OSError as error:
        raise cannot(_("The owner of {path} could not be changed"), path, error) from error
    finally:
        os.close(descriptor)


def _opened(path: str, within: str, before: tuple[int, int]) -> int:
    try:
        descriptor = _walked(path, within)
    except OSError as error:
        raise cannot(_("{path} could not be opened without following a link"), path, error) from error
    status = os.fstat(descriptor)
    plain = stat.S_ISDIR(status.st_mode) or (stat.S_ISREG(status.st_mode) and status.st_nlink == 1)
    now = (status.st_uid, status.st_gid)
    if plain and now == before:
        return descriptor
    os.close(descriptor)
    words = (
        _("{path} belongs to {now} by now, not to {before}, so it was left as it is.")
        if plain
        else _("{path} is no plain file with one name, so its owner was left as it is.")
    )
    raise CannotApply(
        words.format(path=visible(path, keep=""), now="{}:{}".format(*now), before="{}:{}".format(*before)),
        code="stale" if plain else "not-a-file",
        where=path,
        hint=_("Nothing was changed."),
    )


def _walked(path: str, within: str) -> int:
    """Open `path` step by step from `within`; a link on the way is an error (ELOOP, ENOTDIR)."""
    descriptor = os.open(within, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0))
    for part in os.path.relpath(path, within).split(os.sep):
        above = descriptor
        try:
            descriptor = os.open(part, os.O_RDONLY | _OPEN, dir_fd=above)
        finally:
            os.close(above)
    return descriptor
