"""The first screen: the doors, and the line of facts under them. Pure; knows no screen."""

from __future__ import annotations

from sshwizard.model.choices import Choice, Option
from sshwizard.model.facts import Facts, GitRemote
from sshwizard.text import _, plural

DENIED, SETUP, SHOW, LOG, PRACTISE = "denied", "setup", "show", "log", "practise"
IDENTITY = "identity"


def doors(facts: Facts | None) -> Choice:
    """Return the doors in the user's words; the default follows from what is on the machine, once known."""
    return Choice(
        question=_("What brings you here?"),
        options=(
            Option(
                value=DENIED,
                label=_('It says "Permission denied"'),
                note=_("find out why, and mend it"),
            ),
            Option(value=SETUP, label=_("Set up a key"), note=_("make, upload, test it")),
            Option(value=SHOW, label=_("Show me what I have"), note=_("keys, accounts, agents")),
            Option(
                value=LOG,
                label=_("Explain a log someone sent"),
                note=_("paste it; nothing is sent"),
            ),
            Option(
                value=IDENTITY,
                label=_("It pushes as the wrong person"),
                note=_("which account, which key"),
            ),
            Option(value=PRACTISE, label=_("Practise"), note=_("nothing real is touched")),
        ),
        default=DENIED if facts is None or facts.identities else SETUP,
    )


def overview(facts: Facts, *, looked: bool = False) -> tuple[str, ...]:
    """Return one or two lines about what is already known; `looked`: more than this was looked at already."""
    lines = []
    remote = first_remote(facts)
    if remote:
        lines.append(_remote_line(remote))
    so_far = () if looked else (_("nothing checked yet"),)
    lines.append(_(" · ").join((_keys(facts), _agents(facts), *so_far)))
    return tuple(lines)


def first_remote(facts: Facts) -> GitRemote | None:
    """Return the remote that git would push to: the first that uses SSH, else the first."""
    remotes = facts.git.remotes
    return next((remote for remote in remotes if remote.transport == "ssh"), remotes[0] if remotes else None)


def _remote_line(remote: GitRemote) -> str:
    if remote.transport == "ssh":
        return _("This folder pushes to {place} over SSH.").format(place=_place(remote))
    if remote.transport in ("https", "http"):
        return _("This folder pushes to {host} over HTTPS: no key is asked for there.").format(
            host=remote.host or remote.url
        )
    return _("This folder pushes to {url}: no key is asked for there.").format(url=remote.url)


def _place(remote: GitRemote) -> str:
    return f"{remote.host}:{remote.path.lstrip('/')}" if remote.path else str(remote.host)


def _keys(facts: Facts) -> str:
    in_files = sum(1 for identity in facts.identities if identity.private_path or identity.public_path)
    return plural(in_files, "{n} key in ~/.ssh", "{n} keys in ~/.ssh") if in_files else _("No key in ~/.ssh")


def _agents(facts: Facts) -> str:
    live = [agent for agent in facts.agents if agent.reachable]
    if not live:
        return _("no agent")
    held = sum(len(agent.keys) for agent in live)
    return _("{agents} holding {keys}").format(
        agents=plural(len(live), "{n} agent", "{n} agents"), keys=plural(held, "{n} key", "{n} keys")
    )
