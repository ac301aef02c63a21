"""`fix`: look, show the proposal, ask, apply, look again, say before and after, offer the way back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sshwizard import apply, propose
from sshwizard.cli import exits, https_only, remember, secrets
from sshwizard.cli.desk import Desk
from sshwizard.cli.doctor import diagnose
from sshwizard.errors import CannotApply, UsageError
from sshwizard.model.change import Change
from sshwizard.model.finding import Diagnosis, Finding, Fix
from sshwizard.model.steps import TrustHostKey, UploadKey
from sshwizard.report import contract, pages, retest, words
from sshwizard.text import _
from sshwizard.wizard import strip
from sshwizard.wizard.road import nothing_was_changed

MOST, MOST_OF_ALL = 8, 64
"""Changes that one run makes at most; with `--all`."""


def fix_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `fix`."""
    parser.add_argument("words", nargs="*", metavar="ID|HOST", help=_("findings by id, or where to look"))
    parser.add_argument("--all", action="store_true", help=_("every safe proposal, one after the other"))
    parser.add_argument(
        "--way", type=int, default=1, metavar="N", help=_("take the Nth way of a finding (1)")
    )
    parser.add_argument("--offline", action="store_true", help=_("no network, also for the test after"))
    parser.add_argument("--login", action="store_true", help=_("log in once, to read the account's name"))
    parser.add_argument("--want", metavar=_("KEY"), help=_("the key that should win"))
    parser.add_argument("--upload", action="store_true", help=_("with --yes: uploads too"))
    parser.add_argument("--trust", metavar=_("FINGERPRINT"), help=_("the host key that may be trusted"))
    parser.add_argument(
        "--timeout", type=float, default=20.0, metavar=_("SECONDS"), help=_("for each look (20)")
    )
    secrets.add_flags(parser)


@dataclass(kw_only=True)
class _Mending:
    """One run of `fix`."""

    desk: Desk
    ids: tuple[str, ...]
    applied: list[dict[str, Any]] = field(default_factory=list)
    tried: set[tuple[str, str]] = field(default_factory=set)
    """Findings by id, each with the title of the way that was taken."""
    result: str = "nothing"

    def wanted(self, diagnosis: Diagnosis) -> Iterator[tuple[Finding, Fix]]:
        """Yield the findings to mend now, each with the way chosen."""
        if self.desk.args.all and not self.ids:
            yield from propose.safe_ones(diagnosis.findings, but=self.tried)
            return
        has_fail = any(finding.severity == "fail" for finding in diagnosis.findings)
        for finding in diagnosis.findings:
            ways = [fix for fix in finding.fixes if contract.applicable(fix)]
            if not ways:
                continue
            way = ways[min(self.desk.args.way, len(ways)) - 1]
            wanted_severity = "fail" if has_fail else "warn"
            named = finding.id in self.ids if self.ids else finding.severity == wanted_severity
            if named and (finding.id, way.title) not in self.tried:
                yield finding, way


@https_only.answered("fix")
def run_fix(desk: Desk) -> int:
    """Apply what the doctor proposes, test again, and take it back if that made things worse."""
    ids = _sort(desk)
    remember.recall(desk)
    before = diagnose(desk, login=desk.args.login)
    _require_found(before, ids)
    mending = _Mending(desk=desk, ids=ids)
    if desk.args.dry_run:
        return _dry_run(mending, before)
    desk.out.answer(pages.headline(before, desk.machine.shown, desk.out.style))
    now, code = _mend(mending, before)
    return _tell(mending, before, now, code)


