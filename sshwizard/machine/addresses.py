"""This machine's own addresses, for `Match localnetwork`. Asked of the system's own program, only when needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

_ADDRESS = re.compile(rb"\binet6? (?:addr:)?([0-9a-fA-F.:]+)")


def local_addresses(machine: Machine) -> tuple[str, ...]:
    """Return the addresses of all interfaces that are up, loopback included; () when nobody can tell."""
    for argv in (["ip", "-o", "addr", "show", "up"], ["ifconfig", "-a"]):
        done = machine.run(argv, timeout=3.0)
        found = tuple(dict.fromkeys(match.decode() for match in _ADDRESS.findall(done.out)))
        if done.ok and found:
            return found
    return ()
