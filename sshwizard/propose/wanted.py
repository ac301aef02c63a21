"""Which key should log in: of those the host knows, the one that the user's own names speak for."""

from __future__ import annotations

import re

from sshwizard.model.facts import Facts
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Transcript

_COMMON = frozenset(
    {"com", "org", "net", "www", "git", "ssh", "io", "dev", "eu", "co", "uk", "de", "fr", "app", "id", "rsa"}
    | {"dsa", "ecdsa", "ed25519", "sk", "key", "keys", "pub", "pem", "the", "my", "local", "localhost"}
    | {"invalid", "test", "example", "repo", "repos", "code", "src"}
)
"""Words in host and file names that speak for no key in particular."""
_OWNER, _ALIAS, _HOST = 8, 4, 2


def wanted_key(facts: Facts, plan: Plan, transcript: Transcript) -> PublicKey | None:
    """Return the key that should win at this host, or None when there is nothing to wish.

    Only keys that the host said it would take are considered. When ssh already logs in with one of them,
    another is wished for only if its file name or comment speaks more clearly for this host, alias, provider
    or repository owner, or if the account that let us in may not use the repository.
    """
    known = {public.blob for public in transcript.known}
    candidates = [identity for identity in facts.identities if identity.public.blob in known]
    usable = [identity for identity in candidates if identity.usable_private or identity.agents]
    winner = transcript.ssh_key.blob if transcript.ssh_key else None
    others = [identity for identity in usable if identity.public.blob != winner]
    if not others:
        return None
    words = _wish(facts, plan)
    best = max(others, key=lambda identity: (_score(identity, words), -facts.identities.index(identity)))
    if winner is None:
        return best.public
    standing = next((identity for identity in facts.identities if identity.public.blob == winner), None)
    shut_out = transcript.access in ("denied", "not_found", "read_only")
    if shut_out or _score(best, words) > (_score(standing, words) if standing else 0):
        return best.public
    return None


def _wish(facts: Facts, plan: Plan) -> dict[str, int]:
    """Return the words that would speak for a key, with their weight."""
    target = facts.target
    weighed: dict[str, int] = {}
    owner = (target.path or "").strip("/~").split("/", 1)[0] if target.path and "/" in target.path else ""
    for text, weight in (
        (target.hostname, _HOST),
        (plan.target.hostname, _HOST),
        (target.provider or "", _HOST),
        (target.host, _ALIAS),
        (owner, _OWNER),
    ):
        for word in {text.lower(), *_words(text)} - _COMMON:
            if word:
                weighed[word] = max(weight, weighed.get(word, 0))
    return weighed


def _score(identity: Identity, wish: dict[str, int]) -> int:
    texts = [identity.public.comment]
    texts += [path.rsplit("/", 1)[-1] for path in (identity.private_path, identity.public_path) if path]
    whole = " ".join(texts).lower()
    words = set(_words(whole))
    return sum(
        2 * weight if word in words else weight if len(word) >= 4 and word in whole else 0
        for word, weight in wish.items()
    )


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", text.lower()) if word]
