"""The host key that was shown, against known_hosts as ssh does and then against the host book.

Decides what it is, never that it is to be trusted; nothing is stored.
"""

from __future__ import annotations

import os
import time

from sshwizard.hosts import book
from sshwizard.model.config import Effective
from sshwizard.model.facts import Facts
from sshwizard.model.files import FileSeen
from sshwizard.model.identity import PublicKey
from sshwizard.model.transcript import CheckState, HostKeySeen, HostKeyState
from sshwizard.openssh import algorithms, known_hosts
from sshwizard.openssh.known_hosts import KnownHosts, Verdict
from sshwizard.text import _


def look_up(facts: Facts, effective: Effective, shown: PublicKey) -> HostKeySeen:
    """Say what a host key is: known, changed, revoked; else published, withdrawn or unknown to both."""
    verdict = known_hosts.judge(
        known_hosts.read(files(facts, effective)),
        shown,
        hostname=effective.hostname,
        port=effective.port,
        alias=alias_of(effective),
        now=time.time(),
    )
    state, where = _with_book(verdict, effective, shown)
    expected = tuple(dict.fromkeys(entry.public.fingerprint for entry in verdict.expected))
    if not expected:
        keys = book.host_keys(effective.hostname, effective.port)
        expected = tuple(key.fingerprint for key in keys if key.fingerprint and not key.withdrawn)
    return HostKeySeen(public=shown, state=state, where=where, expected=expected)


def algorithms_to_ask(facts: Facts, effective: Effective, supported: tuple[str, ...]) -> tuple[str, ...]:
    """Return the host key algorithms in the order in which ssh would ask for them, as far as supported."""
    configured = tuple(word for word in effective.first("hostkeyalgorithms").split(",") if word)
    known = _known_types(known_hosts.read(files(facts, effective)), effective)
    ordered = algorithms.host_key_order(
        configured or algorithms.DEFAULT_ACCEPTED,
        known,
        exact=bool(configured) and algorithms.is_exact(configured),
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
    paths: dict[str, None] = {}
    for keyword in ("userknownhostsfile", "globalknownhostsfile"):
        for value in effective.options.get(keyword, ()):
            paths.update(dict.fromkeys(value.text.split()))
    if not paths:
        return facts.known_hosts
    home, cwd = facts.environment.home, facts.environment.cwd
    expanded = (home + path[1:] if path.startswith("~/") else path for path in paths if path != "none")
    return tuple(facts.files.look(os.path.join(cwd, path)) for path in expanded)


def alias_of(effective: Effective) -> str:
    """Return HostKeyAlias, or "" when there is none."""
    alias = effective.first("hostkeyalias")
    return "" if alias == "none" else alias


def verdict_words(seen: HostKeySeen, host: str) -> tuple[CheckState, str, str]:
    """Return state, detail and code of the layer for what the key turned out to be."""
    fields = {"host": host, "fingerprint": seen.public.fingerprint, "where": seen.where}
    match seen.state:
        case "known":
            return "passed", _("{fingerprint}, as in {where}").format(**fields), ""
        case "published":
            return "passed", _("{fingerprint}, as published for {host}").format(**fields), "hostkey-published"
        case "changed":
            detail = _("{host} shows {fingerprint}; {where} has another key.").format(**fields)
            return "failed", detail, "hostkey-changed"
        case "revoked":
            detail = _("{where} revokes the key {fingerprint} that {host} shows.").format(**fields)
            return "failed", detail, "hostkey-revoked"
        case "withdrawn":
            detail = _("{host} shows {fingerprint}, which its operator has withdrawn.").format(**fields)
            return "failed", detail, "hostkey-withdrawn"
        case _:
            text = (
                _("{fingerprint} is neither in known_hosts nor among the keys published for {host}.")
                if seen.expected
                else _("{fingerprint} is not in known_hosts.")
            )
            return "warned", text.format(**fields), "hostkey-unknown"


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
