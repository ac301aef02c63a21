"""Looking at paths: one bounded, memoised look each, which never raises, hangs or changes anything."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping

from sshwizard.model.files import FileSeen, FileView

LIMIT = 8 * 1024 * 1024
"""Bytes read of one file; more is `too_big`."""


class Files:
    """The disk, as it was at the first look at each path."""

    def __init__(self) -> None:
        self._seen: dict[str, FileSeen] = {}
        self._names: dict[str, tuple[str, ...] | None] = {}

    def look(self, path: str) -> FileSeen:
        seen = self._seen.get(path)
        if seen is None:
            seen = self._seen[path] = look_at(path)
        return seen

    def names(self, folder: str) -> tuple[str, ...] | None:
        if folder not in self._names:
            try:
                self._names[folder] = tuple(sorted(os.listdir(folder)))
            except (OSError, ValueError):
                self._names[folder] = None
        return self._names[folder]

    def glob(self, pattern: str) -> tuple[str, ...]:
        from glob import glob

        try:
            return tuple(sorted(glob(pattern)))
        except (OSError, ValueError):
            return ()


class Overlay:
    """A view in which some paths already hold proposed content (None: the path is gone)."""

    def __init__(self, below: FileView, contents: Mapping[str, bytes | None]) -> None:
        self._below = below
        self._contents = contents

    def look(self, path: str) -> FileSeen:
        if path not in self._contents:
            return self._below.look(path)
        data = self._contents[path]
        if data is None:
            return FileSeen(path=path, kind="missing", problem=os.strerror(errno.ENOENT))
        old = self._below.look(path)
        return FileSeen(
            path=path,
            kind="file",
            data=data,
            mode=0o600 if old.mode is None else old.mode,
            uid=os.getuid() if old.uid is None and hasattr(os, "getuid") else old.uid,
            gid=old.gid,
            size=len(data),
            mtime=old.mtime,
        )

    def names(self, folder: str) -> tuple[str, ...] | None:
        found = self._below.names(folder)
        names = set(found or ())
        for path, data in self._contents.items():
            if os.path.dirname(path) == folder.rstrip("/"):
                (names.discard if data is None else names.add)(os.path.basename(path))
        return tuple(sorted(names)) if names or found is not None else None

    def glob(self, pattern: str) -> tuple[str, ...]:
        import fnmatch

        found = set(self._below.glob(pattern))
        for path, data in self._contents.items():
            same_folder = os.path.dirname(path) == os.path.dirname(pattern)
            if data is None:
                found.discard(path)
            elif same_folder and fnmatch.fnmatchcase(os.path.basename(path), os.path.basename(pattern)):
                found.add(path)
        return tuple(sorted(found))


def look_at(path: str) -> FileSeen:
    """Look at one path now: follows symlinks, does not block on a FIFO, reads at most `LIMIT` bytes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        return _unopened(path, error)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = "directory" if stat.S_ISDIR(status.st_mode) else "other"
            return _seen(path, kind, status)
        if status.st_size > LIMIT:
            return _seen(path, "too_big", status)
        return _seen(path, "file", status, _read(descriptor, status.st_size))
    except OSError as error:
        return FileSeen(path=path, kind="unreadable", problem=error.strerror or str(error))
    finally:
        os.close(descriptor)


def _read(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, min(size, LIMIT) + 1)
    if len(data) == size:
        return data
    parts = [data]
    while parts[-1] and sum(map(len, parts)) <= LIMIT:
        parts.append(os.read(descriptor, LIMIT))
    return b"".join(parts)


def _seen(path: str, kind: str, status: os.stat_result, data: bytes = b"") -> FileSeen:
    return FileSeen(
        path=path,
        kind=kind,  # type: ignore[arg-type]
        data=data,
        mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        size=status.st_size,
        mtime=status.st_mtime,
    )


def _unopened(path: str, error: OSError | ValueError) -> FileSeen:
    if isinstance(error, ValueError):
        return FileSeen(path=path, kind="missing", problem="the path contains a zero byte")
    words = error.strerror or str(error)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return FileSeen(path=path, kind="missing", problem=words)
    if error.errno == errno.EISDIR:
        return FileSeen(path=path, kind="directory", problem=words)
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return FileSeen(path=path, kind="unreadable", problem=words)
    return FileSeen(
        path=path,
        kind="other" if error.errno in (errno.ENXIO, errno.EOPNOTSUPP) else "unreadable",
        mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        size=status.st_size,
        mtime=status.st_mtime,
        problem=words,
    )
