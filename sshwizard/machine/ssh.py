"""Asking the ssh program what it is. Nothing is resolved or connected by it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sshwizard.machine import process
from sshwizard.text import one_line

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def version(machine: Machine) -> str:
    """Return the banner of `ssh -V`, asked once for each program; "" when it does not say."""
    return _banner(machine.ssh, machine.env.get("PATH", "")) if machine.ssh else ""


@lru_cache(maxsize=16)
def _banner(program: str, path: str) -> str:
    done = process.run([program, "-V"], env={"PATH": path}, timeout=5.0)
    said = (done.err or done.out).decode("utf-8", "replace")
    return one_line(said) if done.ok else ""
