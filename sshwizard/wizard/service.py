"""Where a host's or a service's keys go: an account with an API, a server's own file, a web page. Contacts nobody.

`Place` is the providers' word for it; here are the questions about one that both wizards ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard.errors import UsageError
from sshwizard.hosts import book
from sshwizard.model.change import Change
from sshwizard.model.finding import Fix
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Target
from sshwizard.model.steps import InstallKey, UninstallKey, UploadKey
from sshwizard.openssh.keys import public_line
from sshwizard.providers import provider_names
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.catalogue import find_provider
from sshwizard.providers.own import Own, own_instances
from sshwizard.providers.place import PRACTICE, PRACTICE_URL, Login, Place, find_place
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def place_at(machine: Machine, target: Target) -> Place:
    """Return where the keys for a host go. Raises UsageError for a file of own instances that cannot be read."""
    typed = f"{target.user}@{target.host}" if target.user else target.host
    login = Login(host=target.hostname, user=target.user, port=target.port)
    found = find_place(machine, typed, login_at=lambda _typed: login)
    if found.kind == "server" and target.path is not None:
        return Place(kind="page", name=found.title, title=found.title)
    if found.kind == "server" and target.port != 22:
        return replace(found, flags=("-p", str(target.port)))
    return _short(found)


def place_named(machine: Machine, name: str) -> Place:
    """Return the account of that name, one of `places`. Raises UsageError when there is none."""
    return _short(find_place(machine, name))


def as_server(target: Target) -> Place:
    """Return a host as a server whose `authorized_keys` takes keys."""
    destination = f"{target.user}@{target.host}" if target.user else target.host
    flags = ("-p", str(target.port)) if target.port != 22 else ()
    return Place(kind="server", name=destination, title=target.host, destination=destination, flags=flags)


def places(machine: Machine, hosts: Sequence[str] = ()) -> tuple[tuple[Place, str], ...]:
    """Return the accounts that can be opened, each with half a sentence why it is named.

    Those that `hosts` (destinations this machine knows) lead to come first, with the user's own instances and the
    practice ground's. Raises UsageError for a file of own instances that cannot be read.
    """
    found: dict[str, tuple[Place, str]] = {}
    if machine.env.get(PRACTICE_URL):
        found[PRACTICE] = (place_named(machine, PRACTICE), _("the practice ground's own host"))
    for one in own_instances(machine):
        found[one.name] = (find_place(machine, one.name), _("your own instance"))
    for host in hosts:
        entry = book.find(host)
        if entry is not None and entry.name in provider_names() and entry.name not in found:
            place = find_place(machine, host)
            if place.kind == "api" and (place.api_url or entry.name != "gitea"):
                found[entry.name] = (place, _("known on this machine"))
    for name in provider_names():
        if name not in found and name not in (PRACTICE, "gitea", "github-enterprise"):
            found[name] = (find_place(machine, name), "")
    return tuple(found.values())


def address(machine: Machine, place: Place, key_id: str = "") -> str:
    """Return what `check.Request.typed` takes to reach the host where keys of this account log in.

    "" where none is known, or where the service has ended git over SSH: its list is then all there is to see.
    `key_id` is the key's id on the account, which is the login name at AWS.
    """
    if place.kind == "server":
        return place.destination
    if place.name == PRACTICE:
        return PRACTICE
    own = own_named(machine, place.name)
    if own is not None:
        return (
            f"ssh://{own.user}@{own.ssh_host}:{own.port}" if own.port != 22 else f"{own.user}@{own.ssh_host}"
        )
    entry = book.find(place.provider or place.name)
    if entry is None or (entry.retired and entry.ssh_host in entry.retired.hosts):
        return ""
    if entry.user is None:
        return f"{key_id}@{entry.ssh_host}" if key_id else ""
    return f"{entry.user}@{entry.ssh_host}"


def own_addresses(machine: Machine) -> tuple[tuple[str, str], ...]:
    """Return the ssh address and the name of each of the user's own instances; () when their file cannot be read."""
    try:
        return tuple(
            (address(machine, find_place(machine, one.name)), one.name) for one in own_instances(machine)
        )
    except UsageError:
        return ()


def own_named(machine: Machine, name: str) -> Own | None:
    """Return the user's own instance of that name."""
    return next((one for one in own_instances(machine) if one.name == name), None)


def destination_named(machine: Machine, typed: str) -> str:
    """Return the ssh address of an own instance whose name was typed; anything else as it is."""
    return next((place for place, name in own_addresses(machine) if name == typed), typed)


def place_of_change(change: Change) -> Place | None:
    """Return the account that undoing a change has to open; None when it needs none."""
    left = next((key for key in change.on_accounts if key.by_token), None)
    if left is None:
        return None
    title = PRACTICE if left.provider == PRACTICE else find_provider(left.provider).title
    return Place(
        kind="api", name=left.provider, title=title, provider=left.provider, api_url=left.api_url or None
    )


def delay(target: Target) -> int:
    """Return the seconds until a new key usually works there."""
    entry = book.find(target.provider or target.hostname)
    return entry.delay_s if entry else 0


def delay_of(place: Place) -> int:
    """Return the seconds until a new key usually works on this account."""
    entry = book.find(place.provider)
    return entry.delay_s if entry else 0


def upload_fix(place: Place, public: PublicKey, title: str, command: str = "", wish: Wish = NO_WISH) -> Fix:
    """Return the change that adds a public half to an account."""
    return Fix(
        title=_("Add the public half to the account at {service}, as {title}").format(
            service=place.title, title=title
        ),
        steps=(
            UploadKey(
                provider=place.provider,
                api_url=place.api_url or "",
                public_line=public_line(public),
                title=title,
                service=place.title,
                usage=wish.usage,
                expires=wish.expires,
                rsa_min=place.rsa_min,
            ),
        ),
        command=command,
    )


def install_fix(
    place: Place, public: PublicKey, title: str, private_path: str | None, command: str = ""
) -> Fix:
    """Return the change that puts a public half into a server's `authorized_keys`."""
    return Fix(
        title=_("Add the public half to authorized_keys of {name}").format(name=place.name),
        steps=(
            InstallKey(
                destination=place.destination,
                flags=place.flags,
                public_line=public_line(public),
                title=title,
                private_path=private_path,
            ),
        ),
        command=command,
    )


def uninstall_fix(place: Place, public: PublicKey, title: str, command: str = "") -> Fix:
    """Return the change that takes a public half out of a server's `authorized_keys`."""
    return Fix(
        title=_("Take {title} out of authorized_keys of {name}").format(title=title, name=place.name),
        steps=(
            UninstallKey(
                destination=place.destination,
                flags=place.flags,
                public_line=public_line(public),
                title=title,
            ),
        ),
        command=command,
    )


def _short(place: Place) -> Place:
    """Name the practice ground as its host is named."""
    return replace(place, title=PRACTICE) if place.name == PRACTICE else place
