"""Opening an account line by line: which credential, hidden where it is typed, a second factor where one is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sshwizard.errors import Refused
from sshwizard.model.choices import Choice
from sshwizard.plain.asking import TOKEN_FLAG
from sshwizard.text import _
from sshwizard.wizard import answers, credentials
from sshwizard.wizard.credentials import REFUSED, Login, key_of

if TYPE_CHECKING:
    from sshwizard.plain.visit import Visit
    from sshwizard.providers.api import KeyApi
    from sshwizard.providers.place import Place

Result = TypeVar("Result")


def login_for(visit: Visit, place: Place) -> Login:
    """Return the credential for an account: the one agreed on before, else what the user chooses now."""
    key = key_of(place)
    if key not in visit.logins:
        visit.logins[key] = _chosen(visit, place)
    return visit.logins[key]


def agree(visit: Visit, place: Place, login: Login) -> None:
    """Take a credential that was named and chosen already."""
    visit.logins.setdefault(key_of(place), login)


def forget(visit: Visit, place: Place) -> None:
    """Agree on a credential anew the next time."""
    visit.logins.pop(key_of(place), None)
    visit.refused.add(key_of(place))


def _chosen(visit: Visit, place: Place) -> Login:
    from sshwizard.providers.tokens import find_tokens

    found = find_tokens(visit.machine, place.provider, api_url=place.api_url)
    choice = credentials.credential_choice(place, found)
    kept = [number for number, one in enumerate(found) if one.where == credentials.KEYCHAIN]
    while found:
        picked = visit.dialogue.choose(_with_forget(choice, bool(kept)), back=True)
        if picked == credentials.FORGET:
            visit.say(credentials.forgotten(place))
            return _chosen(visit, place)
        if picked != credentials.PASTE:
            one = found[int(picked)]
            return Login(token=one.token, where=one.where)
        break
    return _typed(visit, place)


def _with_forget(choice: Choice, kept: bool) -> Choice:
    from dataclasses import replace

    return replace(choice, options=(*choice.options, credentials.forget_option())) if kept else choice


def _typed(visit: Visit, place: Place) -> Login:
    visit.say(*credentials.token_words(place))
    while True:
        token = visit.dialogue.hidden(_("Token (hidden)"), flag=TOKEN_FLAG)
        problem = answers.check_token(token)
        if not problem:
            break
        visit.say(problem)
    keep = credentials.can_keep(visit.machine) and visit.dialogue.yes_no(
        _("Keep it in the system's keychain?"), default=False
    )
    return Login(token=token, keep=keep)


def with_account(visit: Visit, place: Place, work: Callable[[KeyApi], Result]) -> Result:
    """Open the account and do `work` with it. Raises what the service says; asks once for a second factor."""
    timeout = visit.options.timeout
    return with_code(
        visit,
        place,
        lambda login: work(credentials.open_place(visit.machine, place, login, timeout=timeout)),
    )


def with_code(visit: Visit, place: Place, attempt: Callable[[Login], Result]) -> Result:
    """Do something with the account's credential; where a second factor is wanted, ask for its code and do it again."""
    login = login_for(visit, place)
    try:
        return attempt(login)
    except Refused as error:
        if error.code in REFUSED:
            forget(visit, place)
        if error.code != "two-factor-required" or login.otp is not None:
            raise
        visit.say(error.message)
    code = visit.dialogue.hidden(_("Code of the second factor"), flag="`--otp-env VAR`")
    login = login.with_code(code)
    visit.logins[key_of(place)] = login
    return attempt(login)
