"""Everything found on the machine before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sshwizard.model.config import CommandLine, Environment
    from sshwizard.model.files import FileSeen, FileView, ForeignFile
    from sshwizard.model.identity import Agent, Identity, KeyFile
    from sshwizard.model.plan import Target
    from sshwizard.model.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class GitRemote:
    """A remote of a repository, after `insteadOf`."""

    name: str
    url: str
    """As git would use it for fetching."""
    push_url: str
    folder: str
    transport: Literal["ssh", "https", "http", "git", "file", "other"]
    user: str | None = None
    host: str | None = None
    port: int | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialHelper:
    """A program that git asks for the password of an HTTPS address (gitcredentials(7))."""

    url: str
    """The addresses that it is for, `https://git.heroku.com`; "" for all."""
    helper: str
    """As configured; "" ends the list of those set before."""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class GitFacts:
    """What git would do in the current folder."""

    folder: str | None
    """Top of the repository; None when not in one."""
    remotes: tuple[GitRemote, ...] = ()
    ssh_command: str = ""
    """The command git would run for ssh, from GIT_SSH_COMMAND, core.sshCommand or GIT_SSH; "" = `ssh`."""
    ssh_command_source: Source | None = None
    user_name: str = ""
    user_email: str = ""
    credential_helpers: tuple[CredentialHelper, ...] = ()
    """The last one for each address."""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The machine, as far as ssh and git are concerned. Gathering raises for nothing it finds."""

    environment: Environment
    command_line: CommandLine
    target: Target
    """Not yet resolved by the configuration: hostname is the typed host, port 22 unless given."""
    files: FileView
    """For looking at further paths (memoised); the same view that everything here was read through."""
    ssh_folder: FileSeen
    """`~/.ssh` itself."""
    key_files: tuple[KeyFile, ...]
    """Every key-like file in `~/.ssh` and every file that the configuration names."""
    identities: tuple[Identity, ...]
    """Joined by key; those in files first, by name, then those only in agents."""
    agents: tuple[Agent, ...]
    """Every agent found; the first is the one at SSH_AUTH_SOCK when set."""
    config_files: tuple[FileSeen, ...]
    """The user's and the system's configuration and what they include, in reading order."""
    known_hosts: tuple[FileSeen, ...]
    git: GitFacts
    ssh: str
    """Path of the ssh program that would be run; "" when there is none."""
    ssh_version: str
    platform: Literal["linux", "darwin", "windows", "gitbash", "other"]
    account_home: str
    """Home by the account database; differs from `environment.home` under `--home`."""
    shell_home: str | None
    """$HOME."""
    foreign: tuple[ForeignFile, ...] = ()
    """What lies in `~/.ssh` (links not followed) and belongs to neither the home's owner nor, for a readable
    configuration, to root."""
    home_owner: tuple[int, int] | None = None
    """Numbers of user and group; None when unknown, or when the home is not ours to judge."""
    problems: tuple[str, ...] = ()
    """Sentences about what could not be looked at."""
