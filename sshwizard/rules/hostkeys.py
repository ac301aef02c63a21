"""Rules about the host key that was presented: unknown, changed, revoked, withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Case, Evidence, Finding
from sshwizard.model.transcript import HostKeySeen
from sshwizard.rules import sight
from sshwizard.text import _

_CARELESS = ("no", "off", "false")
"""Values of StrictHostKeyChecking with which ssh goes on whatever key it is shown."""


def host_key(case: Case) -> Iterator[Finding]:
    """Judge the host key against known_hosts and the published keys."""
    seen = case.transcript.host_key if case.transcript else None
    if seen is None:
        return
    if seen.because == "other-at-address":
        yield _other_at_address(case, seen)
    if seen.because == "revoked-without-port":
        yield _revoked(case, seen)
        return
    match seen.state:
        case "changed" | "withdrawn":
            yield _changed(case, seen)
        case "revoked":
            yield _revoked(case, seen)
        case "unknown" | "published":
            yield _unknown(case, seen)


def _evidence(case: Case, seen: HostKeySeen) -> list[Evidence]:
    shown = _("shows {type} {fingerprint}").format(type=seen.public.type, fingerprint=seen.public.fingerprint)
    evidence = [Evidence(source=sight.where(case), text=shown)]
    if seen.expected:
        path, _colon, line = seen.where.rpartition(":")
        known = _("on record: {fingerprints}").format(fingerprints=", ".join(seen.expected))
        if line.isdigit():
            evidence.append(Evidence(source=path, line=int(line), text=known))
        else:
            evidence.append(Evidence(source=seen.where, text=known))
    return evidence


def known_hosts_name(case: Case) -> str:
    """Return the destination as it stands in known_hosts (`host` or `[host]:port`)."""
    if case.plan is None:
        return ""
    alias = case.plan.effective.first("hostkeyalias", "none")
    if alias not in ("", "none"):
        return alias
    target = case.plan.target
    return target.hostname if target.port == 22 else f"[{target.hostname}]:{target.port}"


def _changed(case: Case, seen: HostKeySeen) -> Finding:
    host = sight.host(case)
    withdrawn = seen.state == "withdrawn"
    conclusion = (
        _("{host} shows a key that its provider has withdrawn. Do not go on.")
        if withdrawn
        else _(
            "{host} shows another key than the one this machine has on record. Either the host got a new key,"
            " or something stands between you and it."
        )
    )
    if not withdrawn and _strict(case) in _CARELESS:
        conclusion += " " + _("ssh is told not to stop there (StrictHostKeyChecking): it goes on.")
    return sight.finding(
        "hostkey-changed",
        "fail",
        "certain",
        conclusion.format(host=host) + _asked_besides(seen),
        _evidence(case, seen),
        [
            *case.ways.get("hostkey-changed", ()),
            sight.advice(
                _("Compare the fingerprint first"),
                _("Look up the fingerprint that the host's owner publishes: {fingerprint} must be there.").format(
                    fingerprint=seen.public.fingerprint
                ),
                _("If it is there: remove only this host's old line with the command below, connect, compare again."),
                _("If it is not there: do not connect. Try another network, and tell whoever runs the host."),
                _("Do not delete the whole known_hosts: it protects every other host too."),
                command=f"ssh-keygen -R {sight.typed(known_hosts_name(case))}",
            )
        ],
    )  # fmt: skip


def _revoked(case: Case, seen: HostKeySeen) -> Finding:
    words = {
        "list": _(
            "{host} shows a key that {where} (RevokedHostKeys) lists as revoked. ssh does not connect."
        ),
        "unreadable-list": _("ssh cannot read {where} (RevokedHostKeys), and then takes no host key at all."),
        "revoked-without-port": _without_port(_strict(case)),
    }.get(seen.because, _("{host} shows a key that known_hosts marks as revoked. ssh does not connect."))
    if seen.because == "unreadable-list":
        return _unreadable_list(case, seen, words)
    return sight.finding(
        "hostkey-revoked",
        "fail",
        "certain",
        words.format(host=sight.host(case), where=seen.where),
        _evidence(case, seen),
        [
            sight.advice(
                _("Ask whoever runs the host"),
                _("A revoked key is one that may have been stolen; do not work around it."),
            )
        ],
    )


def _without_port(strict: str) -> str:
    """Say what ssh does where a key is revoked under the host's name without the port alone."""
    revoked = _("{host} shows a key that {where} marks as revoked, for the host's name without the port.")
    if strict == "accept-new":
        then = _(
            "ssh warns of that, but then takes the key for a new one and records it, without a question."
        )
    elif strict in _CARELESS:
        then = _("ssh warns of that, but is told not to stop there (StrictHostKeyChecking): it goes on.")
    elif strict in ("yes", "true"):
        then = _("ssh warns of that and does not connect.")
    else:
        then = _("ssh warns of that, but then asks its usual question about a new host: do not answer yes.")
    return f"{revoked} {then}"


