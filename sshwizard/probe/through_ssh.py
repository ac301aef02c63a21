"""Asking through the machine's own ssh, where our transport and the host have no algorithm in common.

ssh is given public halves only and no agent, so it can ask and never sign: after each acceptance it looks for
a private half, finds none, and asks about the next. Keys without a public file of their own stay unasked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sshwizard.machine.machine import Machine
from sshwizard.model.facts import Facts
from sshwizard.model.plan import Plan
from sshwizard.probe.asking import Asked, Question, Reply
from sshwizard.probe.limits import Limit
from sshwizard.probe.program import QUIET, run

SECONDS = 15.0

_ASK_ONLY = (
    *QUIET,
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "PreferredAuthentications=publickey",
    "StrictHostKeyChecking=yes",
    "NumberOfPasswordPrompts=0",
)
_COPIED = (
    "KexAlgorithms",
    "HostKeyAlgorithms",
    "Ciphers",
    "MACs",
    "PubkeyAcceptedAlgorithms",
    "UserKnownHostsFile",
    "GlobalKnownHostsFile",
    "HostKeyAlias",
    "ProxyCommand",
    "ProxyJump",
)
_LINE = re.compile(
    r"^debug1: (?P<what>Offering public key|Server accepts key): .*(?P<key>SHA256:[A-Za-z0-9+/]+)"
    r"|^debug1: Authentications that can continue: (?P<methods>\S*)"
    r"|(?P<thrown>Too many authentication failures)",
    re.M,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What ssh was told."""

    asked: Asked
    host_key: str
    """ssh's own line about the host key that it knows."""


def ask(
    machine: Machine, facts: Facts, plan: Plan, questions: Sequence[Question], limit: Limit
) -> Heard | None:
    """Let ssh ask about the keys that have a public file. None when it did not get as far. Raises Stopped.

    ssh goes on only where it knows the host key, and stores nothing.
    """
    files = _public_files(facts, questions)
    argv = [plan.ssh or machine.ssh or "ssh", "-v", "-T", "-F", "none", *_options(plan)]
    for path in files.values():
        argv += ["-i", path]
    argv += ["-p", str(plan.effective.port), "-l", plan.effective.user, plan.effective.hostname, "exit"]
    seen = run(machine, argv, {}, limit.left(SECONDS), limit.cancel)
    limit.left()
    known = re.search(r"^debug1: (Host .* is known and matches .*)$", seen.log, re.M)
    if known is None or "SSH2_MSG_SERVICE_ACCEPT" not in seen.log:
        return None
    return Heard(
        asked=_read(seen.log, [q for q in questions if q.public.fingerprint in files]), host_key=known[1]
    )


def _public_files(facts: Facts, questions: Sequence[Question]) -> dict[str, str]:
    """Return fingerprint → public file, in the questions' order, for plain keys that have one."""
    at = {
        identity.public.fingerprint: identity.public_path
        for identity in facts.identities
        if identity.public_path and identity.public_path != identity.private_path
    }
    plain = (question.public for question in questions if question.public.certificate is None)
    return {public.fingerprint: at[public.fingerprint] for public in plain if public.fingerprint in at}


def _options(plan: Plan) -> Iterator[str]:
    for option in _ASK_ONLY:
        yield from ("-o", option)
    for keyword in _COPIED:
        text = " ".join(value.text for value in plan.effective.options.get(keyword.lower(), ()))
        if text:
            yield from ("-o", f"{keyword}={text}")


def _read(log: str, questions: list[Question]) -> Asked:
    asked = Asked()
    waiting: Question | None = None
    for found in _LINE.finditer(log):
        if found["what"] == "Offering public key":
            waiting = next((q for q in questions if q.public.fingerprint == found["key"]), None)
        elif found["thrown"]:
            asked.end, asked.words = "thrown_out", found["thrown"]
            _note(asked, waiting, accepted=False)
            break
        elif found["what"]:
            _note(asked, waiting, accepted=True)
            waiting = None
        else:
            asked.methods = asked.methods or tuple(found["methods"].split(","))
            _note(asked, waiting, accepted=False)
            waiting = None
    answered = {reply.question.public.blob for reply in asked.replies}
    asked.unanswered = [question for question in questions if question.public.blob not in answered]
    return asked


def _note(asked: Asked, question: Question | None, *, accepted: bool) -> None:
    if question is not None:
        asked.replies.append(Reply(question=question, state="accepted" if accepted else "refused"))