def _mend(mending: _Mending, before: Diagnosis) -> tuple[Diagnosis, int | None]:
    """Walk from change to change; return the last diagnosis and an exit code if it ended early."""
    now = before
    while len(mending.applied) < (MOST_OF_ALL if mending.desk.args.all else MOST):
        if now.verdict == "healthy" and mending.applied and not (mending.ids or mending.desk.args.all):
            break
        finding, fix = next(mending.wanted(now), (None, None))
        if finding is None or fix is None:
            break
        mending.tried.add((finding.id, fix.title))
        _show(mending.desk, finding, fix)
        if not _agreed(mending.desk, fix):
            mending.result = "applied" if mending.applied else "declined"
            if mending.desk.args.all:
                continue
            return now, exits.CANCELLED if not mending.applied else exits.DONE
        change = secrets.apply_with(mending.desk, fix)
        mending.desk.machine = mending.desk.machine.fresh()
        after = diagnose(mending.desk, login=mending.desk.args.login)
        mending.applied.append(_applied(mending.desk, finding, fix, change))
        mending.result = "applied"
        if retest.is_worse(now, after):
            return _roll_back(mending, change, now, after)
        _before_after(mending.desk, now, after, change)
        now = after
    return now, exits.CANCELLED if mending.result == "declined" else None


def _roll_back(
    mending: _Mending, change: Change, before: Diagnosis, after: Diagnosis
) -> tuple[Diagnosis, int]:
    desk = mending.desk
    apply.undo(desk.machine, change.number)
    desk.machine = desk.machine.fresh()
    desk.done.pop()
    mending.result = "rolled_back"
    first = next((finding.title for finding in after.findings if finding.severity == "fail"), "")
    desk.out.answer(_("The test after it was worse ({why}), so it was taken back.").format(why=first))
    return before, exits.WORSE


def _tell(mending: _Mending, before: Diagnosis, after: Diagnosis, code: int | None) -> int:
    desk = mending.desk
    if code is None:
        code = exits.of_diagnosis(after, offline=desk.args.offline)
        if mending.result == "applied" and after.verdict == "cannot_tell" and not retest.failures(after):
            code = exits.DONE
    left = [finding for finding in after.findings if finding.severity == "fail"]
    desk.out.object(
        contract.envelope(
            "fix",
            result=mending.result,
            changed=bool(desk.done),
            applied=mending.applied,
            before=before.verdict,
            after=after.verdict,
            left=[contract.finding(finding, desk.preview) for finding in left],
        )
    )
    if mending.result == "nothing":
        _say_nothing_to_do(desk, after)
    elif mending.result in ("declined", "rolled_back") and not desk.done:
        desk.out.answer(nothing_was_changed())
    return code


def _say_nothing_to_do(desk: Desk, diagnosis: Diagnosis) -> None:
    if diagnosis.verdict == "healthy":
        desk.out.answer(words.works(diagnosis, desk.machine.shown))
        desk.out.answer(_("There is nothing to mend. {nothing}").format(nothing=nothing_was_changed()))
        return
    for finding in diagnosis.findings:
        if finding.severity != "info":
            desk.out.answer("")
            desk.out.answer(pages.finding(finding, desk.machine.shown, desk.out.style))
    desk.out.answer("")
    sentence = _("This is nothing that `fix` can do by itself; the lines above say what mends it. {nothing}")
    desk.out.answer(sentence.format(nothing=nothing_was_changed()))


def _dry_run(mending: _Mending, diagnosis: Diagnosis) -> int:
    desk = mending.desk
    found = list(mending.wanted(diagnosis))
    if not (mending.ids or desk.args.all):
        found = found[:1]
    proposals = []
    for finding, fix in found:
        _show(desk, finding, fix)
        proposals.append({"id": finding.id, **contract.remedy(fix, desk.preview, finding.id)})
    if not found:
        _say_nothing_to_do(desk, diagnosis)
    else:
        desk.out.answer(["", nothing_was_changed()])
    desk.out.object(
        contract.envelope(
            "fix", result="dry_run", changed=False, applied=[], proposals=proposals, before=diagnosis.verdict
        )
    )
    return exits.DONE if found or diagnosis.verdict == "healthy" else exits.of_diagnosis(diagnosis)


