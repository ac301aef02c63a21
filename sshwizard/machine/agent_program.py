"""Starting OpenSSH's ssh-agent at a socket of a fixed name, and ending one that was started so.

The program goes to the background by itself and outlives us. Nothing is loaded into it here.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from sshwizard.errors import CannotApply
from sshwizard.machine import agents
from sshwizard.text import _, one_line, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def usual_socket(machine: Machine) -> str:
    """Return where an agent of our starting listens: the place that systemd's user units use, else in ~/.ssh."""
    runtime = machine.env.get("XDG_RUNTIME_DIR", "")
    if runtime and machine.files.look(runtime).kind == "directory":
        return os.path.join(runtime, "ssh-agent.socket")
    return os.path.join(machine.home, ".ssh", "agent.sock")


def require_free(machine: Machine, socket: str) -> None:
    """Raise CannotApply when an agent answers at `socket`, or something else than a socket stands there."""
    if not os.path.lexists(socket):
        return
    if agents.is_socket(socket) and not agents.list_agent(machine, socket, 1.0).reachable:
        return
    raise CannotApply(
        _("Something stands at {socket} already.").format(socket=machine.shown(socket)),
        code="exists",
        where=socket,
        hint=_("`sshwizard agent` shows the agents that answer."),
    )


def start(machine: Machine, socket: str) -> None:
    """Start ssh-agent at `socket`. Raises CannotApply."""
    require_free(machine, socket)
    if os.path.lexists(socket):
        os.unlink(socket)
    done = machine.run(["ssh-agent", "-s", "-a", socket])
    if not done.ok:
        words = done.problem or one_line(visible_bytes(done.err)) or f"status {done.status}"
        raise CannotApply(
            _("ssh-agent could not be started: {words}.").format(words=words.rstrip(".")),
            code="agent-not-started",
            where=socket,
            hint=_("Nothing was changed."),
        )


def end(machine: Machine, socket: str) -> bool:
    """End the agent that `start` left at `socket`; return False when it is gone already."""
    found = False
    for line in machine.run(["ps", "-A", "-o", "pid=,args="]).out.splitlines():
        number, _blank, command = line.strip().partition(b" ")
        if command.strip() == b"ssh-agent -s -a " + os.fsencode(socket):
            try:
                os.kill(int(number), signal.SIGTERM)
            except OSError:
                continue
            found = True
    return found
