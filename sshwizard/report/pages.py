"""A diagnosis as plain text for a terminal or a pipe: what is wrong first, its remedy directly under it.

Every result is said in three fixed parts: what was looked at, what follows from it, what would change.
Silence when healthy: one line. Knows no terminal; the caller says how wide the page is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sshwizard.report import limit, words
from sshwizard.report.columns import Style, pad, table, two_sided, wrap
from sshwizard.report.contract import applicable, instructions
from sshwizard.report.rows import Row, rows
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from sshwizard.model.finding import Diagnosis, Evidence, Finding, Fix
    from sshwizard.model.plan import Plan
    from sshwizard.model.transcript import Check, Transcript


Shown = Callable[[str], str]
"""`Machine.shown`: `/home/joe/.ssh/x` as `~/.ssh/x`."""
SEEN = 4
"""Observations written for each finding; JSON and the report hold all of them."""
_INDENT = "      "


def to_text(
    diagnosis: Diagnosis, shown: Shown, style: Style, *, verbose: int = 0, quiet: bool = False
) -> str:
    """Write the whole page. `quiet`: only problems; `verbose`: every layer, row, and note."""
    return "\n".join(_page(diagnosis, shown, style, verbose, quiet))


def _page(diagnosis: Diagnosis, shown: Shown, style: Style, verbose: int, quiet: bool) -> Iterator[str]:
    serious = [one for one in diagnosis.findings if one.severity != "info"]
    if diagnosis.verdict == "healthy":
        if not quiet:
            yield style.paint(words.works(diagnosis, shown), "ok")
        yield from findings(serious, shown, style, after_text=not quiet)
        if verbose:
            yield ""
            yield from facts(diagnosis, shown, style, missing=verbose > 1)
            yield from findings(_notes(diagnosis), shown, style, after_text=True)
        return
    yield from headline(diagnosis, shown, style)
    yield from findings(serious, shown, style, after_text=True)
    if quiet:
        return
    yield ""
    yield from facts(diagnosis, shown, style, missing=verbose > 0)
    if verbose or not serious:
        yield from findings(_notes(diagnosis), shown, style, after_text=True)


def headline(diagnosis: Diagnosis, shown: Shown, style: Style) -> Iterator[str]:
    """Write which destination was looked at, and as whom."""
    plan = diagnosis.case.plan
    if plan is None:
        return
    yield style.paint(destination(plan), "strong")
    if diagnosis.verdict == "cannot_tell" and not any(one.severity == "fail" for one in diagnosis.findings):
        failure = diagnosis.case.transcript.first_failure if diagnosis.case.transcript else None
        why = f": {failure.detail}" if failure and failure.detail else "."
        yield _("Whether ssh gets in could not be found out{why}").format(why=why)


def destination(plan: Plan) -> str:
    """Write where ssh goes: `git@github.com:22 (alias work)`."""
    target = plan.target
    place = f"{target.user}@{target.hostname}:{target.port}"
    return (
        place
        if target.host == target.hostname
        else _("{alias}, that is {place}").format(alias=target.host, place=place)
    )


def findings(found: list[Finding], shown: Shown, style: Style, *, after_text: bool) -> Iterator[str]:
    """Write each finding in its three parts, a blank line before each; further ones of a kind in one line."""
    last = ""
    for number, one in enumerate(found):
        if one.id == last:
            place = f"{shown(one.evidence[0].source)}:{one.evidence[0].line or ''}" if one.evidence else ""
            yield from labelled(
                _("also"), [f"{place.rstrip(':')}  {shortened(one.conclusion, shown)}"], style
            )
            continue
        if number or after_text:
            yield ""
        yield from finding(one, shown, style)
        last = one.id


def finding(one: Finding, shown: Shown, style: Style) -> Iterator[str]:
    """Write one finding: title and certainty, what was seen, what follows, what would mend it."""
    head = style.paint(words.severity_word(one.severity), words.severity_tone(one))
    plain_head = f"{words.severity_word(one.severity):<4}  {one.title}"
    certainty = f"[{words.certainty_word(one.certainty)}]"
    line = two_sided(plain_head, certainty, style.width)
    word = words.severity_word(one.severity)
    yield line.replace(word, head, 1) if style.colour else line
    seen = [_seen(each, shown) for each in one.evidence]
    if len(seen) > SEEN + 1:
        more = plural(len(seen) - SEEN, "… and {n} more observation", "… and {n} more observations")
        seen = [*seen[:SEEN], more]
    yield from labelled(_("seen"), seen, style)
    if one.conclusion:
        yield from labelled(_("so"), [shortened(one.conclusion, shown)], style)
    yield from remedies(one, shown, style)


def shortened(sentence: str, shown: Shown) -> str:
    """Write the paths in a sentence as people do: `~/.ssh/x`."""
    return re.sub(r"(?<![\w~.])/[^\s:,;\"'`)]+", lambda found: shown(found[0]), sentence)


def labelled(label: str, sentences: list[str], style: Style) -> Iterator[str]:
    """Write sentences behind a label in the left margin of the finding."""
    indent = _INDENT + " " * 7
    for number, sentence in enumerate(sentences):
        lines = wrap(sentence, style.width, indent=indent)
        if number == 0:
            lines[0] = f"{_INDENT}{style.paint(pad(label, 5), 'dim')}  {lines[0][len(indent) :]}"
        yield from lines


def remedies(one: Finding, shown: Shown, style: Style) -> Iterator[str]:
    """Write the first remedy with its command; say how many others there are."""
    for fix in one.fixes[:1]:
        said = [fix.title, *([fix.why] if fix.why else []), *(f"- {one}" for one in instructions(fix))]
        yield from labelled(_("do"), [shortened(sentence, shown) for sentence in said], style)
        command = fix.command or (f"sshwizard fix {one.id}" if applicable(fix) else "")
        if command:
            yield f"{_INDENT}{' ' * 7}$ {style.command(command)}"
        yield from effects(fix, style)
    if len(one.fixes) > 1:
        others = plural(len(one.fixes) - 1, "{n} other way", "{n} other ways")
        yield f"{_INDENT}{' ' * 7}" + _("{others}: sshwizard fix {id} shows them").format(
            others=others, id=one.id
        )


def effects(fix: Fix, style: Style) -> Iterator[str]:
    """Write what a remedy does to the hosts: which change, and that no other does."""
    if not fix.hosts_checked:
        return
    others = fix.hosts_checked - len(fix.affects_hosts)
    sentences = [
        _("{host}: {before} → {after}").format(
            host=effect.host,
            before=", ".join(effect.before) or _("nothing"),
            after=", ".join(effect.after) or _("nothing"),
        )
        for effect in fix.affects_hosts
        if effect.before != effect.after
    ]
    if others > 0:
        sentences.append(
            plural(
                others,
                "{n} other host keeps the keys it has now",
                "{n} other hosts keep the keys they have now",
            )
        )
    for sentence in sentences:
        yield from wrap(sentence, style.width, indent=_INDENT + " " * 7)


def facts(diagnosis: Diagnosis, shown: Shown, style: Style, *, missing: bool = False) -> Iterator[str]:
    """Write the layers with their states, then the table of keys."""
    plan, transcript = diagnosis.case.plan, diagnosis.case.transcript
    if transcript:
        yield from layers(transcript, shown, style)
        yield ""
    if plan:
        yield from key_table(
            rows(plan, transcript, shown, missing=missing), plan, style, limit.met(transcript)
        )
        for note in plan.notes:
            yield from wrap(note, style.width, indent="  ")


def layers(transcript: Transcript, shown: Shown, style: Style) -> Iterator[str]:
    """Write one line for each layer: state in a word, title, time, what was seen."""
    width = max((len(check.title) for check in transcript.checks), default=0)
    for check in transcript.checks:
        yield shortened(layer(check, width, style), shown)


def layer(check: Check, width: int, style: Style) -> str:
    """Write one layer; `width` is that of the widest title."""
    word = style.paint(f"{words.check_word(check.state):<4}", words.check_tone(check.state))
    time = words.milliseconds(check.ms)
    detail = check.detail or (_("not reached") if check.state == "not_reached" else "")
    return f"  {word}  {pad(check.title, width)}  {time:>7}   {detail}".rstrip()


def key_table(found: tuple[Row, ...], plan: Plan, style: Style, most: int | None = None) -> Iterator[str]:
    """Write the table: number, key, where ssh has it from, what the host said.

    `most`: refused keys after which the host hangs up on ssh; a line is drawn there.
    """
    if not found:
        yield "  " + _("ssh has no key to send.")
        return
    asked = any(row.said for row in found)
    head = ["#", _("key"), _("comes from")]
    if asked:
        head.append(_("{host} said").format(host=plan.target.host))
    lines = [head]
    for row in found:
        number = str(row.position) if row.position else "–"
        lines.append([number, row.key, row.comes_from, *([row.said] if asked else [])])
    last = limit.limit_after(plan, most) if most else None
    for at, line in enumerate(table(lines, width=style.width, indent="  ")):
        yield line
        if last is not None and at and found[at - 1].position == last:
            yield f"  ---- {limit.limit_line(most)} ----"


def _seen(evidence: Evidence, shown: Shown) -> str:
    place = shown(evidence.source) + (f":{evidence.line}" if evidence.line else "")
    return f"{place}: {shortened(evidence.text, shown)}" if evidence.text else place


def _notes(diagnosis: Diagnosis) -> list[Finding]:
    return [one for one in diagnosis.findings if one.severity == "info"]


def diff(text: str, style: Style) -> Iterator[str]:
    """Write a unified diff, additions and removals painted where colours may be used."""
    for line in text.split("\n"):
        if line.startswith("+") and not line.startswith("+++"):
            yield style.paint(line, "ok")
        elif line.startswith("-") and not line.startswith("---"):
            yield style.paint(line, "warn")
        else:
            yield line
