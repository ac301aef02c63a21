"""`why --witness`: the user's own ssh beside our plan, without network (see `probe.witness`)."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard.probe.witness import compare, testimony
from sshwizard.report import why
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.plan import Plan
    from sshwizard.model.reasons import Outcome, Reasons
    from sshwizard.probe.witness import Testimony

_PRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What ssh said it will try, beside what we expect."""

    lines: tuple[str, ...]
    """The text after "Will attempt key:", in order; what it tried, before OpenSSH 7.9."""
    said: tuple[str | None, ...]
    """Their fingerprints, None where no public half is known."""
    expected: tuple[str | None, ...]
    """Ours."""
    differences: tuple[str, ...] = ()
    """One sentence for each place at which the two differ: in key, order, source or explicit mark."""
    announced: tuple[str, ...] | None = None
    """What `ssh -Z` says (10.5 and later)."""
    tokens: tuple[str, ...] = ()
    """Keys that only ssh can see, on a PKCS#11 token."""
    under: Outcome | None = None
    """How the `Match exec` commands ended, where only that makes the two agree: ssh runs them."""

    @property
    def agrees(self) -> bool:
        """Whether ssh said what we expect."""
        return not self.differences

    def fields(self) -> dict[str, Any]:
        """Return what the JSON object says of it."""
        return {
            "lines": list(self.lines),
            "agrees": self.agrees,
            "differences": list(self.differences),
            "announced": None if self.announced is None else list(self.announced),
            "tokens": list(self.tokens),
        }

    def sentences(self) -> tuple[str, ...]:
        """Say whether the two agree; if not, where they differ; and what only ssh can see."""
        if not self.tokens:
            return self._agreement()
        return (
            *self._agreement(),
            _("Only ssh can see these, on the token:"),
            *(f"  {one}" for one in self.tokens),
        )

    def _agreement(self) -> tuple[str, ...]:
        if self.agrees and self.under:
            condition = why.outcomes((self.under,))[0][0]
            return (
                _(
                    "Your ssh ran the commands of Match exec and agrees with what is said above {condition}."
                ).format(condition=condition),
            )
        if self.agrees:
            return (
                _("Your ssh agrees: it would try the same {n}, in the same order.").format(
                    n=len(self.expected)
                ),
            )
        return (_("Your ssh says otherwise:"), *(f"  {one}" for one in self.differences))


def ask(machine: Machine, reasons: Reasons, timeout: float, cancel: threading.Event | None = None) -> Heard:
    """Let the real ssh say what it would try. Raises CannotCheck when it cannot be a witness, Cancelled.

    ssh runs the commands of `Match exec`; where their outcome matters, it is compared under each.
    """
    seen = testimony(machine, reasons.facts.command_line, timeout, plan=reasons.plan, cancel=cancel)
    heard = _beside(reasons.plan, seen)
    for outcome in () if heard.agrees else reasons.outcomes:
        under = _beside(outcome.plan, seen, outcome)
        if under.agrees:
            return under
    return heard


def _beside(plan: Plan, seen: Testimony, under: Outcome | None = None) -> Heard:
    lines = tuple(visible(line) for line in seen.attempts)
    if lines:
        found = (_PRINT.search(line) for line in lines)
        said = tuple(match.group(0) if match else None for match in found)
        expected = tuple(offer.fingerprint for offer in plan.offers)
    else:
        lines = tuple(visible(one.path) for one in seen.offered)
        said = tuple(one.fingerprint for one in seen.offered)
        expected = tuple(offer.fingerprint for offer in plan.sent)
    return Heard(
        lines=lines,
        said=said,
        expected=expected,
        differences=compare(plan, seen),
        announced=seen.announced,
        tokens=tuple(f"{one.path} {one.type} {one.fingerprint}" for one in seen.offered if one.token),
        under=under,
    )
