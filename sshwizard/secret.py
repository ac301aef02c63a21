"""A passphrase or a token that does not show itself. Knows nothing of what it protects."""

from __future__ import annotations

import hmac


class Secret:
    """A value whose `repr`, `str`, pickle and traceback never contain it; only `reveal` does."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for the one call that needs it. Never keep the result in a variable."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, len(self._value)))

    def __repr__(self) -> str:
        return "…"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Secret is never written out")
