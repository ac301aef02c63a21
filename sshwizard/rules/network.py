"""Rules about a connection that never becomes SSH: name, route, port, proxy, banner. The probe is the witness."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Case, Certainty, Evidence, Finding
from sshwizard.model.transcript import Check
from sshwizard.rules import otherport, sight
from sshwizard.text import _


def connection(case: Case) -> Iterator[Finding]:
    """Explain the first layer that failed before the host key."""
    check = sight.failed_check(case)
    if check is None or check.code == "own-limit":
        return
    by_layer = {"dns": _dns, "tcp": _tcp, "proxy": _proxy, "banner": _banner, "kex": _cut_in_kex}
    explain = by_layer.get(check.id)
    if explain is not None:
        yield from explain(case, check)


def broken_ipv6(case: Case) -> Iterator[Finding]:
    """IPv6 addresses were tried in vain before IPv4 answered."""
    for check in case.transcript.checks if case.transcript else ():
        if check.id == "tcp" and check.state == "warned" and "ipv6" in f"{check.code} {check.detail}".lower():
            yield sight.finding(
                "net-ipv6-broken",
                "warn",
                "likely",
                _("The IPv6 address of {host} does not answer; ssh loses time there before IPv4.").format(
                    host=sight.host(case)
                ),
                [sight.checked(case, check)],
                [
                    sight.advice(
                        _("Use IPv4 for this host"),
                        _("Add `AddressFamily inet` to the Host block."),
                        command=f"ssh -4 {_destination(case)}",
                    )
                ],
            )


def _joined(sentence: str, case: Case) -> str:
    """Append what was found at the service's other doors."""
    more = otherport.words(case)
    return f"{sentence.rstrip('.')}. {more}" if more else sentence


def _destination(case: Case) -> str:
    return sight.typed(case.plan.target.host) if case.plan else "HOST"


def _dns(case: Case, check: Check) -> Iterator[Finding]:
    host = sight.host(case)
    if check.code in ("loopback", "private"):
        conclusion = check.detail
    else:
        conclusion = _("The name {host} has no address here: {detail}").format(
            host=host, detail=check.detail or check.code
        )
    yield sight.finding(
        "net-dns-wrong",
        "fail",
        "likely" if check.code in ("private", "dns-timeout", "dns-failed") else "certain",
        conclusion,
        [sight.checked(case, check), *otherport.evidence(case)],
        [
            sight.advice(
                _("Check the name"),
                _("Compare the spelling with what the provider gives: {host}").format(host=host),
                _("Look for {host} in the hosts file and remove a wrong line there.").format(host=host),
                _("Switch off accelerators, proxies and parental controls that change names; flush the cache."),
                command=f"getent hosts {sight.typed(host)}",
            ),
            *([case.way_round] if case.way_round else []),
        ],
    )  # fmt: skip


def _tcp(case: Case, check: Check) -> Iterator[Finding]:
    resolved = next((c for c in case.transcript.checks if c.id == "dns"), None) if case.transcript else None
    if resolved is not None and resolved.code in ("loopback", "private"):
        yield from _dns(case, resolved)
        return
    if check.code in ("unreachable", "no-route"):
        yield sight.finding(
            "net-vpn-route",
            "fail",
            "likely",
            _("There is no way from here to {place}: {detail}").format(
                place=sight.where(case), detail=check.detail or check.code
            ),
            [sight.checked(case, check), *otherport.evidence(case)],
            [
                sight.advice(
                    _("Look at the VPN and the network"),
                    _("Switch the VPN off (or on, if the host is inside it) and try again."),
                    _("Try another network, for instance a phone's hotspot."),
                ),
                *([case.way_round] if case.way_round else []),
            ],
        )
        return
    refused = check.code == "refused"
    words = (
        _("{place} refuses the connection: nothing listens there, or a firewall answers in its place.")
        if refused
        else _("{place} does not answer: {detail}")
    )
    yield sight.finding(
        "net-port-blocked",
        "fail",
        "likely",
        _joined(words.format(place=sight.where(case), detail=check.detail or check.code), case),
        [sight.checked(case, check), *otherport.evidence(case)],
        otherport.ways(case),
    )


