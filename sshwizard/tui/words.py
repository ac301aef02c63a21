"""What a result is called on a screen: table cells and one-line sentences over `report`'s own. Pure."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from sshwizard.model.finding import Diagnosis, Finding, Fix
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Transcript
from sshwizard.report import rows as report_rows
from sshwizard.report import words as report_words
from sshwizard.text import _, plural
from sshwizard.tui import look
from sshwizard.tui.columns import Cell

Shown = Callable[[str], str]


def place(plan: Plan) -> str:
    """Return where the check goes: `git@github.com:22`."""
    target = plan.target
    return f"{target.user}@{target.hostname}:{target.port}"


def headline(diagnosis: Diagnosis, shown: Shown) -> str:
    """Return the result in one sentence: what works, or the first cause."""
    if diagnosis.verdict == "healthy":
        return report_words.works(diagnosis, shown)
    if diagnosis.findings:
        return diagnosis.findings[0].title
    return _("It could not be found out whether this works.")


def offer_rows(
    plan: Plan, transcript: Transcript | None, shown: Shown, *, running: bool
) -> list[tuple[Cell, ...]]:
    """Return the table "# · key · comes from · the host said": what ssh sends, then what it does not.

    While the check runs, a key without an answer waits; afterwards it was not reached.
    """
    found: list[tuple[Cell, ...]] = []
    for row in report_rows.rows(plan, transcript, shown):
        said = "…" if running and row.state in ("not_reached", "not_asked") and row.position else row.said
        sent = row.position is not None
        found.append(
            (
                str(row.position) if sent else look.muted("–"),
                look.bold(row.key) if sent else Content(row.key),
                row.comes_from if sent else look.muted(row.comes_from),
                _said(said, row.state),
            )
        )
    absent = [offer for offer in plan.offers if not offer.exists]
    if absent and not found:
        tried = plural(len(absent), "{n} name was looked for", "{n} names were looked for")
        found.append(
            (look.muted("–"), look.muted(_("no key")), look.muted(tried), look.muted(_("nothing sent")))
        )
    return found


def _said(text: str, state: str) -> Content:
    if state == "accepted":
        return look.good(text)
    return Content(text) if state in ("refused", "not_allowed") else look.muted(text)


def remedies(diagnosis: Diagnosis) -> tuple[tuple[Finding, Fix], ...]:
    """Return every remedy with its finding, the first cause's best one first, equal titles once."""
    seen: dict[str, tuple[Finding, Fix]] = {}
    for finding in diagnosis.findings:
        for fix in finding.fixes:
            seen.setdefault(fix.title, (finding, fix))
    return tuple(seen.values())


def remedy_note(fix: Fix) -> str:
    """Say beside a remedy how it is done."""
    return _("shown before anything is written") if fix.steps else _("by hand")


def effect_lines(fix: Fix) -> list[str]:
    """Say what a remedy does to each host, and that no other changes."""
    lines = [
        _("{host}: {before} → {after}").format(
            host=effect.host,
            before=", ".join(effect.before) or _("nothing"),
            after=", ".join(effect.after) or _("nothing"),
        )
        for effect in fix.affects_hosts
    ]
    others = fix.hosts_checked - len(fix.affects_hosts)
    if others > 0:
        lines.append(
            plural(
                others,
                "{n} other host keeps the keys it has now",
                "{n} other hosts keep the keys they have now",
            )
        )
    return lines
