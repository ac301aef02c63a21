"""The providers with an API, as data: where it is, how the token is shown to it, which class speaks it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

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
from sshwizard.providers.address import ENTERPRISE_PATH, GITHUB_API, base_url, token_page
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
    call_path: str = ""
    """What every call starts with by itself, taken off `--api-url` when it is there: `/v2`, `/query`."""
    web_host: str = ""
    """The host that its tools and git's credential helper store tokens under."""
    otp_header: str = ""
    """The header that a second factor's code goes into; "" where tokens need none."""
    token_env: tuple[str, ...]
    """Environment variables that the provider's own tools read."""
    token_words: str
    """What to paste, in a few words."""
    scope: str
    token_page: str | None
    """The provider's own page; None when only the user knows the instance."""
    token_path: str = ""
    """The same page below the address of a user's own instance."""
    login: str = ""
    """The command of its own tool that gets a token which we find afterwards."""
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


def open_account(
    machine: Machine,
    name: str,
    *,
    token: Secret,
    api_url: str | None = None,
    title: str = "",
    otp: Secret | None = None,
    timeout: float = 20.0,
) -> KeyApi:
    """Return the keys of the account that `token` belongs to. Nothing is sent yet.

    `title` is what people call a user's own instance, `otp` the code of a second factor, `timeout` the seconds
    for each request. Raises UsageError for an unknown provider, a token of the wrong form, or a missing address.
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
        title=title or provider.title,
        name=name,
        secret_headers={provider.otp_header: otp} if otp and provider.otp_header else {},
        token_page=token_page(provider, base),
        timeout=timeout,
        scope=provider.scope,
        explain=provider.explain,
    )
    return provider.connect(session, token)


def _bearer(session: Session, token: Secret, **headers: str) -> Session:
    return replace(
        session,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        secret_headers={**session.secret_headers, "Authorization": Secret(f"Bearer {token.reveal()}")},
    )


def _heroku(session: Session, token: Secret) -> KeyApi:
    return heroku.Heroku(_bearer(session, token, Accept=heroku.ACCEPT))


def _github(session: Session, token: Secret) -> KeyApi:
    headers = {"Accept": "application/vnd.github+json", "X_GitHub_Api_Version": "2022-11-28"}
    return github.GitHub(_bearer(session, token, **headers))


def _practice(session: Session, token: Secret) -> KeyApi:
    return github.GitHub(_bearer(session, token), name="practice", signs=False)


def _gitlab(session: Session, token: Secret) -> KeyApi:
    """GitLab takes its OAuth tokens (64 hexadecimal digits, as glab keeps them) as a bearer only."""
    if re.fullmatch(r"[0-9a-f]{64}", token.reveal()):
        return gitlab.GitLab(_bearer(session, token))
    return gitlab.GitLab(replace(session, secret_headers={"PRIVATE-TOKEN": token}))


def _gitea(name: str) -> Callable[[Session, Secret], KeyApi]:
    """`NAME:PASSWORD` goes as Basic, the one login for which a second factor's code counts."""

    def connect(session: Session, token: Secret) -> KeyApi:
        typed = token.reveal()
        basic = ":" in typed
        login = f"Basic {base64.b64encode(typed.encode()).decode()}" if basic else f"token {typed}"
        secret = {**session.secret_headers, "Authorization": Secret(login)}
        return gitea.Gitea(replace(session, secret_headers=secret, cuts_pages=True), name=name)

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
    """An API token goes to the bridge as a bearer; `TOKEN:SECRET` of its CLI is OAuth1, signed as PLAINTEXT.

    The vendor's own client leaves method, nonce, time and version out: they have defaults.
    """
    if ":" not in token.reveal():
        return clevercloud.CleverCloud(_bearer(session, token))
    name, secret = token.reveal().split(":", 1)
    consumer, consumer_secret = CLEVER_CONSUMER
    authorization = (
        f'OAuth oauth_consumer_key="{consumer}", oauth_token="{name}", '
        f'oauth_signature="{consumer_secret}%26{quote(secret, safe="")}"'
    )
    secret_headers = {**session.secret_headers, "Authorization": Secret(authorization)}
    return clevercloud.CleverCloud(replace(session, secret_headers=secret_headers))


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
            web_host="heroku.com",
            otp_header="Heroku-Two-Factor-Code",
            token_env=("HEROKU_API_KEY",),
            token_words="an API key",
            scope="global",
            token_page="https://dashboard.heroku.com/account",
            login="heroku login",
            connect=_heroku,
            explain=heroku.explain,
        ),
        Provider(
            name="clevercloud",
            title="Clever Cloud",
            api_url="https://api-bridge.clever-cloud.com",
            version_path="",
            call_path="/v2",
            web_host="clever-cloud.com",
            token_env=("CC_API_TOKEN",),
            token_words="an API token, or TOKEN:SECRET of its own CLI",
            scope="manage_ssh_keys",
            token_page="https://console.clever-cloud.com/users/me/api-tokens",
            login="clever login",
            connect=_clevercloud,
            explain=clevercloud.explain,
        ),
        Provider(
            name="scalingo",
            title="Scalingo",
            api_url="https://auth.scalingo.com/v1",
            version_path="/v1",
            web_host="auth.scalingo.com",
            otp_header="X-Authorization-OTP",
            token_env=("SCALINGO_API_TOKEN",),
            token_words="an API token (tk-us-…)",
            scope="",
            token_page="https://dashboard.scalingo.com/account/tokens",
            login="scalingo login --ssh",
            connect=lambda session, token: scalingo.Scalingo(session, token),
            explain=scalingo.explain,
        ),
        Provider(
            name="github",
            title="GitHub",
            api_url=GITHUB_API,
            version_path="",
            web_host="github.com",
            token_env=("GH_TOKEN", "GITHUB_TOKEN"),
            token_words="a personal access token",
            scope="admin:public_key",
            token_page="https://github.com/settings/tokens/new?scopes=admin:public_key&description=sshwizard",
            token_path="/settings/tokens/new?scopes=admin:public_key&description=sshwizard",
            login="gh auth login -s admin:public_key",
            connect=_github,
            explain=github.explain,
        ),
        Provider(
            name="github-enterprise",
            title="GitHub Enterprise",
            api_url="",
            version_path=ENTERPRISE_PATH,
            token_env=("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"),
            token_words="a personal access token",
            scope="admin:public_key",
            token_page=None,
            token_path="/settings/tokens/new?scopes=admin:public_key&description=sshwizard",
            login="gh auth login -s admin:public_key",
            connect=_github,
            explain=github.explain,
        ),
        Provider(
            name="gitlab",
            title="GitLab",
            api_url="https://gitlab.com/api/v4",
            version_path="/api/v4",
            web_host="gitlab.com",
            token_env=("GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN"),
            token_words="a personal access token",
            scope="api",
            token_page="https://gitlab.com/-/user_settings/personal_access_tokens?name=sshwizard&scopes=api",
            token_path="/-/user_settings/personal_access_tokens?name=sshwizard&scopes=api",
            login="glab auth login",
            connect=_gitlab,
            explain=gitlab.explain,
        ),
        Provider(
            name="bitbucket",
            title="Bitbucket",
            api_url="https://api.bitbucket.org/2.0",
            version_path="/2.0",
            web_host="bitbucket.org",
            token_env=(),
            token_words="EMAIL:TOKEN, your e-mail address and an API token",
            scope="read:ssh-key:bitbucket, write:ssh-key:bitbucket, delete:ssh-key:bitbucket, read:user:bitbucket",
            token_page="https://id.atlassian.com/manage-profile/security/api-tokens",
            connect=_bitbucket,
            explain=bitbucket.explain,
        ),
        Provider(
            name="codeberg",
            title="Codeberg",
            api_url="https://codeberg.org/api/v1",
            version_path="/api/v1",
            web_host="codeberg.org",
            otp_header="X-GITEA-OTP",
            token_env=(),
            token_words="an access token",
            scope="write:user",
            token_page="https://codeberg.org/user/settings/applications",
            token_path="/user/settings/applications",
            connect=_gitea("codeberg"),
            explain=gitea.explain,
        ),
        Provider(
            name="gitea",
            title="Gitea",
            api_url="",
            version_path="/api/v1",
            otp_header="X-GITEA-OTP",
            token_env=("GITEA_TOKEN",),
            token_words="an access token",
            scope="write:user",
            token_page=None,
            token_path="/user/settings/applications",
            login="tea login add",
            connect=_gitea("gitea"),
            explain=gitea.explain,
        ),
        Provider(
            name="codecommit",
            title="AWS CodeCommit",
            api_url="https://iam.amazonaws.com",
            version_path="",
            web_host="iam.amazonaws.com",
            token_env=(),
            token_words="ACCESS_KEY_ID:SECRET",
            scope="iam:UploadSSHPublicKey, iam:ListSSHPublicKeys, iam:GetSSHPublicKey, iam:DeleteSSHPublicKey, iam:GetUser",
            token_page="https://console.aws.amazon.com/iam/home#/security_credentials",
            login="aws configure",
            connect=_codecommit,
            explain=codecommit.explain,
        ),
        Provider(
            name="sourcehut",
            title="SourceHut",
            api_url="https://meta.sr.ht",
            version_path="",
            call_path="/query",
            web_host="sr.ht",
            token_env=(),
            token_words="a personal access token",
            scope="SSH_KEYS:RW PROFILE:RO",
            token_page="https://meta.sr.ht/oauth2/personal-token",
            login="hut init",
            connect=lambda session, token: sourcehut.SourceHut(_bearer(session, token)),
            explain=sourcehut.explain,
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
