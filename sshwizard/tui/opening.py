"""Opening an account from a screen: the credential is asked for once, a second factor's code where one is wanted.

What the user agreed to use is remembered by the session until it ends; it is never written anywhere from here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen

from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.finding import Fix
from sshwizard.providers.place import Place
from sshwizard.text import _
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.changing import Done, Failed, make_change, take_back
from sshwizard.wizard.credentials import REFUSED, Login, key_of, open_place

if TYPE_CHECKING:
    from sshwizard.providers.api import KeyApi

Result = TypeVar("Result")


def with_login(
    screen: Screen[Any],
    place: Place,
    done: Callable[[Login], None],
    *,
    named: Login | None = None,
    declined: Callable[[], None] = lambda: None,
) -> None:
    """Hand over the credential for an account: the one agreed on before, else what the user chooses now.

    `named` is one that the screen has named already, so that choosing it there was the agreement. `declined` is
    called when the user chooses none.
    """
    from sshwizard.tui.screens.login import LoginScreen

    session = app_of(screen).session
    if named is not None:
        session.logins.setdefault(key_of(place), named)
    known = session.logins.get(key_of(place))
    if known is not None:
        done(known)
        return

    def chosen(login: Login | None) -> None:
        if login is None:
            declined()
            return
        session.logins[key_of(place)] = login
        done(login)

    screen.app.push_screen(LoginScreen(place), chosen)


def forget(screen: Screen[Any], place: Place) -> None:
    """Agree on a credential anew the next time."""
    app_of(screen).session.logins.pop(key_of(place), None)


def ask_account(
    screen: Screen[Any],
    place: Place,
    login: Login,
    work: Callable[[KeyApi], Result],
    done: Callable[[Result], None],
    failed: Failed,
) -> None:
    """Do `work` with an account's keys in the background; ask for a second factor's code once."""
    machine = app_of(screen).session.machine

    def start(used: Login, failing: Failed) -> bool:
        in_background(screen, lambda: work(open_place(machine, place, used)), done, failing, name="account")
        return True

    _with_code(screen, place, login, start, failed)


def change_account(
    screen: Screen[Any], place: Place, login: Login, fix: Fix, done: Done, failed: Failed
) -> bool:
    """Apply a fix that needs the account's credential; False, and a remark, in a dry run."""

    def start(used: Login, failing: Failed) -> bool:
        return make_change(screen, fix, done, failing, token=used.token, otp=used.otp)

    return _with_code(screen, place, login, start, failed)


def undo_account(
    screen: Screen[Any], place: Place, login: Login, change: Change, done: Done, failed: Failed
) -> bool:
    """Take a change back that needs the account's credential; False, and a remark, in a dry run."""

    def start(used: Login, failing: Failed) -> bool:
        return take_back(screen, change, done, failing, login=used)

    return _with_code(screen, place, login, start, failed)


def _with_code(
    screen: Screen[Any], place: Place, login: Login, start: Callable[[Login, Failed], bool], failed: Failed
) -> bool:
    """Start something with a credential, and again with a second factor's code where one is wanted."""

    def again(coded: Login) -> None:
        _with_code(screen, place, coded, start, failed)

    return start(login, lambda error: _failed(screen, place, login, error, again, failed))


def _failed(
    screen: Screen[Any],
    place: Place,
    login: Login,
    error: SshwizardError,
    again: Callable[[Login], None],
    failed: Failed,
) -> None:
    """Ask for a second factor's code where one is wanted, and try again with it; else hand the error on."""
    from sshwizard.tui.screens.code import CodeScreen

    if error.code in REFUSED:
        forget(screen, place)
    if error.code != "two-factor-required" or login.otp is not None:
        failed(error)
        return

    def coded(code: object) -> None:
        from sshwizard.secret import Secret

        if isinstance(code, Secret):
            with_code = login.with_code(code)
            app_of(screen).session.logins[key_of(place)] = with_code
            again(with_code)
        else:
            failed(error)

    title = _("{service} asks for a second factor").format(service=place.title)
    screen.app.push_screen(CodeScreen(title, error.message), coded)
