"""One real login, where it is wanted: with an accepted key that can sign without asking anybody.

The only module of the probe that lets a private key be used: through an agent, or from a file without a
passphrase that ssh itself could use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sshwizard.errors import CannotCheck
from sshwizard.machine.agents import agent_sign
from sshwizard.machine.machine import Machine
from sshwizard.model.facts import Facts
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Answer
from sshwizard.openssh.algorithms import CERT
from sshwizard.openssh.keys.blob import NotAKey
from sshwizard.probe import happenings as h
from sshwizard.probe.limits import Limit, bounded
from sshwizard.text import visible

if TYPE_CHECKING:
    from sshwizard.probe.transport import Conversation

AGENT_SECONDS = 8.0
REPLY_SECONDS = 8.0
SIGNATURES = 4
"""Signatures made at most: a host may want two keys one after the other."""

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An accepted key that can sign without a prompt."""

    answer: Answer
    via: Literal["agent", "file"]
    sign: Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """How the attempt ended."""

    state: Literal["in", "partial", "refused", "no_signer", "ended"]
    public: PublicKey | None = None
    at: float = 0.0
    methods: tuple[str, ...] = ()
    """What the host wants besides, for "partial"."""
    words: str = ""


def candidates(
    machine: Machine, facts: Facts, plan: Plan, answers: Iterable[Answer], limit: Limit
) -> Iterator[Candidate]:
    """Find who can sign, in the order of the answers. A file is opened only when its turn has come."""
    for answer in answers:
        if answer.state != "accepted" or answer.public.is_security_key:
            continue
        signer = _by_agent(machine, facts, plan, answer, limit) or _by_file(facts, plan, answer)
        if signer is not None:
            yield signer


def log_in(conversation: Conversation, user: str, signers: Iterable[Candidate], limit: Limit) -> LoggedIn:
    """Sign in with the first that works; goes on after a partial success. Raises Stopped.

    A signature that an agent refuses is never sent, and the next candidate has its turn.
    """
    result = LoggedIn(state="no_signer")
    for number, candidate in enumerate(signers):
        if number >= SIGNATURES:
            break
        answer = candidate.answer
        try:
            conversation.sign_in(user, answer.algorithm, answer.public.blob, candidate.sign)
        except (CannotCheck, NotAKey) as error:
            result = LoggedIn(state=result.state, methods=result.methods, words=visible(str(error)))
            continue
        except (OSError, EOFError):
            return LoggedIn(state="ended", public=answer.public)
        result = _await(conversation, answer.public, limit)
        if result.state in ("in", "ended"):
            break
    return result


def _await(conversation: Conversation, public: PublicKey, limit: Limit) -> LoggedIn:
    words = ""
    while (happening := conversation.next(limit, REPLY_SECONDS)) is not None:
        match happening:
            case h.LoggedIn():
                return LoggedIn(state="in", public=public, at=happening.at)
            case h.Refused():
                state: Literal["partial", "refused"] = "partial" if happening.partial else "refused"
                return LoggedIn(state=state, public=public, at=happening.at, methods=happening.methods)
            case h.Disconnected():
                words = happening.text
            case h.Ended():
                return LoggedIn(state="ended", public=public, at=happening.at, words=words)
    return LoggedIn(state="ended", public=public, words=words)


def _by_agent(machine: Machine, facts: Facts, plan: Plan, answer: Answer, limit: Limit) -> Candidate | None:
    holding = [
        agent.where for agent in facts.agents if any(key.blob == answer.public.blob for key in agent.keys)
    ]
    if not holding:
        return None
    where = plan.agent if plan.agent in holding else holding[0]
    algorithm = answer.algorithm

    def sign(data: bytes) -> bytes:
        try:
            return bounded(
                lambda: agent_sign(
                    machine, where, answer.public, data, algorithm, AGENT_SECONDS, limit.cancel
                ),
                limit,
                AGENT_SECONDS + 0.5,
            )
        except OSError as error:
            raise CannotCheck(str(error), where=where) from error

    return Candidate(answer=answer, via="agent", sign=sign)


def _by_file(facts: Facts, plan: Plan, answer: Answer) -> Candidate | None:
    path = _private_file(facts, plan, answer)
    if path is None:
        return None
    from sshwizard.openssh.keys.private import PassphraseNeeded, load_signer

    seen = facts.files.look(path)
    try:
        signer = load_signer(seen.data, None)
    except (PassphraseNeeded, NotAKey):
        return None
    if signer.public.fingerprint != answer.public.fingerprint:
        return None
    algorithm = answer.algorithm.removesuffix(CERT)
    return Candidate(answer=answer, via="file", sign=lambda data: signer.sign(data, algorithm))


def _private_file(facts: Facts, plan: Plan, answer: Answer) -> str | None:
    """Return the unencrypted private file for a key, if ssh itself could use it."""
    for offer in plan.offers:
        if offer.position == answer.planned:
            usable = offer.usable is not False and not offer.needs_passphrase
            return offer.private_path if usable else None
    for identity in facts.identities:
        if identity.public.fingerprint == answer.public.fingerprint:
            usable = identity.usable_private and identity.encrypted is False
            return identity.private_path if usable else None
    return None
