"""The keys of an account, line by line: what is there, what of it is here, adding and removing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sshwizard import check
from sshwizard.errors import Cancelled, NeedsAnswer, SshwizardError
from sshwizard.model.choices import Choice, Option
from sshwizard.model.events import notes
from sshwizard.plain import elsewhere
from sshwizard.plain.dialogue import Back
from sshwizard.plain.live import patience
from sshwizard.plain.opening import login_for, with_account, with_code
from sshwizard.report.columns import table
from sshwizard.text import _, plural
from sshwizard.wizard import account, credentials, newkey, service, strip
from sshwizard.wizard.account import Account, Foreign

if TYPE_CHECKING:
    from sshwizard.model.account import RemoteKey
    from sshwizard.model.facts import Facts
    from sshwizard.model.identity import PublicKey
    from sshwizard.plain.visit import Visit
    from sshwizard.providers.api import KeyApi
    from sshwizard.providers.place import Place

ADD, REMOVE, FIND, ALL, OTHER, AGAIN = "add", "remove", "find", "all", "other", "again"
PATIENCE = 60.0
"""Seconds beyond the service's usual delay that a new key is waited for."""


@dataclass
class _Opened:
    """An account in front of the user."""

    account: Account
    facts: Facts
    others: tuple[Foreign, ...] = ()


def walk(visit: Visit) -> None:
    """Ask which account, open it, and do what is asked for until the user goes back."""
    found = service.places(visit.machine, check.hosts_of(visit.machine, visit.facts()))
    picked = visit.dialogue.choose(
        Choice(
            question=_("Which account?"),
            options=tuple(Option(value=place.name, label=place.title, note=note) for place, note in found),
            default=found[0][0].name,
        ),
        back=True,
    )
    manage(visit, next(place for place, _note in found if place.name == picked))


def manage(visit: Visit, place: Place) -> None:
    """Show an account and change its keys until the user goes back."""
    visit.command(visit.ours("keys", "list", "--remote", place.name))
    opened = _open(visit, place)
    show(visit, opened)
    while True:
        try:
            picked = visit.dialogue.choose(_what(opened), back=True)
        except Back:
            return
        try:
            _do(visit, place, opened, picked)
        except Back:
            continue
        except (Cancelled, NeedsAnswer):
            raise
        except SshwizardError as error:
            visit.tell(error)


def _open(visit: Visit, place: Place) -> _Opened:
    facts = visit.facts()

    def look(api: KeyApi) -> Account:
        return account.look(api, place, facts.identities)

    found = with_account(visit, place, look)
    login = login_for(visit, place)
    said = credentials.kept(login, place, found.name or "")
    if said:
        visit.say(said)
        visit.logins[credentials.key_of(place)] = credentials.Login(
            token=login.token, otp=login.otp, where=credentials.KEYCHAIN
        )
    return _Opened(found, facts)


def _refresh(visit: Visit, opened: _Opened) -> None:
    fresh = _open(visit, opened.account.place)
    opened.account, opened.facts = fresh.account, fresh.facts
    opened.others = tuple(one for one in opened.others if not fresh.account.has(one.public))


def show(visit: Visit, opened: _Opened) -> None:
    """Write the table: what is on the account, what is only here, what is on another account."""
    today = datetime.datetime.now(datetime.UTC).date()
    shown, found = visit.machine.shown, opened.account
    visit.say(
        "",
        _("{service}, account {account}: {summary}.").format(
            service=found.place.title, account=found.name or "?", summary=account.summary(found)
        ),
    )
    rows = [
        [
            row.key.title or row.key.id,
            account.kind(row.key),
            account.age(row.key.created, today),
            account.here(row, shown),
        ]
        for row in found.rows
    ]
    if rows:
        head = [_("on the account"), "", _("age"), _("on this machine")]
        visit.say(*table([head, *rows], width=visit.style.width))
    here = [
        [
            one.name,
            one.public.kind,
            account.not_taken(found.place, one.public) or account.place_of(one, shown),
        ]
        for one in found.only_here
    ]
    if here:
        visit.say("", *table([[_("only on this machine"), "", ""], *here], width=visit.style.width))
    other = [[one.called, one.public.kind, one.source] for one in opened.others if one.local is None]
    if other:
        visit.say("", *table([[_("on another account"), "", ""], *other], width=visit.style.width))


def _what(opened: _Opened) -> Choice:
    found = opened.account
    addable = found.only_here or any(one.local is None for one in opened.others)
    nothing = "" if found.rows else _("there is no key on the account")
    return Choice(
        question=_("What would you like to do?"),
        options=(
            Option(
                value=ADD,
                label=_("Add a key"),
                note=account.before_adding(found.place),
                disabled="" if addable else _("every key of this machine is on the account"),
            ),
            Option(value=REMOVE, label=_("Remove a key"), disabled=nothing),
            Option(value=FIND, label=_("Remove by name, or by a part of the key"), disabled=nothing),
            Option(value=ALL, label=_("Remove all keys"), disabled=nothing),
            Option(value=OTHER, label=_("Show the keys I have on another account")),
            Option(value=AGAIN, label=_("Look again")),
        ),
        default=ADD if addable else AGAIN,
    )


