"""Before and after a change: whether it got worse, and both in one line each. Pure."""

from __future__ import annotations

from collections.abc import Callable

from sshwizard.model.finding import Diagnosis, Finding
from sshwizard.report import words
from sshwizard.text import _

_OUT = ("refused", "thrown_out", "no_key")


def is_worse(before: Diagnosis, after: Diagnosis) -> bool:
    """Whether ssh got in before and no more, or more is broken than before.

    Troubles that show only because ssh now comes further on its way do not count.
    """
    if after.verdict == "healthy":
        return False
    was, now = before.case.transcript, after.case.transcript
    if was and now and was.ssh_outcome == "accepted" and now.ssh_outcome in _OUT:
        return True
    if _way_made(after) > _way_made(before):
        return False
    return len(failures(after)) > len(failures(before))


def _way_made(diagnosis: Diagnosis) -> int:
    """Return how far ssh comes: -1 with a refused configuration, else the layers that it passes."""
    plan, transcript = diagnosis.case.plan, diagnosis.case.transcript
    if plan and plan.effective.fatal:
        return -1
    checks = transcript.checks if transcript else ()
    return sum(check.state in ("passed", "warned") for check in checks)


def failures(diagnosis: Diagnosis) -> list[Finding]:
    """Return the findings that stand in the way."""
    return [finding for finding in diagnosis.findings if finding.severity == "fail"]


def summary(diagnosis: Diagnosis, shown: Callable[[str], str]) -> str:
    """Return the state in one line: the success, or the worst finding."""
    if diagnosis.verdict == "healthy":
        return words.works(diagnosis, shown)
    worst = next((one for one in diagnosis.findings if one.severity != "info"), None)
    if worst:
        return f"{words.severity_word(worst.severity)}  {worst.title}"
    return _("could not be found out") if diagnosis.verdict == "cannot_tell" else _("no trouble was found")


def before_after(before: Diagnosis, after: Diagnosis, shown: Callable[[str], str]) -> tuple[str, str]:
    """Return the two lines "before …" and "after …"."""
    return (
        _("before  {words}").format(words=summary(before, shown)),
        _("after   {words}").format(words=summary(after, shown)),
    )
