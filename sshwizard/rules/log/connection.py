"""Rules about a log in which no SSH connection came about: name, route, port, proxy, filter, wrong host."""

from __future__ import annotations

import ipaddress
import re

from sshwizard.hosts import book
from sshwizard.model.log import LogEvent
from sshwizard.rules.log.view import Suspicion, Suspicions, View, suspect
from sshwizard.text import _

_TIMEOUT = re.compile(r"timed? ?out|Timeout", re.I)
_ROUTE = re.compile(r"No route to host|Host is unreachable|EHOSTUNREACH", re.I)
_NET = re.compile(r"Network is unreachable|Network is down", re.I)
_REFUSED = re.compile(r"refused", re.I)
_BUSY = re.compile(r"MaxStartups|Not allowed at this time")
_HTTP = re.compile(r"HTTP/\d|<html|<!DOCTYPE|400 Bad Request|407 Proxy", re.I)


def loopback(text: str) -> bool:
    """Tell whether an address is this machine itself."""
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _public_name(host: str) -> bool:
    return (
        "." in host
        and not host.replace(".", "").isdigit()
        and not host.endswith((".local", ".localhost", ".internal"))
    )


def name(view: View) -> Suspicions:
    """The name has no address."""
    latest = view.reading.attempts[-1] is view.attempt if view.reading.attempts else True
    for event in view.attempt.all("dns-failure"):
        host = event.fields["host"].strip("\"'")
        if re.search(r"[:/@]", host):
            words = _("ssh was given {host}, which is an address of a repository, not the name of a host.")
            weight, certainty = (88, "likely") if latest else (35, "possible")
        else:
            words = _("The name {host} has no address here: {reason}.")
            known = re.search(r"not known|no such host|unknown host", event.text, re.I)
            sure = "certain" if known and "." in host else "likely"
            weight, certainty = (93, sure) if latest else (35, "possible")
        yield suspect(
            "net-dns-wrong", weight, "certain" if certainty == "certain" else "likely" if certainty == "likely" else "possible",
            words.format(host=host, reason=event.fields.get("reason", "")),
            view.quote(event), host=re.split(r"[:/]", host)[0],
        )  # fmt: skip
        if re.fullmatch(r"[\w-]+", host):
            yield suspect(
                "config-host-mismatch", 94 if view.reading.around("config") else 80, "likely",
                _("{host} looks like an alias; ssh found no Host block for it and took it for a real name.").format(host=host),
                view.quote(event), host=host, other=host,
            )  # fmt: skip


def this_machine(view: View) -> Suspicions:
    """The name of a public host leads back to this machine."""
    attempt = view.attempt
    if not view.failed:
        return
    local = next(
        (e for e in attempt.all("connecting", "connect-failed") if loopback(e.fields.get("address", ""))),
        None,
    )
    said = next((e for e in view.reading.around("resolves-loopback") if book.find(e.fields["host"])), None)
    words = _("The name {host} leads to {address}, which is this machine itself.")
    if local is not None and _public_name(attempt.host) and not view.has("connected"):
        yield suspect(
            "net-dns-wrong", 96, "certain", words.format(host=attempt.host, address=local.fields["address"]),
            view.quote(local, attempt.first("connect-failed", "connect-error"), said), host=attempt.host,
        )  # fmt: skip
    elif said is not None and not view.has("connected", "methods"):
        yield suspect(
            "net-dns-wrong", 90, "likely", words.format(**said.fields),
            view.quote(said, attempt.first("connect-error")), host=said.fields["host"],
        )  # fmt: skip


def _reason(event: LogEvent) -> str:
    return event.fields.get("reason", "")


def no_tcp(view: View) -> Suspicions:
    """The connection itself fails: timeout, refusal, no route, a dead IPv6 path."""
    attempt = view.attempt
    if not view.failed or view.has("connected", "remote-version", "methods", "relay-failed"):
        return
    events = attempt.all("connect-error", "connect-failed")
    errors = [e for e in events if not loopback(e.fields.get("address", ""))]
    if any(loopback(e.fields.get("address", "")) for e in attempt.all("connecting")) and _public_name(
        attempt.host
    ):
        return
    last = errors[-1] if errors else None
    tos = attempt.first("set-tos")
    if (
        last is not None
        and _NET.search(_reason(last))
        and (tos or view.heard(r"\b(?:nc|netcat|telnet|curl)\b.*work"))
    ):
        yield suspect(
            "net-qos-tos", 70, "likely",
            _("The network drops the connection right after ssh has marked its packets; other programs get through."),
            view.quote(tos, last, view.heard(r"\b(?:nc|netcat|telnet|curl)\b.*work")), host=attempt.host, user=attempt.user,
        )  # fmt: skip
    if last is None:
        yield from _silent(view)
        return
    reason = _reason(last)
    if _ROUTE.search(reason) or _NET.search(reason):
        yield suspect(
            "net-vpn-route", 66 if _NET.search(reason) else 80, "likely",
            _("There is no route from here to {host}: {reason}.").format(host=view.name, reason=reason),
            view.quote(last, view.heard(r"\bvpn\b")), host=attempt.host,
        )  # fmt: skip
    elif _TIMEOUT.search(reason) or _REFUSED.search(reason) or not reason:
        yield _blocked(view, last, reason)
        vpn = view.heard(r"\bvpn\b")
        if vpn is not None:
            yield suspect(
                "net-vpn-route", 86, "likely",
                _("{host} does not answer here, and a VPN is spoken of: it may be reachable only with it, or only without it.").format(
                    host=view.name),
                view.quote(last, vpn), host=attempt.host,
            )  # fmt: skip


