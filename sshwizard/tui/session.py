"""What one run of the wizard knows and has done: the machine it works on and the changes it made.

The one mutable value of the front end; screens read it and record changes in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sshwizard.model.change import Change
from sshwizard.model.config import CommandLine
from sshwizard.model.facts import Facts
from sshwizard.wizard import road, strip
from sshwizard.wizard.options import Options

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.wizard.credentials import Login


@dataclass(kw_only=True)
class Session:
    """One machine (the real one, or a practice ground's) and what was changed on it."""

    machine: Machine
    options: Options = field(default_factory=Options)
    changes: list[Change] = field(default_factory=list)
    """Changes made and not taken back, in order."""

    logins: dict[str, Login] = field(default_factory=dict, repr=False)
    """Credentials that the user agreed to use, by service; in memory only, until the end."""
    looked: bool = False
    """Something was found out for the user: leaving is then no cancelling."""

    def command(self, *words: str) -> str:
        """Write a command of this program as a person would type it here."""
        return strip.wizard(*words, options=self.options.options)

    def look_again(self) -> Machine:
        """Forget what was seen of the files and return the machine; for every look after a change."""
        self.machine = self.machine.fresh()
        return self.machine

    def look(self) -> Facts:
        """Look at the machine without a destination in mind. No network."""
        from sshwizard import gather

        return gather.gather(self.look_again(), CommandLine(destination=""))

    def record(self, change: Change) -> None:
        """Remember a change, or that one was taken back."""
        self.changes = [other for other in self.changes if other.number != change.number]
        if change.state == "done":
            self.changes.append(change)

    def leaving(self) -> tuple[str, ...]:
        """Return what to say on leaving: that nothing was changed, or what was."""
        return road.leaving([change.title for change in self.changes])
