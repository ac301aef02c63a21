"""Talking to one account API: base URL, token, JSON, and errors turned into sentences.

Knows HTTP statuses in general; what a provider's bodies mean is in its own class.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sshwizard.errors import CannotCheck, Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest, send
from sshwizard.secret import Secret
from sshwizard.text import _, one_line, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


Explain = Callable[["Session", HttpReply], SshwizardError | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One account API with its credentials."""

    machine: Machine
    base: str
    """Without a slash at the end."""
    title: str
    """The service's name for people."""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    secret_headers: Mapping[str, Secret] = dataclasses.field(default_factory=dict)
    token_page: str | None = None
    scope: str = ""
    """The right that adding a key needs, in the service's own words."""
    explain: Explain | None = None
    """What the provider's own class makes of an error reply; None: nothing special."""

    def request(self, method: str, path: str, body: Any = None) -> HttpRequest:
        """Build a request; `body` is sent as JSON."""
        headers = {"Accept": "application/json", **self.headers}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        url = path if "://" in path else self.base + path
        return HttpRequest(
            method=method, url=url, headers=headers, secret_headers=self.secret_headers, body=data
        )

    def send(self, request: HttpRequest) -> HttpReply:
        """Send a request and return a 2xx reply. Raises Refused or CannotCheck with the service's words."""
        return self.checked(send(self.machine, request))

    def call(self, method: str, path: str, body: Any = None) -> HttpReply:
        """Build, send and check in one."""
        return self.send(self.request(method, path, body))

    def checked(self, reply: HttpReply) -> HttpReply:
        """Return a 2xx reply as it is; raise what any other status means."""
        if 200 <= reply.status < 300:
            return reply
        special = self.explain(self, reply) if self.explain else None
        raise special or self.error(reply)

    def get(self, path: str) -> Any:
        """GET a path and return its JSON."""
        return self.json(self.call("GET", path))

    def json(self, reply: HttpReply) -> Any:
        """Parse a 2xx body. Raises CannotCheck (`service-error`) when it is not JSON."""
        try:
            return json.loads(reply.body)
        except ValueError as error:
            raise CannotCheck(
                _("{title} answered with something that is not its own reply: {text}").format(
                    title=self.title, text=one_line(visible_bytes(reply.body), 120)
                ),
                code="service-error",
                where=reply.url,
                status=reply.status,
                hint=_("A proxy or a sign-in page may stand in between; check the address."),
            ) from error

    def error(self, reply: HttpReply) -> SshwizardError:
        """Turn a reply with an error status into the exception that says so."""
        words = words_of(reply)
        status = reply.status
        if status == 429:
            return CannotCheck(
                _("{title} asks to wait: {words}").format(title=self.title, words=words),
                code="rate-limited",
                status=status,
                where=reply.url,
                hint=_wait(reply),
            )
        if status >= 500:
            return CannotCheck(
                _("{title} has a problem of its own ({status}): {words}").format(
                    title=self.title, status=status, words=words
                ),
                code="service-error",
                status=status,
                where=reply.url,
                hint=_("Nothing is known to have changed there; try again later."),
            )
        if status == 401:
            return Refused(
                _("{title} did not take the token: {words}").format(title=self.title, words=words),
                code="token-refused",
                status=status,
                where=reply.url,
                hint=_("Make a new one at {page}.").format(
                    page=self.token_page or urlsplit(self.base).netloc
                ),
            )
        if status == 403:
            return Refused(
                _("{title} says that this token may not do that: {words}").format(
                    title=self.title, words=words
                ),
                code="scope-missing",
                status=status,
                where=reply.url,
                hint=self.scope_hint(),
            )
        return Refused(
            _("{title} refused ({status}): {words}").format(title=self.title, status=status, words=words),
            code="service-error",
            status=status,
            where=reply.url,
        )

    def scope_hint(self) -> str:
        """Say which right is missing and where to get it."""
        return _("It needs the right {scope}; make a token with it at {page}.").format(
            scope=self.scope or _("to manage keys"), page=self.token_page or urlsplit(self.base).netloc
        )


def field(data: Any, *path: str) -> Any:
    """Walk into parsed JSON; None where the shape is not what was expected."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def items(data: Any) -> list[dict[str, Any]]:
    """Return the objects of a JSON list, leaving out what is none."""
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


def key_refused(reply: HttpReply, *, taken: tuple[str, ...]) -> Refused:
    """Return the refusal of a key: in use where the service's words say so, else invalid."""
    words = words_of(reply)
    in_use = any(word in words.lower() for word in taken)
    return Refused(
        words, code="key-in-use" if in_use else "key-invalid", status=reply.status, where=reply.url
    )


def words_of(reply: HttpReply) -> str:
    """Return the service's own words from an error body of any shape, visible and on one line."""
    try:
        data = json.loads(reply.body)
    except ValueError:
        text = visible_bytes(reply.body).strip()
        return one_line(text) if text and not text.startswith("<") else f"HTTP {reply.status}"
    words = "; ".join(dict.fromkeys(_sentences(data)))
    return one_line(words.replace("\n", " ")) if words else f"HTTP {reply.status}"


def _sentences(data: Any, key: str = "") -> list[str]:
    if isinstance(data, str):
        return [f"{key} {data}".strip() if data[:1].islower() else data]
    if isinstance(data, list):
        return [sentence for item in data for sentence in _sentences(item, key)]
    if isinstance(data, dict):
        told = ("message", "error", "errors", "error_description", "detail", "field_errors", "name", "data")
        inner = [name for name in told if data.get(name)] or [
            name for name, value in data.items() if isinstance(value, list)
        ]
        inner = [name for name in inner if name != "name" or "error" not in data]
        return [
            sentence
            for name in inner
            for sentence in _sentences(data[name], "" if name in told else str(name))
        ]
    return []


def _wait(reply: HttpReply) -> str:
    seconds = reply.headers.get("retry-after", "")
    if seconds.isdigit():
        return _("Try again in {seconds} s.").format(seconds=seconds)
    return _("Try again in a minute.")
