"""`agent`: which agents there are and what they hold; start one, load a key, take one out, make it permanent."""

from __future__ import annotations

import argparse

from sshwizard.cli import exits, secrets, stock
from sshwizard.cli.desk import Desk
from sshwizard.errors import Cancelled, CannotCheck, UsageError
from sshwizard.machine import agents
from sshwizard.model.finding import Fix
from sshwizard.model.identity import Agent
from sshwizard.report import contract, inventory
from sshwizard.report.columns import table
from sshwizard.report.keys import agent_lines, permanent_lines
from sshwizard.text import _
from sshwizard.wizard import agents as ways
from sshwizard.wizard import strip
from sshwizard.wizard.road import nothing_was_changed

VERBS = ("list", "start", "add", "remove", "permanent", "load", "unload")


def agent_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `agent`."""
    parser.add_argument("verb", nargs="?", choices=VERBS, default="list")
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
    if desk.args.verb == "start":
        return _start(desk)
    if desk.args.verb == "permanent":
        return _permanent(desk)
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
            [str(number), key.kind, key.shown_comment, key.fingerprint]
            for number, key in enumerate(one.keys, 1)
        ]
        desk.out.answer(table(rows, width=desk.out.style.width, indent="  ", whole=(3,)) if rows else [])
        if one.where == own:
            desk.out.answer(_("  This is the one that ssh asks, unless the configuration says otherwise."))
    return exits.DONE


def _start(desk: Desk) -> int:
    """Start an agent, unless the one that ssh would ask answers."""
    own = desk.machine.env.get("SSH_AUTH_SOCK")
    if own and agents.list_agent(desk.machine, own).reachable:
        desk.out.object(contract.envelope("agent start", result="nothing", changed=False, socket=own))
        desk.out.answer(_("An agent answers at {socket} already.").format(socket=desk.machine.shown(own)))
        return exits.DONE
    fix = ways.start_fix(desk.machine)
    export = ways.export_line(desk.machine)
    if not _change(desk, fix, "start", "started", export=export):
        return exits.DONE
    desk.out.answer(
        [
            _("An agent runs now. So that ssh finds it, type in each terminal that is open:"),
            f"  {export}",
            _("For every login to come: {command}").format(
                command=strip.wizard("agent", "permanent", options=desk.options)
            ),
        ]
    )
    return exits.DONE


def _permanent(desk: Desk) -> int:
    found = ways.permanent(ways.surroundings(desk.machine, agents.find_agents(desk.machine)))
    desk.out.object(
        contract.envelope(
            "agent permanent",
            ways=[
                {"id": one.id, "title": one.title, "note": one.note, "lines": list(one.lines)}
                for one in found
            ],
            load=list(ways.LOAD),
        )
    )
    desk.out.answer(permanent_lines(found, ways.LOAD, desk.out.style))
    return exits.DONE


def _add(desk: Desk) -> int:
    where = _own(desk).where
    one = stock.identity(desk, stock.facts(desk, desk.args.key), desk.args.key)
    if not one.private_path:
        raise UsageError(
            _("{name} has no private half in a file here.").format(name=one.name), code="key-unknown"
        )
    fix = ways.load_fix(desk.machine, one, where, lifetime=desk.args.lifetime or 0, confirm=desk.args.confirm)
    if _change(desk, fix, "add", "added"):
        shown = desk.machine.shown(one.private_path)
        desk.out.answer(_("{path} is in the agent now.").format(path=shown))
    return exits.DONE


def _remove(desk: Desk) -> int:
    agent = _own(desk)
    one = stock.identity(desk, stock.facts(desk, desk.args.key), desk.args.key)
    if agent.where not in one.agents:
        raise UsageError(_("The agent does not hold {name}.").format(name=one.name), code="key-unknown")
    fix = ways.remove_fix(desk.machine, one, agent.where)
    if not (fix.safe or desk.args.dry_run or desk.confirm(f"{fix.why} " + _("Remove it?"), default=False)):
        raise Cancelled(nothing_was_changed())
    if _change(desk, fix, "remove", "removed"):
        desk.out.answer(
            _("The agent no longer holds {name}; the file stays.").format(name=one.name)
            if fix.safe
            else _("The agent no longer holds {name}.").format(name=one.name)
        )
    return exits.DONE


def _change(desk: Desk, fix: Fix, verb: str, result: str, **more: str) -> bool:
    """Apply a fix about an agent; False after a dry run."""
    if desk.args.dry_run:
        desk.out.object(contract.envelope(f"agent {verb}", result="dry_run", changed=False, **more))
        desk.out.answer([desk.preview(fix), nothing_was_changed()])
        return False
    change = secrets.apply_with(desk, fix)
    undo = strip.wizard("undo", str(change.number), options=desk.options)
    desk.out.object(
        contract.envelope(
            f"agent {verb}", result=result, changed=True, change=change.number, undo=undo, **more
        )
    )
    return True


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
            hint=_("`sshwizard agent start` starts one."),
        )
    return found
