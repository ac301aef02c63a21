"""A file or a pipe as a stream of pieces, for input that may be larger than memory. Changes nothing."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

PIECE = 1 << 16
"""Bytes read at once."""


def open_stream(path: str) -> Iterator[bytes]:
    """Return the content of a file or a named pipe in pieces; the file is opened at once.

    A pipe is waited for as `cat` does. Raises OSError for what cannot be opened, folders and sockets included.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    except OSError:
        os.close(descriptor)
        raise
    return _pieces(descriptor)


def _pieces(descriptor: int) -> Iterator[bytes]:
    try:
        while data := os.read(descriptor, PIECE):
            yield data
    finally:
        os.close(descriptor)