def _do(visit: Visit, place: Place, opened: _Opened, what: str) -> None:
    found = opened.account
    if what == ADD:
        _add(visit, place, opened)
    elif what == REMOVE:
        id = visit.dialogue.choose(_which(found, visit.machine.shown), back=True)
        _remove(visit, opened, [row.key for row in found.rows if row.key.id == id])
    elif what == FIND:
        wanted = visit.dialogue.ask(_("Name, id, fingerprint, or a part of one"))
        fits = account.matching(found, wanted)
        if not fits:
            visit.say(_("No key of this account fits."))
            return
        _remove(visit, opened, fits)
    elif what == ALL:
        _remove(visit, opened, [row.key for row in found.rows])
    elif what == OTHER:
        opened.others = elsewhere.look(visit, opened.facts.identities, found)
        show(visit, opened)
    else:
        _refresh(visit, opened)
        show(visit, opened)


def _which(found: Account, shown: object) -> Choice:
    options = tuple(
        Option(value=row.key.id, label=row.key.title or row.key.id, note=account.here(row, shown))  # type: ignore[arg-type]
        for row in found.rows
    )
    return Choice(question=_("Which key?"), options=options, default=options[0].value)


def _add(visit: Visit, place: Place, opened: _Opened) -> None:
    """Add a key, then wait until the host takes it."""
    found = opened.account
    publics = [one.public for one in found.only_here]
    publics += [one.titled for one in opened.others if one.local is None]
    options = tuple(
        Option(
            value=public.fingerprint,
            label=public.called,
            note=public.kind,
            disabled=account.not_taken(place, public),
        )
        for public in publics
    )
    default = next((option.value for option in options if not option.disabled), "")
    picked = visit.dialogue.choose(
        Choice(question=_("Which key?"), options=options, default=default), back=True
    )
    public = next(one for one in publics if one.fingerprint == picked)
    title = account.public_title(public, newkey.suggested_comment(opened.facts))
    local = next((one for one in opened.facts.identities if one.public.blob == public.blob), None)
    path = visit.machine.shown(local.public_path) if local and local.public_path else "FILE.pub"
    command = strip.upload(place.name, path, title, options=visit.options.options)
    visit.command(command)
    fix = service.upload_fix(place, public, title, command)
    if visit.options.dry_run:
        visit.apply(fix)
        return
    with_code(visit, place, lambda login: visit.apply(fix, login))
    _refresh(visit, opened)
    row = next(
        (
            row
            for row in opened.account.rows
            if opened.account.has(public) and row.key.public and row.key.public.blob == public.blob
        ),
        None,
    )
    _prove(visit, place, public, row.key.id if row else "")


def _prove(visit: Visit, place: Place, public: PublicKey, key_id: str) -> None:
    """Ask the host until it takes the key, then run the check of the login itself."""
    from sshwizard.probe.wait import until_accepted

    typed = service.address(visit.machine, place, key_id)
    if not typed:
        visit.say(_("{service} has no git over SSH; its list is the proof.").format(service=place.title))
        return
    visit.command(visit.ours("test", typed, "--wait"))
    facts, plan = check.run_plan(visit.machine, visit.request(typed))
    most = service.delay_of(place) + PATIENCE
    waited = until_accepted(
        visit.machine,
        facts,
        plan,
        public,
        most=most,
        on_look=lambda look: visit.say(patience(typed, look)) if look.next_in else None,
        on_event=notes(visit.say),
    )
    if waited.state != "accepted":
        visit.say(waited.detail or _("{host} does not take it yet; look again later.").format(host=typed))
        return
    visit.say(_("{host} takes this key.").format(host=typed))
    one = next((one for one in facts.identities if one.public.blob == public.blob), None)
    if one is None or not (one.has_private or one.agents):
        visit.say(_("Use it from the machine that holds its private half."))
        return
    from sshwizard.plain import setup

    setup.finish(visit, typed, one)


def _remove(visit: Visit, opened: _Opened, keys: Sequence[RemoteKey]) -> None:
    """Say what will go and what follows, and remove after the typed name."""
    found, place = opened.account, opened.account.place
    visit.say("", plural(len(keys), "{n} key will be removed:", "{n} keys will be removed:"))
    visit.say(*(f"  {key.title or key.id}  {key.fingerprint or ''}" for key in keys))
    visit.say(*account.before_removing(found, keys))
    words = account.confirmation(found, keys)
    typed = visit.dialogue.ask(account.removal_question(found, keys))
    if typed not in words:
        visit.say(_("That is not {word}; nothing was removed.").format(word=words[0]))
        return
    options = visit.options.options
    if len(keys) > 1 and len(keys) == len(found.rows):
        visit.command(strip.remove(place.name, "--all", options=options))
    try:
        for key in keys:
            command = strip.remove(place.name, key.id, options=options)
            fix = account.removal(found, key, command)
            if visit.options.dry_run:
                visit.apply(fix)
            else:
                with_code(visit, place, lambda login, fix=fix: visit.apply(fix, login))  # type: ignore[misc]
    finally:
        if not visit.options.dry_run:
            _refresh(visit, opened)
    show(visit, opened)
