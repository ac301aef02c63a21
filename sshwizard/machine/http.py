"""HTTP requests to account APIs: one at a time, bounded, to the host that was named and no other.

TLS with the system's trust store, company proxies from the environment, redirects to other hosts refused,
plain http only to loopback. A token is revealed here, in the request's own headers, and nowhere else.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from sshwizard.errors import CannotCheck, Refused, UsageError
from sshwizard.secret import Secret
from sshwizard.text import _, one_line

if TYPE_CHECKING:
    import ssl

    import httpx

    from sshwizard.machine.machine import Machine

BODY_LIMIT = 4 * 1024 * 1024
"""Bytes of a reply that are read; a longer one is cut and counts as broken."""
REDIRECT_LIMIT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request as data, so that `--dry-run` can show it."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, Secret] = field(default_factory=dict)
    """Headers that carry a token; shown as `…`."""
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    url: str


def send(machine: Machine, request: HttpRequest, *, timeout: float = 20.0) -> HttpReply:
    """Send one request and return the reply.

    Raises CannotCheck (`service-unreachable`) when the service cannot be asked or does not answer in time,
    Refused (`redirect-refused`) when it points to another host, UsageError for an unusable URL.
    """
    import httpx

    _check_url(request.url)
    with _client(machine, request.url, timeout) as client:
        url = request.url
        for _attempt in range(REDIRECT_LIMIT + 1):
            try:
                reply = _send_once(client, request, url)
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                raise _unreachable(url, error) from error
            if not 300 <= reply.status < 400 or "location" not in reply.headers:
                return reply
            url = _followed(request, url, reply.headers["location"])
    raise CannotCheck(
        _("{host} redirects in circles.").format(host=urlsplit(request.url).hostname),
        code="service-error",
        where=request.url,
    )


def _send_once(client: httpx.Client, request: HttpRequest, url: str) -> HttpReply:
    headers = {**request.headers, **{name: value.reveal() for name, value in request.secret_headers.items()}}
    with client.stream(request.method, url, headers=headers, content=request.body) as reply:
        parts, size = [], 0
        for chunk in reply.iter_bytes():
            parts.append(chunk)
            size += len(chunk)
            if size > BODY_LIMIT:
                raise ValueError("the reply is too long")
        return HttpReply(
            status=reply.status_code,
            headers={name.lower(): value for name, value in reply.headers.items()},
            body=b"".join(parts),
            url=url,
        )


def _client(machine: Machine, url: str, timeout: float) -> httpx.Client:
    import httpx

    proxy = None if is_loopback(url) else _proxy(machine.env, url)
    return httpx.Client(
        verify=_trust(machine.env) if url.startswith("https:") else True,
        proxy=proxy,
        trust_env=False,
        timeout=httpx.Timeout(timeout, connect=min(timeout, 10.0)),
        follow_redirects=False,
        headers={"User-Agent": "sshwizard"},
    )


def _trust(env: Mapping[str, str]) -> ssl.SSLContext:
    import ssl

    authority = env.get("SSL_CERT_FILE")
    if authority:
        return ssl.create_default_context(cafile=authority)
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _proxy(env: Mapping[str, str], url: str) -> str | None:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    for exception in (env.get("no_proxy") or env.get("NO_PROXY") or "").lower().split(","):
        name = exception.strip().lstrip(".").split(":")[0]
        if name and (name == "*" or host == name or host.endswith("." + name)):
            return None
    names = [f"{parts.scheme}_proxy", f"{parts.scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY"]
    return next((env[name] for name in names if env.get(name)), None)


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UsageError(
            _("{url} is not a web address.").format(url=one_line(url)), hint=_("It starts with `https://`.")
        )
    if parts.scheme == "http" and not is_loopback(url):
        raise UsageError(
            _("{url} is not encrypted; your token would be readable on the way.").format(url=one_line(url)),
            hint=_("Use the `https://` address of the service."),
        )
    if parts.username or parts.password:
        raise UsageError(
            _("The address contains a password."), hint=_("Give the token with `--token-env VAR`.")
        )


def is_loopback(url: str) -> bool:
    """Say whether a URL names this machine itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _followed(request: HttpRequest, url: str, location: str) -> str:
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    if request.method in ("GET", "HEAD") and (old.scheme, old.netloc) == (new.scheme, new.netloc):
        return target
    raise Refused(
        _("{host} points to {target}; your token and key were not sent there.").format(
            host=old.hostname, target=one_line(target)
        ),
        code="redirect-refused",
        where=url,
        hint=_("If that is the right address, name it with `--api-url`."),
    )


def _unreachable(url: str, error: Exception) -> CannotCheck:
    words = one_line(str(error)) or type(error).__name__
    return CannotCheck(
        _("{host} could not be asked: {words}").format(host=urlsplit(url).hostname, words=words),
        code="service-unreachable",
        where=url,
        hint=_("Check the network, the proxy (`HTTPS_PROXY`) and the address, then try again."),
    )
