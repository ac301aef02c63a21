"""`agent`: which agents there are and what they hold; load a key, take one out."""

from __future__ import annotations

import argparse

from sshwizard.cli import exits, secrets, stock
from sshwizard.cli.desk import Desk
from sshwizard.errors import CannotCheck, UsageError
from sshwizard.machine import agents
from sshwizard.model.finding import Fix
from sshwizard.model.identity import Agent
from sshwizard.model.steps import AddToAgent
from sshwizard.report import contract, inventory
from sshwizard.report.columns import table
from sshwizard.report.keys import agent_lines
from sshwizard.text import _
from sshwizard.wizard import strip
from sshwizard.wizard.road import nothing_was_changed


def agent_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `agent`."""
    parser.add_argument(
        "verb", nargs="?", choices=("list", "add", "remove", "load", "unload"), default="list"
    )
    parser.add_argument("key", nargs="?", metavar="KEY", help=_("for add and remove"))
    parser.add_argument("--socket", metavar="PATH", help=_("the agent's socket; else the one ssh would ask"))
    parser.add_argument(
        "--lifetime", type=int, metavar=_("SECONDS"), help=_("forget the key after that time")
    )
    parser.add_argument("--confirm", action="store_true", help=_("the agent asks before each use"))
    secrets.add_flags(parser)


def run_agent(desk: Desk) -> int:
    """List the agents, or change what one holds."""
    if desk.args.verb == "list":
        return _list(desk)
    if not desk.args.key:
        raise UsageError(_("Which key?"), hint=_("`sshwizard keys list` shows what there is."))
    return _add(desk) if desk.args.verb in ("add", "load") else _remove(desk)


def _list(desk: Desk) -> int:
    found = agents.find_agents(desk.machine)
    own = desk.machine.env.get("SSH_AUTH_SOCK")
    desk.out.object(
        contract.envelope(
            "agent",
            agents=[
                inventory.agent(one)
                | {"details": [inventory.public(key) for key in one.keys], "own": one.where == own}
                for one in found
            ],
        )
    )
    if not found:
        desk.out.answer(
            _("No agent was found: SSH_AUTH_SOCK is not set, and none stands at the usual places.")
        )
    for one in found:
        desk.out.answer(agent_lines([one], desk.out.style))
        rows = [
            [str(number), key.kind, key.comment, key.fingerprint] for number, key in enumerate(one.keys, 1)
        ]
        desk.out.answer(table(rows, width=desk.out.style.width, indent="  ", whole=(3,)) if rows else [])
        if one.where == own:
            desk.out.answer(_("  This is the one that ssh asks, unless the configuration says otherwise."))
    return exits.DONE


def _add(desk: Desk) -> int:
    where = _own(desk).where
    one = stock.identity(desk, stock.facts(desk, desk.args.key), desk.args.key)
    if not one.private_path:
        raise UsageError(
            _("{name} has no private half in a file here.").format(name=one.name), code="key-unknown"
        )
    shown = desk.machine.shown(one.private_path)
    fix = Fix(
        title=_("Put {path} into the agent").format(path=shown),
        steps=(
            AddToAgent(
                path=one.private_path, agent=where, lifetime=desk.args.lifetime, confirm=desk.args.confirm
            ),
        ),
        command=strip.line("ssh-add", shown),
    )
    if desk.args.dry_run:
        desk.out.object(contract.envelope("agent add", result="dry_run", changed=False))
        desk.out.answer([desk.preview(fix), nothing_was_changed()])
        return exits.DONE
    change = secrets.apply_with(desk, fix)
    desk.out.object(contract.envelope("agent add", result="added", changed=True, change=change.number))
    desk.out.answer(_("{path} is in the agent now.").format(path=shown))
    return exits.DONE


def _remove(desk: Desk) -> int:
    agent = _own(desk)
    one = stock.identity(desk, stock.facts(desk, desk.args.key), desk.args.key)
    if agent.where not in one.agents:
        raise UsageError(_("The agent does not hold {name}.").format(name=one.name), code="key-unknown")
    if desk.args.dry_run:
        desk.out.object(contract.envelope("agent remove", result="dry_run", changed=False))
        desk.out.answer(
            [_("Would take {name} out of the agent.").format(name=one.name), nothing_was_changed()]
        )
        return exits.DONE
    agents.agent_remove(desk.machine, agent.where, one.public)
    desk.done.append(_("{name} was taken out of the agent").format(name=one.name))
    desk.out.object(contract.envelope("agent remove", result="removed", changed=True))
    desk.out.answer(_("The agent no longer holds {name}; the file stays.").format(name=one.name))
    return exits.DONE


def _own(desk: Desk) -> Agent:
    where = desk.args.socket or desk.machine.env.get("SSH_AUTH_SOCK")
    found = (
        agents.list_agent(desk.machine, where)
        if where
        else next(iter(agents.find_agents(desk.machine)), None)
    )
    if found is None or not found.reachable:
        raise CannotCheck(
            _("There is no agent to ask{why}.").format(why=f": {found.problem}" if found else ""),
            code="no-agent",
            where=where or "",
            hint=_("Start one with `eval $(ssh-agent)`."),
        )
    return found
