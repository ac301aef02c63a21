"""Politeness: how many connections may end without a login.

OpenSSH 9.8 and later lock an address out when connections that asked about keys end without a login: 5 s for
each, and out when more than 15 s have accrued (PerSourcePenalties, sshd_config(5)). So: at most two such
ends in 15 s for each host. Where the host is such a server, or does not say what it is, that holds over
everything that this account runs, whichever front end asks: the moments lie in the folder of
`machine.runtime`. For others, and where that folder cannot be used, each process counts for itself.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import threading
import time
from collections.abc import Iterator

from sshwizard.errors import CannotApply
from sshwizard.machine import runtime
from sshwizard.machine.locking import lock
from sshwizard.machine.machine import Machine
from sshwizard.text import _

WINDOW = 15.0
ENDS = 2
KEPT = "ends.json"
PATIENCE = 0.3
"""Seconds that another process may hold the file; then this one counts without it."""

Ends = dict[str, list[float]]
"""`host port` → moments in seconds since the epoch, oldest first."""

_lock = threading.Lock()
_unkept: dict[str, Ends] = {}
"""What this process alone knows, for each folder that takes nothing."""
_mild: dict[tuple[str, str], list[float]] = {}
"""Ends at hosts that lock nobody out, for each folder and place; this process's own."""
_OPENSSH = re.compile(r"OpenSSH_(\d+)\.(\d+)")
PENALTIES_SINCE = (9, 8)


class Turn:
    """The right to one connection that may end without a login; it counts from the moment it is taken."""

    def __init__(self, machine: Machine, host: str, port: int) -> None:
        self._machine = machine
        self._place = f"{host.lower()} {port}"
        self._counts = not is_local(host)
        self._taken: float | None = None

    def take(self) -> float:
        """Take it, if none is taken yet. Returns the seconds to wait before that can be; 0: it is taken now."""
        if not self._counts or self._taken is not None:
            return 0.0
        with _shared(self._machine) as ends:
            now = time.time()
            own = [moment for moment in _mild.get(self._mild_place, ()) if now - WINDOW < moment <= now]
            moments: list[float] = sorted([*ends.get(self._place, ()), *own])
            if len(moments) >= ENDS:
                return max(0.0, moments[-ENDS] + WINDOW - now)
            self._taken = now
            ends.setdefault(self._place, []).append(now)
        return 0.0

    def end(self, *, counts: bool, server_version: str = "") -> None:
        """Give it back.

        `counts`: the connection has asked about keys and ends now, without a login. `server_version`: the
        server's identification string, "" if it is not known.
        """
        if not self._counts or (self._taken is None and not counts):
            return
        with _shared(self._machine) as ends:
            moments = ends.setdefault(self._place, [])
            if self._taken in moments:
                moments.remove(self._taken)
            if counts:
                kept = moments if locks_out(server_version) else _mild.setdefault(self._mild_place, [])
                kept.append(time.time())
        self._taken = None

    @property
    def _mild_place(self) -> tuple[str, str]:
        return self._machine.runtime_dir, self._place


def locks_out(server_version: str) -> bool:
    """Whether a server may lock an address out; assumed of one whose identification string is not known."""
    found = _OPENSSH.search(server_version)
    if found is None:
        return not server_version
    return (int(found[1]), int(found[2])) >= PENALTIES_SINCE


def waiting(seconds: float, host: str) -> str:
    """Say that we wait for our turn."""
    return _("Waiting {n} s, so that {host} does not take this for an attack.").format(
        n=math.ceil(seconds), host=host
    )


def is_local(host: str) -> bool:
    """Whether a host is this machine by its very name: nobody there is alarmed."""
    return host in ("localhost", "::1") or host.startswith("127.")


@contextlib.contextmanager
def _shared(machine: Machine) -> Iterator[Ends]:
    """Give the moments that still count; what is changed within is kept for this process and for others."""
    with _lock, _alone(machine):
        before = _fresh(_unkept.get(machine.runtime_dir, {}), _read(machine))
        ends = {place: list(moments) for place, moments in before.items()}
        yield ends
        if ends != before:
            kept = runtime.remember(machine, KEPT, json.dumps(ends).encode())
            _unkept[machine.runtime_dir] = {} if kept else ends


@contextlib.contextmanager
def _alone(machine: Machine) -> Iterator[None]:
    folder = runtime.folder(machine)
    with contextlib.ExitStack() as stack:
        if folder is not None:
            with contextlib.suppress(CannotApply):
                stack.enter_context(lock(os.path.join(folder, KEPT + ".lock"), PATIENCE))
        yield


def _read(machine: Machine) -> Ends:
    """Return what all processes have counted and kept."""
    try:
        fields = json.loads(runtime.recall(machine, KEPT) or b"{}")
    except ValueError:
        return {}
    if not isinstance(fields, dict):
        return {}
    return {
        str(place): [float(moment) for moment in moments if isinstance(moment, int | float)]
        for place, moments in fields.items()
        if isinstance(moments, list)
    }


def _fresh(own: Ends, kept: Ends) -> Ends:
    """Return what still counts of both."""
    now = time.time()
    found = {
        place: sorted(
            moment for moment in {*own.get(place, ()), *kept.get(place, ())} if now - WINDOW < moment <= now
        )
        for place in {*own, *kept}
    }
    return {place: moments for place, moments in found.items() if moments}
