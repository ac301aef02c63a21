"""The hosts that this machine knows, each with what ssh would do there: remotes, configuration, known_hosts.

Looks at files only; no host is asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sshwizard import check, gather
from sshwizard.errors import UsageError
from sshwizard.hosts import book
from sshwizard.machine.machine import Machine
from sshwizard.model.config import CommandLine
from sshwizard.model.facts import Facts
from sshwizard.model.plan import Plan
from sshwizard.openssh import config, known_hosts
from sshwizard.text import _

MOST = 20
"""Hosts taken when none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """A host under the name that the user has for it."""

    name: str
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """The hosts to ask, and the machine as far as any of them is concerned."""

    facts: Facts
    hosts: tuple[Acquaintance, ...]
    left_out: tuple[str, ...] = ()
    """Names beyond `MOST`."""


def named(machine: Machine, request: check.Request, names: Iterable[str]) -> Circle:
    """Return the hosts that the user names. Raises UsageError for what no host can be.

    `request` holds what is the same for all of them; its `typed` does not matter.
    """
    seen = [_look(machine, request, name) for name in dict.fromkeys(names)]
    return Circle(
        facts=_together([facts for facts, _host in seen]), hosts=tuple(host for _facts, host in seen)
    )


def usual(machine: Machine, request: check.Request) -> Circle:
    """Return this folder's remotes, the configuration's hosts and those of known_hosts, each place once."""
    own = gather.gather(machine, CommandLine(destination=""))
    all_facts, hosts, places, left_out = [own], list[Acquaintance](), set[tuple[str, int]](), list[str]()
    for name in dict.fromkeys(_names(own)):
        try:
            facts, host = _look(machine, request, name)
        except UsageError:
            continue
        if not places.isdisjoint(_places(host.plan)):
            continue
        places.add((host.plan.effective.hostname.lower(), host.plan.effective.port))
        if len(hosts) < MOST:
            all_facts.append(facts)
            hosts.append(host)
        else:
            left_out.append(name)
    return Circle(facts=_together(all_facts), hosts=tuple(hosts), left_out=tuple(left_out))


def _names(facts: Facts) -> Iterator[str]:
    for remote in facts.git.remotes:
        if remote.transport == "ssh":
            yield remote.name
    yield from config.hosts_named(facts.environment, facts.files)
    for seen in facts.known_hosts:
        for name in known_hosts.names(seen.data):
            if not _is_address(name) or "://" in name:
                yield name


def _is_address(name: str) -> bool:
    """Tell a bare address, which stands in known_hosts beside a name as a rule."""
    return ":" in name or all(char.isdigit() or char == "." for char in name)


def _places(plan: Plan) -> set[tuple[str, int]]:
    """Return the plan's host and port, and with an alternate of a service also the service's usual place."""
    hostname, port = plan.effective.hostname.lower(), plan.effective.port
    entry = book.find(hostname)
    if entry is not None and (hostname, port) in entry.alternates:
        return {(hostname, port), (entry.ssh_host, entry.port)}
    return {(hostname, port)}


def _look(machine: Machine, request: check.Request, name: str) -> tuple[Facts, Acquaintance]:
    """Work out what ssh would do at a host, as the login name of its service where nobody has set one."""
    facts, plan = check.run_plan(machine, replace(request, typed=name))
    fatal = plan.effective.fatal
    if fatal is not None:
        raise UsageError(
            fatal.message,
            code=fatal.code,
            where=fatal.source.where if fatal.source else "",
            line=fatal.source.line if fatal.source else None,
            hint=_("Mend this first: ssh refuses the whole configuration."),
        )
    entry = book.find(plan.effective.hostname)
    by_default = plan.effective.source("user") is None and "@" not in facts.command_line.destination
    if entry is not None and entry.user and by_default and plan.effective.user != entry.user:
        facts, plan = check.run_plan(
            machine, replace(request, typed=name, flags=(("-l", entry.user), *request.flags))
        )
    return facts, Acquaintance(name=name, plan=plan)


def _together(seen: list[Facts]) -> Facts:
    """Join what was found for several hosts: each key, key file and agent once."""
    return replace(
        seen[0],
        identities=tuple({one.public.blob: one for facts in seen for one in facts.identities}.values()),
        key_files=tuple({one.path: one for facts in seen for one in facts.key_files}.values()),
        agents=tuple({one.where: one for facts in seen for one in facts.agents}.values()),
    )
