"""The host key that was shown, against known_hosts as ssh does and then against the host book.

Decides what it is, never that it is to be trusted; nothing is stored.
"""

from __future__ import annotations

import ipaddress
import os
import time
from dataclasses import replace

from sshwizard.hosts import book
from sshwizard.model.config import Effective
from sshwizard.model.facts import Facts
from sshwizard.model.files import FileSeen
from sshwizard.model.identity import PublicKey
from sshwizard.model.transcript import CheckState, HostKeySeen, HostKeyState
from sshwizard.openssh import algorithms, known_hosts, revoked
from sshwizard.openssh.config.versions import parse_version
from sshwizard.openssh.known_hosts import Entry, KnownHosts, Verdict
from sshwizard.text import _

CARELESS = ("no", "off", "false")
"""Values of StrictHostKeyChecking with which ssh goes on whatever key it is shown."""


def look_up(facts: Facts, effective: Effective, shown: PublicKey, address: str = "") -> HostKeySeen:
    """Say what a host key is: known, changed, revoked; else published, withdrawn or unknown to both.

    `address` is the one that answered, "" behind a proxy. The order is ssh's (sshconnect.c `verify_host_key`).
    """
    listed = _on_a_list(facts, effective, shown)
    if listed is not None:
        return listed
    local = bool(address) and ipaddress.ip_address(address.split("%")[0]).is_loopback
    if local and not alias_of(effective) and effective.first("nohostauthenticationforlocalhost") == "yes":
        return HostKeySeen(public=shown, state="known", because="localhost")
    known = known_hosts.read(files(facts, effective))
    verdict = known_hosts.judge(
        known,
        shown,
        hostname=effective.hostname,
        port=effective.port,
        alias=alias_of(effective),
        rules=_rules(facts, effective),
    )
    state, where = _with_book(verdict, effective, shown)
    if verdict.warned is not None:
        # ssh warns and then asks, records or stops, as with a key that it has never seen.
        state = state if effective.first("stricthostkeychecking") == "accept-new" else "revoked"
        return HostKeySeen(
            public=shown, state=state, where=verdict.warned.where, because="revoked-without-port"
        )
    expected = tuple(dict.fromkeys(entry.public.fingerprint for entry in verdict.expected))
    if not expected:
        keys = book.host_keys(effective.hostname, effective.port)
        expected = tuple(key.fingerprint for key in keys if key.fingerprint and not key.withdrawn)
    seen = HostKeySeen(
        public=shown, state=state, where=where, expected=expected, unasked=_unasked(effective, state)
    )
    if local or address in ("", effective.hostname) or not _compares_address(effective, state):
        return seen
    other = _other_at(known, verdict, effective, shown, address)
    return seen if other is None else replace(seen, where=other.where, because="other-at-address")


def _other_at(
    known: KnownHosts, verdict: Verdict, effective: Effective, shown: PublicKey, address: str
) -> Entry | None:
    """Return the line with another key for the address; without its port too, where the name was found so."""
    full = known_hosts.lookup_name(effective.hostname, effective.port, alias_of(effective))
    portless = verdict.entry is not None and not verdict.entry.matches(full)
    ports = (22, effective.port) if portless else (effective.port,)
    found = (known_hosts.differs_by_address(known, shown, address, port) for port in ports)
    return next((entry for entry in found if entry is not None), None)


def _compares_address(effective: Effective, state: HostKeyState) -> bool:
    """Whether ssh comes to compare the address: with an unknown key only where it does not ask about that first."""
    unasked = effective.first("stricthostkeychecking") in (*CARELESS, "accept-new")
    return effective.first("checkhostip") == "yes" and (
        state == "known" or (unasked and state in ("published", "unknown"))
    )


def _on_a_list(facts: Facts, effective: Effective, shown: PublicKey) -> HostKeySeen | None:
    """Look the key up in the lists of RevokedHostKeys; None: on none of them."""
    for value in effective.options.get("revokedhostkeys", ()):
        if value.text == "none":
            continue
        path = os.path.join(facts.environment.cwd, value.text)
        seen = facts.files.look(path)
        try:
            if seen.kind != "file":
                raise revoked.Unreadable(seen.problem)
            if revoked.revokes(seen.data, shown):
                return HostKeySeen(public=shown, state="revoked", where=path, because="list")
        except revoked.Unreadable:
            return HostKeySeen(public=shown, state="revoked", where=path, because="unreadable-list")
    return None


def _rules(facts: Facts, effective: Effective) -> known_hosts.ForCertificates:
    return known_hosts.ForCertificates(
        now=time.time(),
        release=parse_version(facts.ssh_version).release,
        ca_algorithms=tuple(word for word in effective.first("casignaturealgorithms").split(",") if word),
        careless=effective.first("stricthostkeychecking") in CARELESS,
    )


def _unasked(effective: Effective, state: HostKeyState) -> str:
    """Name what ssh would ask besides known_hosts, and we do not, where its answer decides."""
    if state not in ("unknown", "published", "changed"):
        return ""
    if effective.first("knownhostscommand", "none") != "none":
        return "KnownHostsCommand"
    return "VerifyHostKeyDNS" if effective.first("verifyhostkeydns") in ("yes", "true") else ""


