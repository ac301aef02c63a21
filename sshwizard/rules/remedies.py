"""Remedies by finding id, as advice to follow: the texts of `explanations.toml` filled with names.

Used where nothing can be applied by the tool itself: pasted logs, and machines of others.
"""

from __future__ import annotations

import re

from sshwizard.model.finding import Fix
from sshwizard.rules import explain
from sshwizard.text import _

_UNKNOWN = {
    "host": "HOST",
    "user": "git",
    "path": "~/.ssh/KEY",
    "key": "KEY",
    "other": "",
    "offer": "NAME",
    "option": "OPTION",
    "config": "~/.ssh/config",
    "line": "N",
}
"""What stands in a sentence where the log does not give the name."""


_HARMLESS = re.compile(r"(?!-)[\w@%+=:,./~\\-]+")


def _harmless(value: str) -> bool:
    """Tell whether a name out of a foreign text may stand in a command that people paste."""
    return _HARMLESS.fullmatch(value) is not None


def remedies(id: str, **fields: str) -> tuple[Fix, ...]:
    """Return the remedy for a finding, its sentences and its command filled with what is known."""
    entry = explain.explain(id)
    if entry is None or not entry.steps:
        return ()
    known = _UNKNOWN | {name: value for name, value in fields.items() if value and _harmless(value)}
    return (
        Fix(
            title=_(entry.remedy or entry.title).format(**known),
            steps=(),
            instructions=tuple(_(step).format(**known) for step in entry.steps),
            command=entry.command.format(**known) if entry.command else "",
        ),
    )