def _proxy(case: Case, check: Check) -> Iterator[Finding]:
    effective = case.plan.effective if case.plan else None
    evidence = [sight.checked(case, check)]
    for keyword in ("proxycommand", "proxyjump"):
        value = effective.first(keyword) if effective else ""
        if effective and value and value != "none":
            evidence.append(sight.seen(effective.source(keyword), f"{keyword} {value}"))
    jump = effective.first("proxyjump") if effective else ""
    if jump and jump != "none":
        yield _jump(case, check, jump, evidence)
        return
    yield sight.finding(
        "net-proxy-misconfig",
        "fail",
        "likely" if check.code in ("timeout", "cancelled") else "certain",
        _("ssh goes to {host} through a proxy, and the proxy does not let it through: {detail}").format(
            host=sight.host(case), detail=check.detail or check.code
        ),
        evidence,
        [
            sight.advice(
                _("Look at the proxy line"),
                _("If the proxy is no longer in use, take the line out of the configuration."),
                _("If your network needs it, correct its host, port and kind."),
                command=f"ssh -G {_destination(case)} | grep -i proxy",
            )
        ],
    )


def _jump(case: Case, check: Check, jump: str, evidence: list[Evidence]) -> Finding:
    first, *others = jump.split(",")
    return sight.finding(
        "net-proxy-misconfig",
        "fail",
        "likely" if check.code in ("timeout", "cancelled") else "certain",
        _("ssh goes to {host} by way of {jump} (ProxyJump), and does not get through: {detail}").format(
            host=sight.host(case), jump=jump, detail=check.detail or check.code
        ),
        evidence,
        [
            sight.advice(
                _("Mend the way to the host in between first")
                if not others
                else _("Mend the way to the hosts in between first, one after the other"),
                _("It must let you in by itself before it can pass you on."),
                _("If it is no longer needed, take the ProxyJump line out of the configuration."),
                command=f"sshwizard doctor {sight.typed(f'ssh://{first}' if ':' in first else first)}",
            )
        ],
        title=_("The host to jump through does not let ssh through"),
    )


def _banner(case: Case, check: Check) -> Iterator[Finding]:
    if check.code == "http-answer":
        yield sight.finding(
            "net-proxy-misconfig",
            "fail",
            "certain",
            _joined(
                _("A web server or web proxy answers at {place}, not an SSH server: {detail}").format(
                    place=sight.where(case), detail=check.detail
                ),
                case,
            ),
            [sight.checked(case, check), *otherport.evidence(case)],
            otherport.ways(case),
            title=_("A web server answers where the SSH server should"),
        )
    elif check.code == "old-protocol":
        yield _too_old(case, check)
    elif check.code in ("not-ssh", "tls-answer"):
        yield sight.finding(
            "wrong-host-reached",
            "fail",
            "likely",
            _("What answers at {place} does not speak SSH: {detail}").format(
                place=sight.where(case), detail=check.detail
            ),
            [sight.checked(case, check)],
        )
    elif check.code in ("max-startups", "penalty"):
        yield _busy(case, check)
    else:
        yield _filtered(case, check, "likely")


def _too_old(case: Case, check: Check) -> Finding:
    return sight.finding(
        "alg-kex-mismatch",
        "fail",
        "certain",
        _("{host} speaks only a version of the SSH protocol that no client takes any more: {detail}").format(
            host=sight.host(case), detail=check.detail
        ),
        [sight.checked(case, check)],
        [
            sight.advice(
                _("Ask for an update of the host"), _("SSH 2 has been the only version since OpenSSH 7.6.")
            )
        ],
    )


def _busy(case: Case, check: Check) -> Finding:
    return sight.finding(
        "server-busy",
        "fail",
        "certain",
        _("{host} turned the connection away: {detail}").format(
            host=sight.host(case), detail=check.detail or check.code
        ),
        [sight.checked(case, check)],
        [
            sight.advice(
                _("Wait, then try once"),
                _("After several refused logins the server penalises your address for up to 10 minutes.")
                if check.code == "penalty"
                else _(
                    "The server admits so many connections before their login at a time (MaxStartups);"
                    " others hold them now, and your keys play no part."
                ),
            )
        ],
    )


def _filtered(case: Case, check: Check, certainty: Certainty) -> Finding:
    return sight.finding(
        "net-ssh-filtered",
        "fail",
        certainty,
        _joined(
            _("{place} was reached, but the connection was cut before SSH had begun: {detail}").format(
                place=sight.where(case), detail=check.detail or check.code
            ),
            case,
        ),
        [sight.checked(case, check), *otherport.evidence(case)],
        otherport.ways(case),
    )


def _cut_in_kex(case: Case, check: Check) -> Iterator[Finding]:
    if check.code in ("closed", "reset", "timeout", "protocol"):
        yield _filtered(case, check, "possible")
