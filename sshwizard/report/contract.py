"""The JSON contract `sshwizard/1`: values of `model/` in, plain dictionaries out.

Names and ids are frozen; fields are only ever added. `None` means "not known", never "no". Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sshwizard.errors import SshwizardError

if TYPE_CHECKING:
    from sshwizard.model.config import Effective
    from sshwizard.model.finding import Diagnosis, Finding, Fix
    from sshwizard.model.plan import LeftOut, Offer, Plan, Target
    from sshwizard.model.reasons import Reasons
    from sshwizard.model.source import Source
    from sshwizard.model.transcript import Check, Transcript


SCHEMA = "sshwizard/1"
Json = dict[str, Any]
Preview = Callable[["Fix"], str]
"""`apply.preview` bound to a machine: the unified diff or commands of a remedy."""


def envelope(command: str, **fields: Any) -> Json:
    """Return the object that every command prints: schema, command, then its own fields."""
    return {"schema": SCHEMA, "command": command, **fields}


def error(command: str, problem: SshwizardError) -> Json:
    """Return the object for a command that could not be carried out."""
    return envelope(command, error=error_fields(problem))


def error_fields(problem: SshwizardError) -> Json:
    """Return what an error says of itself."""
    fields: Json = {"code": problem.code, "message": problem.message, "hint": problem.hint or None}
    if problem.where:
        fields |= {"where": problem.where, "line": problem.line}
    return fields | {"status": problem.status}


def why(plan: Plan, command: str = "why") -> Json:
    """Return what ssh would offer, in order, and what it leaves out."""
    fatal = plan.effective.fatal
    return envelope(
        command,
        target=target(plan.target),
        ran_as={
            "ssh": plan.ssh or None,
            "version": plan.ssh_version.replace(",", " ").split(" ", 1)[0] or None,
            "config": list(plan.effective.files_read),
            "agent": plan.agent,
        },
        offers=[offer(one) for one in plan.offers],
        left_out=[left_out(one) for one in plan.left_out],
        notes=list(plan.notes),
        **({"error": config_error(plan.effective)} if fatal else {}),
    )


def reasons(one: Reasons) -> Json:
    """Return `why` with what the configuration's lines decided, and what would be otherwise."""
    from sshwizard.report.deciding import deciding_lines

    lines = deciding_lines(one.plan, one.facts.files)
    return why(one.plan) | {
        "with_identities_only": [offer.fingerprint for offer in one.only.sent] if one.only else None,
        "decided_by": [
            {"where": at.where, "line": at.line, "text": at.text, "role": at.role} for at in lines
        ],
        "outcomes": [
            {
                "match_exec": [{"command": command, "succeeds": well} for command, well in outcome.assumed],
                "hostname": outcome.plan.effective.hostname,
                "port": outcome.plan.effective.port,
                "user": outcome.plan.effective.user,
                "offers": [offer.fingerprint for offer in outcome.plan.sent],
            }
            for outcome in one.outcomes
        ],
    }


def doctor(diagnosis: Diagnosis, preview: Preview, command: str = "doctor") -> Json:
    """Return a whole diagnosis: `why`, the layers, the answers, and the findings with their remedies."""
    plan, transcript = diagnosis.case.plan, diagnosis.case.transcript
    fields = why(plan, command) if plan else envelope(command)
    if plan:
        fields["offers"] = [_answered(one, transcript) for one in plan.offers]
    return fields | {
        "checks": [check(one) for one in transcript.checks] if transcript else [],
        "accepted": transcript.ssh_key.fingerprint if transcript and transcript.ssh_key else None,
        "known": [public.fingerprint for public in transcript.known] if transcript else [],
        "account": transcript.account if transcript else None,
        "host": host(transcript) if transcript else None,
        "findings": [finding(one, preview) for one in diagnosis.findings],
        "verdict": diagnosis.verdict,
    }


def target(one: Target) -> Json:
    """Return where the user wants to go, as typed and as resolved."""
    return {
        "typed": one.typed,
        "host": one.host,
        "hostname": one.hostname,
        "port": one.port,
        "user": one.user,
        "provider": one.provider,
        "path": one.path,
        "remote": one.remote,
    }


def source(one: Source | None) -> Json | None:
    """Return a place, or None for a built-in default."""
    return {"where": one.where, "line": one.line} if one else None


def offer(one: Offer) -> Json:
    """Return one identity that ssh will try."""
    return {
        "position": one.position,
        "fingerprint": one.fingerprint,
        "type": one.public.type if one.public else None,
        "path": one.path,
        "comment": one.public.shown_comment if one.public else None,
        "kind": one.kind,
        "via": one.via,
        "explicit": one.explicit,
        "certificate": one.certificate,
        "needs_passphrase": one.needs_passphrase,
        "source": source(one.source),
        "because": one.because,
        "exists": one.exists,
        "skipped": one.skipped or None,
        "usable": one.usable,
    }


