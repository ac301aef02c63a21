"""The stages in order: look, plan, ask, conclude. One page; the heart.

`run` walks the whole road and changes nothing; `run_plan` stops before the network; `propose_for` adds
simulated configuration changes for a key that the user names. Knows no format, no protocol and no screen:
each stage is one call, and what passes between them are the values of `model/`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sshwizard.errors import Cancelled, UsageError
from sshwizard.machine.files import Overlay
from sshwizard.model.config import CommandLine
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.config import Effective
    from sshwizard.model.events import OnEvent
    from sshwizard.model.facts import Facts
    from sshwizard.model.finding import Case, Diagnosis, Finding, Fix
    from sshwizard.model.identity import PublicKey
    from sshwizard.model.plan import Plan, Target
    from sshwizard.model.reasons import Outcome, Reasons
    from sshwizard.model.transcript import Transcript
    from sshwizard.openssh.config import Reader


MATCH_EXEC_ROUNDS = 8
OUTCOMES = 3
"""Commands of `Match exec` whose outcomes are all combined; with more of them, none or all succeed."""
NO_NETWORK = frozenset({"dns-failed", "no-such-host", "timeout", "unreachable"})
"""Codes of the first layers (`Check.code`) that say nothing about the host itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to check, in the user's words."""

    typed: str = ""
    """Alias, user@host, URL, remote, folder, name in the host book; "" = this repository's remote."""
    verbatim: bool = False
    """`typed` is the destination that ssh gets, whatever else it could mean."""
    flags: tuple[tuple[str, str], ...] = ()
    """ssh's own options, in order, as in `CommandLine.flags`."""
    late: int = 0
    """How many of them stood after the destination, as in `CommandLine.late`."""
    command: str = ""
    """Remote command, when ssh would be given one."""
    wanted: str | None = None
    """The key that should win: a path, a file name in ~/.ssh, or a fingerprint."""
    login: bool = False
    """Make one real login with the winning key, to read the account's name."""
    offline: bool = False
    """Stop before the network."""
    timeout: float = 20.0
    """Seconds for the whole conversation with the host."""
    run_match_exec: bool = False
    """Run the commands of `Match exec` lines, as ssh would; otherwise both outcomes are carried."""
    every_key: bool = False
    """Ask about every key, with polite pauses, where the host lets few be asked at a time."""


def run_plan(machine: Machine, request: Request) -> tuple[Facts, Plan]:
    """Look at the machine and work out what ssh would offer. No network."""
    from sshwizard import gather, plan

    target, command_line = _understood(machine, request)
    extra = (request.wanted,) if request.wanted else ()
    answers = _match_exec(machine, command_line) if request.run_match_exec else {}
    facts = gather.gather(machine, command_line, typed=request.typed, extra_keys=extra, exec_results=answers)
    facts = replace(facts, target=target)
    return facts, plan.make_plan(facts)


def run_config(machine: Machine, request: Request) -> Effective:
    """Read the configuration for a destination and look at nothing else. No network."""
    from sshwizard import gather

    _target, command_line = _understood(machine, request)
    answers = _match_exec(machine, command_line) if request.run_match_exec else {}
    return gather.configuration(machine, command_line, answers)[1]


def _understood(machine: Machine, request: Request) -> tuple[Target, CommandLine]:
    from sshwizard import gather

    target, command_line = gather.target_of(machine, request.typed, verbatim=request.verbatim)
    return target, replace(
        command_line,
        flags=command_line.flags + request.flags,
        late=request.late,
        command=request.command or command_line.command,
    )


def _match_exec(machine: Machine, command_line: CommandLine) -> dict[str, bool]:
    """Run what the configuration's `Match exec` lines ask, with the user's shell as ssh does.

    One outcome may bring further lines into force, hence the rounds. A command that does not end in time
    counts as false.
    """
    from sshwizard import gather

    shell = machine.env.get("SHELL") or "/bin/sh"
    known: dict[str, bool] = {}
    for _round in range(MATCH_EXEC_ROUNDS):
        effective = gather.configuration(machine, command_line, known)[1]
        asked = {condition.command for condition in effective.conditions} - known.keys()
        if not asked:
            break
        known |= {command: machine.run([shell, "-c", command], timeout=10).ok for command in sorted(asked)}
    return known


def with_identities_only(facts: Facts, plan: Plan) -> Plan | None:
    """Return what ssh would offer with `IdentitiesOnly yes`; None where that is in force already."""
    from sshwizard.plan import make_plan

    if plan.effective.fatal or plan.effective.identities_only:
        return None
    line = facts.command_line
    return make_plan(facts, command_line=replace(line, flags=(("-o", "IdentitiesOnly=yes"), *line.flags)))


def reasons(machine: Machine, request: Request) -> Reasons:
    """Work out what ssh would offer, and what it would under `IdentitiesOnly` and other outcomes. No network."""
    from sshwizard.model.reasons import Reasons

    facts, plan = run_plan(machine, request)
    return Reasons(
        facts=facts, plan=plan, only=with_identities_only(facts, plan), outcomes=_outcomes(facts, plan)
    )


