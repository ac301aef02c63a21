"""Changing files so that each is wholly old or wholly new, whenever we are interrupted.

A new content goes to a temporary file beside the old one, is flushed, gets the old file's mode, owner,
access list and attributes, and takes its place in one rename(2). Symlinks are followed: the file they lead
to is replaced, the link stays. A hard-linked file cannot be replaced atomically under all its names;
rewriting it in place could leave half a file, so only the name that ssh reads gets the new content and the
other names keep the old one (`hard_links` lets callers say so beforehand).

Knows nothing of journals. Every function raises CannotApply with the place and what to do; nothing is then
half written.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat

from sshwizard.errors import CannotApply
from sshwizard.machine.files import look_at
from sshwizard.model.files import FileSeen
from sshwizard.text import _, visible

_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_ATTRIBUTES_WE_MAY_LOSE = ("security.", "trusted.", "com.apple.")


def real_path(path: str) -> str:
    """Return where a write to `path` lands: symlinks followed, also to a file that is not there yet."""
    return os.path.realpath(path)


def temporary_name(path: str) -> str:
    """Return the name under which the new content of `path` is prepared; hidden from `Include *`."""
    folder, name = os.path.split(real_path(path))
    return os.path.join(folder, f".{name[:200]}.sshwizard-new")


def hard_links(path: str) -> int:
    """Return how many further names the file has on its disk (0: none, or nothing is there)."""
    try:
        status = os.stat(path)
    except OSError:
        return 0
    return max(0, status.st_nlink - 1) if stat.S_ISREG(status.st_mode) else 0


def about_hard_links(path: str, shown: str) -> str:
    """Say what a change of `path`, which people know as `shown`, means for its further names; "" if there are none.

    They are left alone because they may be a backup (`cp -l`, `rsync --link-dest`), which has to stay as it is.
    """
    if not hard_links(path):
        return ""
    words = _(
        "{path} has further hard-linked names: they keep the old content, as files of their own."
        " `ln -f {path} OTHER-NAME` joins one with it again."
    )
    return words.format(path=visible(shown, keep=""))


def write_file(path: str, before: bytes | None, after: bytes, mode: int | None = None) -> None:
    """Replace the content of `path` atomically, provided that it still is `before`.

    `before` None: the file must not exist, and is created with `mode` (0600 unless given). An existing file
    keeps its mode, owner, access list and attributes. Raises CannotApply.
    """
    target = real_path(path)
    require_content(path, before)
    require_owner(path)
    try:
        kept = os.stat(target) if before is not None else None
        temporary = _prepared(target, after, kept, 0o600 if mode is None else mode)
    except OSError as error:
        raise cannot(_("{path} could not be written"), path, error) from error
    try:
        require_content(path, before)
        _put_in_place(temporary, target, new=before is None)
    except OSError as error:
        raise cannot(_("{path} could not be written"), path, error) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
    _flush_folder(os.path.dirname(target))


def require_content(path: str, before: bytes | None) -> FileSeen:
    """Raise CannotApply unless `path` holds exactly `before` (None: is not there). Return what was seen."""
    seen = look_at(path)
    holds = seen.data if seen.kind == "file" else None
    if holds == before and seen.kind in ("file", "missing"):
        return seen
    if seen.kind in ("file", "missing"):
        words = (
            _("{path} exists already, so it was left as it is.")
            if before is None
            else _("{path} has changed since this was proposed, so it was left as it is.")
        )
        code = "exists" if before is None else "stale"
        hint = _("Look again: the proposal is made anew from what the file holds now.")
        raise CannotApply(words.format(path=visible(path, keep="")), code=code, where=path, hint=hint)
    raise CannotApply(
        _("{path} cannot be read as a file: {problem}.").format(
            path=visible(path, keep=""), problem=seen.problem or seen.kind
        ),
        code="unreadable",
        where=path,
        hint=_("Nothing was changed."),
    )


def make_folder(path: str, mode: int = 0o700) -> tuple[str, ...]:
    """Create `path` and what is missing above it; return the folders created, outermost first.

    `mode` is given to each of them, whatever the umask. Raises CannotApply.
    """
    missing: list[str] = []
    folder = os.path.abspath(path)
    while not os.path.isdir(folder):
        missing.append(folder)
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    made: list[str] = []
    for folder in reversed(missing):
        try:
            os.mkdir(folder, mode)
            os.chmod(folder, mode)
            _give(folder)
        except FileExistsError as error:
            # NOTE: another copy of ourselves may have made it meanwhile; then it is not ours to remove again.
            if not os.path.isdir(folder):
                raise cannot(_("The folder {path} could not be made"), folder, error) from error
            continue
        except OSError as error:
            for done in reversed(made):
                with contextlib.suppress(OSError):
                    os.rmdir(done)
            raise cannot(_("The folder {path} could not be made"), folder, error) from error
        made.append(folder)
    return tuple(made)


def remove_folder(path: str) -> str:
    """Remove an empty folder; return why it stays, in words, "" when it is gone."""
    try:
        os.rmdir(path)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return _("it holds other files now")
        return error.strerror or str(error)
    return ""


def require_mode(path: str, before: int) -> None:
    """Raise CannotApply unless the permission bits of `path` are `before`."""
    try:
        now = stat.S_IMODE(os.stat(path).st_mode)
    except OSError as error:
        raise cannot(_("The mode of {path} could not be read"), path, error) from error
    if now != before:
        raise CannotApply(
            _("The mode of {path} is {now}, no longer {before}, so it was left as it is.").format(
                path=visible(path, keep=""), now=f"{now:04o}", before=f"{before:04o}"
            ),
            code="stale",
            where=path,
            hint=_("Look again: the proposal is made anew from what is there now."),
        )


def change_mode(path: str, before: int, after: int) -> None:
    """Change permission bits, provided that they still are `before`. Raises CannotApply."""
    require_mode(path, before)
    try:
        os.chmod(path, after)
    except OSError as error:
        raise cannot(_("The mode of {path} could not be changed"), path, error) from error


def require_owner(path: str) -> None:
    """Refuse to take a file over from its owner: a replaced file belongs to whoever replaced it."""
    target = real_path(path)
    try:
        kept = os.stat(target)
    except OSError:
        return
    if not hasattr(os, "geteuid") or os.geteuid() in (0, kept.st_uid):
        return
    raise CannotApply(
        _("{path} belongs to another account (number {uid}), so it was left as it is.").format(
            path=visible(path, keep=""), uid=kept.st_uid
        ),
        code="not-yours",
        where=target,
        hint=_("Change it as that account, or put the lines into a file of your own."),
    )


def move_file(path: str, to: str) -> None:
    """Move a file to a place that is free, also onto another disk. Raises CannotApply.

    The file is at `path` until it is wholly at `to`.
    """
    seen = look_at(path)
    if os.path.lexists(to):
        raise CannotApply(
            _("{path} exists already.").format(path=visible(to, keep="")), code="exists", where=to
        )
    try:
        os.rename(path, to)
    except OSError as error:
        if error.errno != errno.EXDEV or seen.kind != "file":
            raise cannot(_("{path} could not be moved"), path, error) from error
        write_file(to, None, seen.data, seen.mode)
        remove_file(path, seen.data)
    _flush_folder(os.path.dirname(to))
    _flush_folder(os.path.dirname(path))


def remove_file(path: str, before: bytes) -> None:
    """Remove a file that still holds `before`; the caller has a copy of it. Raises CannotApply."""
    target = real_path(path)
    require_content(path, before)
    try:
        os.unlink(target)
    except OSError as error:
        raise cannot(_("{path} could not be removed"), path, error) from error
    _flush_folder(os.path.dirname(target))


def sweep(path: str) -> bool:
    """Remove what an interrupted `write_file` left beside `path`; return whether there was something."""
    try:
        os.unlink(temporary_name(path))
    except OSError:
        return False
    return True


def cannot(what: str, path: str, error: OSError) -> CannotApply:
    """Put an operating system's refusal into words: what, where, why, what now."""
    why = error.strerror or str(error)
    return CannotApply(
        what.format(path=visible(path, keep="")) + f": {why}.",
        code=_CODES.get(error.errno or 0, "cannot-write"),
        where=path,
        hint=_hint(error.errno or 0, path),
    )


