"""Making a key, question by question: kind, file, comment, passphrase."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard import gather
from sshwizard.plain.dialogue import Back
from sshwizard.plain.visit import Visit
from sshwizard.text import _
from sshwizard.wizard import answers, choices, newkey
from sshwizard.wizard.road import SetUp

if TYPE_CHECKING:
    from sshwizard.model.identity import Identity


def make_key(visit: Visit, setup: SetUp) -> SetUp:
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
        with_key(setup, one), done=(*setup.done, change.title), commands=(*setup.commands, fix.command)
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


def with_key(setup: SetUp, one: Identity) -> SetUp:
    """Take a key that exists as the one to set up."""
    return replace(setup, public=one.public, private_path=one.private_path, new=None)