def _outcomes(facts: Facts, plan: Plan) -> tuple[Outcome, ...]:
    """Plan for each way in which the `Match exec` commands that matter may end."""
    from itertools import product

    from sshwizard.model.reasons import Outcome
    from sshwizard.plan import make_plan

    commands = [condition.command for condition in plan.effective.conditions]
    if not commands:
        return ()
    ends: list[tuple[bool, ...]] = [(False,) * len(commands), (True,) * len(commands)]
    if len(commands) <= OUTCOMES:
        ends = list(product((True, False), repeat=len(commands)))
    found = []
    for end in ends:
        assumed = tuple(zip(commands, end, strict=True))
        known = {**facts.environment.exec_results, **dict(assumed)}
        under = replace(facts, environment=replace(facts.environment, exec_results=known))
        found.append(Outcome(assumed=assumed, plan=make_plan(under)))
    return tuple(found)


def run(
    machine: Machine,
    request: Request,
    *,
    on_event: OnEvent | None = None,
    cancel: threading.Event | None = None,
) -> Diagnosis:
    """Walk the whole road and return what was found. Changes nothing, needs no secret.

    Signs something only with `request.login`. Raises UsageError for a target that cannot be understood, and
    Cancelled when `cancel` was set meanwhile: half a conversation is no ground for a conclusion.
    """
    from sshwizard.model.events import PlanReady, StageStarted, ignore

    on_event = on_event or ignore
    on_event(StageStarted("gather"))
    facts, plan = run_plan(machine, request)
    on_event(PlanReady(plan))
    wanted = wanted_identity(machine, facts, request.wanted)
    transcript = None
    if not request.offline and not plan.effective.fatal:
        on_event(StageStarted("probe"))
        transcript = _ask(machine, facts, plan, request, on_event, cancel)
    if cancel is not None and cancel.is_set():
        raise Cancelled(_("The check was stopped; nothing was changed."))
    on_event(StageStarted("rules"))
    return conclude(machine, facts, plan, transcript, wanted)


def conclude(
    machine: Machine, facts: Facts, plan: Plan, transcript: Transcript | None, wanted: PublicKey | None = None
) -> Diagnosis:
    """Draw the conclusions from what was seen, with simulated proposals. No network."""
    from sshwizard import propose, rules
    from sshwizard.model.finding import Case, Diagnosis

    by_user = wanted is not None
    if wanted is None and transcript is not None:
        wanted = propose.wanted_key(facts, plan, transcript)
    case = Case(
        facts=facts,
        plan=plan,
        transcript=transcript,
        wanted=wanted,
        wanted_by_user=by_user,
        proposals=_proposals(machine, facts, plan, transcript, wanted),
        way_round=_way_round(machine, facts, plan, transcript),
        repairs=propose.repairs(facts),
    )
    findings = rules.judge(case)
    ways = propose.ways(
        facts,
        plan,
        transcript,
        [finding.id for finding in findings],
        Simulator(facts),
        hosts=lambda: simulated_hosts(machine, facts),
    )
    if ways:
        case = replace(case, ways=ways)
        findings = rules.judge(case)
    return Diagnosis(case=case, findings=findings, verdict=_verdict(case, findings))


def propose_for(machine: Machine, request: Request) -> tuple[Facts, Plan, tuple[Fix, ...]]:
    """Simulate the configuration changes that make `request.wanted` the first key sent. No network.

    Raises UsageError when the key is not found, or when ssh refuses the configuration as it is.
    """
    facts, plan = run_plan(machine, request)
    if plan.effective.fatal:
        problem = plan.effective.fatal
        raise UsageError(
            problem.message,
            code=problem.code,
            where=problem.source.where if problem.source else "",
            line=problem.source.line if problem.source else None,
            hint=_("Mend this first: ssh refuses the whole configuration."),
        )
    wanted = wanted_identity(machine, facts, request.wanted)
    if wanted is None:
        raise UsageError(
            _("No key was named."),
            hint=_("Name one with `-i FILE`; `sshwizard keys list` shows what there is."),
        )
    return facts, plan, _simulated(machine, facts, plan, wanted)


def wanted_identity(machine: Machine, facts: Facts, named: str | None) -> PublicKey | None:
    """Find the key that the user named by path, file name or fingerprint. Raises UsageError if none is it."""
    if not named:
        return None
    path = os.path.normpath(os.path.join(machine.cwd, _expand(machine, named)))
    in_folder = os.path.join(machine.home, ".ssh", named)
    paths = {path, in_folder, f"{path}.pub", f"{in_folder}.pub"}
    for identity in facts.identities:
        if {identity.private_path, identity.public_path} & paths:
            return identity.public
        if (
            identity.public.fingerprint in (named, f"SHA256:{named}")
            or identity.public.fingerprint_md5 == named
        ):
            return identity.public
    raise UsageError(
        _("There is no key {name}.").format(name=named),
        code="key-unknown",
        where=path,
        hint=_("`sshwizard keys list` shows the keys found on this machine."),
    )


