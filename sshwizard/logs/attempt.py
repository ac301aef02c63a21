"""One run of a client, built line by line into a `LogAttempt`. Bounded in what it keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sshwizard.logs.offers import Offers
from sshwizard.model.log import Client, LogAttempt, LogEvent, Outcome
from sshwizard.text import visible

MOST_EVENTS = 400

_HOME = re.compile(r"^\"?(?P<home>.+?)[/\\]+\.ssh(?:[/\\]|$)")
_COMMAND_TARGET = re.compile(r"(?:(?P<user>[\w.-]+)@)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?=[:/\s]|$)")
FINAL: Mapping[str, Outcome] = {
    "denied": "denied",
    "too-many": "denied",
    "disconnected": "denied",
    "other-no-key": "denied",
    "jsch-auth-fail": "denied",
    "callback": "denied",
    "host-key-failed": "stopped",
    "host-key-strict": "stopped",
    "config-owner": "stopped",
    "config-option": "stopped",
    "config-syntax": "stopped",
    "config-terminating": "stopped",
    "config-missing": "stopped",
    "expand-failed": "stopped",
    "no-match": "stopped",
    "crashed": "stopped",
    "connect-error": "no-connection",
    "dns-failure": "no-connection",
    "ident-failed": "no-connection",
    "closed": "no-connection",
    "cut-in-kex": "no-connection",
    "no-ssh": "stopped",
    "banner-error": "no-connection",
    "remote-closed": "no-connection",
    "relay-failed": "no-connection",
    "password-prompt": "not-authenticated",
    "denied-again": "not-authenticated",
    "authenticated": "authenticated",
    "greeting": "authenticated",
    "repo-not-found": "authenticated",
    "git-denied": "authenticated",
    "saml": "authenticated",
    "read-only": "authenticated",
}
"""What a line says about the end of the attempt."""
STARTS = frozenset({"client", "command", "config-read", "connecting", "proxy"})
"""Lines with which a new attempt begins when the one before has come to its end."""
FLOW = frozenset(
    {"connected", "identity", "local-version", "remote-version", "kexinit-sent", "service-accept", "offered",
     "trying", "authenticating", "methods"}
)  # fmt: skip
"""Lines of a conversation: after its end they can only belong to another one."""


class Attempt:
    """An attempt as it is read."""

    def __init__(self, line: int) -> None:
        self.first_line = self.last_line = line
        self.outcome: Outcome | None = None
        self.offers = Offers()
        self.client: Client = "unknown"
        self.fields: dict[str, str] = {}
        self.methods: tuple[str, ...] = ()
        self.identities: dict[str, bool] = {}
        self.events: list[tuple[int, str, str, Mapping[str, str]]] = []
        self.dropped = 0
        self.debug = self.gaps = self.flowing = False
        self._nested = False

    @property
    def finished(self) -> bool:
        return self.outcome is not None

    def begins_anew(self, kind: str, fields: Mapping[str, str]) -> bool:
        """Tell whether this line belongs to a new attempt."""
        if kind in FLOW:
            return self.finished and self.outcome != "not-authenticated"
        if kind in ("greeting", "authenticated"):
            return self.outcome in ("denied", "no-connection", "stopped")
        if kind not in STARTS:
            return False
        if kind == "command":
            return bool(self.events)
        if self.finished:
            return True
        if kind == "client":
            whole = "," in fields.get("version", "")
            return whole and self.flowing and not self._nested and "version" in self.fields
        host = self.fields.get("host")
        return kind == "connecting" and bool(host) and host != fields.get("host") and not self._nested

    def add(self, line: int, kind: str, text: str, fields: Mapping[str, str]) -> None:
        """Take in one event."""
        self.last_line = line
        if len(self.events) < MOST_EVENTS or (kind in FINAL and len(self.events) < MOST_EVENTS + 50):
            self.events.append((line, kind, text, fields))
        else:
            self.dropped += 1
        if kind != "command":
            self.flowing = True
        if self.client == "unknown" and kind in _OTHERS:
            self.client = _client_of(text)
        take = _TAKE.get(kind)
        if take is not None:
            take(self, line, fields)
        outcome = FINAL.get(kind)
        if outcome is not None:
            self._end(outcome, kind, line)

    def _end(self, outcome: Outcome, kind: str, line: int) -> None:
        if kind in ("too-many", "closed", "disconnected"):
            self.offers.hung_up(line)
        elif outcome != "authenticated":
            self.offers.refused(line)
        if self.outcome != "authenticated":
            self.outcome = outcome

    def client_line(self, _line: int, fields: Mapping[str, str]) -> None:
        version = fields["version"]
        if self.fields.get("server") == "":
            self.fields["server"] = version
            return
        if self.fields.get("version"):
            return
        self.fields["version"] = version
        if "for_Windows" in version:
            self.client = "windows-openssh"
        elif "LibreSSL" in version:
            self.client = "apple-openssh"
        else:
            self.client = "openssh"

    def command_line(self, _line: int, fields: Mapping[str, str]) -> None:
        self.fields.setdefault("command", fields["command"])
        self.fields.setdefault("root", fields.get("root") or fields.get("sudo") or "")
        found = _COMMAND_TARGET.search(fields["command"])
        if found:
            self.fields.setdefault("typed_host", found["host"])
            if found["user"]:
                self.fields.setdefault("user", found["user"])

    def config_read(self, line: int, fields: Mapping[str, str]) -> None:
        self.debug = True
        self.config(line, fields)

    def config(self, _line: int, fields: Mapping[str, str]) -> None:
        self._path(fields.get("path", ""))

    def connecting(self, _line: int, fields: Mapping[str, str]) -> None:
        self.debug = True
        self.fields["host"] = fields["host"]
        self.fields["port"] = fields["port"]
        if fields.get("address"):
            self.fields["address"] = fields["address"]

    def connect_error(self, _line: int, fields: Mapping[str, str]) -> None:
        for name in ("host", "port"):
            if fields.get(name):
                self.fields.setdefault(name, fields[name])

    def proxy(self, _line: int, _fields: Mapping[str, str]) -> None:
        self.debug = self._nested = True

    def identity(self, _line: int, fields: Mapping[str, str]) -> None:
        self.debug = True
        path = fields["path"]
        if not path.endswith("-cert"):
            self.identities[path] = fields["type"] != "-1"
        self._path(path)

    def _path(self, path: str) -> None:
        found = _HOME.match(path)
        if found and "home" not in self.fields and not found["home"].startswith("~"):
            self.fields["home"] = found["home"]
            drive = re.match(r"/[a-z]/|/cygdrive/", found["home"])
            if drive and self.client in ("openssh", "unknown"):
                self.client = "git-bash"

    def remote_version(self, _line: int, fields: Mapping[str, str]) -> None:
        self._nested = False
        self.fields["server"] = fields.get("version", "")

    def authenticating(self, _line: int, fields: Mapping[str, str]) -> None:
        self.fields["host"], self.fields["user"] = fields["host"], fields["user"]
        self.fields["port"] = fields["port"]

    def methods_line(self, line: int, fields: Mapping[str, str]) -> None:
        self.debug = True
        self.offers.refused(line)
        if fields.get("methods"):
            self.methods = tuple(fields["methods"].split(","))

    def next_method(self, line: int, fields: Mapping[str, str]) -> None:
        self.debug = True
        if self.outcome is None and fields["method"] in ("password", "keyboard-interactive"):
            self.offers.refused(line)
            self.outcome = "not-authenticated"

    def offered(self, line: int, fields: Mapping[str, str]) -> None:
        self.debug = True
        self.offers.offered(line, fields.get("key", ""), fields.get("type", ""))

    def trying(self, line: int, fields: Mapping[str, str]) -> None:
        self.debug = True
        self.offers.trying(line, fields["path"])

    def accepted(self, line: int, fields: Mapping[str, str]) -> None:
        self.debug = True
        self.offers.accepted(line, fields.get("key", ""))

    def no_signature_algorithm(self, line: int, _fields: Mapping[str, str]) -> None:
        self.offers.no_signature_algorithm(line)

    def skipped(self, line: int, fields: Mapping[str, str]) -> None:
        self.offers.skipped(line, fields["path"], fields["type"])

    def wrapped(self, _line: int, fields: Mapping[str, str]) -> None:
        self.offers.wrapped(fields["fingerprint"] + fields.get("rest", ""))

    def denied(self, _line: int, fields: Mapping[str, str]) -> None:
        for name in ("user", "host"):
            if fields.get(name):
                self.fields.setdefault(name, fields[name])
        methods = fields.get("methods", "")
        if methods and " " not in methods.replace(", ", ","):
            self.methods = tuple(part.strip() for part in methods.split(","))

    def logged_in(self, _line: int, fields: Mapping[str, str]) -> None:
        if self.outcome in ("not-authenticated", "denied"):
            self.outcome = None
        for name in ("host", "port", "address"):
            if fields.get(name):
                self.fields.setdefault(name, fields[name])

    def account(self, _line: int, fields: Mapping[str, str]) -> None:
        if fields.get("account"):
            self.fields["account"] = fields["account"]

    def _without_end(self) -> Outcome:
        if (
            self.events
            and self.events[-1][1] in ("connect-failed", "git-failed")
            and self.events[0][1] != "git-failed"
        ):
            return "no-connection"
        return "cut-off" if self.debug else "unknown"

    def done(self) -> LogAttempt:
        """Return the attempt as a value."""
        port = self.fields.get("port", "")
        return LogAttempt(
            first_line=self.first_line,
            last_line=self.last_line,
            client=self.client,
            client_version=_shown(self.fields.get("version", "")),
            command=_shown(self.fields.get("command", "")),
            host=_shown(self.fields.get("host") or self.fields.get("typed_host", "")),
            address=_shown(self.fields.get("address", "")),
            port=int(port) if port.isdigit() and len(port) < 6 else None,
            user=_shown(self.fields.get("user", "")),
            server_version=_shown(self.fields.get("server", "")),
            home=_shown(self.fields.get("home", "")),
            methods=tuple(_shown(method) for method in self.methods),
            offers=tuple(self.offers.done()),
            identity_files=tuple((_shown(path), read) for path, read in self.identities.items()),
            account=_shown(self.fields.get("account", "")),
            outcome=self.outcome or self._without_end(),
            events=tuple(
                LogEvent(line=line, event=kind, text=shown_line(text), fields=shown_fields(fields))
                for line, kind, text, fields in self.events
            ),
            debug=self.debug,
            gaps=self.gaps,
        )


_OTHERS = frozenset(
    {"other-no-key", "denied", "key-format", "jsch-auth-fail", "host-key-unknown", "banner-error", "key-refused",
     "putty-key", "putty-key-format", "callback", "go-no-key", "key-encrypted", "remote-closed", "no-match", "connect-error",
     "host-key-box"}
)  # fmt: skip
_CLIENTS: tuple[tuple[str, Client], ...] = (
    ("FATAL ERROR", "putty"),
    ("Server refused our key", "putty"),
    ("PuTTY", "putty"),
    ("Pageant", "putty"),
    ("host key is not cached", "putty"),
    ("jcraft", "jsch"),
    ("JSch", "jsch"),
    ("paramiko", "paramiko"),
    ("Authentication failed.", "paramiko"),
    ("No authentication methods available", "paramiko"),
    ("asyncssh", "asyncssh"),
    ("attempted methods", "go"),
    ("knownhosts:", "go"),
    ("dbclient", "dropbear"),
    ("No auth methods could be used", "dropbear"),
    ("kex error", "libssh"),
    ("SSH session", "libssh2"),
    ("Authentication that can continue", "libssh"),
)
"""Words by which other clients are known."""


def _client_of(text: str) -> Client:
    return next((client for words, client in _CLIENTS if words in text), "unknown")


def _shown(text: str) -> str:
    return visible(text[:300], keep="")


def shown_line(text: str) -> str:
    """Return a line for people: visible, at most 300 characters."""
    return visible(text.strip()[:300], keep="")


def shown_fields(fields: Mapping[str, str]) -> Mapping[str, str]:
    """Return the parts of a line, visible."""
    return {name: visible(value[:300], keep="") for name, value in fields.items()}


_TAKE: Mapping[str, Callable[[Attempt, int, Mapping[str, str]], None]] = {
    "client": Attempt.client_line,
    "command": Attempt.command_line,
    "config-read": Attempt.config_read,
    "config-apply": Attempt.config,
    "home-folder": Attempt.config,
    "host-not-added": Attempt.config,
    "connecting": Attempt.connecting,
    "connect-error": Attempt.connect_error,
    "proxy": Attempt.proxy,
    "identity": Attempt.identity,
    "remote-version": Attempt.remote_version,
    "authenticating": Attempt.authenticating,
    "methods": Attempt.methods_line,
    "next-method": Attempt.next_method,
    "offered": Attempt.offered,
    "trying": Attempt.trying,
    "accepted": Attempt.accepted,
    "denied": Attempt.denied,
    "other-no-key": Attempt.denied,
    "password-prompt": Attempt.denied,
    "authenticated": Attempt.logged_in,
    "greeting": Attempt.account,
    "git-denied": Attempt.account,
    "no-signature-algorithm": Attempt.no_signature_algorithm,
    "skipped-key": Attempt.skipped,
    "wrapped": Attempt.wrapped,
}
