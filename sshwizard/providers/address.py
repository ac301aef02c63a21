"""Where a provider's API is: the address that people type, with or without what belongs to it, made into its base."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sshwizard.errors import UsageError
from sshwizard.machine.http import check_url, is_loopback
from sshwizard.text import _, one_line

if TYPE_CHECKING:
    from sshwizard.providers.catalogue import Provider

GITHUB_API = "https://api.github.com"
ENTERPRISE_PATH = "/api/v3"


def base_url(provider: Provider, api_url: str | None) -> str:
    """Return the base address: the provider's own, or the user's with or without the version path.

    Raises UsageError for what is no address for a token, and for one that goes on after its path.
    """
    if not api_url:
        return provider.api_url
    check_url(api_url)
    if "?" in api_url or "#" in api_url:
        raise UsageError(
            _("{url} is more than the address of a service.").format(url=one_line(api_url)),
            hint=_("Leave out everything from `?` or `#` on."),
        )
    base, version_path = api_url.rstrip("/"), provider.version_path
    if provider.name == "github":
        base, version_path = _of_github(base)
    if provider.call_path:
        base = base.removesuffix(provider.call_path).rstrip("/")
    if version_path and not urlsplit(base).path.endswith(version_path):
        base += version_path
    return base


def _of_github(base: str) -> tuple[str, str]:
    """Return where GitHub's API is for the address of a web page too, and its version path.

    github.com and the *.ghe.com of a company have a host of their own for it, Enterprise Server a path.
    """
    parts = urlsplit(base)
    host = (parts.hostname or "").lower().removeprefix("www.")
    if host == "github.com":
        return GITHUB_API, ""
    if host.endswith(".ghe.com"):
        return base if host.startswith("api.") else base.replace("://", "://api.", 1), ""
    own = host != "api.github.com" and not is_loopback(base)
    return base, ENTERPRISE_PATH if own else ""


def token_page(provider: Provider, base: str) -> str | None:
    """Return the page where tokens are made: the provider's, or that of the instance at `base`."""
    if base == provider.api_url or not provider.token_path:
        return provider.token_page
    site = base.removesuffix(provider.version_path)
    if (urlsplit(base).hostname or "").endswith(".ghe.com"):
        site = site.replace("://api.", "://", 1)
    return site.rstrip("/") + provider.token_path