def _blocked(view: View, last: LogEvent, reason: str) -> Suspicion:
    forge = view.forge
    host = view.attempt.host
    other = forge.alternates[0][0] if forge and forge.alternates else ""
    port = view.attempt.port or last.fields.get("port", "22")
    words = _(
        "Nothing answers at port {port} of {host} ({reason}): the port is blocked on the way, or nothing listens there."
    )
    return suspect(
        "net-port-blocked", 84 if forge else 76, "likely",
        words.format(port=port, host=host or view.name, reason=reason or _("no answer")),
        view.quote(last, view.heard(r"corporate|company|office|school|university|hotel|firewall|browser")),
        host=host, other=other or "ssh.HOST", user=view.attempt.user or (forge.user if forge and forge.user else "git"),
    )  # fmt: skip


def ipv6(view: View) -> Suspicions:
    """An IPv6 address is tried first and leads nowhere."""
    attempt = view.attempt
    connecting = attempt.all("connecting")
    six = next(
        (e for e in connecting if ":" in e.fields.get("address", "") and not loopback(e.fields["address"])),
        None,
    )
    if six is None:
        return
    failed = next((e for e in attempt.all("connect-failed", "connect-error") if e.line > six.line), None)
    last = attempt.events[-1].line == six.line
    four = next((e for e in connecting if e.line > six.line and ":" not in e.fields.get("address", "")), None)
    if not failed and not last:
        return
    late = view.userauth or not view.failed
    yield suspect(
        "net-ipv6-broken", 30 if late else 86 if four or last else 78, "possible" if late else "likely",
        _("ssh tries the IPv6 address {address} and gets no answer.").format(address=six.fields["address"]),
        view.quote(six, failed, four), severity="warn" if late else "fail", host=attempt.host, user=attempt.user,
    )  # fmt: skip


def _silent(view: View) -> Suspicions:
    """The log ends right after "Connecting to"."""
    attempt = view.attempt
    connecting = attempt.first("connecting")
    if connecting is None or attempt.events[-1].event != "connecting" or view.has("proxy"):
        return
    if ":" in connecting.fields.get("address", ""):
        return
    yield suspect(
        "net-port-blocked", 55, "likely" if view.heard(r"hangs?|nothing (?:happens|more)|no further|stuck|forever") else "possible",
        _("The log ends while ssh waits for {host} to answer.").format(host=view.name),
        view.quote(connecting), host=attempt.host, other=_other(view), user=attempt.user,
    )  # fmt: skip
    yield suspect(
        "client-bug", 20, "possible",
        _("If other programs reach the port, this build of ssh may hang."), view.quote(connecting),
    )  # fmt: skip


def _other(view: View) -> str:
    return view.forge.alternates[0][0] if view.forge and view.forge.alternates else "ssh.HOST"


def proxy(view: View) -> Suspicions:
    """A proxy command, a jump or a web proxy in between fails."""
    attempt = view.attempt
    relay = attempt.first("relay-failed")
    command = attempt.first("proxy")
    unknown = next((e for e in attempt.all("closed") if "UNKNOWN" in e.text), None)
    http = next((e for e in attempt.all("ident-failed") if _HTTP.search(e.text)), None)
    if http is not None:
        yield suspect(
            "net-proxy-misconfig", 90, "likely",
            _("A web server or web proxy answered instead of an SSH server: {reason}").format(
                reason=http.fields.get("reason", "")),
            view.quote(http, command), host=attempt.host,
        )  # fmt: skip
    elif relay is not None:
        yield suspect(
            "net-proxy-misconfig", 95, "certain" if command else "likely",
            _("The proxy program could not reach its proxy: nothing listens there."),
            view.quote(command, relay, unknown), host=attempt.host,
        )  # fmt: skip
    elif unknown is not None and not view.has("remote-version", "methods"):
        yield suspect(
            "net-proxy-misconfig", 86 if command else 78, "likely",
            _("ssh had no connection of its own (\"UNKNOWN port 65535\"): a proxy or jump in the configuration failed."),
            view.quote(command, unknown, view.heard(r"proxy")), host=attempt.host,
        )  # fmt: skip
    elif command is not None and view.failed and not view.has("remote-version", "methods", "connected"):
        yield suspect(
            "net-proxy-misconfig", 60, "likely" if attempt.outcome == "no-connection" else "possible",
            _("ssh goes through a proxy ({command}), and nothing came back.").format(command=command.fields.get("command", "")),
            view.quote(command, view.heard(r"proxy")), host=attempt.host,
        )  # fmt: skip


