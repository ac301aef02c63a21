"""Several repairs one after the other, with a look after each: the engine of "fix all" in both wizards.

A repair is looked for anew before it is made, since the one before may have made it stale or needless. The
first one after which it is worse is taken back, and nothing more is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sshwizard import apply
from sshwizard.errors import Cancelled, NeedsAnswer, SshwizardError
from sshwizard.report import retest
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.change import Change
    from sshwizard.model.finding import Diagnosis, Finding, Fix

State = Literal["begun", "done", "needless", "worse", "refused"]
ENDS = ("worse", "refused")
"""States after which nothing more is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """How far one repair has come."""

    finding: Finding
    fix: Fix
    state: State
    """"needless": what it mends is gone already; "worse": it was taken back; "refused": it could not be made."""
    change: Change | None = None
    after: Diagnosis | None = None
    """What was found after it."""
    words: str = ""
    """Why it was taken back or refused."""


def mend(
    machine: Machine,
    before: Diagnosis,
    chosen: Sequence[tuple[Finding, Fix]],
    *,
    look: Callable[[Machine], Diagnosis],
    make: Callable[[Machine, Fix], Change] = apply.apply_fix,
) -> Iterator[Mended]:
    """Make the chosen repairs in their order; yield each as it begins and as it ends.

    `look` checks again, `make` applies (and asks for what a step needs). Raises Cancelled and NeedsAnswer, when
    those it asks do; what was made until then stays.
    """
    now = before
    for finding, fix in chosen:
        current = _still(now, finding, fix)
        if current is None:
            yield Mended(finding=finding, fix=fix, state="needless", after=now)
            continue
        yield Mended(finding=finding, fix=current, state="begun")
        try:
            change = make(machine.fresh(), current)
        except (Cancelled, NeedsAnswer):
            raise
        except SshwizardError as error:
            yield Mended(finding=finding, fix=current, state="refused", words=error.message)
            return
        after = look(machine.fresh())
        if retest.is_worse(now, after):
            undone = apply.undo(machine.fresh(), change.number)
            why = next((one.title for one in retest.failures(after)), _("the host answers differently"))
            yield Mended(finding=finding, fix=current, state="worse", change=undone, after=now, words=why)
            return
        now = after
        yield Mended(finding=finding, fix=current, state="done", change=change, after=after)


def _still(now: Diagnosis, finding: Finding, fix: Fix) -> Fix | None:
    """Return the same repair as the latest look proposes it."""
    return next(
        (
            one
            for found in now.findings
            if found.id == finding.id
            for one in found.fixes
            if one.title == fix.title
        ),
        None,
    )
