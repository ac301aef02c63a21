"""Which keys ssh would offer and why, as values for every front end and as a page. Pure; knows no host's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sshwizard.report.columns import Style, pad, wrap
from sshwizard.report.deciding import ConfigLine, deciding_lines
from sshwizard.report.limit import TRY_LIMIT, limit_after, limit_line
from sshwizard.report.pages import destination
from sshwizard.report.rows import Row, key_name, rows
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from sshwizard.model.plan import Offer, Plan
    from sshwizard.model.reasons import Outcome, Reasons

Shown = Callable[[str], str]


def refusal(plan: Plan, shown: Shown) -> str:
    """Say that ssh refuses the configuration, where and in which words; "" when it does not."""
    fatal = plan.effective.fatal
    if fatal is None:
        return ""
    at = fatal.source
    where = f"{shown(at.where)}:{at.line}: " if at and at.line else f"{at.where}: " if at else ""
    return _("ssh refuses this configuration: {place}{words}").format(place=where, words=fatal.message)


def reason(row: Row, plan: Plan) -> str:
    """Say in a sentence why ssh sends a key, or why it does not."""
    if row.offer and row.offer.because:
        return row.offer.because
    left = [
        one.because
        for one in plan.left_out
        if one.public and row.public and one.public.blob == row.public.blob
    ]
    return _("Not sent. {why}").format(why=left[0]) if left and left[0] else row.comes_from


def kind(row: Row) -> str:
    """Say what kind of key it is."""
    return row.public.kind if row.public else (row.said or _("public half not known"))


def unreadable(plan: Plan, shown: Shown) -> tuple[tuple[str, str], ...]:
    """Return the files that are no key ssh could send, each with the reason."""
    return tuple((shown(left.path), left.because) for left in plan.left_out if left.path and not left.public)


def looked_for(plan: Plan) -> str:
    """Name the files that ssh looks for and that are not there; "" when all are."""
    names = ", ".join(key_name(offer.path) for offer in plan.offers if not offer.exists)
    return _("Looked for too, but not there: {names}.").format(names=names) if names else ""


def reach(plan: Plan, limit: int | None = None) -> str:
    """Say that each of several keys gets its turn; "" where the limit cuts the list, which is then drawn in it.

    `limit`: as learned from the host; None: the usual one.
    """
    sent, most = len(plan.sent), limit or TRY_LIMIT
    if sent < 2 or sent > most:
        return ""
    keys = plural(sent, "ssh sends {n} key", "ssh sends {n} keys")
    if limit:
        return _("{keys}; this host hangs up after {limit} refused ones, so each gets its turn.").format(
            keys=keys, limit=limit
        )
    return _("{keys}; most hosts bear {limit} refused ones, so each gets its turn.").format(
        keys=keys, limit=most
    )


def identities_only(reasons: Reasons) -> str:
    """Say in a sentence what `IdentitiesOnly yes` would change, or that it is in force; "" without any key."""
    plan, only = reasons.plan, reasons.only
    if plan.effective.identities_only:
        return _("IdentitiesOnly is in force: ssh sends only what the lines name, also from the agent.")
    if only is None or not plan.sent:
        return ""
    before, after = (tuple(one.public or one.path for one in each.sent) for each in (plan, only))
    if before == after:
        return _("With `IdentitiesOnly yes` ssh would send the same.")
    if not after:
        return _("With `IdentitiesOnly yes` ssh would send no key at all.")
    return _("With `IdentitiesOnly yes` ssh would send only: {names}.").format(names=_names(only.sent))


def outcomes(found: tuple[Outcome, ...]) -> tuple[tuple[str, str], ...]:
    """Return for each end of the commands that were not run: "if … succeeds", and what ssh would send then."""
    return tuple((_if(one), _under(one.plan)) for one in found)


def _if(outcome: Outcome) -> str:
    ends = [
        (_("`{command}` succeeds") if well else _("`{command}` fails")).format(command=command)
        for command, well in outcome.assumed
    ]
    return _("if {ends}").format(ends=", ".join(ends))


def _under(plan: Plan) -> str:
    keys = _names(plan.sent) or _("no key")
    return _("{keys}, to {place}").format(keys=keys, place=destination(plan))


def _names(offers: tuple[Offer, ...]) -> str:
    return ", ".join(key_name(one.path) for one in offers)


def page(
    reasons: Reasons, shown: Shown, style: Style, *, verbose: int = 0, limit: int | None = None
) -> list[str]:
    """Write everything: the ordered keys, the limit, the lines that decided, and what else could be."""
    plan = reasons.plan
    lines = [style.paint(destination(plan), "strong"), *_keys(plan, shown, style, verbose, limit)]
    sentences = [*plan.notes, reach(plan, limit), identities_only(reasons)]
    for sentence in sentences:
        if sentence:
            lines += ["", *wrap(sentence, style.width, indent="  ")]
    for condition, then in outcomes(reasons.outcomes):
        lines += wrap(f"{condition}: {then}", style.width, indent="    ")
    return [*lines, "", *decided(deciding_lines(plan, reasons.facts.files), shown, style)]


def _keys(plan: Plan, shown: Shown, style: Style, verbose: int, limit: int | None) -> Iterator[str]:
    listed = rows(plan, None, shown, missing=verbose > 0)
    if not any(row.position for row in listed):
        yield "  " + _("ssh has no key to send.")
    last = limit_after(plan, limit)
    for row in listed:
        number = str(row.position) if row.position else "–"
        yield f"  {number:>2}  {row.key}  ({kind(row)})"
        yield from wrap(reason(row, plan), style.width, indent="      ")
        if verbose and row.public:
            yield f"      {row.public.fingerprint}"
        if row.position is not None and row.position == last:
            yield f"  ---- {limit_line(limit)} ----"
    for path, why_not in unreadable(plan, shown):
        yield f"   –  {path}"
        yield from wrap(why_not, style.width, indent="      ")
    if not verbose and looked_for(plan):
        yield from wrap(looked_for(plan), style.width, indent="  ")


def decided(found: tuple[ConfigLine, ...], shown: Shown, style: Style) -> Iterator[str]:
    """Write the lines that decided, each with its place."""
    if not found:
        yield "  " + nothing_decided()
        return
    yield "  " + _("Lines that decided:")
    places = [place(one, shown) for one in found]
    width = max(map(len, places))
    for at, one in zip(places, found, strict=True):
        indent = "" if one.role == "block" else "  "
        note = f"  ({one.note})" if one.note else ""
        yield f"    {style.paint(pad(at, width), 'dim')}  {indent}{one.text}{note}"


def place(one: ConfigLine, shown: Shown) -> str:
    """Write where a line stands: `~/.ssh/config:7`."""
    return f"{shown(one.where)}:{one.line}" if one.line else one.where


def nothing_decided() -> str:
    """Say that no line had a say."""
    return _("No line of the configuration bears on it: all is as ssh does it unaided.")
