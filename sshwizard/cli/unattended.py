"""`setup HOST --yes`: the guided set-up without questions; every answer is a flag or a default.

Key (named, known to the host, or new) → upload (only with `--upload`) → wait until it is taken → settle the
configuration → prove. Stops with a sentence at the first step that needs a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sshwizard import check, gather
from sshwizard.cli import exits, secrets, stock
from sshwizard.cli.desk import Desk
from sshwizard.cli.doctor import diagnose
from sshwizard.errors import CannotApply, CannotCheck, Refused
from sshwizard.hosts import book
from sshwizard.model.events import notes
from sshwizard.model.finding import Diagnosis, Fix
from sshwizard.plain.live import patience
from sshwizard.report import contract, pages, words
from sshwizard.text import _
from sshwizard.wizard import account, newkey, service, strip
from sshwizard.wizard.road import nothing_was_changed

if TYPE_CHECKING:
    from sshwizard.model.identity import Identity, PublicKey
    from sshwizard.model.plan import Plan, Target
    from sshwizard.providers.place import Place

BEFORE_THE_KEYS = frozenset({"dns", "tcp", "proxy", "banner", "kex", "hostkey"})
PATIENCE = 30
"""Seconds beyond the service's usual delay that a new key is waited for."""


@dataclass(kw_only=True)
class _SetUp:
    """What one set-up did."""

    desk: Desk
    target: Target
    changes: list[int] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def make(self, fix: Fix) -> None:
        """Show a change, and make it unless this is a dry run."""
        desk = self.desk
        desk.out.answer([fix.title, *pages.diff(desk.preview(fix), desk.out.style)])
        self.steps.append(fix.title)
        if not desk.args.dry_run:
            self.changes.append(secrets.apply_with(desk, fix).number)
            desk.machine = desk.machine.fresh()


def run(desk: Desk) -> int:
    """Set a key up for a host without asking. Raises what the steps raise."""
    _target, _line = gather.target_of(desk.machine, desk.destination)
    before = diagnose(desk)
    plan = before.case.plan
    assert plan is not None
    run = _SetUp(desk=desk, target=plan.target)
    if _no_road(before):
        desk.out.object(_fields(run, "problem", before))
        desk.out.answer(pages.to_text(before, desk.machine.shown, desk.out.style))
        desk.out.answer(nothing_was_changed())
        return exits.of_diagnosis(before) or exits.PROBLEM
    known = before.case.transcript.known if before.case.transcript else ()
    one = _key(run, plan, known)
    if one is None:
        return _end_dry(run)
    blob = one.public.blob
    if all(public.blob != blob for public in known):
        _upload(run, one.public)
        if not desk.args.dry_run:
            _wait(run, one.public)
    _settle(run, one.public)
    if desk.args.dry_run:
        return _end_dry(run)
    return _prove(run, one.public)


def _no_road(diagnosis: Diagnosis) -> bool:
    """Whether something before the keys stands in the way: no new key would help, and none is made or sent."""
    case = diagnosis.case
    if case.plan is None or case.plan.effective.fatal or case.transcript is None:
        return True
    failure = case.transcript.first_failure
    return failure is not None and failure.id in BEFORE_THE_KEYS


def _key(run: _SetUp, plan: Plan, known: tuple[PublicKey, ...]) -> Identity | None:
    """Return the key to use: named, known to the host, sent to it already, or new (None: it would be made)."""
    desk = run.desk
    named = desk.args.want
    if named:
        return stock.identity(desk, stock.facts(desk, named), named)
    blobs = {public.blob for public in known}
    facts = stock.facts(desk)
    for one in facts.identities:
        if one.public.blob in blobs and (one.usable_private or one.agents):
            return one
    sent = {offer.public.blob for offer in plan.sent if offer.public and offer.usable}
    entry = book.find(run.target.hostname)
    for one in facts.identities:
        taken = not (entry and entry.takes(one.public.type, one.public.bits))
        if one.public.blob in sent and taken and not one.public.certificate:
            return one
    from sshwizard.cli.newkey import described

    desk.args.bits = desk.args.comment = None
    new = described(desk, None, desk.destination)
    run.make(newkey.fix(new, desk.machine.shown(new.path)))
    if desk.args.dry_run:
        return None
    return stock.identity(desk, stock.facts(desk, new.path), new.path)


