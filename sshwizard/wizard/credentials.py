"""Which credential opens an account: those found on this machine, each with its place and owner, or one typed.

Decides and words; the search is `providers.tokens`. Nothing of a token is ever shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sshwizard.model.choices import Choice, Option
from sshwizard.providers.address import base_url, token_page
from sshwizard.providers.catalogue import find_provider
from sshwizard.providers.place import Place
from sshwizard.providers.tokens import FoundToken, forget_token, keep_token, service_name
from sshwizard.secret import Secret
from sshwizard.text import _
from sshwizard.wizard.choices import NO, YES

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.providers.api import KeyApi

PASTE, FORGET = "paste", "forget"
KEYCHAIN = "the system's keychain"
"""Where a token lies that the user asked us to keep, as `find_tokens` says it."""


REFUSED = ("token-refused", "token-missing", "scope-missing")
"""Errors after which another credential may do better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A credential that the user has agreed to use for one account, for as long as the wizard runs."""

    token: Secret
    otp: Secret | None = None
    """The code of a second factor; good for a short while only."""
    where: str = ""
    """Where it was found; "" for a typed one."""
    keep: bool = False
    """Store it in the system's keychain once the service has taken it."""

    def with_code(self, otp: Secret) -> Login:
        """Return the same credential with the code of a second factor."""
        return replace(self, otp=otp)


def open_place(machine: Machine, place: Place, login: Login, *, timeout: float = 20.0) -> KeyApi:
    """Open an account with a credential; `timeout` is seconds for each answer. Nothing is sent yet."""
    from sshwizard.providers import open_account

    return open_account(
        machine,
        place.provider,
        token=login.token,
        api_url=place.api_url,
        title=place.title,
        otp=login.otp,
        timeout=timeout,
    )


def key_of(place: Place) -> str:
    """Return what tells one account service from another, for remembering which credential was agreed on."""
    return f"{place.provider} {place.api_url or ''}"


def credential_choice(place: Place, found: Sequence[FoundToken]) -> Choice:
    """Ask which credential to use. Values are indexes into `found` as text, or `PASTE`."""
    options = [
        Option(
            value=str(number),
            label=one.where,
            note=_("of {account}").format(account=one.account)
            if one.account
            else _("whose it is, the service says"),
        )
        for number, one in enumerate(found)
    ]
    options.append(
        Option(
            value=PASTE,
            label=_("Paste a token"),
            note=_("hidden; kept nowhere unless you ask"),
        )
    )
    return Choice(
        question=_("Which credential for {service}?").format(service=place.title),
        options=tuple(options),
        default=options[0].value,
    )


def forget_option() -> Option:
    """Offer to take the kept token out of the keychain."""
    return Option(value=FORGET, label=_("Take the kept token out of the system's keychain"))


def can_keep(machine: Machine) -> bool:
    """Tell whether a token may go into the system's keychain here: not for a pretended home or a practice ground."""
    return not machine.env.get("SSHWIZARD_NO_KEYCHAIN") and machine.home == machine.account_home


def keep_choice() -> Choice:
    """Ask whether to keep a typed token. Values: `YES`, `NO`."""
    return Choice(
        question=_("Keep it?"),
        options=(
            Option(value=NO, label=_("forget it afterwards")),
            Option(value=YES, label=_("keep it in the system's keychain")),
        ),
        default=NO,
    )


def kept(login: Login, place: Place, account: str) -> str:
    """Store a token as it was asked; return the sentence that says what became of it, "" when nothing was asked."""
    if not login.keep:
        return ""
    if keep_token(service_name(place.provider, place.api_url), account, login.token):
        return _("The token is now in the system's keychain.")
    return _("This system has no keychain that could keep the token; it was not stored.")


def forgotten(place: Place) -> str:
    """Take a kept token out of the keychain; return the sentence that says so."""
    if forget_token(service_name(place.provider, place.api_url)):
        return _("The token is no longer in the system's keychain.")
    return _("There was no token in the system's keychain.")


def named(found: Sequence[FoundToken]) -> str:
    """Say which credential a choice would use: where the only one was found and whose it is, or how many there are."""
    if len(found) == 1:
        return found[0].place
    return _("one of {n} tokens on this machine").format(n=len(found)) if found else ""


def only(found: Sequence[FoundToken]) -> Login | None:
    """Return the credential that `named` has named; None when there is a choice to make."""
    return Login(token=found[0].token, where=found[0].where) if len(found) == 1 else None


def token_words(place: Place) -> tuple[str, ...]:
    """Say what has to be pasted, with which right, and the page where it is made."""
    known = find_provider(place.provider)
    lines = [_("{service} asks for {what}.").format(service=place.title, what=known.token_words)]
    if known.scope:
        lines.append(_("The right it needs: {scope}.").format(scope=known.scope))
    page = token_page(known, base_url(known, place.api_url))
    if page:
        lines.append(_("It is made at {page}").format(page=page))
    return tuple(lines)
