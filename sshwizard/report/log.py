"""A pasted log's conclusions as JSON and as text. Pure. `reply` writes the answer to who sent it."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Fix
from sshwizard.model.log import LogAttempt, LogDiagnosis, LogEvent, LogOffer, LogReading
from sshwizard.report import contract, pages
from sshwizard.report.columns import Style, clip, wrap
from sshwizard.report.contract import Json
from sshwizard.report.reply import reply
from sshwizard.text import _, plural

__all__ = ["reply", "to_json", "to_text"]

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
        files=[file.name for file in reading.files],
        attempts=[_attempt(attempt) for attempt in reading.attempts],
        timeline=[_event(event, reading) for event in _events(reading)],
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
    events = _events(reading)
    if events:
        yield ""
        for event in events if verbose else events[:_SHOWN]:
            source, line = reading.place(event.line)
            where = f"{source}:{line}" if reading.files else f"{line:>6}"
            yield clip(f"{where}  {event.event:<20}  {event.text}", style.width)
        if not verbose and len(events) > _SHOWN:
            yield _("        … {n} more lines: -v shows them").format(n=len(events) - _SHOWN)
    if diagnosis.missing:
        yield ""
        for sentence in diagnosis.missing:
            yield from wrap(_("Still unknown. {what}").format(what=sentence), style.width)
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


def _events(reading: LogReading) -> list[LogEvent]:
    """Return what happened, in the order of the paste, the server's lines among the client's."""
    told = [event for attempt in reading.attempts for event in attempt.events]
    return sorted((*told, *reading.server), key=lambda event: event.line)


def _event(event: LogEvent, reading: LogReading) -> Json:
    source, line = reading.place(event.line)
    where = {"file": source} if reading.files else {}
    return {**dict(event.fields), "line": line, "event": event.event, "text": event.text, **where}


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
