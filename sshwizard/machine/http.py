"""HTTP requests to account APIs: one at a time, bounded, to the host that was named and no other.

TLS with the system's trust store, company proxies from the environment, redirects to other hosts refused,
plain http only to loopback. A token is revealed here, in the request's own headers, and nowhere else. The time
limit is for the whole exchange: a service that sends a byte now and then does not hold us.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Mapping
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
    sends_key: bool = False
    """It carries a public half: what the service says against it is said of the key."""
    asks: bool = False
    """It changes nothing although it is a POST: GraphQL's queries, IAM's lists."""

    @property
    def changes(self) -> bool:
        """Say whether the service may be another one after it."""
        return not self.asks and self.method not in ("GET", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    url: str
    method: str = "GET"
    sends_key: bool = False
    changes: bool = False
    """Both as in the request that it answers."""


def send(machine: Machine, request: HttpRequest, *, timeout: float = 20.0) -> HttpReply:
    """Send one request and return the reply.

    Raises CannotCheck (`service-unreachable` when the service cannot be asked or does not answer in time,
    `service-error` for a reply that is too long or cannot be unpacked), Refused (`redirect-refused`) when it
    points to another host, UsageError for an unusable URL.
    """
    import httpx

    check_url(request.url)
    _check_headers(request)
    try:
        return _within(timeout, lambda: _exchange(machine, request, timeout))
    except ImportError as error:
        raise _unreachable(request.url, _("this proxy speaks SOCKS, which is not supported")) from error
    except httpx.DecodingError as error:
        raise _broken(request, _("cannot be unpacked")) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.InvalidURL) as error:
        raise _unreachable(request.url, _words(error, request)) from error
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise _broken_off(request, _words(error, request)) from error


def _exchange(machine: Machine, request: HttpRequest, timeout: float) -> HttpReply:
    with _client(machine, request.url, timeout) as client:
        url = request.url
        for _attempt in range(REDIRECT_LIMIT + 1):
            reply = _send_once(client, request, url)
            if not 300 <= reply.status < 400 or "location" not in reply.headers:
                return reply
            url = _followed(request, reply)
    raise CannotCheck(
        _("{host} redirects in circles.").format(host=urlsplit(request.url).hostname),
        code="service-error",
        where=request.url,
        status=reply.status,
        hint=_("Its address may have changed; check the one that `--api-url` names."),
    )


def _within(seconds: float, work: Callable[[], HttpReply]) -> HttpReply:
    """Do `work` in a thread that is left behind when the time is up. Raises TimeoutError, or what it raises."""
    replies: list[HttpReply] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            replies.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="http", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not replies:
        raise TimeoutError(_("no whole answer within {n} s").format(n=f"{seconds:g}"))
    return replies[0]


def _send_once(client: httpx.Client, request: HttpRequest, url: str) -> HttpReply:
    headers = {**request.headers, **{name: value.reveal() for name, value in request.secret_headers.items()}}
    with client.stream(request.method, url, headers=headers, content=request.body) as reply:
        parts, size = [], 0
        for chunk in reply.iter_bytes():
            parts.append(chunk)
            size += len(chunk)
            if size > BODY_LIMIT:
                raise _broken(request, _("is longer than any list of keys"), reply.status_code)
        return HttpReply(
            status=reply.status_code,
            headers={name.lower(): value for name, value in reply.headers.items()},
            body=b"".join(parts),
            url=url,
            method=request.method,
            sends_key=request.sends_key,
            changes=request.changes,
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

    authority, folder = env.get("SSL_CERT_FILE"), env.get("SSL_CERT_DIR")
    if authority or folder:
        try:
            return ssl.create_default_context(cafile=authority or None, capath=folder or None)
        except OSError as error:
            raise CannotCheck(
                _("{path} holds no certificates that can be read: {words}.").format(
                    path=one_line(authority or folder or ""), words=error.strerror or one_line(str(error))
                ),
                code="service-unreachable",
                where=authority or folder or "",
                hint=_("The variable SSL_CERT_FILE (or SSL_CERT_DIR) names it: correct or unset it."),
            ) from error
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
    proxy = next((env[name] for name in names if env.get(name)), None)
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def _check_headers(request: HttpRequest) -> None:
    """Refuse what no header may hold before a library puts it, token and all, into an error message."""
    for value in request.secret_headers.values():
        if not (value.reveal().isascii() and value.reveal().isprintable()):
            raise UsageError(
                _("The token holds a character that tokens do not have, a line break for instance."),
                hint=_("Copy it again; it is one word."),
            )


def check_url(url: str) -> None:
    """Raise UsageError for an address that no token may be sent to: none at all, unencrypted, with a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    usable = usable and not any(char.isspace() for char in url)
    if not usable:
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


def _followed(request: HttpRequest, reply: HttpReply) -> str:
    target = urljoin(reply.url, reply.headers["location"])
    old, new = urlsplit(reply.url), urlsplit(target)
    if request.method in ("GET", "HEAD") and (old.scheme, old.netloc) == (new.scheme, new.netloc):
        return target
    raise Refused(
        _("{host} points to {target}; your token and key were not sent there.").format(
            host=old.hostname, target=one_line(target)
        ),
        code="redirect-refused",
        where=reply.url,
        status=reply.status,
        hint=_("If that is the right address, name it with `--api-url`."),
    )


def _words(error: Exception, request: HttpRequest) -> str:
    """Return a library's words, without anything that was to stay secret."""
    words = str(error)
    for value in request.secret_headers.values():
        words = words.replace(value.reveal(), "…")
    return one_line(words) or type(error).__name__


def _unreachable(url: str, words: str) -> CannotCheck:
    return CannotCheck(
        _("{host} could not be asked: {words}").format(host=urlsplit(url).hostname, words=words),
        code="service-unreachable",
        where=url,
        hint=_way_on(words.lower()),
    )


def _way_on(words: str) -> str:
    if "certificate has expired" in words or "not yet valid" in words:
        return _("Its certificate is out of date, or this machine's clock is wrong.")
    if "mismatch" in words and "certificate" in words:
        return _("Its certificate is for another name: check the address.")
    if "certificate" in words:
        return _(
            "Its certificate is not trusted here. A company's own authority: name its file in SSL_CERT_FILE."
        )
    if "407" in words:
        return _("The proxy asks for a login: `HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT` gives it one.")
    return _("Check the network, the proxy (`HTTPS_PROXY`) and the address, then try again.")


def _broken_off(request: HttpRequest, words: str) -> CannotCheck:
    """Return the error for a request that may have arrived although no whole answer came."""
    error = _unreachable(request.url, words)
    if request.changes:
        error.hint = _("Whether it changed something is not known: list the keys before you try again.")
    return error


def _broken(request: HttpRequest, what: str, status: int | None = None) -> CannotCheck:
    return CannotCheck(
        _("The reply of {host} {what}.").format(host=urlsplit(request.url).hostname, what=what),
        code="service-error",
        where=request.url,
        status=status,
        hint=_("A proxy or a sign-in page may stand in between; check the address (`--api-url`)."),
    )
