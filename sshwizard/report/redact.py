"""Taking out of a report what may not be passed on. Pure text in, text out.

Always: anything that looks like a private half, a token or a password in an address. With `anonymize`: user
and machine names, the home's path, key comments, account names, private addresses and host names that are
not in the host book; each becomes a stable placeholder, so that the report still says which is which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_PRIVATE = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.S
)
_TOKENS = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|HRKU-[A-Za-z0-9_-]{16,}"
    r"|tk-us-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16}|ATATT[A-Za-z0-9_=-]{20,})"
)
_IN_ADDRESS = re.compile(r"(?<=://)([^/\s:@]+):([^/\s@]+)@")
_ASSIGNED = re.compile(r"(?i)\b([A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|PASSPHRASE|API_KEY))=(\S+)")
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")


def without_secrets(text: str) -> str:
    """Replace whatever looks like a secret by a word that says so."""
    text = _PRIVATE.sub("[private key taken out]", text)
    text = _TOKENS.sub("[token taken out]", text)
    text = _IN_ADDRESS.sub(r"\1:[password taken out]@", text)
    return _ASSIGNED.sub(r"\1=[taken out]", text)


@dataclass(kw_only=True)
class Names:
    """The names to replace, longest first, each with its stand-in."""

    stand_ins: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, names: Iterable[str | None]) -> None:
        """Give each new name of a kind the next stand-in: `host-1`, `host-2`, …"""
        for name in names:
            if name and len(name) > 1 and name not in self.stand_ins:
                number = 1 + sum(other.startswith(f"{kind}-") for other in self.stand_ins.values())
                self.stand_ins[name] = f"{kind}-{number}"

    def replace(self, text: str) -> str:
        """Replace all names, then what is left of e-mail and network addresses."""
        for name in sorted(self.stand_ins, key=len, reverse=True):
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", self.stand_ins[name], text)
        text = _EMAIL.sub(lambda found: found[0] if found[0].startswith("git@") else "someone@example", text)
        return _ADDRESS.sub(lambda found: found[0] if found[0].startswith("127.") else "x.x.x.x", text)
