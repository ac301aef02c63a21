"""`why --witness`: the user's own ssh beside our plan, without network (see `probe.witness`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard.probe.witness import testimony
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.config import CommandLine
    from sshwizard.model.plan import Plan

_PRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What ssh said it will try, beside what we expect."""

    lines: tuple[str, ...]
    """The text after "Will attempt key:", in order; empty before OpenSSH 7.9."""
    said: tuple[str | None, ...]
    """Their fingerprints, None where no public half is known."""
    expected: tuple[str | None, ...]
    """Ours."""

    @property
    def agrees(self) -> bool:
        """Whether ssh said what we expect."""
        return self.said == self.expected

    def fields(self) -> dict[str, Any]:
        """Return what the JSON object says of it."""
        return {"lines": list(self.lines), "agrees": self.agrees}

    def sentence(self) -> str:
        """Say whether the two agree; if not, what ssh said."""
        if self.agrees:
            return _("Your ssh agrees: it would try the same {n}, in the same order.").format(
                n=len(self.said)
            )
        heard = "\n".join(f"    {line}" for line in self.lines)
        return _("Your ssh says otherwise. It would try:\n{heard}").format(heard=heard)


def ask(machine: Machine, command_line: CommandLine, plan: Plan, timeout: float) -> Heard:
    """Let the real ssh say what it would try. Raises CannotCheck when it cannot be a witness."""
    heard = testimony(machine, command_line, timeout)
    lines = tuple(visible(line) for line in heard.attempts)
    if lines:
        found = (_PRINT.search(line) for line in lines)
        said = tuple(match.group(0) if match else None for match in found)
        return Heard(lines=lines, said=said, expected=tuple(offer.fingerprint for offer in plan.offers))
    said = tuple(one.fingerprint for one in heard.offered)
    return Heard(
        lines=tuple(visible(one.path) for one in heard.offered),
        said=said,
        expected=tuple(offer.fingerprint for offer in plan.sent),
    )
