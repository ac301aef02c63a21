"""Keys of another account, line by line: by a forge's public list, or by that account's own API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sshwizard import check
from sshwizard.model.choices import Choice, Option
from sshwizard.plain.opening import with_account
from sshwizard.providers.place import PRACTICE
from sshwizard.text import _
from sshwizard.wizard import account, elsewhere, service
from sshwizard.wizard.account import Account, Foreign

if TYPE_CHECKING:
    from sshwizard.model.identity import Identity
    from sshwizard.plain.visit import Visit


def look(visit: Visit, identities: Sequence[Identity], opened: Account | None = None) -> tuple[Foreign, ...]:
    """Ask whose keys to look at, and return those that are not on the account at hand. Raises what a service says."""
    found = service.places(visit.machine, check.hosts_of(visit.machine, visit.facts()))
    places = sorted((place for place, _note in found), key=lambda place: not elsewhere.site(place))
    picked = visit.dialogue.choose(
        Choice(
            question=_("Where are they?"),
            options=tuple(
                Option(value=place.name, label=place.title, note=elsewhere.way(place)) for place in places
            ),
            default=places[0].name,
        ),
        back=True,
    )
    place = next(place for place in places if place.name == picked)
    site = elsewhere.site(place)
    if site:
        from sshwizard.providers.public_list import check_name, public_keys

        name = visit.dialogue.ask(
            _("Name of the account there"), elsewhere.known_name(visit.machine, place), check_name
        )
        visit.command(elsewhere.command(place, name, visit.options.options))
        publics = public_keys(visit.machine, site, name)
        source = f"{place.title if place.name == PRACTICE else urlsplit(site).netloc} ({name})"
    else:
        visit.command(elsewhere.command(place, "", visit.options.options))
        publics, source = with_account(visit, place, lambda api: elsewhere.listed(api, place))
    others = account.foreign(publics, source, identities, opened)
    if not others:
        visit.say(_("Every key of that account is on this one already, or it has none."))
    return others
