"""What every provider's class can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sshwizard.machine.http import HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a new key is to be, where the service has it."""

    expires: str = ""
    """ISO date, `2027-05-31`; "": never, or as the service has it."""
    usage: str = ""
    """`auth`, `signing` or `auth_and_signing`; "": for logging in, as the service has it."""

    @property
    def uses(self) -> tuple[str, ...]:
        """Return what the key is to be good for, one by one."""
        return ("auth", "signing") if self.usage == "auth_and_signing" else (self.usage or "auth",)


NO_WISH = Wish()


class KeyApi(Protocol):
    """The keys of one account. Each method raises Refused, CannotCheck or UsageError in plain words."""

    name: str
    """Provider name, as in the host book."""
    title: str
    wishes: tuple[str, ...]
    """The fields of `Wish` that the service knows."""

    def who_am_i(self) -> str:
        """Return the account's name or e-mail."""
        ...

    def list_keys(self) -> tuple[RemoteKey, ...]:
        """Return every key on the account, all pages."""
        ...

    def get_key(self, id: str) -> RemoteKey:
        """Return one key. Raises Refused (`key-unknown`) when it is not on the account."""
        ...

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        """Return the request that adds a key, without sending anything."""
        ...

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        """Send the request; that the key is there afterwards is proved by listing (`upload.add_key`)."""
        ...

    def remove_key(self, key: RemoteKey) -> None:
        """Send the request that removes a key; `upload.remove_key` proves it."""
        ...