def busy(view: View) -> Suspicions:
    """The server says that it turns connections away."""
    turned_away = (e for e in view.attempt.all("ident-failed", "closed") if _BUSY.search(e.text))
    event = view.attempt.first("server-busy") or next(turned_away, None)
    if event is not None and view.failed:
        yield suspect(
            "server-busy",
            94,
            "certain",
            _("The server turned the connection away for now."),
            view.quote(event),
        )


def filtered(view: View) -> Suspicions:
    """Connected, and cut before SSH has begun, or during the key exchange."""
    attempt = view.attempt
    event = _cut(view)
    if event is None:
        return
    network = view.heard(
        r"network|office|corporate|company|firewall|wi-?fi|hotspot|plane|vpn|proxy|antivirus|inspect"
    )
    plain = not attempt.debug and not event.event.startswith("ident")
    where = _("during the key exchange") if attempt.first("kexinit-sent") else _("before SSH had begun")
    yield suspect(
        "net-ssh-filtered", (80 if network else 72) - (14 if plain else 0), "possible" if plain and not network else "likely",
        _("The connection to {host} was made and then cut {where}: something on the way, or the host itself, closed it.").format(
            host=view.name, where=where),
        view.quote(attempt.first("connected"), attempt.first("remote-version"), event, network),
        host=attempt.host, user=attempt.user,
    )  # fmt: skip
    yield suspect(
        "server-busy", 22, "possible",
        _("A server closes connections in the same way when it has too many, or when it penalises an address."),
        view.quote(event),
    )  # fmt: skip
    if not view.has("remote-version"):
        yield suspect(
            "client-bug", 15, "possible", _("A defect of this build of ssh can look the same."), view.quote(event, attempt.first("client")),
        )  # fmt: skip


def _cut(view: View) -> LogEvent | None:
    """Return the line with which the connection was cut early and without a reason."""
    attempt = view.attempt
    if not view.failed or view.has(
        "service-accept",
        "methods",
        "relay-failed",
        "server-busy",
        "crashed",
        "no-match",
        "host-key-failed",
        "proxy",
    ):
        return None
    event = attempt.first("ident-failed", "banner-error", "remote-closed", "cut-in-kex")
    if event is None and not attempt.offers and attempt.outcome == "no-connection":
        event = attempt.first("closed")
    if event is None or "UNKNOWN" in event.text or _HTTP.search(event.text) or _BUSY.search(event.text):
        return None
    return event


def wrong_host(view: View) -> Suspicions:
    """What answers does not fit the host that was meant."""
    attempt = view.attempt
    version = attempt.first("remote-version")
    if version is None or not view.failed:
        return
    forge = book.find(attempt.host) if attempt.host else None
    banner = attempt.server_version
    known = {e.banner for e in book.entries() if e.banner}
    own = not forge or not forge.banner or banner.startswith(forge.banner)
    if forge and not own and re.match(r"OpenSSH|dropbear", banner) and "github" not in banner:
        github = forge.name == "github" or banner.startswith("dropbear")
        yield suspect(
            "wrong-host-reached", 83 if github else 34, "likely" if github else "possible",
            _("{host} answered as {banner}; {title} itself answers as {expected}.").format(
                host=attempt.host, banner=banner, title=forge.title, expected=forge.banner),
            view.quote(attempt.first("connecting"), version), host=attempt.host, user=attempt.user,
        )  # fmt: skip
    windows = attempt.client == "windows-openssh" or attempt.home[1:2] == ":"
    local = attempt.host in ("localhost", "127.0.0.1", "::1") or attempt.host.endswith(".localhost")
    if local and windows and re.search(r"Ubuntu|Debian|Raspbian|dropbear", banner):
        hint = view.heard(r"wsl|docker|hyper-v|virtual|another (?:computer|machine)|port forward")
        yield suspect(
            "wrong-host-reached", 80, "likely",
            _("You are on Windows and called your own machine, but {banner} answered: a Linux in WSL, Docker or a virtual machine.").format(
                banner=banner),
            view.quote(attempt.first("connecting"), version, hint), host=attempt.host, user=attempt.user,
        )  # fmt: skip
    elif not forge and banner and any(banner.startswith(b) for b in known) and local:
        yield suspect(
            "wrong-host-reached", 50, "possible",
            _("A forge's server ({banner}) answered where your own machine was called.").format(banner=banner),
            view.quote(version), host=attempt.host,
        )  # fmt: skip
