"""Which keys ssh would offer and why, with what would be otherwise under other conditions. No host was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.model.facts import Facts
    from sshwizard.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What ssh would offer if the commands of `Match exec` ended like this."""

    assumed: tuple[tuple[str, bool], ...]
    """Command, and whether it succeeds."""
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """The whole answer to "why these keys, in this order?"."""

    facts: Facts
    plan: Plan
    only: Plan | None
    """What ssh would offer with `IdentitiesOnly yes`; None where that is in force already."""
    outcomes: tuple[Outcome, ...] = ()
    """One for each way in which the commands that were not run may end, where that makes a difference."""

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands of `Match exec` that were not run and matter."""
        return tuple(condition.command for condition in self.plan.effective.conditions)
