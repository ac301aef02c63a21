"""The providers with an API, as data: where it is, how the token is shown to it, which class speaks it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from sshwizard.errors import UsageError
from sshwizard.providers import (
    bitbucket,
    clevercloud,
    codecommit,
    gitea,
    github,
    gitlab,
    heroku,
    scalingo,
    sourcehut,
)
from sshwizard.providers.api import KeyApi
from sshwizard.providers.session import Explain, Session
from sshwizard.secret import Secret
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

CLEVER_CONSUMER = ("T5nFjKeHH4AIlEveuGhB5S3xg8T19e", "MgVMqTr6fWlf2M0tkC2MXOnhfqBWDT")
"""The public OAuth1 consumer of Clever Cloud's own CLI; its stored tokens are bound to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider's API."""

    name: str
    title: str
    api_url: str
    """Base address with its version path; "" when only the user knows it."""
    version_path: str
    """`/v1`, `/api/v4`, …: added to `--api-url` when it is missing there."""
    token_env: tuple[str, ...]
    """Environment variables that the provider's own tools read."""
    token_words: str
    """What to paste, in a few words."""
    scope: str
    token_page: str | None
    connect: Callable[[Session, Secret], KeyApi]
    """Finish the session with the token and return the class over it."""
    explain: Explain | None = None


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
    """Return the keys of the account that `token` belongs to. Nothing is sent yet.

    Raises UsageError for an unknown provider, a token of the wrong form, or a missing address.
    """
    provider = find_provider(name)
    if name == "practice" and not api_url:
        api_url = machine.env.get("SSHWIZARD_PRACTICE_URL")
    base = base_url(provider, api_url)
    if name == "clevercloud" and not api_url and ":" in token.reveal():
        base = "https://api.clever-cloud.com"
    if not base:
        raise UsageError(
            _("{title} has an address of its own for each instance.").format(title=provider.title),
            hint=_("Give it with `--api-url https://HOST`."),
        )
    session = Session(
        machine=machine,
        base=base,
        title=provider.title,
        token_page=provider.token_page,
        scope=provider.scope,
        explain=provider.explain,
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


def _bearer(session: Session, token: Secret, **headers: str) -> Session:
    return replace(
        session,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        secret_headers={"Authorization": Secret(f"Bearer {token.reveal()}")},
    )


def _heroku(session: Session, token: Secret) -> KeyApi:
    return heroku.Heroku(_bearer(session, token, Accept=heroku.ACCEPT))


def _github(session: Session, token: Secret) -> KeyApi:
    headers = {"Accept": "application/vnd.github+json", "X_GitHub_Api_Version": "2022-11-28"}
    return github.GitHub(_bearer(session, token, **headers))


def _practice(session: Session, token: Secret) -> KeyApi:
    return github.GitHub(_bearer(session, token), name="practice")


def _gitlab(session: Session, token: Secret) -> KeyApi:
    return gitlab.GitLab(replace(session, secret_headers={"PRIVATE-TOKEN": token}))


def _gitea(name: str) -> Callable[[Session, Secret], KeyApi]:
    def connect(session: Session, token: Secret) -> KeyApi:
        secret = {"Authorization": Secret(f"token {token.reveal()}")}
        return gitea.Gitea(replace(session, secret_headers=secret), name=name)

    return connect


def _bitbucket(session: Session, token: Secret) -> KeyApi:
    if ":" not in token.reveal():
        raise UsageError(
            _("Bitbucket needs your e-mail address and an API token, as `EMAIL:TOKEN`."),
            code="token-missing",
            hint=_("Put both into the variable that `--token-env` names."),
        )
    basic = base64.b64encode(token.reveal().encode()).decode()
    return bitbucket.Bitbucket(replace(session, secret_headers={"Authorization": Secret(f"Basic {basic}")}))


def _clevercloud(session: Session, token: Secret) -> KeyApi:
    """An API token goes to the bridge as a bearer; `TOKEN:SECRET` of its CLI is OAuth1 PLAINTEXT."""
    if ":" not in token.reveal():
        return clevercloud.CleverCloud(_bearer(session, token))
    name, secret = token.reveal().split(":", 1)
    consumer, consumer_secret = CLEVER_CONSUMER
    signature = quote(f"{consumer_secret}&{secret}", safe="")
    authorization = (
        f'OAuth oauth_consumer_key="{consumer}", oauth_token="{name}", '
        f'oauth_signature_method="PLAINTEXT", oauth_signature="{signature}"'
    )
    return clevercloud.CleverCloud(replace(session, secret_headers={"Authorization": Secret(authorization)}))


def _codecommit(session: Session, token: Secret) -> KeyApi:
    parts = token.reveal().split(":", 2)
    if len(parts) < 2:
        raise UsageError(
            _("AWS needs an access key id and its secret, as `ACCESS_KEY_ID:SECRET`."),
            code="token-missing",
            hint=_("Put both into the variable that `--token-env` names."),
        )
    session_token = Secret(parts[2]) if len(parts) > 2 else None
    return codecommit.CodeCommit(session, parts[0], Secret(parts[1]), session_token)


PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            name="heroku",
            title="Heroku",
            api_url="https://api.heroku.com",
            version_path="",
            token_env=("HEROKU_API_KEY",),
            token_words="an API key",
            scope="global",
            token_page="https://dashboard.heroku.com/account",
            connect=_heroku,
            explain=heroku.explain,
        ),
        Provider(
            name="clevercloud",
            title="Clever Cloud",
            api_url="https://api-bridge.clever-cloud.com",
            version_path="",
            token_env=("CC_API_TOKEN",),
            token_words="an API token, or TOKEN:SECRET of its own CLI",
            scope="manage_ssh_keys",
            token_page="https://console.clever-cloud.com/users/me/api-tokens",
            connect=_clevercloud,
            explain=clevercloud.explain,
        ),
        Provider(
            name="scalingo",
            title="Scalingo",
            api_url="https://auth.scalingo.com/v1",
            version_path="/v1",
            token_env=("SCALINGO_API_TOKEN",),
            token_words="an API token (tk-us-…)",
            scope="",
            token_page="https://dashboard.scalingo.com/account/tokens",
            connect=lambda session, token: scalingo.Scalingo(session, token),
            explain=scalingo.explain,
        ),
        Provider(
            name="github",
            title="GitHub",
            api_url="https://api.github.com",
            version_path="",
            token_env=("GH_TOKEN", "GITHUB_TOKEN"),
            token_words="a personal access token",
            scope="admin:public_key",
            token_page="https://github.com/settings/tokens/new?scopes=admin:public_key&description=sshwizard",
            connect=_github,
            explain=github.explain,
        ),
        Provider(
            name="github-enterprise",
            title="GitHub Enterprise",
            api_url="",
            version_path="/api/v3",
            token_env=("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"),
            token_words="a personal access token",
            scope="admin:public_key",
            token_page=None,
            connect=_github,
            explain=github.explain,
        ),
        Provider(
            name="gitlab",
            title="GitLab",
            api_url="https://gitlab.com/api/v4",
            version_path="/api/v4",
            token_env=("GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN"),
            token_words="a personal access token",
            scope="api",
            token_page="https://gitlab.com/-/user_settings/personal_access_tokens?name=sshwizard&scopes=api",
            connect=_gitlab,
            explain=gitlab.explain,
        ),
        Provider(
            name="bitbucket",
            title="Bitbucket",
            api_url="https://api.bitbucket.org/2.0",
            version_path="/2.0",
            token_env=(),
            token_words="EMAIL:TOKEN, your e-mail address and an API token",
            scope="read:ssh-key:bitbucket, write:ssh-key:bitbucket, read:user:bitbucket",
            token_page="https://id.atlassian.com/manage-profile/security/api-tokens",
            connect=_bitbucket,
            explain=bitbucket.explain,
        ),
        Provider(
            name="codeberg",
            title="Codeberg",
            api_url="https://codeberg.org/api/v1",
            version_path="/api/v1",
            token_env=(),
            token_words="an access token",
            scope="write:user",
            token_page="https://codeberg.org/user/settings/applications",
            connect=_gitea("codeberg"),
            explain=gitea.explain,
        ),
        Provider(
            name="gitea",
            title="Gitea",
            api_url="",
            version_path="/api/v1",
            token_env=("GITEA_TOKEN",),
            token_words="an access token",
            scope="write:user",
            token_page=None,
            connect=_gitea("gitea"),
            explain=gitea.explain,
        ),
        Provider(
            name="codecommit",
            title="AWS CodeCommit",
            api_url="https://iam.amazonaws.com",
            version_path="",
            token_env=(),
            token_words="ACCESS_KEY_ID:SECRET",
            scope="iam:UploadSSHPublicKey, iam:ListSSHPublicKeys, iam:GetSSHPublicKey, iam:GetUser",
            token_page="https://console.aws.amazon.com/iam/home#/security_credentials",
            connect=_codecommit,
            explain=codecommit.explain,
        ),
        Provider(
            name="sourcehut",
            title="SourceHut",
            api_url="https://meta.sr.ht",
            version_path="",
            token_env=(),
            token_words="a personal access token",
            scope="SSH_KEYS:RW PROFILE:RO",
            token_page="https://meta.sr.ht/oauth2/personal-token",
            connect=lambda session, token: sourcehut.SourceHut(_bearer(session, token)),
        ),
        Provider(
            name="practice",
            title="The practice ground",
            api_url="",
            version_path="",
            token_env=("SSHWIZARD_PRACTICE_TOKEN",),
            token_words="the practice token",
            scope="keys",
            token_page=None,
            connect=_practice,
            explain=github.explain,
        ),
    )
}
