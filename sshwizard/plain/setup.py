"""The road "Set up a key": host, key, upload, test, settle, proof. Each step says its number and command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard import check, gather
from sshwizard.errors import CannotCheck, Refused
from sshwizard.machine import runtime
from sshwizard.model.events import notes
from sshwizard.plain import denied, elsewhere, making, uploading
from sshwizard.plain.dialogue import Back
from sshwizard.plain.live import patience
from sshwizard.plain.visit import Visit
from sshwizard.report import pages, retest, words
from sshwizard.text import _
from sshwizard.wizard import choices, resume, road, service, strip
from sshwizard.wizard.road import SetUp

if TYPE_CHECKING:
    from sshwizard.model.finding import Diagnosis
    from sshwizard.model.identity import Identity, PublicKey
    from sshwizard.wizard.account import Foreign

PATIENCE = 30
"""Seconds beyond the service's usual delay that the test waits for a new key."""


def walk(visit: Visit, typed: str = "") -> None:
    """Walk the five steps to a proof; each answer can be taken back with `b`."""
    setup = _begun(visit, typed)
    steps = {"host": _host, "key": _key, "upload": uploading.upload, "test": _test, "settle": _settle}
    while (step := road.position(setup)) is not None:
        visit.say("", road.step_line(step))
        try:
            setup = steps[step](visit, setup)
        except Back:
            if step == "host" or visit.done:
                raise
            setup = SetUp()
        except (Refused, CannotCheck) as error:
            if step != "upload" and step != "key":
                raise
            visit.tell(error)
        if setup.public and not visit.options.dry_run:
            runtime.remember(visit.machine, resume.NAME, resume.kept(setup, visit.machine.home))
    runtime.remember(visit.machine, resume.NAME, b"")
    visit.say("", *road.ending(setup, visit.proof))


def _begun(visit: Visit, typed: str) -> SetUp:
    """Return the set-up to walk: the one that was left half-way, if the user wants it, else a new one."""
    left = resume.taken_up(runtime.recall(visit.machine, resume.NAME), visit.facts())
    wanted = typed or visit.options.typed
    if left is None or (wanted and wanted != left.typed):
        return SetUp(typed=typed)
    question = _("Go on with {host} and {key}, where you left?").format(
        host=left.typed, key=visit.machine.shown(left.private_path or "")
    )
    return left if visit.dialogue.yes_no(question, default=True) else SetUp(typed=typed)


def _host(visit: Visit, setup: SetUp) -> SetUp:
    typed = setup.typed or denied.choose_host(visit)
    target, command_line = gather.target_of(visit.machine, typed)
    _facts, plan = check.run_plan(visit.machine, visit.request(typed))
    return replace(
        setup, typed=typed, target=replace(plan.target, remote=target.remote) if command_line else target
    )


def _key(visit: Visit, setup: SetUp) -> SetUp:
    """Choose a key that exists, or make one. The host is asked which it knows already."""
    assert setup.target is not None
    facts = visit.facts()
    known: tuple[PublicKey, ...] = ()
    if facts.identities:
        visit.say(_("Asking {host} which of your keys it knows.").format(host=setup.target.host))
        transcript = visit.check(setup.typed, layers=False).case.transcript
        known = transcript.known if transcript else ()
    others: tuple[Foreign, ...] = ()
    picked = choices.NEW
    while facts.identities:
        choice = choices.key_choice(
            facts.identities,
            visit.machine.shown,
            known=known,
            host=setup.target.host,
            others=others,
            may_look=True,
        )
        picked = visit.dialogue.choose(choice, back=True)
        if picked != choices.ELSEWHERE:
            break
        others = elsewhere.look(visit, facts.identities)
    if picked == choices.NEW:
        return making.make_key(visit, setup)
    other = next((one for one in others if one.local is None and one.public.fingerprint == picked), None)
    if other is not None:
        return replace(setup, public=other.titled, private_path=None, new=None)
    one = next(one for one in facts.identities if one.public.fingerprint == picked)
    accepted = any(public.blob == one.public.blob for public in known)
    return replace(making.with_key(setup, one), accepted=accepted or None, uploaded=accepted)


