"""A pasted log → findings, best first; what is missing; what to ask for next. Plain functions, one list.

"Certain" is said only where a line states the cause itself; a cause that merely fits is "likely" or
"possible", and a log that does not decide is answered by the next command to ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from sshwizard.model.finding import Evidence, Finding
from sshwizard.model.log import LogAttempt, LogDiagnosis, LogReading
from sshwizard.rules import catalogue
from sshwizard.rules.log import (
    account,
    advice,
    agents,
    aliases,
    connection,
    handshake,
    keyfiles,
    offers,
    passwords,
    server,
    stopped,
)
from sshwizard.rules.log.followup import ask_for, missing
from sshwizard.rules.log.view import Suspicion, View
from sshwizard.text import _, visible

Rule = Callable[[View], Iterable[Suspicion]]
WholeRule = Callable[[LogReading], Iterable[Suspicion]]

RULES: tuple[Rule, ...] = (
    stopped.configuration,
    stopped.unreadable_lines,
    stopped.root,
    stopped.home,
    stopped.not_read,
    stopped.putty,
    stopped.two_clients,
    stopped.mixed_clients,
    stopped.https,
    stopped.no_ssh,
    connection.name,
    connection.this_machine,
    connection.no_tcp,
    connection.ipv6,
    connection.proxy,
    connection.busy,
    connection.filtered,
    connection.wrong_host,
    handshake.changed,
    handshake.unknown,
    handshake.nothing_in_common,
    keyfiles.rsa_sha1,
    keyfiles.dsa,
    keyfiles.modes,
    keyfiles.load_errors,
    keyfiles.paths,
    keyfiles.pair,
    keyfiles.passphrase,
    keyfiles.asked_for_passphrase,
    keyfiles.no_terminal,
    agents.without_secret,
    agents.refused,
    agents.token,
    agents.unreachable,
    agents.silent,
    agents.empty,
    offers.wrong_user,
    offers.too_many,
    aliases.other_name,
    offers.nothing_offered,
    offers.refused,
    offers.no_publickey,
    offers.retired,
    passwords.for_nothing,
    offers.bare_refusal,
    offers.wrong_text,
    account.rights,
    account.works,
    account.local_error,
    account.crash,
)
WHOLE: tuple[WholeRule, ...] = (server.server, advice.harmful, advice.secrets)
MOST = 8
"""Findings worth showing; what weighs less than these only confuses."""
_CERTAINTY = {"certain": 0, "likely": 1, "possible": 2}


def judge_log(reading: LogReading) -> tuple[Finding, ...]:
    """Return the causes that the log speaks for, the most probable first."""
    return tuple(_placed(suspicion.finding, reading) for suspicion in _weighed(reading))


def _placed(finding: Finding, reading: LogReading) -> Finding:
    """Name the file in the evidence, where several were read."""
    if not reading.files:
        return finding
    evidence = []
    for one in finding.evidence:
        source, line = reading.place(one.line) if one.line else (one.source, one.line)
        evidence.append(replace(one, source=source, line=line))
    return replace(finding, evidence=tuple(evidence))


def diagnose_log(reading: LogReading) -> LogDiagnosis:
    """Judge a log and say what is missing and what to ask for."""
    findings = judge_log(reading)
    accepted = next(
        (o.fingerprint or o.path for a in reading.attempts for o in a.offers if o.outcome == "accepted"), None
    )
    return LogDiagnosis(
        reading=reading,
        findings=findings,
        verdict=_verdict(reading, findings),
        missing=missing(reading, findings),
        ask_for=ask_for(reading, findings),
        accepted=accepted,
    )


def _verdict(
    reading: LogReading, findings: tuple[Finding, ...]
) -> Literal["healthy", "problem", "cannot_tell"]:
    blocking = [f for f in findings if f.severity == "fail"]
    if blocking:
        return "problem" if blocking[0].certainty != "possible" else "cannot_tell"
    ended_well = reading.attempts and reading.attempts[-1].outcome == "authenticated"
    return "healthy" if ended_well else "cannot_tell"


def _weighed(reading: LogReading) -> list[Suspicion]:
    found: list[Suspicion] = []
    empty = not reading.attempts
    for attempt in _worth_judging(reading):
        view = View(reading=reading, attempt=attempt)
        for rule in RULES:
            found += _run(rule, view)
    if empty:
        found += _surroundings_only(reading)
    for whole in WHOLE:
        found += _run(whole, reading)
    return _merged(found)[:MOST]


def _worth_judging(reading: LogReading) -> list[LogAttempt]:
    """Return the attempts to judge: failing ones that are alike are judged once, the latest of them."""
    latest: dict[tuple[object, ...], int] = {}
    for number, attempt in enumerate(reading.attempts):
        kinds = frozenset(event.event for event in attempt.events)
        latest[(attempt.outcome, attempt.host, attempt.client_version, kinds)] = number
    return [reading.attempts[number] for number in sorted(latest.values())[-40:]]


def _surroundings_only(reading: LogReading) -> list[Suspicion]:
    """No line of a client is there, but perhaps of ssh-add, or a listing."""
    view = View(reading=reading, attempt=LogAttempt(first_line=1, last_line=reading.lines))
    found: list[Suspicion] = []
    for rule in (
        agents.unreachable,
        agents.silent,
        agents.empty,
        keyfiles.paths,
        connection.name,
        connection.this_machine,
        account.rights,
    ):
        found += _run(rule, view)
    return found


def _run(rule: Callable[..., Iterable[Suspicion]], subject: View | LogReading) -> list[Suspicion]:
    try:
        return list(rule(subject))
    except Exception as error:
        name = f"{rule.__module__}.{rule.__name__}"
        finding = Finding(
            id="rule-crashed",
            severity="info",
            certainty="certain",
            title=catalogue.title("rule-crashed"),
            conclusion=_("The check {rule} failed; the other findings stand.").format(rule=rule.__name__),
            evidence=(Evidence(source=name, text=visible(repr(error), keep="")),),
        )
        return [Suspicion(finding=finding, weight=1)]


def _merged(found: list[Suspicion]) -> list[Suspicion]:
    """Keep the strongest suspicion of each cause; say "certain" at most about what nothing contradicts."""
    best: dict[str, Suspicion] = {}
    for suspicion in found:
        old = best.get(suspicion.finding.id)
        if old is None or (suspicion.weight, -_CERTAINTY[suspicion.finding.certainty]) > (
            old.weight,
            -_CERTAINTY[old.finding.certainty],
        ):
            best[suspicion.finding.id] = suspicion
    ordered = sorted(best.values(), key=lambda s: (-s.weight, catalogue.rank(s.finding.id)))
    top = ordered[0].weight if ordered else 0
    return [_humbled(s, top) for s in ordered if s.weight > top - 60 or s.finding.severity != "fail"]


def _humbled(suspicion: Suspicion, top: int) -> Suspicion:
    """Far behind the best one a suspicion is not certain, whatever its line says, and blocks nothing."""
    finding = suspicion.finding
    if finding.id == "rule-crashed" or suspicion.weight >= top - 15:
        return suspicion
    if finding.certainty == "certain":
        finding = replace(finding, certainty="likely")
    if finding.severity == "fail" and finding.certainty == "possible" and suspicion.weight < top - 20:
        finding = replace(finding, severity="info")
    return replace(suspicion, finding=finding)
