"""Other doors of the same service: its alternates on other ports, for networks that block port 22.

Knocking goes up to the host key and shows no public key; whether a door is the service's own is for
known_hosts and the host book to say.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from sshwizard.hosts import book
from sshwizard.machine.machine import Machine
from sshwizard.model.config import ConfigValue, Effective
from sshwizard.model.events import ignore
from sshwizard.model.facts import Facts
from sshwizard.model.plan import Plan
from sshwizard.model.source import Source
from sshwizard.model.transcript import Check, OtherDoor
from sshwizard.probe import hostkey
from sshwizard.probe.connection import Failed, meet
from sshwizard.probe.door import Door
from sshwizard.probe.limits import Limit, Stopped
from sshwizard.probe.record import Record
from sshwizard.text import _

SECONDS = 10.0
"""For each door, where the whole conversation has that much left."""

_BLOCKED = {
    "tcp": ("refused", "timeout", "reset", "blocked", "unreachable", "loopback"),
    "banner": ("closed", "reset", "silence", "timeout", "http-answer", "not-ssh"),
    "kex": ("closed", "reset", "timeout"),
}
"""Failures that a network's rules for port 22 can cause."""


def may_help(check: Check | None) -> bool:
    """Whether another port could do what this layer failed at."""
    return check is not None and check.state == "failed" and check.code in _BLOCKED.get(check.id, ())


def other_doors(plan: Plan) -> tuple[Plan, ...]:
    """Return the same plan for each alternate host and port of the service; () when the book has none."""
    entry = book.find(plan.effective.hostname)
    if entry is None:
        return ()
    here = (plan.effective.hostname.lower(), plan.effective.port)
    return tuple(_moved(plan, host, port) for host, port in entry.alternates if (host, port) != here)


def knock(machine: Machine, facts: Facts, plan: Plan, limit: Limit, record: Record) -> tuple[OtherDoor, ...]:
    """Try the service's other doors, and stop at the first open one. `record` is told by notes. Cancelled or out of
    time, it returns what was found until then.
    """
    tried: list[OtherDoor] = []
    for other in other_doors(plan):
        place = f"{other.effective.hostname}:{other.effective.port}"
        record.note(_("Trying {place}, another door of the same service.").format(place=place))
        try:
            tried.append(_knock_at(machine, facts, other, limit))
        except Stopped:
            break
        record.note(_("{place}: {detail}").format(place=place, detail=tried[-1].detail))
        if tried[-1].state == "open":
            break
    return tuple(tried)


def _knock_at(machine: Machine, facts: Facts, plan: Plan, whole: Limit) -> OtherDoor:
    from sshwizard.probe.transport import supported_host_keys

    began = time.monotonic()
    record, limit = Record(ignore), Limit(whole.left(SECONDS), whole.cancel)
    door = Door(machine, plan, record, limit)
    try:
        wire = door.open()
        if wire is None:
            return _closed(plan, record, began)
        wanted = hostkey.algorithms_to_ask(facts, plan.effective, supported_host_keys())
        met = meet(wire, door, plan.effective, wanted, record, limit)
    except Stopped:
        whole.left()
        return _closed(plan, record, began)
    if isinstance(met, Failed):
        return _closed(plan, record, began, met.detail)
    ms = (time.monotonic() - began) * 1000
    met.conversation.close()
    seen = hostkey.look_up(facts, plan.effective, met.host_key, door.address.ip if door.address else "")
    _state, words, _code = hostkey.verdict_words(seen, plan.effective.hostname)
    return OtherDoor(
        hostname=plan.effective.hostname,
        port=plan.effective.port,
        state="open" if seen.state in ("known", "published") else "unvouched",
        ms=ms,
        detail=_("answers; host key {words}").format(words=words),
        host_key=seen,
    )


def _closed(plan: Plan, record: Record, began: float, words: str = "") -> OtherDoor:
    failed = next((check.detail for check in record.checks() if check.state == "failed"), "")
    return OtherDoor(
        hostname=plan.effective.hostname,
        port=plan.effective.port,
        state="closed",
        ms=(time.monotonic() - began) * 1000,
        detail=words or failed or _("no answer in time"),
    )


def _moved(plan: Plan, host: str, port: int) -> Plan:
    effective: Effective = replace(
        plan.effective, hostname=host, port=port, options=_options(plan, host, port)
    )
    return replace(plan, target=replace(plan.target, hostname=host, port=port), effective=effective)


def _options(plan: Plan, host: str, port: int) -> Mapping[str, tuple[ConfigValue, ...]]:
    source = Source("host book")
    own = {"hostname": (ConfigValue(host, source),), "port": (ConfigValue(str(port), source),)}
    return {**plan.effective.options, **own}
