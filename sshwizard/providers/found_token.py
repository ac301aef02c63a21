"""A credential that was seen on this machine, as a value that names its place and never shows itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sshwizard.secret import Secret
from sshwizard.text import one_line

NO_PASSWORD = ("", "x-oauth-basic", "x-auth-token")
"""What stands in the password's place where the token was put in the name's."""
_TOKEN = re.compile(r"(gh[a-z]_|github_pat_|gl[a-z]+-|HRKU-|tk-us-|ATATT)|[A-Za-z0-9_-]{30,}$")
"""The starts of the services' own tokens, and any long word; no name is shown that could be one."""


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


def from_login(login: str, password: str, where: str) -> FoundToken | None:
    """Make a token of a name and a password, as git's helpers and netrc keep them; None where there is none.

    Some put the token where the name belongs (`https://TOKEN:x-oauth-basic@github.com`): it is shown nowhere.
    """
    is_token = bool(_TOKEN.match(login)) and "@" not in login
    token = login if is_token and password in NO_PASSWORD else password
    if not token or token in NO_PASSWORD:
        return None
    return FoundToken(token=Secret(token), where=where, account=None if is_token else one_line(login) or None)
