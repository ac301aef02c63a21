"""Whether git will find a password for an HTTPS remote by itself: a netrc entry, or a credential helper.

Says where, and never what. Knows git's rules (gitcredentials(7): a helper for a URL comes before one for all);
asks no helper and no keychain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import urlsplit

from sshwizard.model.facts import CredentialHelper
from sshwizard.model.files import FileView
from sshwizard.providers.token_files import netrc_entry
from sshwizard.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class GitPassword:
    """Where git gets a password from."""

    kind: Literal["netrc", "helper"]
    where: str
    """Path of the file that holds it or names the helper."""
    helper: str = ""
    """As configured: `manager`, `!heroku git:credentials`."""

    @property
    def program(self) -> str:
        """Return the program that a helper's shell command starts; "" for git's own and for netrc."""
        words = self.helper.removeprefix("!").split()
        return words[0] if words and self.helper.startswith(("!", "/")) else ""


def git_password(
    files: FileView, home: str, helpers: Iterable[CredentialHelper], host: str
) -> GitPassword | None:
    """Return what git will use for `https://HOST`; None where it would ask."""
    for name in (".netrc", "_netrc"):
        path = f"{home}/{name}"
        if netrc_entry(files.look(path).data.decode("utf-8", "replace"), host)[1]:
            return GitPassword(kind="netrc", where=path)
    fitting = [one for one in helpers if one.helper and _fits(one.url, host)]
    fitting.sort(key=lambda one: len(one.url), reverse=True)
    return next(
        (GitPassword(kind="helper", where=one.source.where, helper=one.helper) for one in fitting), None
    )


def how_to_log_in(host: str) -> str:
    """Say how Heroku's own tool makes git find a password (heroku/cli, `src/lib/git/git.ts`)."""
    return _(
        "`heroku login` stores one; to let git use it:"
        " `git config --global credential.https://{host}.helper '!heroku git:credentials'`."
    ).format(host=host)


def _fits(pattern: str, host: str) -> bool:
    if not pattern:
        return True
    parts = urlsplit(pattern)
    return parts.scheme == "https" and fnmatchcase(host, (parts.hostname or "").lower())
