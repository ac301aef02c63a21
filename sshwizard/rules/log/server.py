"""Rules about a server's own log (auth.log, journal): why sshd refused, in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from sshwizard.model.finding import Evidence
from sshwizard.model.log import LogEvent, LogReading
from sshwizard.rules.log.view import Suspicion, Suspicions, suspect
from sshwizard.text import _

BUSY = frozenset({"sshd-startups", "sshd-penalty"})
"""Lines about connections that never came to a login."""
_PROCESS = re.compile(r"\bsshd(?:-session|-auth)?\[(\d+)\]")


def server(reading: LogReading) -> Suspicions:
    """Judge the lines of the server's log."""
    handlers = {
        "sshd-perms": _perms,
        "sshd-unreadable": _unreadable,
        "sshd-not-allowed": _not_allowed,
        "sshd-locked": _locked,
        "sshd-root": _root,
        "sshd-pam": _locked,
        "sshd-limit": _limit,
        "sshd-startups": _busy,
        "sshd-penalty": _busy,
        "sshd-key-option": _key_option,
        "sshd-no-match": _no_match,
        "sshd-keytype": _key_type,
        "sshd-invalid-user": _invalid_user,
    }
    seen: set[str] = set()
    events = _of_the_client(reading)
    for event in reversed(events):
        handler = handlers.get(event.event)
        if handler is not None and event.event not in seen:
            seen.add(event.event)
            for suspicion in handler(event):
                yield _compared(suspicion, event, reading)
    yield from _refused(reading, events, seen)


def _compared(suspicion: Suspicion, event: LogEvent, reading: LogReading) -> Suspicion:
    """A login name that the server lacks weighs more when the client's log shows the same name."""
    named = {attempt.user for attempt in reading.attempts if attempt.user}
    if event.event == "sshd-invalid-user" and event.fields.get("user") in named:
        return replace(suspicion, weight=90)
    return suspicion


def _of_the_client(reading: LogReading) -> list[LogEvent]:
    """Keep what the server said of the login that the client's log shows; all, where there is none to compare.

    Lines of one connection carry the same process number. A server on the open internet also logs strangers.
    """
    users = {attempt.user for attempt in reading.attempts if attempt.user}
    keys = {offer.fingerprint for a in reading.attempts for offer in a.offers if offer.fingerprint}
    spoken_of: set[str] = set()
    for event in reading.server:
        of_key = any(key in event.text for key in keys)
        if of_key or (event.fields.get("user") in users and event.event != "sshd-accepted"):
            spoken_of.add(_process(event))
    if spoken_of:
        return [e for e in reading.server if _process(e) in spoken_of or e.event in BUSY]
    cut_early = reading.attempts and all(a.outcome == "no-connection" for a in reading.attempts)
    named = {_process(e) for e in reading.server if e.fields.get("user")}
    strangers = named if users else set()
    return [
        e
        for e in reading.server
        if e.event in BUSY or (not cut_early and _process(e) not in strangers) or e.event == "sshd-no-match"
    ]


def _process(event: LogEvent) -> str:
    found = _PROCESS.search(event.text)
    return found[1] if found else ""


def _quote(*events: LogEvent) -> tuple[Evidence, ...]:
    return tuple(Evidence(source="log", line=e.line, text=e.text) for e in events)


def _perms(event: LogEvent) -> Iterator[Suspicion]:
    path = event.fields["path"]
    yield suspect(
        "server-authorized-keys-perms", 99, "certain",
        _("The server ignores authorized_keys, because somebody else could change {path}.").format(path=path), _quote(event),
    )  # fmt: skip


