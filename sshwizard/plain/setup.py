"""The road "Set up a key": host, key, upload, test, settle, proof. Each step says its number and command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard import check, gather
from sshwizard.machine import runtime
from sshwizard.plain import denied
from sshwizard.plain.dialogue import Back
from sshwizard.plain.live import patience
from sshwizard.plain.visit import Visit
from sshwizard.report import pages, retest, words
from sshwizard.text import _
from sshwizard.wizard import answers, choices, newkey, resume, road, service, strip
from sshwizard.wizard.road import SetUp

if TYPE_CHECKING:
    from sshwizard.model.finding import Diagnosis
    from sshwizard.model.identity import Identity, PublicKey

PATIENCE = 30
"""Seconds beyond the service's usual delay that the test waits for a new key."""


def walk(visit: Visit, typed: str = "") -> None:
    """Walk the five steps to a proof; each answer can be taken back with `b`."""
    setup = _begun(visit, typed)
    steps = {"host": _host, "key": _key, "upload": _upload, "test": _test, "settle": _settle}
    while (step := road.position(setup)) is not None:
        visit.say("", road.step_line(step))
        try:
            setup = steps[step](visit, setup)
        except Back:
            if step == "host" or visit.done:
                raise
            setup = SetUp()
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
        choice = choices.key_choice(
            facts.identities, visit.machine.shown, known=known, host=setup.target.host
        )
        picked = visit.dialogue.choose(choice, back=True)
    else:
        picked = choices.NEW
    if picked == choices.NEW:
        return _make(visit, setup)
    one = next(one for one in facts.identities if one.public.fingerprint == picked)
    accepted = any(public.blob == one.public.blob for public in known)
    return replace(_with(setup, one), accepted=accepted or None, uploaded=accepted)


def _make(visit: Visit, setup: SetUp) -> SetUp:
    """Ask for kind, file, comment and passphrase of a new key, and make it."""
    machine, dialogue = visit.machine, visit.dialogue
    facts = visit.facts()
    new = newkey.suggest(facts, setup.target)
    kind = dialogue.choose(choices.type_choice(new), back=True)
    type_, _colon, bits = kind.partition(":")
    if type_ != new.type:
        name = newkey.suggested_name(setup.target, type_)
        new = replace(new, path=newkey.free_path(facts, name))
    new = replace(new, type=type_, bits=int(bits) if bits else None)  # type: ignore[arg-type]
    path = dialogue.ask(
        _("File"),
        machine.shown(new.path),
        lambda typed: answers.check_key_path(typed, home=machine.home, cwd=machine.cwd, files=machine.files),
    )
    comment = dialogue.ask(_("Comment"), new.comment, answers.check_comment)
    new = replace(new, path=answers.absolute(path, machine.home, machine.cwd), comment=comment)
    new = replace(new, encrypted=_wants_passphrase(visit))
    fix = newkey.fix(new, machine.shown(new.path))
    visit.command(fix.command)
    change = visit.apply(fix)
    if change is None:
        raise Back
    one = next(one for one in gather_with(visit, new.path) if new.path in (one.private_path, one.public_path))
    visit.say(f"{one.public.kind}  {one.public.fingerprint}")
    return replace(
        _with(setup, one), done=(*setup.done, change.title), commands=(*setup.commands, fix.command)
    )


def _wants_passphrase(visit: Visit) -> bool:
    if not visit.options.hidden_input:
        visit.say(
            _("This terminal cannot hide what is typed, so no passphrase is asked for here."),
            _("For a passphrase use Windows Terminal, `winpty sshwizard`, or `--passphrase-fd N`."),
        )
        return not visit.dialogue.yes_no(_("Make the key without a passphrase?"), default=False)
    return visit.dialogue.yes_no(_("Protect it with a passphrase?"), default=True)


def gather_with(visit: Visit, path: str) -> tuple[Identity, ...]:
    """Look at the keys again, a certain file included."""
    from sshwizard.model.config import CommandLine

    return gather.gather(visit.machine, CommandLine(destination=""), extra_keys=(path,)).identities


