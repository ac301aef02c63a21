"""The words for states, kinds and times, the same in every front end. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sshwizard.report.columns import Tone
from sshwizard.text import _, ordinal

if TYPE_CHECKING:
    from sshwizard.model.finding import Diagnosis, Finding
    from sshwizard.model.transcript import Transcript


LEAKS = frozenset({"key-perms-open", "key-perms-wsl-mount", "key-perms-windows-acl", "hostkey-changed"})
"""Findings for which red is kept: a secret may leak, or a host key matches nothing."""


def check_word(state: str) -> str:
    """Return the word that stands beside a layer."""
    return {
        "passed": _("ok"),
        "warned": _("warn"),
        "failed": _("FAIL"),
        "not_reached": _("–"),
        "skipped": _("skip"),
    }.get(state, state)


def check_tone(state: str) -> Tone:
    """Return how a layer's word is painted."""
    tones: dict[str, Tone] = {"passed": "ok", "warned": "warn", "failed": "fail"}
    return tones.get(state, "dim")


def severity_word(severity: str) -> str:
    """Return the word that opens a finding."""
    return {"fail": _("FAIL"), "warn": _("warn"), "info": _("note")}[severity]


def severity_tone(finding: Finding) -> Tone:
    """Return how a finding's word is painted; red only where a secret may leak."""
    if finding.id in LEAKS and finding.severity != "info":
        return "danger"
    tones: dict[str, Tone] = {"fail": "fail", "warn": "warn", "info": "dim"}
    return tones[finding.severity]


def certainty_word(certainty: str) -> str:
    """Return how sure a finding is, in a word."""
    return {"certain": _("certain"), "likely": _("likely"), "possible": _("possible")}[certainty]


def answer_word(state: str) -> str:
    """Return what the host said about a key, in a word or two."""
    return {
        "accepted": _("accepted"),
        "refused": _("refused"),
        "not_reached": _("not reached"),
        "not_allowed": _("not allowed"),
        "unknown": _("no answer"),
    }.get(state, state)


def milliseconds(ms: float | None) -> str:
    """Write a duration: "4 ms", "1.3 s", "" when it was not measured."""
    if ms is None:
        return ""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def seconds(ms: float) -> str:
    """Write how long all of it took: "0.4 s", or milliseconds where that would be 0.0."""
    return f"{ms / 1000:.1f} s" if ms >= 50 else f"{ms:.0f} ms"


def total_ms(transcript: Transcript) -> float:
    """Return the milliseconds of all layers together."""
    return sum(check.ms or 0.0 for check in transcript.checks)


def works(diagnosis: Diagnosis, shown: Callable[[str], str]) -> str:
    """Return the one line of success: "Works: github.com knows this key as joe-home (0.4 s)."."""
    plan, transcript = diagnosis.case.plan, diagnosis.case.transcript
    if plan is None or transcript is None:
        return _("Nothing was found that stands in the way.")
    host, time = plan.target.host, seconds(total_ms(transcript))
    offer = next(
        (
            offer
            for offer in plan.offers
            if offer.public and transcript.ssh_key and offer.public.blob == transcript.ssh_key.blob
        ),
        None,
    )
    key = shown(offer.path) if offer else _("this key")
    if transcript.account:
        return _("Works: {host} knows {key} as {account} ({time}).").format(
            host=host, key=key, account=transcript.account, time=time
        )
    if offer:
        sent = [other.position for other in plan.sent]
        place = sent.index(offer.position) + 1 if offer.position in sent else offer.position
        return _("Works: {host} takes {key}, the {place} key that ssh sends ({time}).").format(
            host=host, key=key, place=ordinal(place), time=time
        )
    return _("Works: {host} lets you in ({time}).").format(host=host, time=time)


def access(diagnosis: Diagnosis) -> list[str]:
    """Return what the login may do with the repository, as lines; none where no repository was asked about."""
    plan, transcript = diagnosis.case.plan, diagnosis.case.transcript
    if plan is None or transcript is None or not plan.target.path:
        return []
    text = {
        "ok": _("{who} may read and write {path}."),
        "read_only": _("{who} may read {path}, but not write to it: {words}"),
        "denied": _("{who} gets no access to {path}: {words}"),
        "not_found": _("{who} does not get {path}: {words}"),
        "sso": _("{who} does not get {path} before a single sign-on: {words}"),
    }.get(transcript.access)
    if text is None:
        text = (
            _("What it may do with {path} could not be told: {words}")
            if transcript.access_detail
            else _("What it may do with {path} was not asked: the key cannot sign without a question to you.")
        )
    who = transcript.account or _("The account")
    return [text.format(who=who, path=plan.target.path, words=transcript.access_detail)]
