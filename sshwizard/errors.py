"""The exceptions of sshwizard. Knows the contract's exit codes and nothing else.

What is wrong on the user's machine is a `Finding`, never an exception; these are raised only when the
caller cannot go on.
"""

from __future__ import annotations


class SshwizardError(Exception):
    """An error that a front end shows as *what, where, now what*, and never as a traceback."""

    exit_code = 70
    default_code = "internal"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        where: str = "",
        line: int | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        """kebab-case, frozen: part of the JSON contract."""
        self.hint = hint
        """What to do now; one sentence."""
        self.where = where
        """The file, host or argument concerned, if one is."""
        self.line = line
        self.status = status
        """HTTP status, for account commands."""


class UsageError(SshwizardError):
    """The command line or an argument is wrong; nothing was started."""

    exit_code = 2
    default_code = "usage"


class CannotCheck(SshwizardError):
    """Something needed for an answer was not reachable or not there (no ssh, no network, a timeout)."""

    exit_code = 3
    default_code = "cannot-check"


class CannotApply(SshwizardError):
    """A change was refused before it was made, or taken back whole: nothing is half written."""

    exit_code = 1
    default_code = "cannot-apply"


class Refused(SshwizardError):
    """The other side (a service, a host) said no."""

    exit_code = 1
    default_code = "refused"


class Cancelled(SshwizardError):
    """The user declined or cancelled; nothing was changed."""

    exit_code = 4
    default_code = "cancelled"


class NeedsAnswer(SshwizardError):
    """An answer is needed and there is nobody to ask; the hint names the flag that answers."""

    exit_code = 5
    default_code = "needs-answer"
