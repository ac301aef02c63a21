"""What the command line tells a wizard when it starts one: `tui.run(machine, options)`, `plain.run(…)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGround:
    """A practice ground that stands, for a wizard that opened it itself."""

    machine: Machine
    typed: str
    """What the host is called in it."""
    story: str
    """What is wrong in it, in one sentence."""
    close: Callable[[], None]
    door: str = "denied"
    """The door behind which the lesson is: one of `doors.DENIED`, `SETUP`, `SHOW`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one run of a wizard begins. All of it may be left out."""

    door: str = ""
    """Open this door at once: one of `doors.DENIED`, `SETUP`, `SHOW`, `LOG`; "" shows the first screen."""
    typed: str = ""
    """The host that was named on the command line; "" asks."""
    flags: tuple[tuple[str, str], ...] = ()
    """ssh's own options, as in `check.Request.flags`."""
    options: tuple[str, ...] = ()
    """Global options in force (`--home DIR`), for the commands that are shown."""
    wanted: str | None = None
    """The key that should win, when one was named."""
    timeout: float = 20.0
    story: str = ""
    """For a practice ground: what is wrong in it, in one sentence."""
    notice: str = ""
    """A line to say first, for instance why there is no full screen here."""
    colour: bool = False
    width: int = 80
    hidden_input: bool = True
    """Whether this terminal can hide what is typed (not so in mintty without a console)."""
    dry_run: bool = False
    """Show every change and make none."""
    scenarios: tuple[tuple[str, str], ...] = ()
    """Practice scenarios that can be opened: name, and what is wrong in it in one line."""
    open_ground: Callable[[str], OpenGround] | None = None
    """Opens a scenario by name (may take a second; raises SshwizardError); None: no practising from here."""
