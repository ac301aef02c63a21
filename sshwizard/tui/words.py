"""What a result is called on a screen: table cells and one-line sentences over `report`'s own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from textual.content import Content

from sshwizard.model.finding import Diagnosis, Finding, Fix
from sshwizard.model.plan import LeftOut, Offer, Plan
from sshwizard.model.transcript import Check, Transcript
from sshwizard.report import rows as report_rows
from sshwizard.report import why as report_why
from sshwizard.report import words as report_words
from sshwizard.report.deciding import ConfigLine
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


def layer_row(layer: Check | str, brief: Callable[[str], str]) -> tuple[Cell, ...]:
    """Return the line of one layer: state, title, time, what was seen. A title alone is a layer that runs."""
    if isinstance(layer, str):
        return (look.muted("…"), layer, "", look.muted(_("asking")))
    took = look.muted(report_words.milliseconds(layer.ms))
    return (look.layer_word(layer), layer.title, took, brief(layer.detail))


def calm_layers_as_one(layers: Sequence[Check | str]) -> list[Check | str]:
    """Return the layers with the passed ones at the beginning drawn together into one."""
    calm = list(takewhile(lambda layer: not isinstance(layer, str) and layer.state == "passed", layers))
    done = [layer for layer in calm if isinstance(layer, Check)]
    if len(done) < 2:
        return list(layers)
    titles = ", ".join(layer.title for layer in done)
    whole = sum(layer.ms or 0 for layer in done)
    one = Check(id="calm", title=_("the way there"), state="passed", ms=whole, detail=titles)
    return [one, *layers[len(done) :]]


def brief(text: str, home: str, plan: Plan | None) -> str:
    """Write paths under the home with `~`, and fingerprints of the user's own keys as their names."""
    if home:
        text = text.replace(home.rstrip("/") + "/", "~/")
    known: tuple[Offer | LeftOut, ...] = (*plan.offers, *plan.left_out) if plan else ()
    for one in known:
        if one.public and one.path:
            text = text.replace(one.public.fingerprint, report_rows.key_name(one.path))
    return text


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
                _said(said, row),
            )
        )
    absent = [offer for offer in plan.offers if not offer.exists]
    if absent and not found:
        tried = plural(len(absent), "{n} name was looked for", "{n} names were looked for")
        found.append(
            (look.muted("–"), look.muted(_("no key")), look.muted(tried), look.muted(_("nothing sent")))
        )
    return found


def why_rows(plan: Plan, shown: Shown) -> list[tuple[Cell, ...]]:
    """Return the table "# · key · why", without any host's answer: what ssh sends, then what it does not."""
    found: list[tuple[Cell, ...]] = []
    above = ""
    for row in report_rows.rows(plan, None, shown):
        sent = row.position is not None
        name = look.bold(row.key) if sent else Content(row.key)
        reason = report_why.reason(row, plan)
        said = look.muted(_("the same")) if reason == above else Content(reason)
        above = reason
        found.append(
            (str(row.position) if sent else look.muted("–"), name, said if sent else look.muted(said.plain))
        )
    if not plan.sent:
        found.insert(0, (look.muted("–"), look.bold(_("no key")), Content(_("ssh has no key to send."))))
    found += [
        (look.muted("–"), Content(path.rsplit("/", 1)[-1]), look.muted(why))
        for path, why in report_why.unreadable(plan, shown)
    ]
    return found


def line_rows(found: Sequence[ConfigLine], shown: Shown) -> list[tuple[Cell, ...]]:
    """Return the lines that decided, each with its place; below it a word where it had no say."""
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        text = look.muted(one.text) if one.role == "beaten" else Content(one.text)
        inner = text if one.role == "block" else Content("  ") + text
        rows.append((look.muted(report_why.place(one, shown)), inner))
        if one.note:
            rows.append(("", Content("  ") + look.amber(f"({one.note})")))
    return rows


def _said(text: str, row: report_rows.Row) -> Content:
    if row.state == "accepted":
        useless = row.offer is not None and row.offer.usable is False
        return look.amber(text) if useless else look.good(text)
    return Content(text) if row.state in ("refused", "not_allowed") else look.muted(text)


def further_rows(findings: Sequence[Finding]) -> list[tuple[Cell, ...]]:
    """Return one line for each further cause; the same one in several places is counted."""
    first: dict[tuple[str, str], Finding] = {}
    for one in findings:
        first.setdefault((one.id, one.title), one)
    rows: list[tuple[Cell, ...]] = []
    for (id, title), one in first.items():
        places = sum(1 for other in findings if (other.id, other.title) == (id, title))
        more = plural(places, "", " · {n} times") if places > 1 else ""
        rows.append(
            (look.severity_word(one), title, look.muted(report_words.certainty_word(one.certainty) + more))
        )
    return rows


def evidence_rows(findings: Sequence[Finding], shown: Shown) -> list[tuple[Cell, ...]]:
    """Return what findings rest on: "seen", the place, what stands there."""
    rows: list[tuple[Cell, ...]] = []
    for finding in findings:
        for number, evidence in enumerate(finding.evidence):
            place = shown(evidence.source) + (f":{evidence.line}" if evidence.line else "")
            rows.append((look.muted(_("seen") if number == 0 else ""), look.muted(place), evidence.text))
    return rows


def remedies(diagnosis: Diagnosis) -> tuple[tuple[Finding, Fix], ...]:
    """Return every remedy with its finding, the first cause's best one first, equal titles once."""
    seen: dict[str, tuple[Finding, Fix]] = {}
    for finding in diagnosis.findings:
        for fix in finding.fixes:
            seen.setdefault(fix.title, (finding, fix))
    return tuple(seen.values())


def remedy_note(fix: Fix) -> str:
    """Say beside a remedy how it is done."""
    return plural(len(fix.steps), "{n} change", "{n} changes") if fix.steps else _("by hand")


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
