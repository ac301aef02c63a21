"""The one place from which a screen makes a change or takes one back: in a thread, remembered by the session."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from sshwizard import apply
from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.finding import Fix
from sshwizard.secret import Secret
from sshwizard.text import _
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background

if TYPE_CHECKING:
    from sshwizard.machine.askpass import Askpass
    from sshwizard.wizard.credentials import Login

Done = Callable[[Change], None]
Failed = Callable[[SshwizardError], None]


def make_change(
    screen: Screen[Any],
    fix: Fix,
    done: Done,
    failed: Failed,
    *,
    passphrase: Secret | None = None,
    token: Secret | None = None,
    otp: Secret | None = None,
    asking: Askpass | None = None,
) -> bool:
    """Apply a fix and call `done` with the journal's entry. False, and a remark, in a dry run.

    `asking` answers what ssh asks while a key goes onto a server; it stands for this change only.
    """
    if _is_dry(screen):
        return False
    machine = app_of(screen).session.look_again()

    def applied() -> Change:
        with asking or nullcontext():
            env = {**machine.env, **(asking.env if asking else {})}
            return apply.apply_fix(
                replace(machine, env=env), fix, passphrase=passphrase, token=token, otp=otp, attached=False
            )

    _in_background(screen, applied, done, failed)
    return True


def take_back(
    screen: Screen[Any], change: Change, done: Done, failed: Failed, *, login: Login | None = None
) -> bool:
    """Undo a change and call `done` with its entry. False, and a remark, in a dry run.

    `login` opens the account that the change put a key on, or took one off.
    """
    if _is_dry(screen):
        return False
    machine = app_of(screen).session.look_again()
    token, otp = (login.token, login.otp) if login else (None, None)
    _in_background(screen, lambda: apply.undo(machine, change.number, token=token, otp=otp), done, failed)
    return True


def _in_background(screen: Screen[Any], work: Callable[[], Change], done: Done, failed: Failed) -> None:
    session = app_of(screen).session

    def recorded() -> Change:
        change = work()
        session.record(change)
        return change

    in_background(screen, recorded, done, failed, name="change")


def _is_dry(screen: Screen[Any]) -> bool:
    dry = app_of(screen).session.options.dry_run
    if dry:
        screen.notify(_("Dry run: nothing was changed."), markup=False)
    return dry
