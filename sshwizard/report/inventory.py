"""The JSON contract for what lies on this machine: keys, agents, configuration. See `contract`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sshwizard.disguise import shown_comment
from sshwizard.report import options
from sshwizard.report.contract import Json, config_error, envelope, offer, permissions, source, target

if TYPE_CHECKING:
    from sshwizard.model.config import Effective
    from sshwizard.model.finding import Fix
    from sshwizard.model.identity import Agent, Identity, KeyFile, PublicKey
    from sshwizard.model.lint import LintProblem
    from sshwizard.model.plan import Plan


def keys_list(identities: Sequence[Identity], strays: Sequence[KeyFile], agents: Sequence[Agent]) -> Json:
    """Return every key found; `strays` are key-like files from which no public half could be read."""
    return envelope(
        "keys list",
        keys=[identity(one) for one in identities] + [stray(one) for one in strays],
        agents=[agent(one) for one in agents],
    )


def identity(one: Identity) -> Json:
    """Return one key, joined from its files and agents."""
    return {
        "path": one.private_path,
        "public_path": one.public_path,
        **public(one.public),
        "format": one.format,
        "has_private": one.has_private,
        "has_public": one.public_path is not None,
        "encrypted": one.encrypted,
        "permissions": permissions(one.mode),
        "agents": list(one.agents),
        "problems": [{"id": problem.id, "title": problem.title} for problem in one.problems],
    }


def stray(one: KeyFile) -> Json:
    """Return one key-like file that belongs to no key."""
    nothing = {
        "type": None,
        "bits": None,
        "fingerprint": None,
        "fingerprint_md5": None,
        "comment": shown_comment(one.comment) if one.comment else one.comment,
    }
    return {
        "path": one.path,
        "public_path": None,
        **(public(one.public) if one.public else nothing),
        "format": one.format,
        "has_private": one.has_private,
        "has_public": one.public is not None,
        "encrypted": one.encrypted,
        "permissions": permissions(one.mode),
        "agents": [],
        "problems": [{"id": problem.id, "title": problem.title} for problem in one.problems],
    }


def public(one: PublicKey) -> Json:
    """Return what a public half shows of itself."""
    return {
        "type": one.type,
        "bits": one.bits,
        "fingerprint": one.fingerprint,
        "fingerprint_md5": one.fingerprint_md5,
        "comment": shown_comment(one.comment),
    }


def agent(one: Agent) -> Json:
    """Return one agent and the fingerprints that it holds."""
    return {
        "name": one.name,
        "where": one.where,
        "reachable": one.reachable,
        "keys": [key.fingerprint for key in one.keys],
        "problem": one.problem or None,
    }


def config_show(effective: Effective) -> Json:
    """Return what `ssh -G` says, same names, same order of values, with the place of each."""
    fields = envelope(
        "config show",
        options={name: [value.text for value in values] for name, values in effective.options.items()},
        sources={
            name: [source(value.source) for value in values] for name, values in effective.options.items()
        },
        shadowed={
            name: [{"text": value.text, "source": source(value.source)} for value in values]
            for name, values in effective.shadowed.items()
        },
        files=list(effective.files_read),
        problems=[
            {"code": one.code, "message": one.message, "source": source(one.source), "fatal": one.fatal}
            for one in effective.problems
        ],
        conditions=[
            {"command": one.command, "source": source(one.source), "assumed": one.assumed}
            for one in effective.conditions
        ],
        alternatives=[
            {
                "succeeds": options.assumed_true(other),
                "options": options.changed(effective, other),
                "error": config_error(other) if other.fatal else None,
            }
            for other in effective.alternatives
        ],
    )
    if effective.fatal:
        fields["error"] = config_error(effective)
    return fields


def config_add(fix: Fix, before: Plan, after: Plan, diff: str, steps: Sequence[str]) -> Json:
    """Return a proposal: the diff, and what ssh offers to the wanted host before and after, as in `why`."""
    return envelope(
        "config add",
        target=target(before.target),
        title=fix.title,
        why=fix.why or None,
        diff=diff,
        before_offers=[offer(one) for one in before.offers],
        after_offers=[offer(one) for one in after.offers],
        affects_hosts=[effect.host for effect in fix.affects_hosts],
        effects=[
            {"host": one.host, "before": list(one.before), "after": list(one.after)}
            for one in fix.affects_hosts
        ],
        hosts_checked=fix.hosts_checked,
        steps=list(steps),
    )


def lint_problem(one: LintProblem) -> Json:
    """Return one remark about the configuration."""
    return {
        "id": one.id,
        "severity": one.severity,
        "title": one.title,
        "text": one.text,
        "source": source(one.source),
    }