_CODES = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EROFS: "read-only",
    errno.EACCES: "not-permitted",
    errno.EPERM: "not-permitted",
    errno.ENOENT: "folder-missing",
    errno.ENOTDIR: "folder-missing",
    errno.EEXIST: "exists",
}


def _hint(number: int, path: str) -> str:
    folder = visible(os.path.dirname(path), keep="")
    if number in (errno.ENOSPC, errno.EDQUOT):
        return _("The disk is full. Nothing was changed; make room and try again.")
    if number == errno.EROFS:
        return _("{folder} is on a read-only disk. Nothing was changed.").format(folder=folder)
    if number == errno.EPERM:
        words = _("{path} or its folder may be protected (`lsattr` shows it). Nothing was changed.")
        return words.format(path=visible(path, keep=""))
    if number == errno.EACCES:
        return _("You may not write in {folder}. Nothing was changed.").format(folder=folder)
    if number in (errno.ENOENT, errno.ENOTDIR):
        return _("The folder {folder} is not there. Nothing was changed.").format(folder=folder)
    return _("Nothing was changed.")


def _prepared(target: str, after: bytes, kept: os.stat_result | None, mode: int) -> str:
    """Write `after` to a flushed temporary file with the final mode, owner and attributes; return its name."""
    temporary = temporary_name(target)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    try:
        try:
            rest = memoryview(after)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            if kept is not None:
                _keep(target, temporary, descriptor, kept)
            else:
                _give(temporary)
            _set_mode(temporary, descriptor, mode if kept is None else stat.S_IMODE(kept.st_mode))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return temporary


