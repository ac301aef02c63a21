"""One real login by the machine's own ssh, and by git where a repository is meant, held beside our transcript.

ssh signs here, with whatever keys it can use without a question: only after the user was told (`announcement`).
What the two print is read as a log.
"""

from __future__ import annotations

import contextlib
import shlex
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sshwizard import logs
from sshwizard.errors import Cancelled, CannotCheck
from sshwizard.model.events import Note
from sshwizard.probe import manners, second, witness
from sshwizard.report import log as report
from sshwizard.rules import diagnose_log
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sshwizard.machine.machine import Machine
    from sshwizard.model.finding import Diagnosis
    from sshwizard.model.log import LogAttempt, LogDiagnosis
    from sshwizard.model.plan import Plan
    from sshwizard.model.transcript import Transcript
    from sshwizard.probe.program import Witness

ANSWERS = {
    "accepted": "accepted",
    "refused": "refused",
    "hung-up": "refused",
    "no-signature-algorithm": "not_allowed",
    "skipped": "not_allowed",
}
"""`LogOffer.outcome` as `Answer.state`."""
_SHUT_OUT = ("denied", "not_found", "sso")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one program of the machine met, and where that is not what we saw."""

    command: str
    """As a person would type it."""
    log: LogDiagnosis
    offers: int
    """Keys that ssh offered."""
    differences: tuple[str, ...]
    """Sentences; empty when both saw the same."""
    got_in: bool
    words: str = ""
    """Why it ended, in the host's words or its own; "" where it got in."""

    def fields(self) -> dict[str, Any]:
        """Return what the JSON object says of it."""
        told = report.to_json(self.log)
        kept = {name: told[name] for name in ("offers", "accepted", "account", "timeline")}
        return {
            "command": self.command,
            "agrees": not self.differences,
            "differences": list(self.differences),
            "findings": [one.id for one in self.log.findings],
            "words": self.words or None,
            **kept,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What `git ls-remote` met."""

    tried: Tried
    talkative: bool
    """Whether its ssh printed a log, so that there is something to compare."""
    references: int | None
    """How many it listed; None: the repository was not given."""

    def fields(self) -> dict[str, Any]:
        """Return what the JSON object says of it."""
        return {
            **self.tried.fields(),
            "talkative": self.talkative,
            "references": self.references,
        }

    @property
    def sentence(self) -> str:
        """Say what git got."""
        if self.references is not None:
            listed = plural(self.references, "{n} reference", "{n} references")
            return _("git reads the repository: it lists {listed}.").format(listed=listed)
        if self.tried.got_in:
            return _("git's ssh gets in, but the repository is not given: {words}").format(
                words=self.tried.words
            )
        return _("git does not get in: {words}").format(words=self.tried.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What the machine's own ssh met, and git."""

    ssh: Tried
    git: Listed | None = None
    """None where the destination is no repository."""

    @property
    def differences(self) -> tuple[str, ...]:
        """Every difference from what we saw, ssh's first."""
        return (*self.ssh.differences, *(self.git.tried.differences if self.git else ()))

    def fields(self) -> dict[str, Any]:
        """Return what the JSON object says of it."""
        return {**self.ssh.fields(), "git": self.git.fields() if self.git else None}

    def sentences(self) -> list[str]:
        """Say whether they agree with us; if not, in what."""
        said = [*sentences(self.ssh, _("Your own ssh"))]
        if self.git:
            said.append(self.git.sentence)
            if self.git.talkative and self.git.tried.differences:
                said += sentences(self.git.tried, _("The ssh that git runs"))
        return said


def sentences(tried: Tried, who: str) -> list[str]:
    """Say whether one of them agrees with us; if not, in what, a line each."""
    if not tried.differences and not tried.offers and not tried.got_in:
        stops = _("{who} agrees: it stops before it offers a key. {words}")
        return [stops.format(who=who, words=tried.words).rstrip()]
    if not tried.differences:
        keys = plural(tried.offers, "{n} key", "{n} keys")
        return [_("{who} agrees: it offered {keys} and got the same answers.").format(who=who, keys=keys)]
    return [
        _("{who} met something else ({command}):").format(who=who, command=tried.command),
        *(f"  {one}" for one in tried.differences),
    ]


def announcement(diagnosis: Diagnosis, flags: Sequence[tuple[str, str]] = ()) -> list[str]:
    """Say what is about to be done, before it is: ssh signs here, which the check itself never does.

    The program that git runs is named: a repository's own configuration may have set it.
    """
    plan, facts, remote = diagnosis.case.plan, diagnosis.case.facts, repository(diagnosis, flags)
    if plan is None:
        return []
    said = [
        _("Your own ssh logs in once, as it would: it signs with the key that {host} accepts.").format(
            host=plan.target.host
        )
    ]
    if remote and facts:
        said.append(
            _(
                "Then git lists the references of {remote}, with the ssh that it would run: `{command}`."
            ).format(remote=remote, command=facts.git.ssh_command or "ssh")
        )
    said.append(_("Nobody is asked for anything, and nothing is stored or changed."))
    if any(offer.public and offer.public.type.startswith("sk-") for offer in plan.sent):
        said.append(_("If your security key blinks, touch it within 15 seconds."))
    return said


def repository(diagnosis: Diagnosis, flags: Sequence[tuple[str, str]] = ()) -> str:
    """Return what git would be given: the remote's name, or the URL that was typed; "" where none is meant.

    A host's name means this folder's remote that leads there, if one does. With options of ssh on the command
    line there is none: git would not take them.
    """
    plan, facts = diagnosis.case.plan, diagnosis.case.facts
    if plan is None or facts is None or flags:
        return ""
    if plan.target.remote or plan.target.path:
        return plan.target.remote or plan.target.typed
    for remote in facts.git.remotes:
        if remote.transport == "ssh" and remote.host == plan.target.host:
            return remote.name
    return ""


def ask(
    machine: Machine,
    diagnosis: Diagnosis,
    *,
    flags: Sequence[tuple[str, str]] = (),
    timeout: float = 20.0,
    cancel: threading.Event | None = None,
    on_step: Callable[[str], None] = lambda _command: None,
    on_wait: Callable[[Note], None] = lambda _note: None,
) -> Second | None:
    """Let the real ssh try to log in, once and without a question, then git; None: nothing to compare.

    `timeout` is in seconds for each of the two; `on_step` is told each command before it runs, `on_wait` why it does not run yet. Raises
    CannotCheck when they cannot be witnesses for what we read or did not end in time, and Cancelled.
    """
    plan, transcript = diagnosis.case.plan, diagnosis.case.transcript
    if plan is None or transcript is None or plan.effective.fatal:
        return None
    witness.require(machine, plan, files=("userknownhostsfile",))
    with _turn(machine, plan, on_wait, cancel) as turn:
        on_step(_("your own ssh"))
        seen = second.own_ssh(machine, plan, flags=flags, timeout=timeout, cancel=cancel)
        ssh = _tried(seen, transcript)
        turn.end(counts=not ssh.got_in, server_version=transcript.server_version)
    remote, facts = repository(diagnosis, flags), diagnosis.case.facts
    if not remote or facts is None:
        return Second(ssh=ssh)
    with _turn(machine, plan, on_wait, cancel) as turn:
        on_step("git ls-remote")
        seen = second.git_ls_remote(machine, facts, remote, timeout=timeout, cancel=cancel)
        git = _listed(seen, transcript)
        turn.end(counts=not git.tried.got_in, server_version=transcript.server_version)
    return Second(ssh=ssh, git=git)


@contextlib.contextmanager
def _turn(
    machine: Machine, plan: Plan, on_wait: Callable[[Note], None], cancel: threading.Event | None
) -> Iterator[manners.Turn]:
    """Wait until one more connection may end without a login. Raises Cancelled."""
    turn = manners.Turn(machine, plan.effective.hostname, plan.effective.port)
    while (seconds := turn.take()) > 0:
        on_wait(Note(manners.waiting(seconds, plan.target.host or plan.effective.hostname)))
        if (cancel or threading.Event()).wait(seconds):
            raise Cancelled(_("The check was stopped; nothing was changed."))
    try:
        yield turn
    except BaseException:
        turn.end(counts=True)
        raise


def _tried(seen: Witness, ours: Transcript) -> Tried:
    if seen.problem == "cancelled":
        raise Cancelled(_("The check was stopped; nothing was changed."))
    if seen.problem:
        raise CannotCheck(
            _("{command} could not be heard: {problem}.").format(
                command=seen.argv[0].rsplit("/", 1)[-1], problem=seen.problem
            ),
            code="witness-failed",
        )
    told = diagnose_log(logs.read_log(seen.log + seen.out))
    attempts = told.reading.attempts
    last = attempts[-1] if attempts else None
    got_in = bool(last and last.outcome == "authenticated")
    return Tried(
        command=shlex.join(seen.argv),
        log=told,
        offers=sum(one.kind == "query" for one in last.offers) if last else 0,
        differences=tuple(compared(ours, last)) if last else (_("It printed no log."),),
        got_in=got_in,
        words="" if got_in else second.last_words(seen),
    )


def _listed(seen: Witness, ours: Transcript) -> Listed:
    """Read what `git ls-remote` met; what it got is held beside what we saw of the repository."""
    tried = _tried(seen, ours)
    references = seen.out.count("\n") if seen.status == 0 else None
    talkative = any(
        attempt.offers or attempt.outcome == "authenticated" for attempt in tried.log.reading.attempts
    )
    more = []
    if references is not None and ours.access in _SHUT_OUT:
        more.append(_("git reads the repository, and we were told that it may not."))
    if references is None and ours.access in ("ok", "read_only"):
        more.append(_("git does not get the repository, and we were told that it may read it."))
    differences = (*(tried.differences if talkative else ()), *more)
    return Listed(
        tried=replace(
            tried,
            differences=differences,
            got_in=tried.got_in or seen.status == 0,
            words="" if references is not None else second.last_words(seen),
        ),
        talkative=talkative,
        references=references,
    )


def compared(ours: Transcript, theirs: LogAttempt) -> list[str]:
    """Return one sentence for each thing that ssh met otherwise than we did."""
    mine = [
        (answer.public.fingerprint, answer.state)
        for answer in sorted(ours.answers, key=lambda answer: answer.planned or 0)
        if answer.planned is not None and answer.state in ("accepted", "refused")
    ]
    heard = [
        (offer.fingerprint, ANSWERS.get(offer.outcome, "unknown"))
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
