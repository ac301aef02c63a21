"""Opening a web page in the user's browser, when the user asked for it. Knows the platforms' own openers."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def open_page(machine: Machine, url: str) -> bool:
    """Hand a web address to the desktop. False when there is none, or its program did not take it."""
    if not url.startswith(("https://", "http://")):
        return False
    for argv in _ways(machine, url):
        program = shutil.which(argv[0], path=machine.env.get("PATH"))
        if program is None:
            continue
        try:
            done = subprocess.run(
                [program, *argv[1:]],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(machine.env),
                timeout=10.0,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
    return False


def _ways(machine: Machine, url: str) -> list[list[str]]:
    if machine.platform == "darwin":
        return [["open", url]]
    if machine.platform in ("windows", "gitbash"):
        return [["rundll32", "url.dll,FileProtocolHandler", url]]
    if machine.env.get("WSL_DISTRO_NAME"):
        return [["wslview", url], ["xdg-open", url]]
    return [["xdg-open", url]]
