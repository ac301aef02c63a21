"""The public keys that a forge shows of an account to everybody: `https://HOST/NAME.keys`. No token is sent.

GitHub, GitLab and Gitea have such pages, so have their own-instance editions; a line holds no title.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sshwizard.errors import CannotCheck, Refused, UsageError
from sshwizard.machine.http import HttpReply, HttpRequest, send
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import NotAKey, read_public_line
from sshwizard.providers.address import base_url
from sshwizard.providers.catalogue import find_provider
from sshwizard.text import _, one_line, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

WITH_LIST = ("github", "gitlab", "codeberg", "gitea", "github-enterprise", "practice")
"""Providers that show an account's keys to everybody."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")


def site_of(provider: str, api_url: str | None) -> str:
    """Return the address of a provider's web pages; "" when it has no public list or no address is known."""
    if provider not in WITH_LIST:
        return ""
    known = find_provider(provider)
    if known.web_host and not api_url:
        return f"https://{known.web_host}"
    site = base_url(known, api_url).removesuffix(known.version_path).rstrip("/")
    parts = urlsplit(site)
    if (parts.hostname or "").endswith(".ghe.com"):
        return site.replace("://api.", "://", 1)
    return site


def check_name(typed: str) -> str:
    """Say what is wrong with an account's name, or ""."""
    if _NAME.fullmatch(typed.strip()):
        return ""
    return _("An account's name has letters, digits, `-`, `.` and `_` only.")


def public_keys(machine: Machine, site: str, name: str, *, timeout: float = 20.0) -> tuple[PublicKey, ...]:
    """Return the public keys of an account, as everybody sees them. `site` is an address without path.

    Raises UsageError for what is no name, Refused (`account-unknown`) for an account that is not there, and
    CannotCheck when the site cannot be asked or answers with something else.
    """
    problem = check_name(name)
    if problem:
        raise UsageError(problem)
    reply = send(machine, HttpRequest(method="GET", url=f"{site}/{name.strip()}.keys"), timeout=timeout)
    host = urlsplit(site).hostname or site
    if reply.status == 404:
        raise Refused(
            _("{host} has no account {name}, or shows its keys to nobody.").format(
                host=host, name=visible(name)
            ),
            code="account-unknown",
            status=404,
            where=reply.url,
            hint=_("Look at the spelling; the name is the one in the account's web address."),
        )
    if reply.status == 429:
        raise CannotCheck(
            _("{host} asks to wait before its list is read again.").format(host=host),
            code="rate-limited",
            status=429,
            where=reply.url,
        )
    if reply.status != 200:
        raise _not_a_list(reply, host)
    keys = _keys(reply)
    if not keys and reply.body.strip():
        raise _not_a_list(reply, host)
    return keys


def _keys(reply: HttpReply) -> tuple[PublicKey, ...]:
    found: dict[bytes, PublicKey] = {}
    for line in reply.body.decode("utf-8", "replace").splitlines():
        try:
            public = read_public_line(line)
        except NotAKey:
            continue
        found.setdefault(public.blob, public)
    return tuple(found.values())


def _not_a_list(reply: HttpReply, host: str) -> CannotCheck:
    text = one_line(reply.body.decode("utf-8", "replace"), 80) or f"HTTP {reply.status}"
    return CannotCheck(
        _("{host} answered with something that is no list of keys: {text}").format(host=host, text=text),
        code="service-error",
        status=reply.status,
        where=reply.url,
        hint=_("A sign-in page or a proxy may stand in between."),
    )
