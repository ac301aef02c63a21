"""A credential that was seen on this machine, as a value that names its place and never shows itself."""

from __future__ import annotations

from dataclasses import dataclass

from sshwizard.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundToken:
    """One credential and where it was seen."""

    token: Secret
    where: str
    """For people: `the variable HEROKU_API_KEY`, `~/.netrc, machine api.heroku.com`."""
    account: str | None = None
    """The account that the place names; None when it does not say."""

    @property
    def place(self) -> str:
        """Return where it was seen and whose it is, for people."""
        return f"{self.where} ({self.account})" if self.account else self.where
