"""`why --witness`: the user's own ssh beside our plan, without network (see `probe.witness`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard.probe.witness import Testimony, compare, testimony
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.config import CommandLine
    from sshwizard.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What ssh planned and really tried, and where that is not what we expect."""

    testimony: Testimony
    differences: tuple[str, ...]
    """One sentence each; empty when both say the same keys, in one order, from the same source."""

    @property
    def agrees(self) -> bool:
        """Whether ssh did what we expect."""
        return not self.differences

    @property
    def tokens(self) -> tuple[str, ...]:
        """The keys that only ssh can see, on a PKCS#11 token."""
        return tuple(
            f"{one.path} {one.type} {one.fingerprint}" for one in self.testimony.offered if one.token
        )

    def fields(self) -> dict[str, Any]:
        """Return what the JSON object says of it."""
        announced = self.testimony.announced
        return {
            "lines": list(self.testimony.attempts),
            "agrees": self.agrees,
            "differences": list(self.differences),
            "announced": None if announced is None else list(announced),
            "tokens": list(self.tokens),
        }

    def sentences(self) -> list[str]:
        """Say whether the two agree; if not, in what."""
        if self.agrees:
            tried = len(self.testimony.offered) - len(self.tokens)
            keys = plural(tried, "{n} key", "{n} keys")
            said = [
                _("Your own ssh agrees: it tried {keys}, the same and in the same order.").format(keys=keys)
            ]
        else:
            said = [_("Your own ssh did something else:"), *(f"  {one}" for one in self.differences)]
        if self.tokens:
            said += [_("Only ssh can see these, on the token:"), *(f"  {one}" for one in self.tokens)]
        return said


def ask(machine: Machine, command_line: CommandLine, plan: Plan, timeout: float) -> Heard:
    """Let the real ssh say what it would try. Raises CannotCheck when it cannot be a witness."""
    heard = testimony(machine, command_line, timeout)
    return Heard(testimony=heard, differences=compare(plan, heard))
