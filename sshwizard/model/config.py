"""The effective configuration for one destination, every value with its place and what it shadowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.model.source import Source


FLAGS_WITH_VALUE = frozenset("BbcDEeFIiJLlmOoPpQRSWw")
"""ssh's option letters that take a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """ssh's own command line, as far as it matters for which keys are offered."""

    destination: str
    """As typed: `alias`, `user@host`, `ssh://user@host:port`."""
    flags: tuple[tuple[str, str], ...] = ()
    """In order: ("-o", "IdentitiesOnly=yes"), ("-i", "path"), ("-p", "2222"), ("-l", "git"), ("-J", …),
    ("-P", tag), ("-4", ""), ("-6", "")."""
    late: int = 0
    """How many flags, counted from the end, stood after the destination: a user or port in it comes first."""
    command: str = ""
    """The remote command (`git-upload-pack '…'`), for `Match command` and `Match sessiontype`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the reader may know of the machine. It reads nothing else and executes nothing."""

    home: str
    """ssh's home (`~`, `%d`)."""
    user: str
    """Local user name (`%u`, `Match localuser`)."""
    uid: int
    hostname: str
    """As gethostname(2) gives it (`%l`, `%L`)."""
    env: Mapping[str, str]
    cwd: str
    ssh_version: str
    """`OpenSSH_9.2p1 Debian-2+deb12u6`, or "" when unknown (then the newest rules hold)."""
    user_config: str | None
    """Path; None: no user file (`-F none`)."""
    user_config_is_flag: bool = False
    """The path came from `-F`: it must exist, its mode is not checked and no system file is read."""
    system_config: str | None = "/etc/ssh/ssh_config"
    local_addresses: tuple[str, ...] = ()
    """This machine's addresses, for `Match localnetwork`."""
    exec_results: Mapping[str, bool] = field(default_factory=dict)
    """Outcome of `Match exec` commands, by command, where the user asked to run them."""
    private_group: bool = False
    """The distribution's ssh accepts a group-writable config when the group is the user's own (Debian)."""
    canonical_hosts: Mapping[str, str] = field(default_factory=dict)
    """Answers of DNS for CanonicalizeHostname, where somebody asked: name → canonical name."""
    homes: Mapping[str, str] = field(default_factory=dict)
    """Other accounts' homes for `~user`."""
    builtin: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the installed ssh sets by itself (`ssh -G -F none`): lower-case keyword → values; {} when unknown."""


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """One value in force (or shadowed), as `ssh -G` would print it."""

    text: str
    source: Source | None
    """None: built-in default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """An IdentityFile or CertificateFile in force, unexpanded and expanded."""

    text: str
    """As written (and as `ssh -G` prints it)."""
    path: str
    """Tilde, tokens and ${ENV} expanded; relative ones made absolute by the current directory."""
    source: Source | None
    explicit: bool
    """Named on the command line or in the user's configuration (ssh's own mark)."""
    default: bool = False
    """One of the default names that ssh tries unaided."""
    problem: str = ""
    """ssh's own words when expansion is fatal at connect time (unset ${VAR}, unknown token)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """Something ssh would complain about."""

    code: str
    """`config-syntax`, `config-unsupported-option`, `config-encoding-bom`, `config-perms`,
    `config-missing`, `config-include-depth`, `config-value`, …"""
    message: str
    """In ssh's own words."""
    source: Source | None
    fatal: bool
    """ssh stops here (exit 255) for every host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A `Match exec` whose outcome nobody knows, because reading executes nothing."""

    command: str
    source: Source
    assumed: bool
    """The outcome under which this `Effective` was computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The configuration in force for one destination."""

    host: str
    """The name as typed, after user and port were split off (`%n`)."""
    hostname: str
    port: int
    user: str
    options: Mapping[str, tuple[ConfigValue, ...]]
    """Lower-case keyword → values in the order `ssh -G` prints them, defaults included."""
    shadowed: Mapping[str, tuple[ConfigValue, ...]]
    """Lower-case keyword → values that a matching line gave and that lost to an earlier one."""
    identity_files: tuple[NamedFile, ...]
    certificate_files: tuple[NamedFile, ...]
    identity_agent: str | None
    """Path of the agent socket ssh will use; "none" when switched off; None when there is none."""
    identities_only: bool
    problems: tuple[ConfigProblem, ...]
    conditions: tuple[Condition, ...]
    """Unknown conditions whose other outcome would change something; see `alternatives`."""
    alternatives: tuple[Effective, ...]
    """The effective configurations under the other outcomes, where they differ."""
    files_read: tuple[str, ...]
    blocks: tuple[Source, ...]
    """The Host and Match lines that matched, in order."""

    @property
    def fatal(self) -> ConfigProblem | None:
        return next((problem for problem in self.problems if problem.fatal), None)

    def first(self, keyword: str, default: str = "") -> str:
        """Return the first value of a keyword (lower case), or `default`."""
        values = self.options.get(keyword)
        return values[0].text if values else default

    def source(self, keyword: str) -> Source | None:
        values = self.options.get(keyword)
        return values[0].source if values else None
