"""Which keys to ask about first where a host lets few be asked: those whose names speak for the host.

Only for the order in which leftover keys are asked; what ssh would offer is settled by then.
"""

from __future__ import annotations

import re

from sshwizard.model.facts import Facts
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Plan

_COMMON = frozenset(
    {"com", "org", "net", "www", "git", "ssh", "key", "keys", "pub", "rsa", "dsa", "ecdsa", "ed25519"}
)


class Likely:
    """Ranks public halves for one destination."""

    def __init__(self, facts: Facts, plan: Plan) -> None:
        target = plan.target
        self._words = {
            word
            for text in (target.host, target.hostname, target.provider or "", target.path or "")
            for word in _words(text)
        }
        self._names = {one.public.blob: f"{one.name} {one.public.comment}" for one in facts.identities}
        self._explicit = {offer.public.blob for offer in plan.offers if offer.public and offer.explicit}

    def rank(self, public: PublicKey) -> int:
        """Return 0 for a key whose name or comment has a word of the host, 1 for one that the user named, else 2."""
        if self._words & _words(self._names.get(public.blob, public.comment)):
            return 0
        return 1 if public.blob in self._explicit else 2


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z0-9]+", text.lower()) if len(word) > 2 and word not in _COMMON}