def left_out(one: LeftOut) -> Json:
    """Return one key that ssh will not offer."""
    return {
        "fingerprint": one.fingerprint,
        "path": one.path,
        "because": one.because,
        "reason": one.reason,
    }


def check(one: Check) -> Json:
    """Return one layer of the connection."""
    return {
        "id": one.id,
        "title": one.title,
        "state": one.state,
        "ms": None if one.ms is None else round(one.ms, 1),
        "detail": one.detail,
        "code": one.code or None,
    }


def host(transcript: Transcript) -> Json:
    """Return what the host showed of itself."""
    seen = transcript.host_key
    return {
        "address": transcript.address or None,
        "version": transcript.server_version or None,
        "host_key": {
            "fingerprint": seen.public.fingerprint,
            "type": seen.public.type,
            "state": seen.state,
            "where": seen.where or None,
        }
        if seen
        else None,
        "methods": list(transcript.methods),
        "server_sig_algs": None if transcript.server_sig_algs is None else list(transcript.server_sig_algs),
        "try_limit": transcript.try_limit,
        "greeting": transcript.greeting or None,
        "access": transcript.access,
        "access_detail": transcript.access_detail or None,
        "doors": [
            {
                "hostname": door.hostname,
                "port": door.port,
                "state": door.state,
                "ms": None if door.ms is None else round(door.ms, 1),
                "detail": door.detail,
            }
            for door in transcript.doors
        ],
        "outcome": transcript.ssh_outcome,
    }


def finding(one: Finding, preview: Preview) -> Json:
    """Return one cause with its evidence and remedies."""
    return {
        "id": one.id,
        "severity": one.severity,
        "certainty": one.certainty,
        "title": one.title,
        "evidence": [{"source": seen.source, "line": seen.line, "text": seen.text} for seen in one.evidence],
        "conclusion": one.conclusion,
        "remedies": [remedy(fix, preview, one.id) for fix in one.fixes],
    }


def remedy(fix: Fix, preview: Preview, finding_id: str = "") -> Json:
    """Return one remedy: what it is called, what it would change, whether that can be taken back."""
    return {
        "title": fix.title,
        "command": fix.command or (f"sshwizard fix {finding_id}" if applicable(fix) and finding_id else None),
        "diff": preview(fix) if applicable(fix) else "",
        "why": fix.why or None,
        "reversible": reversible(fix),
        "safe": fix.safe,
        "affects_hosts": [effect.host for effect in fix.affects_hosts],
        "hosts_checked": fix.hosts_checked,
        "instructions": list(instructions(fix)),
    }


def applicable(fix: Fix) -> bool:
    """Whether there is something that `apply` could do by itself."""
    from sshwizard.model.steps import DoByHand

    return any(not isinstance(step, DoByHand) for step in fix.steps)


def reversible(fix: Fix) -> bool:
    """Whether `undo` can take all of it back."""
    from sshwizard.model.steps import DoByHand, InstallKey, RemoveKey, RunCommand, UninstallKey, UploadKey

    return applicable(fix) and not any(
        isinstance(step, (UploadKey, RemoveKey, InstallKey, UninstallKey, DoByHand))
        or (isinstance(step, RunCommand) and step.undo_argv is None)
        for step in fix.steps
    )


def instructions(fix: Fix) -> tuple[str, ...]:
    """Return what is left to do by hand."""
    from sshwizard.model.steps import DoByHand

    by_hand = tuple(
        sentence for step in fix.steps if isinstance(step, DoByHand) for sentence in step.instructions
    )
    return (*fix.instructions, *by_hand)


def permissions(mode: int | None) -> str | None:
    """Write permission bits as four octal digits: "0600"."""
    return None if mode is None else f"{mode:04o}"


def config_error(effective: Effective) -> Json:
    """Return ssh's own words about a configuration that it refuses, and the place."""
    problem = effective.fatal
    assert problem is not None
    return {
        "code": problem.code,
        "message": problem.message,
        "where": problem.source.where if problem.source else None,
        "line": problem.source.line if problem.source else None,
        "hint": None,
    }


def _answered(one: Offer, transcript: Transcript | None) -> Json:
    state, ms = "unknown", None
    if transcript and one.skipped:
        state = "not_allowed"
    elif transcript and one.exists:
        state = "not_reached"
        for answer in transcript.answers:
            if answer.planned == one.position:
                state, ms = answer.state, answer.ms
    return offer(one) | {"answer": state, "ms": None if ms is None else round(ms, 1)}
