"""Which account service a host belongs to, and what is known about uploading there. No network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sshwizard.hosts import book
from sshwizard.model.plan import Target

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.providers.tokens import FoundToken

PRACTICE = "practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where the public half has to go."""

    name: str
    """What `keys add` takes; "" when nothing is known about the host."""
    title: str
    has_api: bool
    page: str = ""
    """The web page for adding a key by hand."""
    token_page: str = ""


def service_of(machine: Machine, target: Target) -> Service:
    """Return the service of a host: a provider of the host book, the practice ground's, or an unknown one."""
    from sshwizard.providers import provider_names

    if target.host == PRACTICE and machine.env.get("SSHWIZARD_PRACTICE_URL"):
        return Service(name=PRACTICE, title=PRACTICE, has_api=True)
    entry = book.find(target.provider or target.hostname) or book.find(target.hostname)
    if entry is None:
        return Service(name="", title=target.hostname, has_api=False)
    return Service(
        name=entry.name,
        title=entry.title,
        has_api=entry.name in provider_names(),
        page=entry.key_page,
        token_page=entry.token_page or "",
    )


def found_token(machine: Machine, service: Service) -> FoundToken | None:
    """Return the first credential for a service that is already on this machine."""
    from sshwizard.providers.tokens import find_tokens

    found = find_tokens(machine, service.name) if service.has_api else ()
    return found[0] if found else None
