"""Politeness: how many connections may end without a login.

OpenSSH 9.8 and later lock an address out when connections that asked about keys end without a login: 5 s for
each, and out when more than 15 s have accrued (PerSourcePenalties, sshd_config(5)). So: at most two such
ends in 15 s for each host, over everything that this process does.
"""

from __future__ import annotations

import threading
import time
from collections import deque

WINDOW = 15.0
ENDS = 2

_lock = threading.Lock()
_ends: dict[tuple[str, int], deque[float]] = {}


def count_end(host: str, port: int) -> None:
    """Remember that a connection ended without a login just now."""
    with _lock:
        _recent(host, port).append(time.monotonic())


def wait_before_next(host: str, port: int) -> float:
    """Return the seconds until another connection may end without a login."""
    with _lock:
        ends = _recent(host, port)
        return 0.0 if len(ends) < ENDS else ends[-ENDS] + WINDOW - time.monotonic()


def is_local(host: str) -> bool:
    """Whether a host is this machine by its very name: nobody there is alarmed."""
    return host in ("localhost", "::1") or host.startswith("127.")


def _recent(host: str, port: int) -> deque[float]:
    ends = _ends.setdefault((host.lower(), port), deque())
    while ends and ends[0] < time.monotonic() - WINDOW:
        ends.popleft()
    return ends
