"""Cures that do harm, seen in a paste, and secrets that should not be there. Never the cause of a failure."""

from __future__ import annotations

import re

from sshwizard.model.finding import Evidence
from sshwizard.model.log import LogReading
from sshwizard.rules import remedies
from sshwizard.rules.harmful import BAD
from sshwizard.rules.log.view import Suspicions, suspect
from sshwizard.rules.sight import advice
from sshwizard.text import _


def harmful(reading: LogReading) -> Suspicions:
    """Answer dangerous cures that the paste shows."""
    lines = [*reading.surroundings, *(e for a in reading.attempts for e in a.all("command"))]
    for pattern, harm, instead in BAD:
        compiled = re.compile(pattern, re.I)
        event = next((e for e in lines if compiled.search(e.text)), None)
        if event is not None:
            yield suspect(
                "bad-advice", 12, "possible", _(harm),
                [Evidence(source="log", line=event.line, text=event.text)],
                [advice(_("Instead"), _(instead))], severity="info",
            )  # fmt: skip


def secrets(reading: LogReading) -> Suspicions:
    """A private key stands in the paste."""
    event = next(iter(reading.around("private-key")), None)
    if event is not None:
        yield suspect(
            "private-key-pasted", 14, "possible",
            _("Line {line} begins a private key. If all of it is there, whoever can read this text can use it.").format(line=event.line),
            [Evidence(source="log", line=event.line, text="-----BEGIN …")],
            remedies.remedies("private-key-pasted"), severity="warn",
        )  # fmt: skip