def algorithms_to_ask(facts: Facts, effective: Effective, supported: tuple[str, ...]) -> tuple[str, ...]:
    """Return the host key algorithms in the order in which ssh would ask for them, as far as supported."""
    configured = tuple(word for word in effective.first("hostkeyalgorithms").split(",") if word)
    known = _known_types(known_hosts.read(files(facts, effective)), effective)
    built_in = facts.environment.builtin.get("hostkeyalgorithms", ())
    defaults = tuple(word for text in built_in for word in text.split(",")) or algorithms.DEFAULT_ACCEPTED
    ordered = algorithms.host_key_order(
        configured or defaults,
        known,
        exact=bool(configured) and algorithms.is_exact(configured, defaults),
    )
    wanted = tuple(word for word in ordered if word in supported)
    if wanted:
        return wanted
    # ssh-rsa alone, for an old host: the same key, should the host prove it by a better algorithm as well.
    types = {algorithms.plain_key_type(word) for word in ordered}
    same = tuple(word for word in supported if algorithms.plain_key_type(word) in types)
    return same or supported


def files(facts: Facts, effective: Effective) -> tuple[FileSeen, ...]:
    """Return the known_hosts files that ssh reads for this destination, the user's first.

    The facts' own are those of another destination, when several are asked with the same facts.
    """
    if not effective.options.get("userknownhostsfile") and not effective.options.get("globalknownhostsfile"):
        return facts.known_hosts
    cwd = facts.environment.cwd
    return tuple(facts.files.look(os.path.join(cwd, path)) for path in known_hosts.paths(effective))


def alias_of(effective: Effective) -> str:
    """Return HostKeyAlias, or "" when there is none."""
    alias = effective.first("hostkeyalias")
    return "" if alias == "none" else alias


def verdict_words(seen: HostKeySeen, host: str, strict: str = "ask") -> tuple[CheckState, str, str]:
    """Return state, detail and code of the layer for what the key turned out to be.

    `strict` is StrictHostKeyChecking, which settles whether ssh goes on where CheckHostIP finds another key.
    """
    state, detail, code = _decided_otherwise(seen, strict) if seen.because else _by_state(seen)
    detail = detail.format(host=host, fingerprint=seen.public.fingerprint, where=seen.where)
    if seen.unasked:
        detail += " " + _("ssh would also ask {keyword}, which may settle it; sshwizard does not.").format(
            keyword=seen.unasked
        )
    return state, detail, code


def asks_nobody(effective: Effective) -> bool:
    """Whether ssh must not ask its question about a host key, and stops instead."""
    return effective.first("batchmode") == "yes" and effective.first("stricthostkeychecking", "ask") == "ask"


def _by_state(seen: HostKeySeen) -> tuple[CheckState, str, str]:
    match seen.state:
        case "known":
            return "passed", _("{fingerprint}, as in {where}"), ""
        case "published":
            return "passed", _("{fingerprint}, as published for {host}"), "hostkey-published"
        case "changed":
            return "failed", _("{host} shows {fingerprint}; {where} has another key."), "hostkey-changed"
        case "revoked":
            detail = _("{where} revokes the key {fingerprint} that {host} shows.")
            return "failed", detail, "hostkey-revoked"
        case "withdrawn":
            detail = _("{host} shows {fingerprint}, which its operator has withdrawn.")
            return "failed", detail, "hostkey-withdrawn"
        case _:
            detail = (
                _("{fingerprint} is neither in known_hosts nor among the keys published for {host}.")
                if seen.expected
                else _("{fingerprint} is not in known_hosts.")
            )
            return "warned", detail, "hostkey-unknown"


def _decided_otherwise(seen: HostKeySeen, strict: str) -> tuple[CheckState, str, str]:
    match seen.because:
        case "localhost":
            detail = _("{fingerprint}; ssh checks none on this computer (NoHostAuthenticationForLocalhost).")
            return "passed", detail, "hostkey-local"
        case "unreadable-list":
            detail = _("ssh cannot read {where} (RevokedHostKeys), so it refuses every host key.")
            return "failed", detail, "hostkey-revoked-unreadable"
        case "revoked-without-port":
            detail = _(
                "{where} revokes the key {fingerprint} that {host} shows, for its name without the port."
            )
            return ("warned" if strict == "accept-new" else "failed"), detail, "hostkey-revoked-without-port"
        case "other-at-address":
            detail = _("{fingerprint}; but {where} has another key for the address of {host} (CheckHostIP).")
            stops = strict in ("yes", "true", "accept-new")
            return ("failed" if stops else "warned"), detail, "hostkey-ip-differs"
        case _:
            detail = _("{where} (RevokedHostKeys) revokes the key {fingerprint} that {host} shows.")
            return "failed", detail, "hostkey-revoked"


def _with_book(verdict: Verdict, effective: Effective, shown: PublicKey) -> tuple[HostKeyState, str]:
    where = verdict.entry.where if verdict.entry else ""
    if verdict.state in ("revoked", "changed"):
        return verdict.state, where
    for key in book.host_keys(effective.hostname, effective.port):
        if key.fingerprint == shown.fingerprint:
            if key.withdrawn:
                return "withdrawn", key.source
            if verdict.state == "unknown":
                return "published", key.source
    return verdict.state, where


def _known_types(known: KnownHosts, effective: Effective) -> tuple[str, ...]:
    return known_hosts.preferred_types(
        known, hostname=effective.hostname, port=effective.port, alias=alias_of(effective)
    )
