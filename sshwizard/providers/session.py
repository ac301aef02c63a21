"""Talking to one account API: base URL, token, JSON, and errors turned into sentences.

Knows HTTP statuses in general; what a provider's bodies mean is in its own class.
"""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sshwizard.errors import CannotCheck, Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest, send
from sshwizard.providers.words import words_of
from sshwizard.secret import Secret
from sshwizard.text import _, one_line, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


Explain = Callable[["Session", HttpReply], SshwizardError | None]
PAGES = 50
"""Pages of one list that are read at most."""
TAKEN = ("already", "in use", "taken", "has been used", "registered", "must be unique")
"""Words by which one service or another says that some account has the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One account API with its credentials."""

    machine: Machine
    base: str
    """Without a slash at the end."""
    title: str
    """The service's name for people."""
    name: str = ""
    """What to type for it."""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    secret_headers: Mapping[str, Secret] = dataclasses.field(default_factory=dict)
    token_page: str | None = None
    scope: str = ""
    """The right that adding a key needs, in the service's own words."""
    explain: Explain | None = None
    """What the provider's own class makes of an error reply; None: nothing special."""
    cuts_pages: bool = False
    """An administrator may have set a smaller page than the one asked for: a short page is not the last."""
    timeout: float = 20.0
    """Seconds for each request."""

    def request(
        self, method: str, path: str, body: Any = None, *, sends_key: bool = False, asks: bool = False
    ) -> HttpRequest:
        """Build a request; `body` is sent as JSON."""
        headers = {"Accept": "application/json", **self.headers}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        return HttpRequest(
            method=method,
            url=self.base + path,
            headers=headers,
            secret_headers=self.secret_headers,
            body=data,
            sends_key=sends_key,
            asks=asks,
        )

    def send(self, request: HttpRequest) -> HttpReply:
        """Send a request and return a 2xx reply. Raises Refused or CannotCheck with the service's words."""
        return self.checked(send(self.machine, request, timeout=self.timeout))

    def call(self, method: str, path: str, body: Any = None) -> HttpReply:
        """Build, send and check in one."""
        return self.send(self.request(method, path, body))

    def checked(self, reply: HttpReply) -> HttpReply:
        """Return a 2xx reply as it is; raise what any other status means."""
        if 200 <= reply.status < 300:
            return reply
        special = self.explain(self, reply) if self.explain else None
        raise special or self.error(reply)

    def object(self, path: str, *inside: str) -> dict[str, Any]:
        """GET a path and return its JSON object (or the one inside it). Raises CannotCheck for anything else."""
        reply = self.call("GET", path)
        found = field(self.json(reply), *inside)
        if not isinstance(found, dict):
            raise self.not_its_own(reply)
        return found

    def array(self, path: str, *inside: str) -> list[dict[str, Any]]:
        """GET a path and return the JSON objects of its list. Raises CannotCheck when it is none."""
        reply = self.call("GET", path)
        found = field(self.json(reply), *inside)
        if not isinstance(found, list):
            raise self.not_its_own(reply)
        return items(found)

    def pages(self, path: str, *, size_name: str = "per_page", size: int = 100) -> list[dict[str, Any]]:
        """GET every page of a list that is asked with `page` and a size, until one brings nothing new.

        A `Link` header says whether there is another page; without one a page that is not full is the last,
        unless the service cuts pages (`cuts_pages`) or counts the keys itself (`X-Total-Count`, Gitea).
        """
        found: dict[str, dict[str, Any]] = {}
        for page in range(1, PAGES + 1):
            reply = self.call("GET", f"{path}?{size_name}={size}&page={page}")
            data = self.json(reply)
            if not isinstance(data, list):
                raise self.not_its_own(reply)
            new = {str(item.get("id", (page, at))): item for at, item in enumerate(items(data))}
            before = len(found)
            found |= new
            if len(found) == before or self._is_last(reply, len(data), len(found), size):
                break
        return list(found.values())

    def _is_last(self, reply: HttpReply, on_page: int, so_far: int, size: int) -> bool:
        link, total = reply.headers.get("link", ""), reply.headers.get("x-total-count", "")
        if link:
            return 'rel="next"' not in link
        if total.isdigit():
            return so_far >= int(total)
        return not self.cuts_pages and on_page < size

    def json(self, reply: HttpReply) -> Any:
        """Parse a 2xx body. Raises CannotCheck (`service-error`) when it is not JSON."""
        try:
            return json.loads(reply.body)
        except (ValueError, RecursionError) as error:
            raise self.not_its_own(reply) from error

    def not_its_own(self, reply: HttpReply) -> CannotCheck:
        """Return the error for a reply that some other program must have given."""
        return CannotCheck(
            _("{title} answered with something that is not its own reply: {text}").format(
                title=self.title, text=one_line(visible_bytes(reply.body), 120) or _("nothing at all")
            ),
            code="service-error",
            where=reply.url,
            status=reply.status,
            hint=_("A proxy or a sign-in page may stand in between; check the address (`--api-url`)."),
        )

    def error(self, reply: HttpReply) -> SshwizardError:
        """Turn a reply with an error status into the exception that says so."""
        status, words = reply.status, words_of(reply)
        if status == 429 or (status == 503 and "retry-after" in reply.headers):
            return self.rate_limited(reply)
        if status == 407:
            return self._proxy_login(reply)
        if status >= 500:
            return self._failed(reply)
        if status == 401:
            return self.token_refused(reply)
        if status == 403:
            is_page = reply.body.lstrip().startswith(b"<")
            return self.not_its_own(reply) if is_page else self.scope_missing(reply)
        if status == 404:
            return self.unknown_key(reply) if reply.method == "DELETE" else self._no_such_address(reply)
        if status in (405, 410):
            return self._no_such_address(reply)
        if status in (400, 409, 422) and reply.sends_key:
            return self.key_refused(reply)
        if status < 400:
            return self.not_its_own(reply)
        return Refused(
            _("{title} refused ({status}): {words}").format(title=self.title, status=status, words=words),
            code="service-error",
            status=status,
            where=reply.url,
            hint=_("That is all it says; its web page may say more."),
        )

    def rate_limited(self, reply: HttpReply) -> CannotCheck:
        return CannotCheck(
            _("{title} asks to wait: {words}").format(title=self.title, words=words_of(reply)),
            code="rate-limited",
            status=reply.status,
            where=reply.url,
            hint=_wait(reply),
        )

    def token_refused(self, reply: HttpReply) -> Refused:
        return Refused(
            _("{title} did not take the token: {words}").format(title=self.title, words=words_of(reply)),
            code="token-refused",
            status=reply.status,
            where=reply.url,
            hint=_("It may have expired or been revoked. Make a new one at {page}.").format(
                page=self._page()
            ),
        )

    def scope_missing(self, reply: HttpReply, scope: str = "") -> Refused:
        return Refused(
            _("{title} says that this token may not do that: {words}").format(
                title=self.title, words=words_of(reply)
            ),
            code="scope-missing",
            status=reply.status,
            where=reply.url,
            hint=self.scope_hint(scope),
        )

    def key_refused(self, reply: HttpReply) -> Refused:
        """Return the refusal of a key: in use where the service's words say so, else invalid."""
        return self.refused_key(words_of(reply), reply)

    def refused_key(self, words: str, reply: HttpReply) -> Refused:
        """The same, with the service's words already read."""
        if reply.status == 409 or any(word in words.lower() for word in TAKEN):
            return Refused(
                words,
                code="key-in-use",
                status=reply.status,
                where=reply.url,
                hint=_("Another account or a repository has it; make a new one for this account."),
            )
        return Refused(
            _("{title} did not take the key: {words}").format(title=self.title, words=words),
            code="key-invalid",
            status=reply.status,
            where=reply.url,
            hint=_(
                "`sshwizard hosts {name}` says which kinds it takes; `sshwizard keys new` makes one."
            ).format(name=self.name),
        )

    def second_factor(self, reply: HttpReply, hint: str) -> Refused:
        """Return the error for a wanted second factor; `hint` says how to do without, or how to give the code."""
        return Refused(
            _("{title} asks for a second factor: {words}").format(title=self.title, words=words_of(reply)),
            code="two-factor-required",
            status=reply.status,
            where=reply.url,
            hint=hint,
        )

    def unknown_key(self, reply: HttpReply) -> Refused:
        return Refused(
            _("{title} has no such key on this account ({words}).").format(
                title=self.title, words=words_of(reply)
            ),
            code="key-unknown",
            status=reply.status,
            where=reply.url,
            hint=_("`sshwizard keys list --remote {name}` lists what is there.").format(name=self.name),
        )

    def scope_hint(self, scope: str = "") -> str:
        """Say which right is missing and where to get it."""
        named = scope or self.scope
        return _("It needs the right {scope}; make a token with it at {page}.").format(
            scope=f"`{named}`" if named else _("to manage keys"), page=self._page()
        )

    def _proxy_login(self, reply: HttpReply) -> CannotCheck:
        return CannotCheck(
            _("A proxy on the way to {title} asks for a login: {words}").format(
                title=self.title, words=words_of(reply)
            ),
            code="service-unreachable",
            status=reply.status,
            where=reply.url,
            hint=_("`HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT` gives it one."),
        )

    def _failed(self, reply: HttpReply) -> CannotCheck:
        return CannotCheck(
            _("{title} has a problem of its own ({status}): {words}").format(
                title=self.title, status=reply.status, words=words_of(reply)
            ),
            code="service-error",
            status=reply.status,
            where=reply.url,
            hint=_("Whether it changed something is not known: list the keys before you try again.")
            if reply.changes
            else _("Nothing was changed there; try again later."),
        )

    def _no_such_address(self, reply: HttpReply) -> CannotCheck:
        return CannotCheck(
            _("{title} has nothing at this address ({status}): {words}").format(
                title=self.title, status=reply.status, words=words_of(reply)
            ),
            code="service-error",
            status=reply.status,
            where=reply.url,
            hint=_("Check the address that `--api-url` names."),
        )

    def _page(self) -> str:
        return self.token_page or urlsplit(self.base).netloc


def field(data: Any, *path: str) -> Any:
    """Walk into parsed JSON; None where the shape is not what was expected."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def items(data: Any) -> list[dict[str, Any]]:
    """Return the objects of a JSON list, leaving out what is none."""
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


def name_in(data: Mapping[str, Any], *fields: str) -> str:
    """Return the first of some fields that holds a name, visible and on one line; "" where none does."""
    found = next((data[name] for name in fields if isinstance(data.get(name), (str, int)) and data[name]), "")
    return one_line(str(found))


def _wait(reply: HttpReply) -> str:
    """Say how long to wait: `Retry-After` holds seconds or a date (RFC 9110 §10.2.3)."""
    text = reply.headers.get("retry-after", "")
    if not re.fullmatch(r"[0-9]{1,6}", text):
        try:
            until = parsedate_to_datetime(text).timestamp()
        except (TypeError, ValueError):
            return _("Try again in a minute.")
        text = str(max(1, round(until - time.time())))
    seconds = int(text)
    if seconds > 2 * 3600:
        return _("Try again in {n} h.").format(n=round(seconds / 3600))
    if seconds > 2 * 60:
        return _("Try again in {n} min.").format(n=round(seconds / 60))
    return _("Try again in {n} s.").format(n=seconds)
