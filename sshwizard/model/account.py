"""Keys on an account of a provider, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sshwizard.model.identity import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteKey:
    """A key on an account, as the service lists it."""

    id: str
    """Visible, for people and for the JSON contract."""
    title: str
    public: PublicKey | None
    """None where the service does not give the key back."""
    fingerprint: str | None
    """As `SHA256:…` where known or computable, else what the service gives (`MD5:…`)."""
    type: str | None
    created: str | None
    """ISO 8601, as far as the service says."""
    last_used: str | None = None
    expires: str | None = None
    """ISO 8601; None where it does not expire or the service does not say."""
    address: str = ""
    """What requests call it, exactly as the service does; "" where that is `id`. A name may hold anything."""
    usage: str | None = None
    """What the service lets the key do: `auth`, `signing`, `auth_and_signing`; None where it has no such thing."""

    def serves(self, use: str) -> bool:
        """Say whether the service takes the key for `auth` (logging in) or `signing`."""
        return self.usage in (use, "auth_and_signing") or (self.usage is None and use == "auth")

    @property
    def called(self) -> str:
        """Return the name for requests."""
        return self.address or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The result of adding a key."""

    result: Literal["added", "already_there"]
    key: RemoteKey
    account: str | None
    uses: tuple[str, ...] = ()
    """What the key is good for now and was not before: `auth`, `signing`."""
