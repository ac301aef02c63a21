"""How long a conversation may take, and whether somebody wants it to end. Knows nothing of SSH."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from sshwizard.errors import SshwizardError

T = TypeVar("T")

SLICE = 0.1
"""Seconds between two looks at the cancel event: a cancelled probe is over well within half a second."""


class Stopped(Exception):
    """The user cancelled, or the time for the whole conversation is over."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """`cancelled` or `timeout`."""


class Limit:
    """The end of a conversation: a moment, and an event."""

    def __init__(self, seconds: float, cancel: threading.Event | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._cancel = cancel or threading.Event()

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set()

    @property
    def cancel(self) -> threading.Event:
        return self._cancel

    def left(self, most: float = float("inf")) -> float:
        """Return the seconds left, at most `most`. Raises Stopped when there are none, or on cancel."""
        if self.cancelled:
            raise Stopped("cancelled")
        left = self._end - time.monotonic()
        if left <= 0:
            raise Stopped("timeout")
        return min(left, most)

    def extend(self, seconds: float) -> None:
        """Move the end: time that we wait out of politeness does not count."""
        self._end += seconds

    def pause(self, seconds: float) -> None:
        """Wait, and raise Stopped when cancelled or out of time meanwhile."""
        self._cancel.wait(self.left(seconds))
        self.left()

    def get(self, source: queue.SimpleQueue[T], most: float) -> T | None:
        """Return the next item, or None after `most` seconds. Raises Stopped."""
        until = time.monotonic() + most
        while True:
            wait = min(SLICE, until - time.monotonic(), self.left())
            try:
                return source.get(timeout=max(0.0, wait))
            except queue.Empty:
                if time.monotonic() >= until:
                    return None


def bounded(job: Callable[[], T], limit: Limit, most: float) -> T:
    """Run a blocking job that has no time limit of its own in a thread that can be abandoned.

    Raises what the job raises (OSError, ValueError, SshwizardError), TimeoutError after `most` seconds, Stopped.
    """
    results: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            results.put((job(), None))
        except (OSError, ValueError, SshwizardError) as error:
            results.put((None, error))

    threading.Thread(target=work, name="sshwizard-bounded", daemon=True).start()
    outcome = limit.get(results, most)
    if outcome is None:
        raise TimeoutError(f"no answer after {most:g} s")
    value, error = outcome
    if error is not None:
        if limit.cancelled:
            raise Stopped("cancelled") from error
        raise error
    return value  # type: ignore[return-value]
