"""Keys of another account of the user's: which services show a list to everybody, and how to ask the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import KeyApi
from sshwizard.providers.place import Place
from sshwizard.providers.public_list import site_of
from sshwizard.providers.tokens import find_tokens
from sshwizard.providers.upload import account_of
from sshwizard.text import _
from sshwizard.wizard import strip

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def site(place: Place) -> str:
    """Return the address whose `/NAME.keys` shows an account's keys to everybody; "" when there is none."""
    return site_of(place.provider, place.api_url) if place.kind == "api" else ""


def way(place: Place) -> str:
    """Say in a few words how the keys there are seen."""
    return _("public list") if site(place) else _("with a token")


def command(place: Place, name: str, options: tuple[str, ...] = ()) -> str:
    """Return the command that shows the same list."""
    if site(place):
        return strip.line("curl", f"{site(place)}/{name}.keys")
    return strip.wizard("keys", "list", "--remote", place.name, options=options)


def known_name(machine: Machine, place: Place) -> str:
    """Return the account's name as the place of a token on this machine tells it; "" when none does."""
    found = find_tokens(machine, place.provider, api_url=place.api_url)
    return next((one.account for one in found if one.account and "@" not in one.account), "")


def listed(api: KeyApi, place: Place) -> tuple[tuple[PublicKey, ...], str]:
    """Ask an account for its keys; return those whose line the service gives, and whose list it is."""
    name = account_of(api)
    publics = tuple(key.public for key in api.list_keys() if key.public is not None)
    return publics, f"{place.title} ({name})" if name else place.title
