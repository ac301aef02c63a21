"""A pasted log's conclusions as JSON, as text, and as an answer to the person who sent it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Finding, Fix
from sshwizard.model.log import LogAttempt, LogDiagnosis, LogOffer
from sshwizard.report import contract, pages
from sshwizard.report.columns import Style, clip, wrap
from sshwizard.report.contract import Json
from sshwizard.text import _, plural

_ANSWERS = {
    "accepted": "accepted",
    "refused": "refused",
    "hung-up": "not_reached",
    "no-signature-algorithm": "not_allowed",
    "skipped": "not_allowed",
}
_SHOWN = 24
"""Timeline lines written unless `-v` asks for all."""


def to_json(diagnosis: LogDiagnosis) -> Json:
    """Return the object of `log --json`."""
    reading = diagnosis.reading
    last = reading.attempts[-1] if reading.attempts else None
    return contract.envelope(
        "log",
        lines=reading.lines,
        complete=reading.complete,
        attempts=[_attempt(attempt) for attempt in reading.attempts],
        timeline=[
            {"line": event.line, "event": event.event, "text": event.text, **dict(event.fields)}
            for attempt in reading.attempts
            for event in attempt.events
        ],
        offers=[_offer(number, offer) for number, offer in enumerate(last.offers if last else (), 1)],
        accepted=diagnosis.accepted,
        account=(last.account or None) if last else None,
        findings=[contract.finding(one, _no_preview) for one in diagnosis.findings],
        verdict=diagnosis.verdict,
        missing=list(diagnosis.missing),
        ask_for=list(diagnosis.ask_for),
    )


def to_text(diagnosis: LogDiagnosis, style: Style, *, verbose: int = 0) -> str:
    """Write the conclusions first, then what the log shows, then what to ask for."""
    return "\n".join(_page(diagnosis, style, verbose))


def reply(diagnosis: LogDiagnosis) -> str:
    """Write an answer to send: the most probable cause, what to do, what else is needed. Calm and short."""
    lines = []
    best = diagnosis.findings[0] if diagnosis.findings else None
    if best:
        lines += [_opening(best), "", best.conclusion or best.title]
        if best.evidence:
            shows = next((one for one in best.evidence if one.line), best.evidence[0])
            place = _("line {n}").format(n=shows.line) if shows.line else _("the log")
            lines.append(_("What shows it ({place}): {text}").format(place=place, text=shows.text))
        for fix in best.fixes[:1]:
            lines += ["", _("What to do: {title}").format(title=fix.title)]
            lines += [f"  {sentence}" for sentence in contract.instructions(fix)]
            lines += [f"    {fix.command}"] if fix.command else []
    else:
        lines.append(_("The log does not show what went wrong."))
    if diagnosis.ask_for and (best is None or best.certainty != "certain"):
        lines += ["", _("To be sure, please send the output of:")]
        lines += [f"    {command}" for command in diagnosis.ask_for]
        lines.append(_("None of these shows a private key or a password."))
    return "\n".join(lines)


def _page(diagnosis: LogDiagnosis, style: Style, verbose: int) -> Iterator[str]:
    reading = diagnosis.reading
    yield style.paint(_about(diagnosis), "strong")
    if not diagnosis.findings:
        yield (
            _("Nothing in it explains a refusal.")
            if reading.attempts
            else _("Nothing in it looks like the output of ssh or git.")
        )
    yield from pages.findings(list(diagnosis.findings), str, style, after_text=True)
    events = [event for attempt in reading.attempts for event in attempt.events]
    if events:
        yield ""
        for event in events if verbose else events[:_SHOWN]:
            yield clip(f"{event.line:>6}  {event.event:<20}  {event.text}", style.width)
        if not verbose and len(events) > _SHOWN:
            yield _("        … {n} more lines: -v shows them").format(n=len(events) - _SHOWN)
    if diagnosis.missing:
        yield ""
        for sentence in diagnosis.missing:
            yield from wrap(_("Still unknown: {what}").format(what=sentence), style.width)
    if diagnosis.ask_for:
        yield _("Ask for:")
        yield from (f"  {command}" for command in diagnosis.ask_for)


def _about(diagnosis: LogDiagnosis) -> str:
    reading = diagnosis.reading
    parts = [plural(reading.lines, "{n} line", "{n} lines")]
    if reading.attempts:
        last = reading.attempts[-1]
        parts += [
            part for part in (last.client_version or last.client, last.host) if part and part != "unknown"
        ]
        if len(reading.attempts) > 1:
            parts.append(plural(len(reading.attempts), "{n} attempt", "{n} attempts"))
    return " · ".join(parts)


def _opening(best: Finding) -> str:
    return {
        "certain": _("Your log shows what is wrong: {title}."),
        "likely": _("Your log shows what is most likely wrong: {title}."),
        "possible": _("One thing that fits your log: {title}."),
    }[best.certainty].format(title=best.title)


def _attempt(attempt: LogAttempt) -> Json:
    return {
        "first_line": attempt.first_line,
        "last_line": attempt.last_line,
        "client": attempt.client,
        "client_version": attempt.client_version or None,
        "host": attempt.host or None,
        "address": attempt.address or None,
        "port": attempt.port,
        "user": attempt.user or None,
        "methods": list(attempt.methods),
        "account": attempt.account or None,
        "outcome": attempt.outcome,
    }


def _offer(number: int, offer: LogOffer) -> Json:
    return {
        "position": number,
        "fingerprint": offer.fingerprint or None,
        "type": offer.type or None,
        "path": offer.path or None,
        "kind": offer.kind,
        "via": offer.via,
        "explicit": offer.explicit,
        "answer": _ANSWERS.get(offer.outcome, "unknown"),
        "outcome": offer.outcome,
        "line": offer.line,
    }


def _no_preview(_fix: Fix) -> str:
    return ""