def _show(desk: Desk, finding: Finding, fix: Fix) -> None:
    style = desk.out.style
    desk.out.answer("")
    head = style.paint(words.severity_word(finding.severity), words.severity_tone(finding))
    desk.out.answer(f"{head}  {finding.title}")
    desk.out.answer(pages.labelled(_("so"), [finding.conclusion], style))
    desk.out.answer(pages.labelled(_("do"), [fix.title, *([fix.why] if fix.why else [])], style))
    desk.out.answer("")
    desk.out.answer(pages.diff(desk.preview(fix), style))
    desk.out.answer(pages.effects(fix, style))
    _ways(desk, finding)


def _ways(desk: Desk, finding: Finding) -> None:
    """Name the other ways of a finding, by the number that takes each."""
    ways = [fix for fix in finding.fixes if contract.applicable(fix)]
    chosen = min(desk.args.way, len(ways))
    for number, fix in enumerate(ways, 1):
        if number != chosen:
            title = f"{fix.title}. {fix.why}" if fix.why else fix.title
            desk.out.answer(_("Other way: --way {n}  {title}").format(n=number, title=title))


def _agreed(desk: Desk, fix: Fix) -> bool:
    """Ask for consent. `--yes` covers what can be taken back; uploads and host keys have flags of their own."""
    trusts = [step for step in fix.steps if isinstance(step, TrustHostKey)]
    if trusts and desk.args.trust:
        if all(step.fingerprint == desk.args.trust for step in trusts):
            return True
        raise CannotApply(
            _("The host shows {seen}, not the fingerprint that may be trusted.").format(
                seen=trusts[0].fingerprint
            ),
            code="hostkey-changed",
        )
    uploads = any(isinstance(step, UploadKey) for step in fix.steps)
    if desk.args.yes and not trusts and (not uploads or desk.args.upload):
        return True
    question = _("Apply this?")
    if not desk.may_ask():
        flag = f"--trust {trusts[0].fingerprint}" if trusts else "--yes --upload" if uploads else "--yes"
        raise desk.need(_("This change needs your consent: {title}.").format(title=fix.title), flag)
    from sshwizard.plain.dialogue import Dialogue

    return Dialogue().yes_no(question, default=not trusts)


def _before_after(desk: Desk, before: Diagnosis, after: Diagnosis, change: Change) -> None:
    desk.out.answer(["", *retest.before_after(before, after, desk.machine.shown)])
    command = strip.wizard("undo", str(change.number), options=desk.options)
    desk.out.answer(_("Taken back with: {command}").format(command=command))


def _applied(desk: Desk, finding: Finding, fix: Fix, change: Change) -> dict[str, Any]:
    return {
        "id": finding.id,
        "title": fix.title,
        "change": change.number,
        "steps": list(change.steps),
        "paths": list(change.paths),
        "undo": strip.wizard("undo", str(change.number), options=desk.options),
    }


def _sort(desk: Desk) -> tuple[str, ...]:
    """Tell ids of findings from a destination among the words. Raises UsageError."""
    from sshwizard.rules.catalogue import CATALOGUE

    known = {entry.id for entry in CATALOGUE}
    ids = tuple(word for word in desk.args.words if word in known)
    others = [word for word in desk.args.words if word not in known]
    if len(others) > 1:
        raise UsageError(
            _("These are no findings: {words}.").format(words=", ".join(others)),
            hint=_("`sshwizard explain ID` explains a finding; the doctor prints the ids with `--json`."),
        )
    if others and desk.destination:
        raise UsageError(_("Two destinations: {a} and {b}.").format(a=others[0], b=desk.destination))
    desk.destination = desk.destination or (others[0] if others else "")
    return ids


def _require_found(diagnosis: Diagnosis, ids: tuple[str, ...]) -> None:
    absent = [one for one in ids if all(finding.id != one for finding in diagnosis.findings)]
    if absent:
        raise CannotApply(
            _("The check does not find {id} here, so there is nothing to mend.").format(id=absent[0]),
            code="no-such-finding",
            hint=_("Found: {ids}.").format(
                ids=", ".join(finding.id for finding in diagnosis.findings) or _("nothing")
            ),
        )
