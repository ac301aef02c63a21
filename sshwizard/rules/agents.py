"""Rules about agents: silent, absent, without the key. An agent that nobody needs is not a problem."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Case, Evidence, Finding
from sshwizard.model.identity import Agent
from sshwizard.model.plan import Offer
from sshwizard.rules import sight
from sshwizard.text import _


def silent_agent(case: Case) -> Iterator[Finding]:
    """ssh is pointed to an agent that does not answer."""
    if case.plan is None or case.facts is None or not case.plan.agent:
        return
    agent = _agent(case, case.plan.agent)
    if agent is None or agent.reachable:
        return
    needs = _without_private_half(case)
    if sight.accepted(case):
        severity = "info"
    else:
        severity = "fail" if needs else "warn" if sight.asked(case) else "info"
    yield sight.finding(
        "agent-stale-or-bridge",
        "fail" if severity == "fail" else "warn" if severity == "warn" else "info",
        "certain" if not needs else "likely",
        _("ssh asks the agent at {where}, and nobody answers there: {problem}.").format(
            where=agent.where, problem=agent.problem or _("no answer")
        ),
        [
            Evidence(source=agent.where, text=agent.problem or _("does not answer")),
            *(sight.seen(o.source, _("{path}: only the public half is here").format(path=o.path)) for o in needs),
        ],
        [
            sight.advice(
                _("Wake the agent or point ssh to the right one"),
                _("Unlock the password manager, or start the agent again in this terminal."),
                _("Look where SSH_AUTH_SOCK or IdentityAgent is set."),
                command='eval "$(ssh-agent -s)"; ssh-add',
            )
        ],
    )  # fmt: skip


def key_not_in_agent(case: Case) -> Iterator[Finding]:
    """A named public half whose private half is neither in a file nor in the agent."""
    if case.plan is None or case.facts is None or sight.accepted(case):
        return
    agent = _agent(case, case.plan.agent)
    if case.plan.agent and (agent is None or not agent.reachable):
        return
    for offer in _without_private_half(case):
        known = case.transcript is not None and any(
            offer.public and key.blob == offer.public.blob for key in case.transcript.known
        )
        place = case.plan.agent or _("SSH_AUTH_SOCK is not set")
        yield sight.finding(
            "agent-missing-keys" if case.plan.agent else "agent-not-running",
            "fail" if known else "warn",
            "certain" if known else "likely",
            _("ssh has only the public half of {key}; the private half would have to come from an agent.").format(
                key=sight.offer_name(case, offer)
            ),
            [
                sight.seen(offer.source, offer.path),
                Evidence(source=place, text=_("does not hold this key")),
            ],
            [
                sight.advice(
                    _("Load the key into the agent"),
                    _("From its private file with `ssh-add`, or by switching it on in the password manager."),
                    command="ssh-add -l",
                )
            ],
        )  # fmt: skip


def _agent(case: Case, path: str | None) -> Agent | None:
    return next((a for a in (case.facts.agents if case.facts else ()) if a.where == path), None)


def _without_private_half(case: Case) -> list[Offer]:
    """Return the named offers that only an agent could sign for."""
    found = []
    for offer in case.plan.sent if case.plan else ():
        if offer.via != "file" or offer.public is None or not offer.explicit:
            continue
        identity = sight.identity_of(case, offer.public)
        if identity is not None and not identity.has_private and not identity.agents:
            found.append(offer)
    return found