def _unknown(case: Case, seen: HostKeySeen) -> Finding:
    host = sight.host(case)
    strict = _strict(case)
    blocks = strict in ("yes", "true") or (sight.batch_mode(case) and strict == "ask")
    published = seen.state == "published"
    if published:
        words = _("{host} is not in known_hosts yet. Its key is the one that the provider publishes.")
    else:
        words = _("{host} is not in known_hosts yet. ssh will show a fingerprint and ask once.")
    if strict in (*_CARELESS, "accept-new") and not published:
        words = _("{host} is not in known_hosts yet. ssh is told to take its key without a question.")
    if blocks:
        words = _("{host} is not in known_hosts, and ssh is told to ask nobody: it will not connect.")
    id = "hostkey-unknown-noninteractive" if blocks else "hostkey-unknown"
    return sight.finding(
        id,
        "fail" if blocks else "info",
        "certain",
        words.format(host=host) + _asked_besides(seen),
        _evidence(case, seen),
        [
            *(case.ways.get(id, ()) if blocks or published else ()),
            sight.advice(
                _("Compare, then type yes"),
                _("The fingerprint must be {fingerprint}.").format(fingerprint=seen.public.fingerprint)
                if published
                else _("Compare {fingerprint} with what the host's owner gives you.").format(
                    fingerprint=seen.public.fingerprint
                ),
                _("Type `yes` in full; Enter alone means no."),
                command=f"ssh -T {sight.typed(case.plan.target.host if case.plan else host)}",
            ),
        ],
    )


def _unreadable_list(case: Case, seen: HostKeySeen, words: str) -> Finding:
    return sight.finding(
        "hostkey-revoked",
        "fail",
        "certain",
        words.format(where=seen.where),
        [Evidence(source=seen.where, text=_("not readable as a list of keys"))],
        [
            sight.advice(
                _("Put the list in order"),
                _("It holds one public key a line, or it is a list made by `ssh-keygen -k`."),
                _("Without such a list, take the RevokedHostKeys line out of the configuration."),
            )
        ],
    )


def _other_at_address(case: Case, seen: HostKeySeen) -> Finding:
    """CheckHostIP: the name's key is not the one on record for its address."""
    address = (case.transcript.address if case.transcript else "").rpartition(":")[0].strip("[]")
    port = case.plan.target.port if case.plan else 22
    stops = _strict(case) in ("yes", "true", "accept-new") or (
        sight.batch_mode(case) and _strict(case) == "ask"
    )
    words = _("{where} has another key for {address}, the address of {host}. With CheckHostIP ssh {does}.")
    does = _("stops there") if stops else _("goes on") if _strict(case) in _CARELESS else _("asks first")
    return sight.finding(
        "hostkey-changed",
        "fail" if stops else "warn",
        "certain",
        words.format(where=seen.where, address=address, host=sight.host(case), does=does),
        _evidence(case, seen),
        [
            sight.advice(
                _("Find out whose address it is now"),
                _("Addresses of a service change hands, and then the line for the address is merely old."),
                _("`CheckHostIP no`, the default since OpenSSH 8.5, looks at the name only."),
                command=f"ssh-keygen -R {sight.typed(address if port == 22 else f'[{address}]:{port}')}",
            )
        ],
    )


def _strict(case: Case) -> str:
    return case.plan.effective.first("stricthostkeychecking", "ask") if case.plan else "ask"


def _asked_besides(seen: HostKeySeen) -> str:
    """Name what may settle the question for ssh, and was not asked here; "" where nothing does."""
    if not seen.unasked:
        return ""
    return " " + _("ssh would also ask {keyword}, which may vouch for it; sshwizard does not.").format(
        keyword=seen.unasked
    )
