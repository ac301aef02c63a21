"""The exit codes of the contract, in one place. Frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.errors import SshwizardError
    from sshwizard.model.finding import Diagnosis

DONE = 0
"""Healthy, or done."""
PROBLEM = 1
"""At least one finding of severity *fail* (or *warn* with `--fail-on warn`), or the other side said no."""
USAGE = 2
CANNOT_TELL = 3
"""Could not find out: no network, no ssh, a timeout."""
CANCELLED = 4
"""Declined or cancelled; nothing changed."""
NEEDS_ANSWER = 5
"""An answer is needed and there is no terminal."""
WORSE = 6
"""A change was applied, the test after it was worse, and it was taken back."""
BUG = 70
INTERRUPTED = 130


def of_error(error: SshwizardError) -> int:
    """Return the code for an error; a configuration that ssh refuses is a problem found, not wrong usage."""
    return PROBLEM if error.code.startswith("config-") else error.exit_code


def of_diagnosis(diagnosis: Diagnosis, fail_on: str = "fail", *, offline: bool = False) -> int:
    """Return the code for a diagnosis, by the severity that counts as a problem (`fail`, `warn`, `never`)."""
    if diagnosis.verdict == "cannot_tell" and not offline:
        return CANNOT_TELL
    severities = {finding.severity for finding in diagnosis.findings}
    if fail_on != "never" and ("fail" in severities or (fail_on == "warn" and "warn" in severities)):
        return PROBLEM
    if diagnosis.verdict == "problem" and fail_on != "never":
        return PROBLEM
    return DONE
