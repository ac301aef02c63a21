"""The road "It says Permission denied": which key is sent, what the host says, the change, the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard import check
from sshwizard.model.steps import TrustHostKey
from sshwizard.plain import mend_all
from sshwizard.plain.visit import Visit
from sshwizard.report import contract, limit, pages, retest, words
from sshwizard.report.rows import rows
from sshwizard.text import _
from sshwizard.wizard import choices, service

if TYPE_CHECKING:
    from sshwizard.model.change import Change
    from sshwizard.model.finding import Diagnosis, Finding, Fix

MAKE_ONE = frozenset({"key-missing", "key-not-registered", "wrong-text-registered"})
"""Findings that a set-up mends: there is no key, or the host does not know one."""


def walk(visit: Visit) -> None:
    """Check a host and mend what stands in the way, one cause after the other."""
    typed = choose_host(visit)
    visit.command(visit.ours("doctor", typed) if typed else visit.ours("doctor"))
    diagnosis = visit.check(typed)
    show(visit, diagnosis)
    diagnosis = mend_all.offer(visit, typed, diagnosis)
    refused: set[str] = set()
    while diagnosis.verdict != "healthy":
        found = next(
            (
                one
                for one in diagnosis.findings
                if one.severity != "info" and one.fixes and one.id not in refused
            ),
            None,
        )
        if found is None:
            if not _set_up_instead(visit, typed, diagnosis):
                none = _("No change from here would mend this.")
                visit.say("", _("It was left as it is.") if refused else none)
            return
        after = _mend(visit, typed, diagnosis, found)
        if after is None:
            refused.add(found.id)
        else:
            diagnosis = after
    visit.say("", words.works(diagnosis, visit.machine.shown))
    if visit.done:
        visit.say(_("The same by hand:"), *(f"  {one.command or one.title}" for one in visit.done))


def choose_host(visit: Visit) -> str:
    """Ask which host, this repository's remotes first; the answer is what `Request.typed` takes."""
    if visit.options.typed:
        return visit.options.typed
    from sshwizard.hosts import book
    from sshwizard.wizard.answers import check_host

    facts = visit.facts()
    known = [name for name in check.hosts_of(visit.machine, facts) if not name.startswith("ssh://")][:20]
    catalogue = [(entry.name, entry.title) for entry in book.entries()] if len(known) < 5 else []
    choice = choices.host_choice(facts, known, catalogue, service.own_addresses(visit.machine))
    while True:
        typed = visit.dialogue.choose(choice, back=True)
        typed = service.destination_named(visit.machine, typed)
        problem = "" if choice.option(typed) else check_host(typed)
        if not problem:
            return typed
        visit.say(problem)


def show(visit: Visit, diagnosis: Diagnosis) -> None:
    """Say what was found: the destination, the table of keys, and each cause with its evidence."""
    visit.say("", *pages.headline(diagnosis, visit.machine.shown, visit.style))
    plan, seen = diagnosis.case.plan, diagnosis.case.transcript
    if plan:
        found = rows(plan, seen, visit.machine.shown)
        visit.say("", *pages.key_table(found, plan, visit.style, limit.met(seen)))
    serious = [finding for finding in diagnosis.findings if finding.severity != "info"]
    visit.say(*pages.findings(serious, visit.machine.shown, visit.style, after_text=True))


def _mend(visit: Visit, typed: str, before: Diagnosis, found: Finding) -> Diagnosis | None:
    """Offer the ways of one finding; return the diagnosis after a change, or None when none was made."""
    picked = visit.dialogue.choose(choices.fix_choice(found.fixes), back=True)
    if picked == choices.NO:
        return None
    fix = found.fixes[int(picked)]
    if not contract.applicable(fix):
        return _by_hand(visit, typed, fix)
    visit.command(fix.command or visit.ours("fix", found.id))
    visit.show(fix)
    if fix.why:
        visit.say(fix.why)
    trusts = any(isinstance(step, TrustHostKey) for step in fix.steps)
    if not visit.dialogue.yes_no(_("Apply and test again?"), default=not trusts):
        return None
    change = visit.apply(fix)
    return _again(visit, typed, before, change) if change else None


def _again(visit: Visit, typed: str, before: Diagnosis, change: Change) -> Diagnosis | None:
    """Test again after a change; take it back when that is worse or wanted."""
    after = visit.check(typed)
    visit.say("", *retest.before_after(before, after, visit.machine.shown))
    if retest.is_worse(before, after):
        visit.say(_("That is worse than before."))
        visit.undo(change)
        return None
    visit.say(_("Taken back with: {command}").format(command=visit.ours("undo", str(change.number))))
    if visit.dialogue.yes_no(_("Take it back now?"), default=False):
        visit.undo(change)
        return None
    if after.verdict != "healthy":
        show(visit, after)
    return after


def _by_hand(visit: Visit, typed: str, fix: Fix) -> Diagnosis | None:
    for sentence in contract.instructions(fix):
        visit.say(f"  - {sentence}")
    if fix.command:
        visit.command(fix.command)
    if not visit.dialogue.yes_no(_("Test again now?"), default=True):
        return None
    visit.machine = visit.machine.fresh()
    after = visit.check(typed)
    show(visit, after)
    return after


def _set_up_instead(visit: Visit, typed: str, diagnosis: Diagnosis) -> bool:
    """Offer the other road where a key has to be made or uploaded."""
    if not any(finding.id in MAKE_ONE for finding in diagnosis.findings):
        return False
    if not visit.dialogue.yes_no(
        _("Set up a key for {host} now?").format(host=typed or _("it")), default=True
    ):
        return False
    from sshwizard.plain import setup

    setup.walk(visit, typed)
    return True
