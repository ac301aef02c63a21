"""Asking the ssh program what it is and what it sets by itself. Nothing is resolved or connected by it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from sshwizard.machine import process
from sshwizard.text import one_line

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

TIMEOUT = 5.0


def version(machine: Machine) -> str:
    """Return the banner of `ssh -V`, asked once for each program; "" when it does not say."""
    return _asked(machine.ssh, machine.env.get("PATH", ""))[0] if machine.ssh else ""


def builtin(machine: Machine) -> Mapping[str, tuple[str, ...]]:
    """Return what this build of ssh sets without any configuration: lower-case keyword → values.

    Builds of one version differ: in DSA, in XMSS, in security keys. {} when ssh does not say (before 6.8).
    """
    return _asked(machine.ssh, machine.env.get("PATH", ""))[1] if machine.ssh else {}


@lru_cache(maxsize=16)
def _asked(program: str, path: str) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    """Ask for both in one start of the program: with `-v` it says its version first, in a debug line since 10.x."""
    done = process.run([program, "-v", "-F", "none", "-G", "defaults"], env={"PATH": path}, timeout=TIMEOUT)
    banner = one_line(done.err.decode("utf-8", "replace")).removeprefix("debug1: ")
    if not done.ok or not banner.startswith("OpenSSH_"):
        done = process.run([program, "-V"], env={"PATH": path}, timeout=TIMEOUT)
        said = one_line((done.err or done.out).decode("utf-8", "replace"))
        return (said if done.ok else ""), {}
    found: dict[str, tuple[str, ...]] = {}
    for line in done.out.decode("utf-8", "replace").splitlines():
        keyword, _blank, value = line.partition(" ")
        found[keyword] = (*found.get(keyword, ()), value)
    return banner, found
