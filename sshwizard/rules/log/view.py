"""What the rules about a pasted log look at: one attempt with its surroundings, and how they speak of it.

Severity is "fail" for every cause of a failure; certainty is "certain" only where a line states the cause
itself. `weight` orders: conclusive lines above inferences, inferences above mere possibilities.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sshwizard.hosts import book
from sshwizard.model.finding import Certainty, Evidence, Finding, Fix, Severity
from sshwizard.model.log import LogAttempt, LogEvent, LogOffer, LogReading
from sshwizard.rules import catalogue, remedies


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A finding and how much speaks for it."""

    finding: Finding
    weight: int
    """0–100; only an order."""


@dataclass(frozen=True, kw_only=True)
class View:
    """An attempt as the rules see it."""

    reading: LogReading
    attempt: LogAttempt

    @property
    def host(self) -> str:
        return self.attempt.host

    @cached_property
    def forge(self) -> book.Entry | None:
        """The provider, when the host is one in the host book."""
        return book.find(self.attempt.host) if self.attempt.host else self._forge_of_banner()

    def _forge_of_banner(self) -> book.Entry | None:
        version = self.attempt.server_version
        return next((e for e in book.entries() if e.banner and version.startswith(e.banner)), None)

    @property
    def name(self) -> str:
        """What the host is called in sentences."""
        return self.attempt.host or (self.forge.title if self.forge else "") or "the host"

    @property
    def offered(self) -> tuple[LogOffer, ...]:
        """The keys that really left the machine."""
        return tuple(
            o
            for o in self.attempt.offers
            if o.kind == "query" and o.outcome not in ("skipped", "no-signature-algorithm")
        )

    @property
    def refused(self) -> tuple[LogOffer, ...]:
        return tuple(o for o in self.offered if o.outcome in ("refused", "hung-up"))

    @property
    def accepted(self) -> LogOffer | None:
        return next((o for o in reversed(self.attempt.offers) if o.outcome == "accepted"), None)

    @property
    def failed(self) -> bool:
        """The attempt did not lead to a login."""
        return self.attempt.outcome != "authenticated"

    @property
    def userauth(self) -> bool:
        """Lines show that the host was asked to log somebody in."""
        return bool(self.attempt.offers) or self.has(
            "methods", "service-accept", "next-method", "denied", "no-more"
        )

    def has(self, *kinds: str) -> bool:
        return self.attempt.first(*kinds) is not None

    @cached_property
    def texts(self) -> tuple[LogEvent, ...]:
        """Everything that was pasted around the attempt, and what is known to be typed."""
        return self.reading.surroundings

    def heard(self, pattern: str) -> LogEvent | None:
        """Return the first line around the log that matches, ignoring case."""
        compiled = re.compile(pattern, re.I)
        return next((event for event in self.texts if compiled.search(event.text)), None)

    def quote(self, *events: LogEvent | LogOffer | None) -> tuple[Evidence, ...]:
        """Turn events into evidence with their line numbers."""
        quoted = []
        for event in events:
            if event is None:
                continue
            if isinstance(event, LogOffer):
                event = next((e for e in self.attempt.events if e.line == event.line), None)
                if event is None:
                    continue
            quoted.append(Evidence(source="log", line=event.line, text=event.text))
        return tuple({(e.line, e.text): e for e in quoted}.values())


def suspect(
    id: str,
    weight: int,
    certainty: Certainty,
    conclusion: str,
    evidence: Iterable[Evidence],
    fixes: Iterable[Fix] | None = None,
    *,
    severity: Severity = "fail",
    **fields: str,
) -> Suspicion:
    """Make a suspicion; without `fixes` the catalogue's remedy for the id, filled with `fields`."""
    return Suspicion(
        weight=weight,
        finding=Finding(
            id=id,
            severity=severity,
            certainty=certainty,
            title=catalogue.title(id),
            conclusion=conclusion[:1].upper() + conclusion[1:]
            if conclusion.startswith("the ")
            else conclusion,
            evidence=tuple(evidence),
            fixes=tuple(fixes) if fixes is not None else remedies.remedies(id, **fields),
        ),
    )


Suspicions = Iterator[Suspicion]


def base(path: str) -> str:
    """Return a path's last part, whatever its separator."""
    return re.split(r"[/\\]", path.strip("\"' "))[-1]