def _upload(visit: Visit, setup: SetUp) -> SetUp:
    """Get the public half onto the account: by the API, by hand, or it is there already."""
    target, public = setup.target, setup.public
    assert target is not None and public is not None
    provider = service.provider_of(visit.machine.env, target)
    token_from = ""
    if provider:
        from sshwizard.providers.tokens import find_tokens

        token_from = next((found.where for found in find_tokens(visit.machine, provider)), "")
    title = service.service_title(target)
    choice = choices.upload_choice(
        title, api=bool(provider), token_from=token_from, page=service.key_page(target)
    )
    way = visit.dialogue.choose(choice, back=True)
    shown = visit.machine.shown(f"{setup.private_path}.pub") if setup.private_path else ""
    if way == choices.API:
        name = visit.dialogue.ask(
            _("Name of the key on the account"),
            public.comment or newkey.suggested_comment(visit.facts()),
            answers.check_title,
        )
        fix = service.upload_fix(
            provider,
            visit.machine.env.get(service.PRACTICE_URL, "") if provider == service.PRACTICE else "",
            public,
            name,
        )
        command = strip.upload(provider, shown, name, options=visit.options.options)
        visit.command(command)
        change = visit.apply(fix)
        if change is None:
            raise Back
        return replace(
            setup,
            upload="api",
            uploaded=True,
            title=name,
            done=(*setup.done, change.title),
            commands=(*setup.commands, command),
        )
    if way == choices.BY_HAND:
        _show_public(visit, setup, shown)
        return replace(setup, upload="hand", uploaded=True)
    return replace(setup, upload="there", uploaded=True)


def _show_public(visit: Visit, setup: SetUp, shown: str) -> None:
    from sshwizard.openssh.keys import public_line

    assert setup.target is not None and setup.public is not None
    visit.command(strip.show_public(shown))
    visit.say("", public_line(setup.public), "")
    page = service.key_page(setup.target)
    if page:
        visit.say(_("Paste this line there: {page}").format(page=page))
    else:
        visit.say(
            _("Paste this line into the page for ssh keys of your account, or into authorized_keys there.")
        )
    visit.dialogue.ask(_("Press Enter when it is there"))


def _test(visit: Visit, setup: SetUp) -> SetUp:
    """Ask the host until it takes the key, or the user has waited enough."""
    assert setup.target is not None and setup.public is not None
    visit.command(visit.ours("doctor", setup.typed))
    while True:
        state = _wait(visit, setup)
        if state == "accepted":
            visit.say(_("{host} takes this key.").format(host=setup.target.host))
            return replace(setup, accepted=True)
        diagnosis = visit.check(setup.typed, wanted=setup.public.fingerprint)
        visit.say("", *pages.headline(diagnosis, visit.machine.shown, visit.style))
        serious = [finding for finding in diagnosis.findings if finding.severity != "info"]
        visit.say(*pages.findings(serious[:1], visit.machine.shown, visit.style, after_text=False))
        if not visit.dialogue.yes_no(_("Test again?"), default=True):
            return replace(setup, uploaded=False, accepted=None)


def _wait(visit: Visit, setup: SetUp) -> str:
    """Look again and again while the service may still be taking the key in."""
    from sshwizard.probe.wait import until_accepted

    assert setup.target is not None and setup.public is not None
    host = setup.target.host
    facts, plan = check.run_plan(visit.machine, visit.request(setup.typed, wanted=setup.public.fingerprint))
    most = service.delay(setup.target) + PATIENCE if setup.upload == "api" else 1.0
    waited = until_accepted(
        visit.machine,
        facts,
        plan,
        setup.public,
        most=most,
        on_look=lambda look: visit.say(patience(host, look)) if look.next_in < most else None,
    )
    return waited.state


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


def _with(setup: SetUp, one: Identity) -> SetUp:
    return replace(setup, public=one.public, private_path=one.private_path, new=None)
