"""How far a host's limit of refused keys lets ssh come. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.plan import Plan
    from sshwizard.model.transcript import Transcript

TRY_LIMIT = 6
"""Keys that an sshd refuses before it hangs up, unless it was set otherwise (MaxAuthTries, sshd_config(5))."""


def met(transcript: Transcript | None) -> int | None:
    """Return the number of refused keys after which the host would throw ssh out; None where it would not."""
    if transcript is None or transcript.ssh_outcome != "thrown_out":
        return None
    return transcript.try_limit


def limit_line(limit: int | None = None) -> str:
    """Say what happens after the last key that gets its turn."""
    if limit:
        return _("this host hangs up here, after {limit} refused keys").format(limit=limit)
    return _("many hosts hang up here, after {limit} refused keys").format(limit=TRY_LIMIT)


def limit_after(plan: Plan, limit: int | None = None) -> int | None:
    """Return the number of the last key that gets its turn; None where all of them do."""
    most = limit or TRY_LIMIT
    return most if len(plan.sent) > most else None
