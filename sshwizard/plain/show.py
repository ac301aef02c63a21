"""The road "Show me what I have": keys, agents, what ssh would send, the configuration, the changes made."""

from __future__ import annotations

from sshwizard import apply, check
from sshwizard.model.choices import Choice, Option
from sshwizard.plain import accounts, agents, denied, known_by, reasons
from sshwizard.plain.dialogue import Back
from sshwizard.plain.visit import Visit
from sshwizard.report import keys as pages
from sshwizard.report.options import placed
from sshwizard.text import _

KEYS, WHY, WHO, CONFIG, CHANGES, AGENTS = "keys", "why", "who", "config", "changes", "agents"
ACCOUNTS = "accounts"


def walk(visit: Visit) -> None:
    """Ask what to show until the user goes back."""
    roads = {
        KEYS: _keys,
        WHY: reasons.walk,
        WHO: known_by.walk,
        CONFIG: _config,
        CHANGES: _changes,
        AGENTS: agents.walk,
        ACCOUNTS: accounts.walk,
    }
    choice = Choice(
        question=_("What would you like to see?"),
        options=(
            Option(value=KEYS, label=_("Keys and agents")),
            Option(value=WHY, label=_("Which keys ssh sends to a host, and why")),
            Option(value=CONFIG, label=_("The configuration in force for a host")),
            Option(value=CHANGES, label=_("The changes made here")),
            Option(value=WHO, label=_("Which host knows which key; asks the hosts")),
            Option(value=AGENTS, label=_("Agents: start one, load a key, take one out")),
            Option(value=ACCOUNTS, label=_("The keys on an account, adding and removing")),
        ),
        default=KEYS,
    )
    while True:
        picked = visit.dialogue.choose(choice, back=True)
        visit.looked = True
        try:
            roads[picked](visit)
        except Back:
            continue


def _keys(visit: Visit) -> None:
    facts = visit.facts()
    joined = {path for one in facts.identities for path in (one.private_path, one.public_path)}
    strays = [file for file in facts.key_files if file.path not in joined]
    visit.command(visit.ours("keys", "list"))
    visit.say(*pages.key_lines(facts.identities, strays, facts.agents, visit.machine.shown, visit.style))


def _config(visit: Visit) -> None:
    typed = denied.choose_host(visit)
    visit.command(visit.ours("config", "show", typed))
    _facts, plan = check.run_plan(visit.machine, visit.request(typed))
    if plan.effective.fatal:
        visit.say(plan.effective.fatal.message)
    visit.say(*placed(plan.effective, visit.machine.shown, defaults=False))


def _changes(visit: Visit) -> None:
    visit.command(visit.ours("history"))
    changes = apply.history(visit.machine)
    visit.say(
        *(f"{one.number}  {one.when[:16].replace('T', ' ')}  {one.state}  {one.title}" for one in changes)
    )
    if not changes:
        visit.say(_("Nothing was changed so far."))
