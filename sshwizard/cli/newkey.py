"""`keys new`: make a pair. Never overwrites; the passphrase comes hidden, over a descriptor, or not at all."""

from __future__ import annotations

import argparse
from dataclasses import replace

from sshwizard.cli import exits, secrets, stock
from sshwizard.cli.desk import Desk
from sshwizard.errors import UsageError
from sshwizard.model.plan import Target
from sshwizard.report import contract, inventory
from sshwizard.text import _
from sshwizard.wizard import answers, newkey, strip
from sshwizard.wizard.road import nothing_was_changed

_BITS = {"ed25519": (None,), "rsa": (3072, 4096, 2048, 8192), "ecdsa": (256, 384, 521)}
_DEFAULT_BITS = {"ed25519": None, "rsa": 4096, "ecdsa": 256}


def keys_new_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `keys new`."""
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help=_("where to put it; a bare name lies in ~/.ssh")
    )
    parser.add_argument("-t", "--type", choices=tuple(_BITS), help=_("kind of key (ed25519)"))
    parser.add_argument("-b", "--bits", type=int, metavar="N", help=_("size of an rsa or ecdsa key"))
    parser.add_argument("-C", "--comment", metavar=_("TEXT"), help=_("comment (you@machine)"))
    parser.add_argument(
        "--for", dest="host", metavar="HOST", help=_("the host it is for: suggests name and kind")
    )
    secrets.add_flags(parser)


def run_keys_new(desk: Desk) -> int:
    """Make a key and print its public half."""
    from sshwizard.openssh.keys import public_line

    new = described(desk, desk.args.file, desk.args.host)
    shown = desk.machine.shown(new.path)
    fix = newkey.fix(new, shown)
    if desk.args.dry_run:
        desk.out.object(
            contract.envelope("keys new", result="dry_run", changed=False, **_fields(new, fix.command))
        )
        desk.out.answer([desk.preview(fix), nothing_was_changed()])
        return exits.DONE
    change = secrets.apply_with(desk, fix)
    desk.machine = desk.machine.fresh()
    made = stock.identity(desk, stock.facts(desk, new.path), new.path)
    undo = strip.wizard("undo", str(change.number), options=desk.options)
    desk.out.object(
        contract.envelope(
            "keys new",
            result="made",
            changed=True,
            key=inventory.identity(made),
            public=public_line(made.public),
            change=change.number,
            undo=undo,
        )
    )
    desk.out.answer(
        [
            _("Made {path} ({kind}) and {path}.pub.").format(path=shown, kind=made.public.kind),
            made.public.fingerprint,
            public_line(made.public),
            _("Taken back with: {command}").format(command=undo),
        ]
    )
    return exits.DONE


def described(desk: Desk, file: str | None, host: str | None) -> newkey.NewKey:
    """Return the key that the arguments describe, with suggestions for the rest. Raises UsageError."""
    facts = stock.facts(desk)
    suggested = newkey.suggest(facts, _target(desk, host))
    type_ = desk.args.type or suggested.type
    if type_ == suggested.type and desk.args.bits is None:
        bits = suggested.bits if not desk.args.type else _DEFAULT_BITS[type_]
    else:
        bits = desk.args.bits or _DEFAULT_BITS[type_]
    if bits not in _BITS[type_]:
        raise UsageError(
            _("{type} keys have no size of {bits} bits here.").format(type=type_, bits=bits),
            hint=_("Sizes: {sizes}.").format(
                sizes=", ".join(str(size or _("fixed")) for size in _BITS[type_])
            ),
        )
    machine = desk.machine
    name = newkey.suggested_name(_target(desk, host), type_)
    path = answers.absolute(file, machine.home, machine.cwd) if file else newkey.free_path(facts, name)
    comment = suggested.comment if desk.args.comment is None else desk.args.comment
    problem = answers.check_key_path(path, home=machine.home, cwd=machine.cwd, files=machine.files)
    problem = problem or answers.check_comment(comment)
    if problem:
        raise UsageError(problem, code="exists" if "overwritten" in problem else "usage", where=path)
    if not machine.home and not file:
        raise UsageError(_("There is no home folder to put it into."), hint=_("Name one with `--home DIR`."))
    return replace(
        suggested, type=type_, bits=bits, path=path, comment=comment, encrypted=not desk.args.no_passphrase
    )


def _target(desk: Desk, host: str | None) -> Target | None:
    if not host:
        return None
    from sshwizard import gather

    return gather.target_of(desk.machine, host)[0]


def _fields(new: newkey.NewKey, command: str) -> dict[str, object]:
    return {
        "path": new.path,
        "type": new.type,
        "bits": new.bits,
        "comment": new.comment,
        "encrypted": new.encrypted,
        "equivalent": command,
    }