def _upload(run: _SetUp, public: PublicKey) -> None:
    """Add the public half to the account; only with `--upload`. Raises NeedsAnswer."""
    desk = run.desk
    place = _place(run)
    if not desk.args.upload:
        raise desk.need(
            _("The public half has to be on the account at {host}.").format(host=run.target.host),
            "--upload" if place.kind == "api" else "sshwizard keys export",
        )
    if place.kind != "api":
        raise CannotApply(
            _("sshwizard speaks no account API for {host}.").format(host=run.target.host),
            code="no-api",
            hint=_("Add the key by hand: `sshwizard keys export` prints it."),
        )
    title = desk.args.title or account.public_title(public, newkey.suggested_comment(stock.facts(desk)))
    run.make(service.upload_fix(place, public, title))


def _place(run: _SetUp) -> Place:
    """Return where the key goes: as the flags say, else where the host's keys go."""
    from sshwizard.providers.place import find_place

    args = run.desk.args
    machine = run.desk.machine
    place = find_place(machine, args.provider) if args.provider else service.place_at(machine, run.target)
    return replace(place, api_url=args.api_url) if args.api_url else place


def _wait(run: _SetUp, public: PublicKey) -> None:
    """Ask the host until it takes the key. Raises Refused when it does not in time, CannotCheck when it cannot be asked."""
    from sshwizard.probe.wait import until_accepted

    desk = run.desk
    facts, plan = check.run_plan(desk.machine, desk.request(wanted=public.fingerprint))
    host = run.target.host
    waited = until_accepted(
        desk.machine,
        facts,
        plan,
        public,
        most=service.delay(run.target) + PATIENCE,
        on_look=lambda look: desk.out.aside(patience(host, look)) if look.next_in else None,
        on_event=notes(desk.out.aside),
    )
    if waited.state == "no_way":
        raise CannotCheck(waited.detail, where=host)
    if waited.state != "accepted":
        raise Refused(
            _("{host} does not take the key yet.").format(host=host),
            code="key-not-registered",
            hint=_("Try again in a while: `sshwizard test {host}`.").format(host=host),
        )


def _settle(run: _SetUp, public: PublicKey) -> None:
    """Make ssh send the key first, where it does not yet."""
    desk = run.desk
    request = desk.request(wanted=public.fingerprint)
    _facts, plan, fixes = check.propose_for(desk.machine, request)
    first = next(iter(plan.sent), None)
    if first and first.public and first.public.blob == public.blob:
        return
    if not fixes:
        raise CannotApply(
            _("No change of the configuration was found that makes ssh send this key first."),
            code="no-proposal",
        )
    run.make(fixes[0])


def _prove(run: _SetUp, public: PublicKey) -> int:
    desk = run.desk
    diagnosis = diagnose(desk, wanted=public.fingerprint, login=True)
    code = exits.of_diagnosis(diagnosis)
    desk.out.object(_fields(run, "works" if code == exits.DONE else "problem", diagnosis))
    if code == exits.DONE:
        desk.out.answer(["", words.works(diagnosis, desk.machine.shown)])
    else:
        desk.out.answer(pages.to_text(diagnosis, desk.machine.shown, desk.out.style))
    for number in reversed(run.changes):
        desk.out.answer(
            _("Taken back with: {command}").format(
                command=strip.wizard("undo", str(number), options=desk.options)
            )
        )
    return code


def _end_dry(run: _SetUp) -> int:
    run.desk.out.object(_fields(run, "dry_run", None))
    run.desk.out.answer(nothing_was_changed())
    return exits.DONE


def _fields(run: _SetUp, result: str, diagnosis: Diagnosis | None) -> dict[str, Any]:
    transcript = diagnosis.case.transcript if diagnosis else None
    return contract.envelope(
        "setup",
        result=result,
        changed=bool(run.changes),
        target=contract.target(run.target),
        steps=run.steps,
        changes=run.changes,
        accepted=transcript.ssh_key.fingerprint if transcript and transcript.ssh_key else None,
        account=transcript.account if transcript else None,
        verdict=diagnosis.verdict if diagnosis else None,
    )
