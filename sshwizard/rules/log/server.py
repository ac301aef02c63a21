"""Rules about a server's own log (auth.log, journal): why sshd refused, in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sshwizard.model.finding import Evidence
from sshwizard.model.log import LogEvent, LogReading
from sshwizard.rules.log.view import Suspicion, Suspicions, suspect
from sshwizard.text import _


def server(reading: LogReading) -> Suspicions:
    """Judge the lines of the server's log."""
    handlers = {
        "sshd-perms": _perms,
        "sshd-unreadable": _unreadable,
        "sshd-not-allowed": _not_allowed,
        "sshd-locked": _locked,
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
    for event in reading.server:
        handler = handlers.get(event.event)
        if handler is not None and event.event not in seen:
            seen.add(event.event)
            yield from handler(event)
    yield from _refused(reading, seen)


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
        "wrong-username", 88, "likely",
        _("There is no account {user} on this server.").format(user=event.fields.get("user", "")), _quote(event),
        user=_("NAME"),
    )  # fmt: skip


def _refused(reading: LogReading, seen: set[str]) -> Iterator[Suspicion]:
    """Only refusals and no reason: at LogLevel INFO sshd does not say why."""
    failed = [e for e in reading.server if e.event == "sshd-failed"]
    accepted = any(e.event == "sshd-accepted" for e in reading.server)
    explained = seen - {"sshd-invalid-user"}
    if failed and not explained and not accepted:
        yield suspect(
            "key-not-registered", 66, "likely",
            _("The server was offered a key that it does not know for {user}.").format(user=failed[-1].fields["user"]),
            _quote(failed[-1]), user=failed[-1].fields["user"],
        )  # fmt: skip
