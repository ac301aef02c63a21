"""What is worth saying about a plan as a whole: doubts, silent agents, the host's limit."""

from __future__ import annotations

from sshwizard.model.config import Effective
from sshwizard.model.facts import Facts
from sshwizard.model.identity import Agent
from sshwizard.plan.order import Order
from sshwizard.text import _

TRY_LIMIT = 6
"""MaxAuthTries of an sshd that nobody has set otherwise (sshd_config(5))."""


def notes(facts: Facts, effective: Effective, agent: Agent | None, order: Order) -> tuple[str, ...]:
    """Return sentences, most important first."""
    found = [_condition(effective), _agent(facts, effective, agent), _token(effective)]
    if stops(effective):
        found.insert(0, _("ssh ends before it offers a key: {why}").format(why=stops(effective)))
    silent = publickey_off(effective)
    if silent:
        found.append(_("No key is sent: {why}.").format(why=silent))
    queries = sum(1 for draft in order.tried if draft.public is not None)
    if queries > TRY_LIMIT:
        found.append(
            _(
                "ssh would send {n} keys; many hosts hang up after {limit} that they refuse, so the last ones may never be tried."
            ).format(n=queries, limit=TRY_LIMIT)
        )
    return tuple(note for note in found if note)


def stops(effective: Effective) -> str:
    """Return ssh's words when it ends before it offers anything; "" when it goes on.

    A named file whose `~user`, token or ${VAR} cannot be expanded ends ssh only once it is connected.
    """
    if effective.fatal is not None:
        return effective.fatal.message
    named = (*effective.identity_files, *effective.certificate_files)
    return next((file.problem for file in named if file.problem), "")


def publickey_off(effective: Effective) -> str:
    """Say which option keeps ssh from offering any key; "" when none does."""
    if effective.first("pubkeyauthentication", "yes").lower() in ("no", "false"):
        return _("PubkeyAuthentication is off")
    preferred = effective.first("preferredauthentications")
    if preferred and "publickey" not in preferred.split(","):
        return _("PreferredAuthentications does not name publickey")
    return ""


def _condition(effective: Effective) -> str:
    if not effective.conditions:
        return ""
    commands = ", ".join(f"`{condition.command}`" for condition in effective.conditions)
    return _("It depends on {commands} (Match exec), which was not run.").format(commands=commands)


def _agent(facts: Facts, effective: Effective, agent: Agent | None) -> str:
    where = effective.identity_agent
    if where == "none":
        return _("IdentityAgent none: ssh asks no agent for this host.") if facts.agents else ""
    if where is None:
        return ""
    if agent is None:
        return _("The agent at {where} was not looked at.").format(where=where)
    if agent.problem:
        return _("The agent at {where} does not help: {why}").format(where=where, why=agent.problem)
    return ""


def _token(effective: Effective) -> str:
    provider = effective.first("pkcs11provider", "none")
    if provider.lower() in ("", "none"):
        return ""
    return _(
        "PKCS11Provider {provider} is set: ssh also tries the keys on that token, which are not shown here."
    ).format(provider=provider)
