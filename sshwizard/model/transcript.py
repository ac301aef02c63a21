"""What was seen on the way to a host, by ourselves or by a pasted log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sshwizard.model.identity import PublicKey


CheckState = Literal["passed", "warned", "failed", "not_reached", "skipped"]
AnswerState = Literal["accepted", "refused", "not_reached", "not_allowed", "unknown"]
HostKeyState = Literal["known", "unknown", "changed", "revoked", "published", "withdrawn", "not_seen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One layer of the connection."""

    id: str
    """`dns`, `tcp`, `proxy`, `banner`, `kex`, `hostkey`, `userauth`, `session`, in this order."""
    title: str
    state: CheckState
    ms: float | None
    """Milliseconds, measured at the event; None when not reached."""
    detail: str = ""
    code: str = ""
    """Machine word for why it failed: `refused`, `timeout`, `unreachable`, `no-such-host`, `loopback`,
    `closed`, `reset`, `http-answer`, `not-ssh`, `max-startups`, `penalty`, `no-common-kex`,
    `no-common-hostkey`, `no-common-cipher`, `hostkey-unknown`, `hostkey-changed`, `hostkey-revoked`,
    `too-many-failures`, `no-publickey`, `denied`, `cancelled`, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the host said about one key."""

    public: PublicKey
    state: AnswerState
    ms: float | None
    planned: int | None
    """Position of the offer in the plan; None for a key that ssh would not send."""
    algorithm: str = ""
    """The signature algorithm named in the query."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeySeen:
    """The host key that was presented."""

    public: PublicKey
    state: HostKeyState
    """Against known_hosts first, then the host book: "published" = unknown here but equal to the
    provider's published key; "withdrawn" = once published, since withdrawn."""
    where: str = ""
    """file:line of the known_hosts entry that decided, or the host book's source."""
    expected: tuple[str, ...] = ()
    """Fingerprints that known_hosts or the book has for this host and key type."""
    because: Literal[
        "", "localhost", "list", "unreadable-list", "other-at-address", "revoked-without-port"
    ] = ""
    """What decided besides known_hosts: `localhost`: NoHostAuthenticationForLocalhost; `list`: RevokedHostKeys;
    `unreadable-list`: the same, and ssh cannot read it, so that it takes no key; `other-at-address`: CheckHostIP,
    and `where` has another key for the host's address; `revoked-without-port`: `where` revokes the key under the
    host's name without its port, of which ssh warns only: it then counts the key as unknown."""
    unasked: str = ""
    """The keyword of what ssh would ask besides, and we did not: `KnownHostsCommand`, `VerifyHostKeyDNS`; "" where
    that cannot change the outcome."""


DoorState = Literal["open", "unvouched", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDoor:
    """Another host and port of the same service, tried because the usual one was not reached. No key was shown."""

    hostname: str
    port: int
    state: DoorState
    """`open`: SSH answers there with a host key that known_hosts or the host book vouches for; `unvouched`:
    SSH answers with another key; `closed`: no SSH there."""
    ms: float | None
    """Until the host key was there, or the attempt had failed."""
    detail: str
    host_key: HostKeySeen | None = None

    @property
    def place(self) -> str:
        return f"{self.hostname}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The whole conversation."""

    checks: tuple[Check, ...]
    answers: tuple[Answer, ...] = ()
    address: str = ""
    """`140.82.121.3:22`, the address that answered."""
    server_version: str = ""
    """Identification string, visible."""
    host_key: HostKeySeen | None = None
    banner: str = ""
    """Userauth banner, visible."""
    methods: tuple[str, ...] = ()
    """Authentication methods that the host says can continue."""
    server_sig_algs: tuple[str, ...] | None = None
    """None: the host did not say."""
    try_limit: int | None = None
    """Refused keys after which the host hung up, when that was seen."""
    ssh_outcome: Literal["accepted", "refused", "thrown_out", "no_key", "unknown", "not_reached"] = "unknown"
    """What ssh itself would meet, walking the plan in order."""
    ssh_key: PublicKey | None = None
    """The key that ssh itself would log in with."""
    account: str | None = None
    greeting: str = ""
    access: Literal["ok", "read_only", "denied", "not_found", "sso", "unknown"] = "unknown"
    """Of the repository path, when it was asked for after a login."""
    access_detail: str = ""
    doors: tuple[OtherDoor, ...] = ()
    """Other doors of the service, tried in this order; () when the usual one was reached, or there are none."""
    connections: int = 0
    disconnect: str = ""
    """The host's own words when it hung up."""

    @property
    def first_failure(self) -> Check | None:
        return next((check for check in self.checks if check.state == "failed"), None)

    @property
    def known(self) -> tuple[PublicKey, ...]:
        """Every key that the host would take, sent by ssh or not."""
        return tuple(answer.public for answer in self.answers if answer.state == "accepted")

    def thinks_of(self, public: PublicKey) -> AnswerState:
        """Return what the host thinks of a key: its best answer, where ssh offers the key more than once."""
        states = {answer.state for answer in self.answers if answer.public.blob == public.blob}
        order: tuple[AnswerState, ...] = ("accepted", "refused", "not_allowed", "unknown", "not_reached")
        return next((state for state in order if state in states), "not_reached")