def hosts_of(machine: Machine, facts: Facts) -> tuple[str, ...]:
    """Return every destination this machine knows: configuration, known_hosts, remotes of this and nearby folders."""
    from sshwizard.machine import git
    from sshwizard.openssh import config, known_hosts

    names = list(config.hosts_named(facts.environment, facts.files))
    for seen in facts.known_hosts:
        names += known_hosts.names(seen.data)
    names += [remote.host for remote in facts.git.remotes if remote.host]
    names += git.nearby_hosts(machine)
    return tuple(dict.fromkeys(names))


def simulated_hosts(machine: Machine, facts: Facts) -> tuple[str, ...]:
    """Return every destination that a proposal is tried for: those known, and one for each pattern that names more."""
    from sshwizard.openssh import config

    return (*hosts_of(machine, facts), *config.hosts_sampled(facts.environment, facts.files))


class Simulator:
    """Answers "what would ssh offer there, if these files held this?" for any destination."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._readers: dict[frozenset[tuple[str, bytes | None]], tuple[Reader, Overlay]] = {}

    def __call__(self, destination: str, contents: Mapping[str, bytes | None]) -> Plan:
        from sshwizard import plan
        from sshwizard.openssh.config import Reader

        key = frozenset(contents.items())
        if key not in self._readers:
            files = Overlay(self._facts.files, contents)
            self._readers[key] = (Reader(self._facts.environment, files), files)
        reader, files = self._readers[key]
        own = self._facts.command_line
        line = own if destination == self._facts.target.host else CommandLine(destination=destination)
        effective = reader.resolve(line)
        drawn, *others = (
            plan.make_plan(self._facts, command_line=line, files=files, effective=one)
            for one in (effective, *effective.alternatives)
        )
        return replace(drawn, alternatives=tuple(others))


def _ask(
    machine: Machine,
    facts: Facts,
    plan: Plan,
    request: Request,
    on_event: OnEvent,
    cancel: threading.Event | None,
) -> Transcript:
    from sshwizard import probe

    planned = {offer.public.blob for offer in plan.offers if offer.public}
    others = tuple(identity.public for identity in facts.identities if identity.public.blob not in planned)
    return probe.probe(
        machine,
        facts,
        plan,
        others=others,
        login=request.login,
        timeout=request.timeout,
        on_event=on_event,
        cancel=cancel,
        every_key=request.every_key,
    )


def _proposals(
    machine: Machine, facts: Facts, plan: Plan, transcript: Transcript | None, wanted: PublicKey | None
) -> tuple[Fix, ...]:
    if wanted is None or plan.effective.fatal:
        return ()
    if transcript and transcript.ssh_key and transcript.ssh_key.blob == wanted.blob:
        return ()
    return _simulated(machine, facts, plan, wanted)


def _way_round(machine: Machine, facts: Facts, plan: Plan, transcript: Transcript | None) -> Fix | None:
    """Propose the door of the service that was found open, where the usual one was not reached."""
    from sshwizard import propose

    door = next((door for door in transcript.doors if door.state == "open"), None) if transcript else None
    if door is None:
        return None
    return propose.settings(
        facts,
        plan,
        (("HostName", door.hostname), ("Port", str(door.port))),
        Simulator(facts),
        hosts=simulated_hosts(machine, facts),
        title=_("Go through {place}").format(place=door.place),
        why=_("It answered just now, with a host key that the service publishes or that you already trust."),
    )


def _simulated(machine: Machine, facts: Facts, plan: Plan, wanted: PublicKey) -> tuple[Fix, ...]:
    from sshwizard import propose

    return propose.propose(
        facts,
        plan,
        wanted,
        Simulator(facts),
        hosts=simulated_hosts(machine, facts),
        config_path=machine.config_path,
    )


def _verdict(case: Case, findings: tuple[Finding, ...]) -> Literal["healthy", "problem", "cannot_tell"]:
    if _never_reached(case, findings):
        return "cannot_tell"
    if any(finding.severity == "fail" for finding in findings):
        return "problem"
    if case.transcript is None or case.transcript.ssh_outcome in ("unknown", "not_reached"):
        return "cannot_tell"
    return "healthy" if case.transcript.ssh_outcome == "accepted" else "problem"


def _never_reached(case: Case, findings: tuple[Finding, ...]) -> bool:
    """Say whether the host gave no sign and nothing that surely matters is wrong on this machine.

    A host that refuses the connection has answered: that is a problem found, not a lack of network.
    """
    failure = case.transcript.first_failure if case.transcript else None
    if failure is None or failure.id not in ("dns", "tcp") or failure.code not in NO_NETWORK:
        return False
    return not any(
        finding.severity == "fail" and finding.certainty == "certain" and not finding.id.startswith("net-")
        for finding in findings
    )


def _expand(machine: Machine, path: str) -> str:
    return os.path.join(machine.home, path[2:]) if path.startswith("~/") else path
