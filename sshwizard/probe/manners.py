"""Politeness: how many connections may end without a login.

OpenSSH 9.8 and later lock an address out when connections that asked about keys end without a login: 5 s for
each, and out when more than 15 s have accrued (PerSourcePenalties, sshd_config(5)). So: at most two such
ends in 15 s for each host, over everything that this process does; `recent` and `restore` carry them from one
process to the next.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping

WINDOW = 15.0
ENDS = 2
SAME = 0.01
"""Seconds between two moments that are taken for one: the two clocks do not run exactly alike."""

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


def recent() -> dict[str, list[float]]:
    """Return the ends that still count: `host port` → seconds since the epoch, for the next process to restore."""
    with _lock:
        shift = time.time() - time.monotonic()
        found = {
            f"{host} {port}": [end + shift for end in _recent(host, port)]
            for host, port in list(_ends)
            if not is_local(host)
        }
    return {place: ends for place, ends in found.items() if ends}


def restore(ends: Mapping[str, Iterable[float]]) -> None:
    """Count what another process has remembered, as far as it is not known here and still counts."""
    now, shift = time.time(), time.time() - time.monotonic()
    for place, moments in ends.items():
        host, _blank, port = place.rpartition(" ")
        fresh = [moment - shift for moment in moments if now - WINDOW < moment <= now]
        if host and port.isdigit() and fresh:
            with _lock:
                known = _recent(host, int(port))
                new = [end for end in fresh if all(abs(end - other) > SAME for other in known)]
                _ends[host.lower(), int(port)] = deque(sorted((*known, *new)))


def is_local(host: str) -> bool:
    """Whether a host is this machine by its very name: nobody there is alarmed."""
    return host in ("localhost", "::1") or host.startswith("127.")


def _recent(host: str, port: int) -> deque[float]:
    ends = _ends.setdefault((host.lower(), port), deque())
    while ends and ends[0] < time.monotonic() - WINDOW:
        ends.popleft()
    return ends
