"""Facts → Plan: the identities that ssh would offer for a destination, in order, each with its reason.

Pure: no I/O beyond `Facts.files`, so the same function answers for other destinations and for proposals.
`loading` finds public halves, `order` arranges them, `because` says why.
"""

from __future__ import annotations

from dataclasses import replace

from sshwizard.hosts.names import provider_of
from sshwizard.model.config import CommandLine, Effective
from sshwizard.model.facts import Facts
from sshwizard.model.files import FileView
from sshwizard.model.identity import Agent, KeyFile
from sshwizard.model.plan import LeftOut, LeftOutReason, Offer, Plan, Target
from sshwizard.openssh.config import Reader
from sshwizard.openssh.config.versions import parse_version
from sshwizard.plan import because, notes
from sshwizard.plan.draft import Draft
from sshwizard.plan.order import Dropped, Order, Rules, arrange, rules_of
from sshwizard.plan.signing import Signing
from sshwizard.text import _, visible

__all__ = ["make_plan"]


def make_plan(
    facts: Facts,
    *,
    command_line: CommandLine | None = None,
    files: FileView | None = None,
    effective: Effective | None = None,
) -> Plan:
    """Work out which keys ssh would offer, in order, and why.

    `command_line`: another destination than the one of `facts`; `files`: another view of the disk, for a
    proposal; `effective`: the configuration already resolved for both. Raises nothing: a configuration that
    ssh refuses gives a plan without offers, whose `effective.fatal` says why.
    """
    view = files or facts.files
    line = command_line or facts.command_line
    effective = effective or Reader(facts.environment, view).resolve(line)
    release = parse_version(facts.ssh_version).release
    rules = rules_of(effective, release, facts.environment)
    agent = agent_for(facts, effective)
    order = Order() if notes.stops(effective) else arrange(effective, agent, view, rules)
    return Plan(
        target=_target(facts, line, effective),
        effective=effective,
        offers=_offers(facts, effective, order, view, rules),
        left_out=_left_out(facts, effective, order, rules, agent),
        ssh=facts.ssh,
        ssh_version=facts.ssh_version,
        agent=None if effective.identity_agent in (None, "none", "") else effective.identity_agent,
        notes=notes.notes(facts, effective, agent, order),
    )


def agent_for(facts: Facts, effective: Effective) -> Agent | None:
    """Return the agent that ssh asks under this configuration, if it was looked at."""
    where = effective.identity_agent
    if where is None or where == "none":
        return None
    return next((agent for agent in facts.agents if agent.where == where), None)


def _target(facts: Facts, line: CommandLine, effective: Effective) -> Target:
    base = facts.target
    if line.destination != facts.command_line.destination:
        base = Target(typed=line.destination, host="", hostname="", port=22, user="")
    return replace(
        base,
        provider=provider_of(effective.hostname) or base.provider,
        host=effective.host,
        hostname=effective.hostname,
        port=effective.port,
        user=effective.user,
    )


def _offers(
    facts: Facts, effective: Effective, order: Order, view: FileView, rules: Rules
) -> tuple[Offer, ...]:
    home = facts.environment.home
    silent = notes.publickey_off(effective)
    signing = Signing(order.tried, view, rules.release, facts.environment.uid, rules.shortest_rsa)
    return tuple(
        Offer(
            position=position,
            public=draft.public,
            path=visible(draft.path, keep=""),
            kind="query" if draft.public is not None else "private",
            via="agent" if draft.agent else "file",
            explicit=draft.explicit,
            certificate=draft.certificate,
            needs_passphrase=signing.needs_passphrase(draft),
            exists=draft.public is not None or view.look(draft.place).kind != "missing",
            skipped=silent,
            private_path=signing.private_path(draft),
            usable=signing.usable(draft),
            source=draft.named.source if draft.named is not None else None,
            because=because.because(draft, home, effective.identities_only),
        )
        for position, draft in enumerate(order.tried, 1)
    )


def _left_out(
    facts: Facts, effective: Effective, order: Order, rules: Rules, agent: Agent | None
) -> tuple[LeftOut, ...]:
    found = [_dropped(draft, why, rules) for draft, why in order.dropped]
    mentioned = {draft.public.blob for draft in order.tried if draft.public is not None}
    mentioned |= {entry.public.blob for entry in found if entry.public is not None}
    opened = {draft.place for draft in order.tried if draft.public is None}
    for identity in facts.identities:
        if identity.public.blob in mentioned or identity.private_path in opened:
            continue
        agent_off = agent is None or agent.where not in identity.agents
        found.append(
            LeftOut(
                public=identity.public,
                path=identity.private_path or identity.public_path,
                because=because.not_named(identity, agent_off),
                reason="agent-off" if identity.agents and agent_off else "not-named",
            )
        )
    return (*found, *_unreadable(facts, order))


_REASONS: dict[Dropped, LeftOutReason] = {
    "host-certificate": "host-certificate",
    "no-provider": "other",
    "skipped-type": "skipped-type",
    "too-short": "too-short",
    "identities-only": "identities-only",
    "no-certificate": "damaged",
}


def _dropped(draft: Draft, why: Dropped, rules: Rules) -> LeftOut:
    return LeftOut(
        public=draft.public,
        path=draft.place or None,
        because=because.left_out(draft.public, why, rules.shortest_rsa),
        reason=_REASONS[why],
    )


def _unreadable(facts: Facts, order: Order) -> list[LeftOut]:
    """List private files that no identity stands for: damaged, or encrypted in a form that hides the key."""
    tried = {draft.place for draft in order.tried}
    joined = {identity.private_path for identity in facts.identities}
    return [
        LeftOut(public=None, path=file.path, because=_why_unreadable(file), reason="damaged")
        for file in facts.key_files
        if file.public is None and file.path not in tried | joined and (file.has_private or file.problems)
    ]


def _why_unreadable(file: KeyFile) -> str:
    if file.problems:
        return file.problems[0].title
    return _("No IdentityFile names it, and its public half cannot be read without the passphrase.")
