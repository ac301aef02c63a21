"""A pasted log as values: attempts, what each line said, which key was offered and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sshwizard.model.finding import Finding

Client = Literal[
    "openssh",
    "apple-openssh",
    "windows-openssh",
    "git-bash",
    "putty",
    "dropbear",
    "libssh",
    "libssh2",
    "jsch",
    "paramiko",
    "asyncssh",
    "go",
    "sshd",
    "unknown",
]
Outcome = Literal[
    "authenticated", "denied", "not-authenticated", "cut-off", "no-connection", "stopped", "unknown"
]
OfferOutcome = Literal[
    "accepted", "refused", "skipped", "no-signature-algorithm", "not-answered", "hung-up", "not-there"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One line that means something."""

    line: int
    """1-based line of the paste."""
    event: str
    """What it says, as a frozen word: `connecting`, `offered`, `accepted`, `denied`, …"""
    text: str
    """The line itself, visible, prefixes of wrappers taken off, at most 300 characters."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What was read out of it: `host`, `address`, `port`, `path`, `fingerprint`, `reason`, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOffer:
    """A key that ssh offered, or a file that it wanted to try."""

    line: int
    path: str
    """As printed: a path or an agent's comment; may be empty."""
    type: str = ""
    """As printed: `RSA`, `ED25519`, …"""
    fingerprint: str = ""
    via: Literal["agent", "file", "token", "unknown"] = "unknown"
    explicit: bool = False
    kind: Literal["query", "private"] = "query"
    """"private": a "Trying private key" line, which is not an offer unless the file is there."""
    outcome: OfferOutcome = "not-answered"
    outcome_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAttempt:
    """One run of a client, as far as the paste shows it."""

    first_line: int
    last_line: int
    client: Client = "unknown"
    client_version: str = ""
    """The client's own first line (`OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.11`)."""
    command: str = ""
    """The command typed, when a prompt line shows it."""
    host: str = ""
    """The name that was contacted, as far as a line shows it."""
    address: str = ""
    port: int | None = None
    user: str = ""
    server_version: str = ""
    home: str = ""
    """The home folder that the client's paths show."""
    methods: tuple[str, ...] = ()
    """Authentication methods that the host said can continue, last word."""
    offers: tuple[LogOffer, ...] = ()
    identity_files: tuple[tuple[str, bool], ...] = ()
    """Paths of `identity file` lines, and whether a public half was read there."""
    account: str = ""
    """Account named by the host's greeting or refusal."""
    outcome: Outcome = "unknown"
    events: tuple[LogEvent, ...] = ()
    debug: bool = False
    """Lines of `-v` are there."""
    gaps: bool = False
    """Lines were left out in the paste (`[...]`)."""

    def all(self, *kinds: str) -> tuple[LogEvent, ...]:
        """Return the events of these kinds, in order."""
        return tuple(event for event in self.events if event.event in kinds)

    def first(self, *kinds: str) -> LogEvent | None:
        """Return the first event of one of these kinds."""
        return next((event for event in self.events if event.event in kinds), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One of several files that were read as one paste."""

    name: str
    first_line: int
    """Number of its first line in the whole paste, 1-based."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReading:
    """Everything that was read out of a paste. Nothing was executed and nothing was asked."""

    attempts: tuple[LogAttempt, ...]
    surroundings: tuple[LogEvent, ...] = ()
    """What was pasted along: configuration lines, listings, remotes, remarks."""
    server: tuple[LogEvent, ...] = ()
    """Lines of a server's own log."""
    lines: int = 0
    """Lines in the paste."""
    left_out: int = 0
    """Events not kept because there were too many; their number."""
    complete: bool = True
    """False: the last attempt ends before its outcome."""
    files: tuple[LogFile, ...] = ()
    """The files in order, where there were several; lines are counted through all of them."""

    def place(self, line: int) -> tuple[str, int]:
        """Return the file and the line in it for a line of the whole paste; "log" where there is one file."""
        found = next((file for file in reversed(self.files) if file.first_line <= line), None)
        return (found.name, line - found.first_line + 1) if found else ("log", line)

    def around(self, *kinds: str) -> tuple[LogEvent, ...]:
        """Return what was pasted along, of these kinds."""
        return tuple(event for event in self.surroundings if event.event in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogDiagnosis:
    """What a pasted log leads to: shown alike by every front end."""

    reading: LogReading
    findings: tuple[Finding, ...]
    """Best first: the most probable cause, then the others."""
    verdict: Literal["healthy", "problem", "cannot_tell"]
    missing: tuple[str, ...] = ()
    """Sentences: what the paste does not show and would be needed."""
    ask_for: tuple[str, ...] = ()
    """Commands to ask the customer for, ready to paste, best first."""
    accepted: str | None = None
    """Fingerprint (else path) of the key that the host accepted, when a line says so."""
