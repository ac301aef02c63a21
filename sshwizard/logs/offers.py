"""The keys of one attempt: what each "Offering", "Trying", "accepts" line names, in every version's format.

Formats: 4.x–5.3 and 8.0+ `PATH TYPE FP markers`; 5.6–7.5 type before "public key"; 7.6–7.8 `TYPE FP PATH`.
A path may hold blanks, so the newer form is read from the right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from sshwizard.model.log import LogOffer, OfferOutcome

_FINGERPRINT = r"(?:SHA256:[A-Za-z0-9+/=.]+|MD5:[0-9a-f:]+|(?:[0-9a-f]{2}:){15}[0-9a-f]{2})"
_NEW = re.compile(
    rf"^(?P<path>.*?)\s+(?P<type>[A-Z][A-Z0-9-]*)\s+(?P<fp>{_FINGERPRINT})(?P<marks>(?:\s+[a-z]+)*)\s*$"
)
_MIDDLE = re.compile(rf"^(?P<type>[A-Z][A-Z0-9-]*)\s+(?P<fp>{_FINGERPRINT})\s+(?P<path>.*?)\s*$")
_UNKNOWN = re.compile(r"^(?P<path>.*?)\s{2,}(?P<marks>explicit|agent)\s*$")
_PKALG = re.compile(r"^pkalg (?P<alg>\S+)")

Via = Literal["agent", "file", "token", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How a line names a key."""

    path: str
    type: str = ""
    fingerprint: str = ""
    marks: tuple[str, ...] = ()


def named(text: str) -> Named:
    """Read the part of a line that names a key."""
    for pattern in (_NEW, _MIDDLE):
        found = pattern.match(text)
        if found:
            groups = found.groupdict()
            marks = tuple((groups.get("marks") or "").split())
            return Named(
                path=groups["path"].strip(), type=groups["type"], fingerprint=groups["fp"], marks=marks
            )
    bare = _UNKNOWN.match(text)
    if bare:
        return Named(path=bare["path"], marks=(bare["marks"],))
    return Named(path=text.strip())


class Offers:
    """The offers of one attempt as they are read, line by line."""

    __slots__ = ("_list", "_pending")

    LIMIT = 200

    def __init__(self) -> None:
        self._list: list[LogOffer] = []
        self._pending: int | None = None

    def offered(self, line: int, text: str, type: str) -> None:
        """An "Offering public key" line: the one before it, if unanswered, was refused."""
        self.refused(line)
        key = named(text)
        if len(self._list) >= self.LIMIT:
            return
        self._list.append(
            LogOffer(
                line=line,
                path=key.path,
                type=key.type or type,
                fingerprint=key.fingerprint,
                via=self._via(key),
                explicit="explicit" in key.marks,
            )
        )
        self._pending = len(self._list) - 1

    @staticmethod
    def _via(key: Named) -> Via:
        if "agent" in key.marks:
            return "agent"
        if "token" in key.marks or "authenticator" in key.marks:
            return "token"
        looks_like_path = re.match(r"(?:[~/.]|[A-Za-z]:[\\/])", key.path)
        return "file" if looks_like_path else "agent" if key.path else "unknown"

    def trying(self, line: int, path: str) -> None:
        """A "Trying private key" line: no public half is known; mostly the file is not there."""
        self.refused(line)
        if len(self._list) < self.LIMIT:
            self._list.append(LogOffer(line=line, path=path, kind="private", via="file", outcome="not-there"))

    def wrapped(self, rest: str) -> None:
        """The fingerprint of the last offer, and what follows it, stood on a line of its own."""
        if not self._list or self._list[-1].fingerprint:
            return
        last = self._list[-1]
        key = named(f"{last.path} {last.type} {rest}" if last.type else f"{last.path} {rest}")
        if key.fingerprint:
            self._list[-1] = replace(
                last,
                path=key.path,
                type=key.type,
                fingerprint=key.fingerprint,
                via=self._via(key),
                explicit="explicit" in key.marks,
            )
        else:
            self._list[-1] = replace(last, fingerprint=rest.split()[0])

    def refused(self, line: int) -> None:
        self._settle("refused", line)

    def hung_up(self, line: int) -> None:
        self._settle("hung-up", line)

    def no_signature_algorithm(self, line: int) -> None:
        self._settle("no-signature-algorithm", line)

    def skipped(self, line: int, path: str, type: str) -> None:
        self._list.append(LogOffer(line=line, path=path, type=type, outcome="skipped", outcome_line=line))

    def accepted(self, line: int, text: str) -> None:
        """A "Server accepts key" line; the older form does not name the key."""
        key = Named(path="") if _PKALG.match(text) or not text else named(text)
        for number in reversed(range(len(self._list))):
            offer = self._list[number]
            if offer.kind != "query":
                continue
            known = ("", offer.path, f"{offer.path} {offer.type}")
            same = key.fingerprint == offer.fingerprint if key.fingerprint else key.path in known
            if same:
                self._list[number] = replace(offer, outcome="accepted", outcome_line=line)
                self._pending = None
                return
        self._list.append(
            LogOffer(
                line=line,
                path=key.path,
                type=key.type,
                fingerprint=key.fingerprint,
                via=self._via(key),
                explicit="explicit" in key.marks,
                outcome="accepted",
                outcome_line=line,
            )
        )

    def _settle(self, outcome: OfferOutcome, line: int) -> None:
        if self._pending is not None:
            offer = self._list[self._pending]
            self._list[self._pending] = replace(offer, outcome=outcome, outcome_line=line)
            self._pending = None

    def done(self) -> tuple[LogOffer, ...]:
        return tuple(self._list)

    def __len__(self) -> int:
        return len(self._list)
