"""The desktop's clipboard, through the platform's own program. Never receives a secret.

Over ssh the clipboard is on another machine: there only the terminal itself can help (OSC 52), which is the
front end's business.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

TIMEOUT = 2.0
"""Seconds that a clipboard program may take."""


def copy(machine: Machine, text: str) -> bool:
    """Put `text` into the clipboard of this desktop. False when no program did it within `TIMEOUT`."""
    return any(_hand_over(machine, argv, data) for argv, data in _ways(machine, text))


def _ways(machine: Machine, text: str) -> list[tuple[list[str], bytes]]:
    env = machine.env
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        return []
    plain = text.encode()
    windows = (["clip.exe"], text.encode("utf-16"))
    if machine.platform == "darwin":
        return [(["pbcopy"], plain)]
    if machine.platform in ("windows", "gitbash"):
        return [windows]
    ways = []
    if env.get("WAYLAND_DISPLAY"):
        ways.append((["wl-copy"], plain))
    if env.get("DISPLAY"):
        ways += [(["xclip", "-selection", "clipboard"], plain), (["xsel", "-ib"], plain)]
    if env.get("WSL_DISTRO_NAME"):
        ways.append(windows)
    return ways


def _hand_over(machine: Machine, argv: list[str], data: bytes) -> bool:
    """Run one program. Its output is not captured: xclip and wl-copy stay behind holding it open."""
    program = shutil.which(argv[0], path=machine.env.get("PATH"))
    if program is None:
        return False
    try:
        done = subprocess.run(
            [program, *argv[1:]],
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**machine.env, "LC_ALL": "C"},
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
