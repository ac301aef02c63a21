"""Rules about the handshake in a log: host keys, and what client and host have in common."""

from __future__ import annotations

from sshwizard.hosts import book
from sshwizard.model.log import LogEvent
from sshwizard.rules.log.view import Suspicions, View, suspect
from sshwizard.text import _


def changed(view: View) -> Suspicions:
    """The box: REMOTE HOST IDENTIFICATION HAS CHANGED."""
    attempt = view.attempt
    revoked = attempt.first("host-key-revoked")
    if revoked is not None:
        yield suspect(
            "hostkey-revoked",
            97,
            "certain",
            _("The host shows a key that is marked as revoked."),
            view.quote(revoked),
        )
        return
    box = attempt.first("host-key-box", "host-key-strict-changed", "dns-spoofing")
    if box is None or not (view.failed or attempt.first("host-key-box")):
        return
    offending = attempt.first("offending")
    shown = _fingerprint(view)
    published = _published(view, shown.fields["fingerprint"]) if shown else ""
    host = attempt.host or (attempt.first("host-key-strict-changed") or box).fields.get("host", "")
    local = host == "localhost"
    yield suspect(
        "hostkey-changed", 97, "likely" if local else "certain",
        _("{host} shows another host key than the one on record.").format(host=host or view.name)
        + (" " + published if published else ""),
        view.quote(box, offending, shown, attempt.first("host-key-failed")), host=host,
    )  # fmt: skip


def _fingerprint(view: View) -> LogEvent | None:
    return next(
        (e for e in view.attempt.all("wrapped", "server-host-key") if "fingerprint" in e.fields), None
    )


def _published(view: View, fingerprint: str) -> str:
    """Say what the host book knows about a fingerprint that was shown."""
    for entry in book.entries():
        for host in entry.hosts:
            for key in book.host_keys(host):
                if key.fingerprint == fingerprint.rstrip("."):
                    if key.withdrawn:
                        return _("The key shown is one that {title} has withdrawn: do not accept it.").format(
                            title=entry.title
                        )
                    return _(
                        "The key shown is the one that {title} publishes; the record here is old."
                    ).format(title=entry.title)
    return ""


def unknown(view: View) -> Suspicions:
    """First contact, and nobody answered the question."""
    attempt = view.attempt
    if attempt.first("host-key-box") or attempt.first("host-key-strict-changed") or not view.failed:
        return
    failed = attempt.first("host-key-failed")
    strict = attempt.first("host-key-strict")
    tty = attempt.first("no-tty")
    asked = attempt.first("authenticity", "host-key-question")
    library = attempt.first("host-key-unknown")
    event = strict or failed or library or (tty if not view.has("methods", "denied") else None)
    ends_asking = asked is not None and attempt.events[-1] in (asked, attempt.first("host-key-question"))
    if event is None and not ends_asking:
        return
    if view.has("methods") and failed is None:
        return
    sure = "certain" if strict and not attempt.gaps and _home_is_usual(view) else "likely"
    yield suspect(
        "hostkey-unknown-noninteractive", 90 if strict or tty else 82, "certain" if sure == "certain" else "likely",
        _("ssh has no record of the host key of {host}, and nobody could answer its question, or the answer was not yes.").format(
            host=view.name),
        view.quote(asked, tty, strict, library, failed), host=attempt.host, user=attempt.user,
    )  # fmt: skip
    if failed is not None and not (asked or strict or tty):
        yield suspect(
            "hostkey-changed", 40, "possible",
            _("If a box \"IDENTIFICATION HAS CHANGED\" stood above these lines, the host key has changed instead."),
            view.quote(failed), host=attempt.host,
        )  # fmt: skip


def _home_is_usual(view: View) -> bool:
    home = view.attempt.home.lower()
    return "systemprofile" not in home and not home.startswith("/var")


OPTIONS = {
    "key exchange method": "KexAlgorithms",
    "key exchange": "KexAlgorithms",
    "kex": "KexAlgorithms",
    "cipher": "Ciphers",
    "mac": "MACs",
    "host key type": "HostKeyAlgorithms",
    "host key": "HostKeyAlgorithms",
    "hostkey": "HostKeyAlgorithms",
}


def nothing_in_common(view: View) -> Suspicions:
    """No method, cipher or host key type in common."""
    for event in view.attempt.all("no-match"):
        what = event.fields.get("what", "").lower()
        offer = event.fields.get("offer", "")
        host_key = "host" in what and "key" in what
        option = next((value for word, value in OPTIONS.items() if word in what), "KexAlgorithms")
        if not what:
            yield suspect(
                "alg-kex-mismatch", 70, "likely",
                _("Client and host found no method in common."), view.quote(event), host=view.host, option=option,
            )  # fmt: skip
            yield suspect(
                "alg-hostkey-mismatch", 62, "possible",
                _("It may be the host key's type that they do not share."), view.quote(event), host=view.host,
            )  # fmt: skip
            continue
        yield suspect(
            "alg-hostkey-mismatch" if host_key else "alg-kex-mismatch", 96, "certain",
            _("{host} and this client have no {what} in common; the host has only: {offer}.").format(
                host=view.name, what=what, offer=offer or "?"),
            view.quote(event, view.attempt.first("remote-version")),
            host=view.host, option=option, offer=offer.split(",")[0], user=view.attempt.user,
        )  # fmt: skip