def _test(visit: Visit, setup: SetUp) -> SetUp:
    """Ask the host until it takes the key, or the user has waited enough."""
    assert setup.target is not None and setup.public is not None
    visit.command(visit.ours("doctor", setup.typed))
    while True:
        state, here = _wait(visit, setup), _is_here(visit, setup)
        if state == "accepted":
            words = _("{host} takes this key.").format(host=setup.target.host)
            visit.say(words)
            if not here:
                visit.proof = words + " " + _("Use it from the machine that holds its private half.")
            return replace(setup, accepted=True, sent_first=None if here else True)
        diagnosis = visit.check(setup.typed, wanted=setup.public.fingerprint if here else None)
        visit.say("", *pages.headline(diagnosis, visit.machine.shown, visit.style))
        serious = [finding for finding in diagnosis.findings if finding.severity != "info"]
        visit.say(*pages.findings(serious[:1], visit.machine.shown, visit.style, after_text=False))
        if not visit.dialogue.yes_no(_("Test again?"), default=True):
            return replace(setup, uploaded=False, accepted=None)


def _is_here(visit: Visit, setup: SetUp) -> bool:
    """Tell whether this machine can log in with the key at all; one of another account may be elsewhere."""
    blob = setup.public.blob if setup.public else b""
    mine = [one for one in visit.facts().identities if one.public.blob == blob]
    return bool(setup.private_path) or any(one.has_private or one.agents for one in mine)


def _wait(visit: Visit, setup: SetUp) -> str:
    """Look again and again while the service may still be taking the key in."""
    from sshwizard.probe.wait import until_accepted

    assert setup.target is not None and setup.public is not None
    host = setup.target.host
    facts, plan = check.run_plan(visit.machine, visit.request(setup.typed))
    most = service.delay(setup.target) + PATIENCE if setup.upload == "api" else 1.0
    waited = until_accepted(
        visit.machine,
        facts,
        plan,
        setup.public,
        most=most,
        on_look=lambda look: visit.say(patience(host, look)) if look.next_in < most else None,
        on_event=notes(visit.say),
    )
    return waited.state


def finish(visit: Visit, typed: str, one: Identity) -> None:
    """Make ssh send a key that the host takes already, and prove it; for a key added outside a set-up."""
    target, _line = gather.target_of(visit.machine, typed)
    setup = SetUp(
        typed=typed,
        target=target,
        public=one.public,
        private_path=one.private_path,
        uploaded=True,
        accepted=True,
    )
    try:
        _settle(visit, setup)
    except Back:
        return
    visit.say("", visit.proof)


def _settle(visit: Visit, setup: SetUp) -> SetUp:
    """Make ssh send this key there first, shown before it is written; then look whether it does."""
    assert setup.target is not None and setup.public is not None
    typed, wanted = setup.typed, setup.public.fingerprint
    before = visit.check(typed, wanted=wanted, layers=False)
    if _sent(before, setup):
        visit.say(_("ssh sends this key already. No changes to make."))
        return _proved(visit, setup, before)
    _facts, _plan, fixes = check.propose_for(visit.machine, visit.request(typed, wanted=wanted))
    if not fixes:
        visit.say(_("No change of the configuration was found that makes ssh send this key first."))
        raise Back
    picked = visit.dialogue.choose(choices.fix_choice(fixes), back=True)
    if picked == choices.NO:
        raise Back
    fix = fixes[int(picked)]
    command = strip.settle(
        setup.target, visit.machine.shown(setup.private_path or ""), options=visit.options.options
    )
    visit.command(command)
    visit.show(fix)
    if not visit.dialogue.yes_no(_("Write this?"), default=True):
        raise Back
    change = visit.apply(fix)
    if change is None:
        raise Back
    setup = replace(setup, done=(*setup.done, change.title), commands=(*setup.commands, command))
    after = visit.check(typed, wanted=wanted)
    if retest.is_worse(before, after):
        visit.undo(change)
        raise Back
    return _proved(visit, setup, after)


def _proved(visit: Visit, setup: SetUp, diagnosis: Diagnosis) -> SetUp:
    """Offer the one real login that reads the account's name."""
    if not _sent(diagnosis, setup):
        visit.say(*retest.before_after(diagnosis, diagnosis, visit.machine.shown)[1:])
        raise Back
    assert setup.target is not None
    command = strip.login(setup.target)
    visit.command(command)
    if visit.dialogue.yes_no(_("Log in once, to read the account's name?"), default=True):
        diagnosis = visit.check(setup.typed, login=True, layers=False)
    transcript = diagnosis.case.transcript
    visit.proof = words.works(diagnosis, visit.machine.shown)
    return replace(
        setup,
        sent_first=True,
        account=transcript.account if transcript else None,
        commands=(*setup.commands, command),
    )


def _sent(diagnosis: Diagnosis, setup: SetUp) -> bool:
    transcript = diagnosis.case.transcript
    return bool(
        transcript and transcript.ssh_key and setup.public and transcript.ssh_key.blob == setup.public.blob
    )
