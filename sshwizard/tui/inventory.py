"""The lists of "Show me what I have" as values: lines, details, and what to say when one is empty."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from textual.content import Content

from sshwizard import check
from sshwizard.model.facts import Facts
from sshwizard.model.files import FileSeen
from sshwizard.model.identity import Agent, Identity
from sshwizard.report.contract import permissions
from sshwizard.report.keys import comment_words
from sshwizard.text import _, plural, visible
from sshwizard.tui import look
from sshwizard.tui.widgets.choices import Item

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

TABS = ("keys", "agents", "hosts", "config", "accounts")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One list."""

    title: str
    heading: tuple[str, ...]
    items: tuple[Item, ...]
    command: tuple[str, ...]
    empty: str
    details: dict[str, Pairs] = field(default_factory=dict)
    """By the value of the line; the first four are shown below the list."""


def lists(machine: Machine, facts: Facts) -> dict[str, Tab]:
    """Sort what was found into the lists."""
    return {
        "keys": _keys(machine, facts),
        "accounts": _accounts(machine, facts),
        "agents": _agents(facts),
        "hosts": _hosts(machine, facts),
        "config": _config(machine, facts),
    }


def _keys(machine: Machine, facts: Facts) -> Tab:
    names = {agent.where: agent.name for agent in facts.agents}
    items, details = [], {}
    for one in facts.identities:
        held = ", ".join(names.get(where, where) for where in one.agents) or "–"
        trouble = one.problems[0].title if one.problems else ""
        kind = look.muted(one.public.kind)
        items.append(
            Item(one.public.fingerprint, (look.bold(one.name), kind, half(one), held, look.amber(trouble)))
        )
        details[one.public.fingerprint] = key_pairs(machine, one)
    for file in facts.key_files:
        if file.public is None and file.problems:
            value = f"file:{file.path}"
            name = file.path.rsplit("/", 1)[-1]
            items.append(Item(value, (name, "?", "", "–", look.amber(file.problems[0].title))))
            details[value] = (
                (_("file"), machine.shown(file.path)),
                *((_("problem"), p.title) for p in file.problems),
            )
    heading: tuple[str, ...] = (_("key"), _("kind"), _("half"), _("agent"), _("problem"))
    if not any(str(item.cells[-1]) for item in items):
        heading = heading[:-1]
        items = [replace(item, cells=item.cells[:-1]) for item in items]
    return Tab(
        title=_("Keys"),
        heading=heading,
        items=tuple(items),
        command=("keys", "list"),
        empty=_("No key was found in ~/.ssh. `n` makes one."),
        details=details,
    )


def half(one: Identity) -> str:
    """Say which halves are in files."""
    if one.has_private:
        return _("both") if one.public_path else _("private")
    return _("public") if one.public_path else _("agent only")


def key_pairs(machine: Machine, one: Identity) -> Pairs:
    """Return everything about a key, the most wanted first."""
    public = one.public
    locked = {True: _("protected by a passphrase"), False: _("no passphrase"), None: ""}[one.encrypted]
    pairs = [
        (_("fingerprint"), public.fingerprint),
        (_("comment"), comment_words(public)),
        (_("private half"), machine.shown(one.private_path) if one.private_path else _("not in a file here")),
        (_("passphrase"), locked or _("not known")),
        (_("public half"), machine.shown(one.public_path) if one.public_path else _("not in a file here")),
        (_("MD5"), public.fingerprint_md5),
        (_("kind"), f"{public.kind} ({public.type})"),
        (_("format"), one.format or _("not known")),
        (_("permissions"), permissions(one.mode) or _("not known")),
        (_("agents"), ", ".join(one.agents) or _("none")),
    ]
    return (*pairs, *((_("problem"), problem.title) for problem in one.problems))


