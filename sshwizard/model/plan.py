"""What ssh would offer: the ordered identities, each with its reason, and what is left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sshwizard.model.config import Effective
    from sshwizard.model.identity import PublicKey
    from sshwizard.model.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the user wants to go, as typed and as resolved by the configuration."""

    typed: str
    host: str
    """The name that ssh is given (the alias)."""
    hostname: str
    port: int
    user: str
    provider: str | None = None
    """Name in the host book (`github`), if it is one."""
    path: str | None = None
    """Repository path on the host, when a git URL or a remote was named."""
    remote: str | None = None
    """The git remote's name, when one was named or found."""
    folder: str | None = None
    """The repository's top folder, when it came from one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One identity as ssh will try it (OpenSSH's `struct identity`), a "Will attempt key" line."""

    position: int
    """1-based."""
    public: PublicKey | None
    """None for kind "private": no public half is known."""
    path: str
    """As ssh prints it: the identity file, or the agent's comment for a key only the agent has."""
    kind: Literal["query", "private"]
    """"private": ssh loads the file (if it is there at all) and signs at once."""
    via: Literal["agent", "file", "token"]
    explicit: bool
    certificate: bool
    needs_passphrase: bool
    exists: bool = True
    """False for a default or named file that is not there: listed by ssh, nothing is sent."""
    skipped: str = ""
    """Why ssh lists it but sends nothing (type not accepted, no mutual signature algorithm); "" if sent."""
    private_path: str | None = None
    """Where ssh would find the private half, if it is a file."""
    usable: bool | None = True
    """Whether ssh could sign once the host accepted (False: mode too open, missing or damaged private
    half); None: cannot be told."""
    source: Source | None = None
    """The line that names it; None for defaults and for keys only the agent brings."""
    because: str = ""

    @property
    def fingerprint(self) -> str | None:
        return self.public.fingerprint if self.public else None


LeftOutReason = Literal[
    "not-named",
    "identities-only",
    "agent-off",
    "no-agent-match",
    "skipped-type",
    "too-short",
    "host-certificate",
    "damaged",
    "other",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A key of the user that ssh will not offer."""

    public: PublicKey | None
    path: str | None
    because: str
    reason: LeftOutReason

    @property
    def fingerprint(self) -> str | None:
        return self.public.fingerprint if self.public else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer to "which keys, in which order, and why"."""

    target: Target
    effective: Effective
    offers: tuple[Offer, ...]
    left_out: tuple[LeftOut, ...]
    ssh: str
    """Path of the ssh program meant; "" if none was found."""
    ssh_version: str
    agent: str | None
    """The agent socket ssh will ask; None: none."""
    notes: tuple[str, ...] = ()
    """Sentences worth saying: conditions, an agent that did not answer, …"""
    alternatives: tuple[Plan, ...] = ()
    """Of a simulation: the same under the other outcomes of the `Match exec` commands that matter."""

    @property
    def sent(self) -> tuple[Offer, ...]:
        """The offers for which something really leaves the machine."""
        return tuple(offer for offer in self.offers if offer.exists and not offer.skipped)
