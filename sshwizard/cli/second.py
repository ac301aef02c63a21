"""`doctor --witness`: the machine's own `ssh -v`, which really logs in, read as a log and held beside our transcript."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard import logs
from sshwizard.errors import CannotCheck
from sshwizard.probe import second, witness
from sshwizard.report import log as report
from sshwizard.rules import diagnose_log
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from sshwizard.cli.desk import Desk
    from sshwizard.model.finding import Diagnosis
    from sshwizard.model.log import LogAttempt, LogDiagnosis
    from sshwizard.model.transcript import Transcript

_ANSWERS = {
    "accepted": "accepted",
    "refused": "refused",
    "hung-up": "refused",
    "no-signature-algorithm": "not_allowed",
    "skipped": "not_allowed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What ssh itself met, and where that is not what we saw."""

    command: str
    log: LogDiagnosis
    offers: int
    """Keys that ssh offered."""
    differences: tuple[str, ...]
    """Sentences; empty when both saw the same."""

    def fields(self) -> dict[str, Any]:
        """Return what the JSON object says of it."""
        told = report.to_json(self.log)
        kept = {name: told[name] for name in ("offers", "accepted", "account", "timeline")}
        return {
            "command": self.command,
            "agrees": not self.differences,
            "differences": list(self.differences),
            "findings": [one.id for one in self.log.findings],
            **kept,
        }

    def sentences(self) -> list[str]:
        """Say whether the two agree; if not, in what."""
        if not self.differences:
            keys = plural(self.offers, "{n} key", "{n} keys")
            return [_("Your own ssh agrees: it offered {keys} and got the same answers.").format(keys=keys)]
        return [_("Your own ssh met something else ({command}):").format(command=self.command)] + [
            f"  {one}" for one in self.differences
        ]


def ask(desk: Desk, diagnosis: Diagnosis) -> Second | None:
    """Let the real ssh try to log in, once and without a question; None where there was nothing to compare.

    Raises CannotCheck when it cannot be a witness for what we read, or did not end in time.
    """
    plan, transcript = diagnosis.case.plan, diagnosis.case.transcript
    if plan is None or transcript is None or plan.effective.fatal:
        return None
    witness.require(desk.machine)
    seen = second.own_ssh(desk.machine, plan, flags=desk.flags, timeout=desk.args.timeout)
    if seen.problem:
        raise CannotCheck(
            _("Your own ssh could not be heard: {problem}.").format(problem=seen.problem),
            code="witness-failed",
        )
    told = diagnose_log(logs.read_log(seen.log + seen.out))
    attempts = told.reading.attempts
    last = attempts[-1] if attempts else None
    return Second(
        command=shlex.join(seen.argv),
        log=told,
        offers=sum(one.kind == "query" for one in last.offers) if last else 0,
        differences=tuple(compared(transcript, last)) if last else (_("It printed no log."),),
    )


def compared(ours: Transcript, theirs: LogAttempt) -> list[str]:
    """Return one sentence for each thing that ssh met otherwise than we did."""
    mine = [
        (answer.public.fingerprint, answer.state)
        for answer in sorted(ours.answers, key=lambda answer: answer.planned or 0)
        if answer.planned is not None and answer.state in ("accepted", "refused")
    ]
    heard = [
        (offer.fingerprint, _ANSWERS.get(offer.outcome, "unknown"))
        for offer in theirs.offers
        if offer.kind == "query" and offer.fingerprint and offer.outcome in ("accepted", "refused", "hung-up")
    ]
    said = []
    known = dict(mine)
    for fingerprint, answer in heard:
        if known.get(fingerprint, answer) != answer:
            said.append(
                _("{key}: the host answered ssh {theirs}, and us {ours}.").format(
                    key=fingerprint, theirs=answer, ours=known[fingerprint]
                )
            )
        elif fingerprint not in known:
            said.append(_("ssh offered {key}, which we did not expect.").format(key=fingerprint))
    order = [fingerprint for fingerprint, _answer in heard if fingerprint in known]
    expected = [fingerprint for fingerprint, _answer in mine][: len(order)]
    if order != expected and set(order) == set(expected):
        said.append(_("ssh offered the keys in another order."))
    got_in, would = theirs.outcome == "authenticated", ours.ssh_outcome == "accepted"
    if got_in and not would and ours.ssh_outcome != "unknown":
        said.append(_("ssh got in, and we expected a refusal."))
    if would and not got_in:
        said.append(_("We expected ssh to get in, and it did not."))
    return said
