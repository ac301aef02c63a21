"""Remarks about a configuration: what ssh refuses, what never counts, what does not mean what it seems to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sshwizard.model.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class LintProblem:
    """One remark about one line."""

    id: str
    """kebab-case, frozen; for a cause of `Finding`s the same id."""
    source: Source | None
    title: str
    """What is odd, one sentence without a full stop."""
    text: str
    """Why it matters and what to do; visible text."""
    severity: Literal["fail", "warn", "info"]
    """`fail`: ssh stops, for every host."""