def _give(path: str) -> None:
    """Give what root makes in somebody's folder to that somebody: under sudo it would be of no use to them."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    folder = os.stat(os.path.dirname(path))
    if folder.st_uid != 0:
        os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)


def _keep(target: str, temporary: str, descriptor: int, kept: os.stat_result) -> None:
    if hasattr(os, "fchown"):
        mine = os.fstat(descriptor)
        if (mine.st_uid, mine.st_gid) != (kept.st_uid, kept.st_gid):
            try:
                os.fchown(descriptor, kept.st_uid, kept.st_gid)
            except PermissionError:
                # NOTE: a group that we may not give away matters only where it has rights.
                if kept.st_mode & 0o070:
                    raise
    if not hasattr(os, "listxattr"):
        return
    try:
        names, inherited = os.listxattr(target), os.listxattr(temporary)
    except OSError:
        return
    for name in inherited:
        # NOTE: a folder's default access list lands on every new file in it, and would let others in.
        if name not in names:
            os.removexattr(temporary, name)
    for name in names:
        try:
            os.setxattr(temporary, name, os.getxattr(target, name))
        except OSError:
            if not name.startswith(_ATTRIBUTES_WE_MAY_LOSE):
                raise


def _set_mode(path: str, descriptor: int, mode: int) -> None:
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)
    else:
        os.chmod(path, mode)


def _put_in_place(temporary: str, target: str, *, new: bool) -> None:
    """Rename, or for a new file link, so that a file made meanwhile by somebody else is not overwritten."""
    if new and hasattr(os, "link"):
        try:
            os.link(temporary, target)
            return
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK):
                raise
    os.replace(temporary, target)


def _flush_folder(folder: str) -> None:
    """Make a rename survive a power cut, where the system can flush folders."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
