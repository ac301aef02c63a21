"""Remedies by finding id, as advice to follow: the texts of `explanations.toml` filled with names.

Used where nothing can be applied by the tool itself: pasted logs, and machines of others.
"""

from __future__ import annotations

import re

from sshwizard.model.finding import Fix
from sshwizard.rules import explain
from sshwizard.text import _

_HARMLESS = re.compile(r"(?!-)[\w@%+=:,./~\\-]+")


def _harmless(value: str) -> bool:
    """Tell whether a name out of a foreign text may stand in a command that people paste."""
    return _HARMLESS.fullmatch(value) is not None


def remedies(id: str, **fields: str) -> tuple[Fix, ...]:
    """Return the remedy for a finding, its sentences and its command filled with what is known."""
    entry = explain.explain(id)
    if entry is None or not entry.steps:
        return ()
    known = {name: value for name, value in fields.items() if value and _harmless(value)}
    return (
        Fix(
            title=explain.filled(_(entry.remedy or entry.title), known),
            steps=(),
            instructions=tuple(explain.filled(_(step), known) for step in entry.steps),
            command=explain.filled(entry.command, known),
        ),
    )
