"""Which account API belongs to a host, and the change that uploads a key there. Contacts nobody."""

from __future__ import annotations

from collections.abc import Mapping

from sshwizard.hosts import book
from sshwizard.model.finding import Fix
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Target
from sshwizard.model.steps import UploadKey
from sshwizard.openssh.keys import public_line
from sshwizard.providers import provider_names
from sshwizard.text import _

PRACTICE = "practice"
PRACTICE_URL = "SSHWIZARD_PRACTICE_URL"


def provider_of(env: Mapping[str, str], target: Target) -> str:
    """Return the name of the provider whose API manages keys for this host, "" when we speak none."""
    if env.get(PRACTICE_URL) and PRACTICE in (target.host, target.provider):
        return PRACTICE
    return target.provider if target.provider in provider_names() else ""


def service_title(target: Target) -> str:
    """Return what people call the service behind a host."""
    entry = book.find(target.provider or target.hostname)
    return entry.title if entry else target.host


def key_page(target: Target) -> str:
    """Return the web page where keys are added by hand, "" when it is not known."""
    entry = book.find(target.provider or target.hostname)
    return entry.key_page if entry else ""


def delay(target: Target) -> int:
    """Return the seconds until a new key usually works there."""
    entry = book.find(target.provider or target.hostname)
    return entry.delay_s if entry else 0


def upload_fix(provider: str, api_url: str, public: PublicKey, title: str) -> Fix:
    """Return the change that adds a public half to an account."""
    return Fix(
        title=_("Add the public half to the account, as {title}").format(title=title),
        steps=(UploadKey(provider=provider, api_url=api_url, public_line=public_line(public), title=title),),
    )
