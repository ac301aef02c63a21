"""Problems, remedies and the diagnosis as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sshwizard.model.facts import Facts
    from sshwizard.model.identity import PublicKey
    from sshwizard.model.plan import Plan
    from sshwizard.model.steps import Step
    from sshwizard.model.transcript import Transcript


Severity = Literal["fail", "warn", "info"]
Certainty = Literal["certain", "likely", "possible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One observation: where it was seen and what it says."""

    source: str
    """A file, an agent, `host:port`, `log`."""
    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEffect:
    """What a proposal does to one destination."""

    host: str
    before: tuple[str, ...]
    """Names of the identities in order of offer, as people call them."""
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A remedy. With steps it can be applied and taken back; without, it is advice to follow by hand."""

    title: str
    steps: tuple[Step, ...]
    why: str = ""
    """Why this form and not the textbook one; may be empty."""
    safe: bool = False
    """Reversible and independent: may be part of "fix all"."""
    affects_hosts: tuple[HostEffect, ...] = ()
    """Destinations whose offers change, the wanted one included."""
    hosts_checked: int = 0
    """How many destinations of the user were simulated."""
    unchanged_hosts: tuple[str, ...] = ()
    """Destinations that were simulated and get the same as before: the real ssh is asked about them too."""
    command: str = ""
    """The command that a purist would type, or the sshwizard command that does it."""
    instructions: tuple[str, ...] = ()
    """For what must be done by hand: one sentence each, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What puts one file right."""

    path: str
    """Of the file concerned, as it was found."""
    problem: str
    """Id of what it mends: a `KeyProblem.id`, `public-missing`, `ssh-folder-perms`, `config-perms`,
    `foreign-files`."""
    fix: Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause, with what shows it and what mends it."""

    id: str
    severity: Severity
    certainty: Certainty
    title: str
    conclusion: str
    evidence: tuple[Evidence, ...]
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that the rules may look at."""

    facts: Facts | None
    """None for a pasted log."""
    plan: Plan | None
    transcript: Transcript | None
    wanted: PublicKey | None = None
    """The key that should win: named by the user, else chosen by `propose.wanted_key`."""
    wanted_by_user: bool = False
    proposals: tuple[Fix, ...] = ()
    """Simulated configuration changes that make `wanted` the key ssh logs in with, best first."""
    repairs: tuple[Repair, ...] = ()
    """What puts files right, each on its own."""
    ways: Mapping[str, tuple[Fix, ...]] = field(default_factory=dict)
    """Further changes that can be applied, by the id of the finding they answer."""
    way_round: Fix | None = None
    """Simulated change that leads ssh through another door of the service, where one was found open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The result of a check: what all front ends show."""

    case: Case
    findings: tuple[Finding, ...]
    """First what blocks first."""
    verdict: Literal["healthy", "problem", "cannot_tell"]

    @property
    def worst(self) -> Severity | None:
        severities = {finding.severity for finding in self.findings}
        return next((word for word in ("fail", "warn", "info") if word in severities), None)
