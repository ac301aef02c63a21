"""Who may log in to the practice host: accounts, their keys and tokens. Knows no protocol."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import read_public_line


class KeyInUse(ValueError):
    """The key already belongs to an account of this host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKey:
    """A key on an account."""

    id: int
    account: str
    title: str
    public: PublicKey
    created: str
    """ISO 8601, UTC."""


class Accounts:
    """Accounts, keys and tokens of one host. Every method may be called from any thread.

    `owner` is the account that the repositories belong to; every other account sees none of them.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._lock = threading.Lock()
        self._keys: dict[int, AccountKey] = {}
        self._tokens: dict[str, str] = {}
        self._elsewhere: dict[str, list[PublicKey]] = {}
        self._next = 1

    def add(self, account: str, line: str, title: str = "", *, days: int = 0) -> AccountKey:
        """Put a public key (`type base64 [comment]`) on an account, as of `days` ago. Raises NotAKey, KeyInUse."""
        public = read_public_line(line)
        created = datetime.now(UTC) - timedelta(days=days)
        with self._lock:
            if any(key.public.blob == public.blob for key in self._keys.values()):
                raise KeyInUse(public.fingerprint)
            key = AccountKey(
                id=self._next,
                account=account,
                title=title or public.comment,
                public=public,
                created=created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
            self._keys[key.id] = key
            self._next += 1
        return key

    def remove(self, account: str, id: int) -> bool:
        """Take a key from an account; False if the account has none of that number."""
        with self._lock:
            if id not in self._keys or self._keys[id].account != account:
                return False
            del self._keys[id]
        return True

    def keys_of(self, account: str) -> tuple[AccountKey, ...]:
        """Return an account's keys, oldest first."""
        with self._lock:
            return tuple(key for key in self._keys.values() if key.account == account)

    def publish(self, account: str, line: str) -> None:
        """Show a key on the public list of an account of another service, which this host stands in for."""
        public = read_public_line(line)
        with self._lock:
            self._elsewhere.setdefault(account, []).append(public)

    def public_list(self, account: str) -> tuple[PublicKey, ...] | None:
        """Return the keys that everybody may see of an account, here or elsewhere; None for no such account."""
        with self._lock:
            own = [key.public for key in self._keys.values() if key.account == account]
            known = own or account in self._tokens.values() or account == self.owner
            others = self._elsewhere.get(account)
        return tuple((*own, *(others or ()))) if known or others else None

    def account_with(self, blob: bytes) -> str | None:
        """Return the account that a key (wire blob) logs in to."""
        with self._lock:
            return next((key.account for key in self._keys.values() if key.public.blob == blob), None)

    def new_token(self, account: str) -> str:
        """Return a fresh API token of an account."""
        token = "practice_" + secrets.token_hex(16)
        with self._lock:
            self._tokens[token] = account
        return token

    def account_of_token(self, token: str) -> str | None:
        with self._lock:
            return self._tokens.get(token)

    def may_read(self, account: str, path: str) -> bool:
        """Whether a repository path exists for an account: all do for the owner, save two words.

        A path with `missing` or `private` in it is not there for anybody.
        """
        return account == self.owner and not any(word in path for word in ("missing", "private"))