def _agents(facts: Facts) -> Tab:
    items = [
        Item(agent.where, (look.bold(agent.name), _holding(agent), look.muted(agent.where)))
        for agent in facts.agents
    ]
    details = {
        agent.where: (
            (_("socket"), agent.where),
            *((_("problem"), agent.problem) for _once in (1,) if agent.problem),
            *((_("key {n}").format(n=n), f"{key.shown_comment or '–'}  {key.kind}  {key.fingerprint}") for n, key in enumerate(agent.keys, 1)),
        )
        for agent in facts.agents
    }  # fmt: skip
    return Tab(
        title=_("Agents"),
        heading=(_("agent"), _("keys"), _("socket")),
        items=tuple(items),
        command=("agent",),
        empty=_("No agent was found: ssh asks for the passphrase of a locked key each time. `a` starts one."),
        details=details,
    )


def _accounts(machine: Machine, facts: Facts) -> Tab:
    """List the services whose accounts can be opened; nothing is asked and no token looked for here."""
    from sshwizard.errors import UsageError
    from sshwizard.wizard import service

    try:
        found, trouble = service.places(machine, check.hosts_of(machine, facts)), ""
    except UsageError as error:
        found, trouble = (), f"{error.message} {error.hint}"
    return Tab(
        title=_("Accounts"),
        heading=(_("service"), ""),
        items=tuple(Item(place.name, (look.bold(place.title), look.muted(note))) for place, note in found),
        command=("keys", "list", "--remote", found[0][0].name if found else "github"),
        empty=trouble,
        details={
            place.name: (
                (_("enter"), _("opens the account: its keys, what of them is here, adding and removing")),
            )
            for place, _note in found
        },
    )


def _holding(agent: Agent) -> Content:
    if not agent.reachable:
        return look.amber(agent.problem or _("does not answer"))
    return Content(plural(len(agent.keys), "{n} key", "{n} keys"))


def _hosts(machine: Machine, facts: Facts) -> Tab:
    remotes = {remote.host: remote.name for remote in facts.git.remotes if remote.host}
    items = []
    for host in check.hosts_of(machine, facts):
        note = _("this folder's {remote}").format(remote=remotes[host]) if host in remotes else ""
        items.append(Item(host, (look.bold(host), look.muted(note))))
    return Tab(
        title=_("Hosts"),
        heading=(_("host"), ""),
        items=tuple(items),
        command=("hosts",),
        empty=_("No host is known here yet: neither the configuration nor known_hosts names one."),
        details={
            item.value: (
                (_("enter"), _("asks the host what it thinks of your keys")),
                (_("y"), _("which keys ssh sends there, and why; asks nobody")),
            )
            for item in items
        },
    )


def _config(machine: Machine, facts: Facts) -> Tab:
    from sshwizard.openssh.config import lint

    remotes = tuple(remote.host for remote in facts.git.remotes if remote.host)
    problems = lint(facts.environment, facts.files, remotes=remotes)
    items, details = [], {}
    for seen in facts.config_files:
        own = [one for one in problems if one.source and one.source.where == seen.path]
        trouble = plural(len(own), "{n} remark", "{n} remarks") if own else ""
        items.append(
            Item(
                seen.path,
                (look.bold(machine.shown(seen.path)), look.muted(_about(seen)), look.amber(trouble)),
            )
        )
        details[seen.path] = tuple(
            (_("line {n}").format(n=one.source.line if one.source else 0), f"{one.title}. {one.text}")
            for one in own
        ) or ((_("content"), visible(seen.data[:4000].decode("utf-8", "replace"))),)
    return Tab(
        title=_("Configuration"),
        heading=(_("file"), "", _("remarks")),
        items=tuple(items),
        command=("config", "lint"),
        empty=_("There is no configuration of ssh; everything is at its default."),
        details=details,
    )


def _about(seen: FileSeen) -> str:
    if seen.kind != "file":
        return seen.problem or seen.kind
    return plural(seen.data.count(b"\n"), "{n} line", "{n} lines")