def _unreadable(event: LogEvent) -> Iterator[Suspicion]:
    missing = "No such file" in event.text
    if missing:
        yield suspect(
            "server-account-config", 90, "likely",
            _("The server looks for authorized_keys at {path}, and there is none.").format(path=event.fields["path"]), _quote(event),
        )  # fmt: skip
        return
    yield suspect(
        "server-selinux", 95, "likely",
        _("The server may not read {path}, although it runs as root: SELinux or a network home keeps it out.").format(
            path=event.fields["path"]), _quote(event),
    )  # fmt: skip
    yield suspect(
        "server-authorized-keys-perms",
        70,
        "possible",
        _("Or the folders above it are closed to the account."),
        _quote(event),
    )


def _not_allowed(event: LogEvent) -> Iterator[Suspicion]:
    yield suspect(
        "server-account-config", 98, "certain",
        _("The server keeps {user} out: {reason}.").format(user=event.fields["user"], reason=event.fields["reason"].rstrip(".")),
        _quote(event), user=event.fields["user"],
    )  # fmt: skip


def _locked(event: LogEvent) -> Iterator[Suspicion]:
    yield suspect(
        "server-account-config",
        96,
        "certain",
        _("The account on the server is locked or closed."),
        _quote(event),
    )


def _root(event: LogEvent) -> Iterator[Suspicion]:
    yield suspect(
        "server-account-config", 96, "certain",
        _("The server takes the key, but lets nobody log in as root (PermitRootLogin)."), _quote(event),
    )  # fmt: skip


def _limit(event: LogEvent) -> Iterator[Suspicion]:
    yield suspect(
        "too-many-keys", 94, "likely",
        _("The server hung up on {user} after too many tries.").format(user=event.fields["user"]), _quote(event), user=event.fields["user"],
    )  # fmt: skip


def _busy(event: LogEvent) -> Iterator[Suspicion]:
    yield suspect(
        "server-busy", 95, "certain", _("The server turned connections away for a while."), _quote(event)
    )


def _key_option(event: LogEvent) -> Iterator[Suspicion]:
    yield suspect(
        "server-account-config", 96, "certain",
        _("The server knows the key, but a restriction on it keeps you out."), _quote(event),
    )  # fmt: skip


def _no_match(event: LogEvent) -> Iterator[Suspicion]:
    what = event.fields["what"]
    yield suspect(
        "alg-hostkey-mismatch" if "host key" in what else "alg-kex-mismatch", 92, "certain",
        _("Client {address} and this server have no {what} in common.").format(address=event.fields["address"], what=what), _quote(event),
    )  # fmt: skip


def _key_type(event: LogEvent) -> Iterator[Suspicion]:
    dsa = "ssh-dss" in event.text
    sha1 = re.search(r"\bssh-rsa\b", event.text)
    id = "key-type-dsa-disabled" if dsa else "alg-rsa-sha1-sig" if sha1 else "server-account-config"
    yield suspect(
        id, 93, "likely", _("The server does not take this kind of key or signature."), _quote(event)
    )


def _invalid_user(event: LogEvent) -> Iterator[Suspicion]:
    yield suspect(
        "wrong-username", 68, "likely",
        _("There is no account {user} on this server.").format(user=event.fields.get("user", "")), _quote(event),
        user=_("NAME"),
    )  # fmt: skip


def _refused(reading: LogReading, events: list[LogEvent], seen: set[str]) -> Iterator[Suspicion]:
    """Only refusals and no reason: sshd would say if modes or its configuration were to blame."""
    failed = [e for e in events if e.event == "sshd-failed"]
    accepted = any(e.event == "sshd-accepted" for e in events)
    explained = seen - {"sshd-invalid-user"}
    if failed and not explained and not accepted:
        shown = [
            o
            for a in reading.attempts
            for o in a.offers
            if o.fingerprint and o.fingerprint in failed[-1].text
        ]
        offer = next(
            (e for a in reading.attempts for e in a.events if shown and e.line == shown[0].line), None
        )
        yield suspect(
            "key-not-registered", 86 if shown else 66, "likely",
            _("The server was offered a key that it does not know for {user}.").format(user=failed[-1].fields["user"]),
            _quote(*([offer] if offer else []), failed[-1]), user=failed[-1].fields["user"],
        )  # fmt: skip
