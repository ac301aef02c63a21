"""What every provider's class can do."""

from __future__ import annotations

from typing import Protocol

from sshwizard.machine.http import HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey


class KeyApi(Protocol):
    """The keys of one account. Each method raises Refused, CannotCheck or UsageError in plain words."""

    name: str
    """Provider name, as in the host book."""
    title: str

    def who_am_i(self) -> str:
        """Return the account's name or e-mail."""
        ...

    def list_keys(self) -> tuple[RemoteKey, ...]:
        """Return every key on the account, all pages."""
        ...

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        """Return the request that adds a key, without sending it."""
        ...

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        """Add a key and return it as the service has it."""
        ...

    def remove_key(self, key: RemoteKey) -> None:
        """Remove a key."""
        ...
