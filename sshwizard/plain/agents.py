"""Agents, line by line: what each holds; start one, load a key, take one out, keep one for every login."""

from __future__ import annotations

from sshwizard.model.choices import Choice, Option
from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.identity import Identity
from sshwizard.plain.visit import Visit
from sshwizard.report.keys import agent_lines, permanent_lines
from sshwizard.text import _
from sshwizard.wizard import agents as ways
from sshwizard.wizard import choices

START, LOAD, REMOVE, PERMANENT, DONE = "start", "load", "remove", "permanent", "done"


def walk(visit: Visit) -> None:
    """Show the agents, then do what is wanted until that is nothing more."""
    while True:
        facts = visit.facts()
        visit.command(visit.ours("agent"))
        _show(visit, facts)
        picked = visit.dialogue.choose(_next(facts), back=True)
        if picked == DONE:
            return
        {START: _start, LOAD: _load, REMOVE: _remove, PERMANENT: _permanent}[picked](visit, facts)


def _show(visit: Visit, facts: Facts) -> None:
    if not facts.agents:
        visit.say("", _("No agent was found: ssh asks for the passphrase of a locked key each time."))
    for agent in facts.agents:
        visit.say("", *agent_lines([agent], visit.style))
        visit.say(*(f"  {key.shown_comment or '–'}  {key.kind}  {key.fingerprint}" for key in agent.keys))


def _next(facts: Facts) -> Choice:
    live = any(agent.reachable for agent in facts.agents)
    none = "" if live else _("no agent answers")
    held = "" if any(agent.keys for agent in facts.agents) else _("no agent holds a key")
    return Choice(
        question=_("What next?"),
        options=(
            Option(value=START, label=_("Start an agent")),
            Option(value=LOAD, label=_("Load a key"), disabled=none),
            Option(value=REMOVE, label=_("Take a key out"), disabled=held),
            Option(value=PERMANENT, label=_("Have one after every login")),
            Option(value=DONE, label=_("Nothing more")),
        ),
        default=DONE if live else START,
    )


def _start(visit: Visit, facts: Facts) -> None:
    if _made(visit, ways.start_fix(visit.machine)):
        visit.say(
            _("So that ssh finds it, type in each terminal that is open:"),
            f"  {ways.export_line(visit.machine)}",
        )


def _load(visit: Visit, facts: Facts) -> None:
    where = next(agent.where for agent in facts.agents if agent.reachable)
    free = [one for one in facts.identities if one.private_path and where not in one.agents]
    if not free:
        visit.say(_("Every key that has a private half in a file here is in this agent already."))
        return
    one = _pick(visit, free, _("Which key should the agent hold?"))
    kept = visit.dialogue.choose(ways.lifetime_choice(), back=True)
    seconds, confirm = ways.kept_for(kept)
    _made(visit, ways.load_fix(visit.machine, one, where, lifetime=seconds, confirm=confirm))


def _remove(visit: Visit, facts: Facts) -> None:
    held = [one for one in facts.identities if one.agents]
    one = _pick(visit, held, _("Which key should go?"))
    _made(visit, ways.remove_fix(visit.machine, one, one.agents[0]))


def _permanent(visit: Visit, facts: Facts) -> None:
    visit.command(visit.ours("agent", "permanent"))
    found = ways.permanent(ways.surroundings(visit.machine, facts.agents))
    visit.say("", *permanent_lines(found, ways.LOAD, visit.style))


def _pick(visit: Visit, ones: list[Identity], question: str) -> Identity:
    value = visit.dialogue.choose(choices.pick_key(ones, visit.machine.shown, question), back=True)
    return next(one for one in ones if one.public.fingerprint == value)


def _made(visit: Visit, fix: Fix) -> bool:
    visit.show(fix)
    visit.say(fix.why)
    if not visit.dialogue.yes_no(_("Do this?"), default=fix.safe):
        return False
    return visit.apply(fix) is not None
