"""The providers with an API, as data: where it is, how the token is shown to it, which class speaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sshwizard.errors import UsageError
from sshwizard.providers.api import KeyApi
from sshwizard.providers.github import GitHub
from sshwizard.providers.heroku import ACCEPT, Heroku
from sshwizard.providers.session import Session
from sshwizard.secret import Secret
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider's API."""

    name: str
    title: str
    api_url: str
    """Base address with its version path."""
    version_path: str
    """`/v1`, `/api/v3`, …: added to `--api-url` when it is missing there."""
    token_env: tuple[str, ...]
    """Environment variables that the provider's own tools read."""
    scope: str
    token_page: str | None
    connect: Callable[[Session, Secret], KeyApi]
    """Finish the session with the token and return the class over it."""


def provider_names() -> tuple[str, ...]:
    """Return the names that `open_account` takes."""
    return tuple(PROVIDERS)


def find_provider(name: str) -> Provider:
    """Return a provider by name. Raises UsageError for an unknown one."""
    try:
        return PROVIDERS[name]
    except KeyError as error:
        raise UsageError(
            _("{name} has no key API that sshwizard speaks.").format(name=name),
            hint=_("Known: {names}.").format(names=", ".join(PROVIDERS)),
        ) from error


def open_account(machine: Machine, name: str, *, token: Secret, api_url: str | None = None) -> KeyApi:
    """Return the keys of the account that `token` belongs to. Nothing is sent yet."""
    provider = find_provider(name)
    session = Session(
        machine=machine,
        base=base_url(provider, api_url or machine.env.get("SSHWIZARD_PRACTICE_URL", ""))
        if name == "practice"
        else base_url(provider, api_url),
        title=provider.title,
        token_page=provider.token_page,
        scope=provider.scope,
    )
    return provider.connect(session, token)


def base_url(provider: Provider, api_url: str | None) -> str:
    """Return the base address: the provider's own, or the user's with or without the version path."""
    if not api_url:
        return provider.api_url
    base = api_url.rstrip("/")
    if provider.version_path and not urlsplit(base).path.endswith(provider.version_path):
        base += provider.version_path
    return base


def _with(session: Session, headers: dict[str, str], secret: dict[str, Secret]) -> Session:
    from dataclasses import replace

    return replace(session, headers=headers, secret_headers=secret)


def _bearer(token: Secret) -> Secret:
    return Secret(f"Bearer {token.reveal()}")


def _heroku(session: Session, token: Secret) -> KeyApi:
    return Heroku(_with(session, {"Accept": ACCEPT}, {"Authorization": _bearer(token)}))


def _github(session: Session, token: Secret) -> KeyApi:
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    return GitHub(_with(session, headers, {"Authorization": _bearer(token)}))


def _practice(session: Session, token: Secret) -> KeyApi:
    return GitHub(_with(session, {}, {"Authorization": _bearer(token)}), name="practice")


PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            name="heroku",
            title="Heroku",
            api_url="https://api.heroku.com",
            version_path="",
            token_env=("HEROKU_API_KEY",),
            scope="global",
            token_page="https://dashboard.heroku.com/account",
            connect=_heroku,
        ),
        Provider(
            name="github",
            title="GitHub",
            api_url="https://api.github.com",
            version_path="",
            token_env=("GH_TOKEN", "GITHUB_TOKEN"),
            scope="admin:public_key",
            token_page="https://github.com/settings/tokens/new?scopes=admin:public_key&description=sshwizard",
            connect=_github,
        ),
        Provider(
            name="practice",
            title="The practice ground",
            api_url="http://127.0.0.1",
            version_path="",
            token_env=("SSHWIZARD_PRACTICE_TOKEN",),
            scope="keys",
            token_page=None,
            connect=_practice,
        ),
    )
}
