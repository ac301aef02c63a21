"""Credentials for account APIs that are already on the machine: found, named, never printed.

Each says where it was seen and, where that tells, whose it is, without asking the service. Decides which of them
may be used for an instance; where they lie is in `token_places`, which header one goes into in `catalogue`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sshwizard.machine.http import check_url, is_loopback
from sshwizard.providers.catalogue import Provider, find_provider
from sshwizard.providers.found_token import FoundToken
from sshwizard.providers.keychain import delete_entry, read_entry, stored, write_entry
from sshwizard.providers.token_places import FINDERS, OF_ANY_HOST
from sshwizard.secret import Secret

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

__all__ = ["FoundToken", "find_tokens", "forget_token", "keep_token", "service_name"]

KEYCHAIN = "sshwizard"
"""Service name of tokens that the user asked us to keep."""


def find_tokens(
    machine: Machine, provider_name: str, *, api_url: str | None = None
) -> tuple[FoundToken, ...]:
    """Return the credentials found for a provider, in the order in which its own tools would use them.

    With `api_url` those of that instance's host only: a token is never offered to a host that it was not
    made for. A service on this machine itself (loopback) gets the provider's.
    """
    provider = find_provider(provider_name)
    host = _host_of_tokens(provider, api_url)
    found = [
        FoundToken(token=Secret(machine.env[name]), where=f"the variable {name}")
        for name in provider.token_env
        if machine.env.get(name) and _meant_for(machine, provider, host)
    ]
    for finder in FINDERS.get(provider_name, ()):
        if host == provider.web_host or finder in OF_ANY_HOST:
            found += finder(machine, host)
    found += _kept(machine, service_name(provider_name, api_url))
    unique: list[FoundToken] = []
    for one in found:
        if one.token and all(one.token != other.token for other in unique):
            unique.append(one)
    return tuple(unique)


def _host_of_tokens(provider: Provider, api_url: str | None) -> str:
    """Return the host whose tokens may be used. Raises UsageError where the address is none."""
    if api_url:
        check_url(api_url)
    host = (urlsplit(api_url).hostname or "").lower() if api_url else ""
    if not host or host == urlsplit(provider.api_url).hostname or is_loopback(api_url or ""):
        return provider.web_host or host
    return host.removeprefix("api.") if host.endswith(".ghe.com") else host


def _meant_for(machine: Machine, provider: Provider, host: str) -> bool:
    """Whether the provider's variables are for this host: they name none, so other variables have to."""
    if host == provider.web_host or (provider.name == "github" and host.endswith(".ghe.com")):
        return True
    if provider.name == "gitlab":
        named = [machine.env.get(name, "") for name in ("GITLAB_HOST", "GL_HOST", "GITLAB_URI")]
        return host in [urlsplit(text if "://" in text else f"//{text}").hostname for text in named]
    if provider.name == "github-enterprise":
        return machine.env.get("GH_HOST", host).lower() == host
    return provider.name in ("gitea", "practice")


def service_name(provider_name: str, api_url: str | None) -> str:
    """Return the name under which a kept token of this instance is stored."""
    provider = find_provider(provider_name)
    host = _host_of_tokens(provider, api_url)
    return provider_name if host == provider.web_host else f"{provider_name} {host}"


def keep_token(service: str, account: str, token: Secret) -> bool:
    """Store a token in the system's keychain under a `service_name`; False where there is none."""
    return write_entry(KEYCHAIN, f"{service}:{account}", token) and write_entry(
        KEYCHAIN, service, Secret(account)
    )


def forget_token(service: str) -> bool:
    """Remove a stored token; say whether there was one."""
    account = stored(KEYCHAIN, service)
    if account is None:
        return False
    delete_entry(KEYCHAIN, f"{service}:{account.reveal()}")
    return delete_entry(KEYCHAIN, service)


def _kept(machine: Machine, service: str) -> Iterator[FoundToken]:
    account = read_entry(machine, KEYCHAIN, service)
    token = read_entry(machine, KEYCHAIN, f"{service}:{account.reveal()}") if account is not None else None
    if token and account is not None:
        yield FoundToken(token=token, where="the system's keychain", account=account.reveal() or None)
