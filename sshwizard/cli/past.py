"""`undo` and `history`: the changes that were made, and taking them back."""

from __future__ import annotations

import argparse
from typing import Any

from sshwizard import apply
from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.errors import CannotApply
from sshwizard.model.change import Change
from sshwizard.report import contract
from sshwizard.report.columns import table
from sshwizard.secret import Secret
from sshwizard.text import _
from sshwizard.wizard.road import nothing_was_changed


def undo_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `undo`."""
    parser.add_argument(
        "number", nargs="?", type=int, metavar="N", help=_("the change to take back; else the last one")
    )
    parser.add_argument(
        "--token-env", metavar="VAR", help=_("the variable that holds the token, for a key on an account")
    )
    parser.add_argument(
        "--otp-env", metavar="VAR", help=_("the variable that holds the code of a second factor")
    )


def run_undo(desk: Desk) -> int:
    """Take a change back, byte for byte, or refuse where a file was edited since."""
    if desk.args.dry_run:
        return _would_undo(desk)
    from sshwizard.cli import secrets

    token = _token(desk)
    change = secrets.with_code(
        desk,
        lambda code: apply.undo(desk.machine, desk.args.number, token=token, otp=code, attached=True),
    )
    whole = not change.on_accounts
    desk.done.append(_("taken back: {title}").format(title=change.title))
    desk.out.object(contract.envelope("undo", result="undone" if whole else "partly", change=_fields(change)))
    words = (
        _("Taken back: {title} (change {n}).")
        if whole
        else _("Taken back but for the key elsewhere: {title} (change {n}).")
    )
    desk.out.answer(words.format(title=change.title, n=change.number))
    desk.out.answer([f"  {desk.machine.shown(path)}" for path in change.paths])
    desk.out.answer([f"  {note}" for note in change.notes])
    return exits.DONE if whole else exits.PROBLEM


def _token(desk: Desk) -> Secret | None:
    """Get the token that taking the change's key off its account needs; None without the user's consent."""
    from sshwizard.cli import secrets

    chosen = _chosen(desk)
    keys = [key for key in chosen.on_accounts if key.by_token] if chosen else []
    if not keys or not (desk.args.yes or desk.may_ask()):
        return None
    question = _("Also remove the key {title} from the account at {provider}?")
    if keys[0].kind == "removed":
        question = _("Put the key {title} back on the account at {provider}?")
    if not desk.confirm(question.format(title=keys[0].title, provider=keys[0].provider)):
        return None
    return secrets.account_token(desk, keys[0].provider, api_url=keys[0].api_url or None)


def history_arguments(parser: argparse.ArgumentParser) -> None:
    """`history` takes nothing."""


def run_history(desk: Desk) -> int:
    """List the changes, the newest last."""
    changes = apply.history(desk.machine)
    desk.out.object(contract.envelope("history", changes=[_fields(change) for change in changes]))
    if not changes:
        desk.out.answer(_("Nothing was changed so far."))
        return exits.DONE
    rows = [["N", _("when"), _("state"), _("what")]]
    rows += [
        [str(change.number), change.when[:16].replace("T", " "), state_word(change.state), change.title]
        for change in changes
    ]
    desk.out.answer(table(rows, width=desk.out.style.width))
    if desk.args.verbose:
        for change in changes:
            desk.out.answer(
                ["", f"{change.number}  {change.title}", *(f"   {step}" for step in change.steps)]
            )
    return exits.DONE


def state_word(state: str) -> str:
    """Return the state of a change in a word or two."""
    return {
        "done": _("done"),
        "undone": _("taken back"),
        "failed": _("failed, taken back"),
        "interrupted": _("interrupted"),
        "running": _("under way"),
    }[state]


def _would_undo(desk: Desk) -> int:
    change = _chosen(desk)
    if change is None:
        raise CannotApply(_("There is nothing to take back."), code="nothing-to-undo")
    desk.out.object(contract.envelope("undo", result="dry_run", change=_fields(change)))
    desk.out.answer(_("Would take back: {title} (change {n}).").format(title=change.title, n=change.number))
    desk.out.answer([*(f"  {line}" for line in change.restore), nothing_was_changed()])
    return exits.DONE


def _chosen(desk: Desk) -> Change | None:
    """Return the change that `undo` is about: the one named, else the last that is open."""
    number = desk.args.number
    found = [
        change
        for change in apply.history(desk.machine)
        if (change.number == number if number is not None else change.is_open)
    ]
    return found[-1] if found else None


def _fields(change: Change) -> dict[str, Any]:
    return {
        "number": change.number,
        "title": change.title,
        "state": change.state,
        "when": change.when,
        "undone": change.undone,
        "steps": list(change.steps),
        "paths": list(change.paths),
        "notes": list(change.notes),
        "restore": list(change.restore),
        "command": change.command or None,
        "on_accounts": [
            {"provider": key.provider, "id": key.id, "title": key.title} for key in change.on_accounts
        ],
    }
