"""Which keys ssh sends to a host, and why: from files alone, with what the user's own ssh says beside it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sshwizard import check
from sshwizard.errors import SshwizardError
from sshwizard.model.choices import Choice, Option
from sshwizard.plain import denied
from sshwizard.plain.dialogue import Back
from sshwizard.plain.live import Live
from sshwizard.plain.visit import Visit
from sshwizard.report import why
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.reasons import Reasons

DONE, WITNESS, RUN = "done", "witness", "run"


def walk(visit: Visit) -> None:
    """Ask for a host and show its list; then offer ssh's own word, and running what the configuration asks for."""
    show(visit, denied.choose_host(visit))


def show(visit: Visit, typed: str) -> None:
    """Show the list for this host, and go on from it."""
    found = _look(visit, typed, run=False)
    ran = False
    while found is not None:
        picked = visit.dialogue.choose(_choice(found, ran), back=True)
        if picked == DONE:
            return
        if picked == RUN:
            ran, found = True, _run(visit, typed, found)
        else:
            _hear(visit, typed, found, ran)


def _look(visit: Visit, typed: str, *, run: bool) -> Reasons | None:
    """Show what ssh would send; None where ssh refuses the configuration."""
    from dataclasses import replace

    visit.command(visit.ours("why", *(("--run-match-exec",) if run else ()), *_word(typed)))
    found = check.reasons(visit.machine, replace(visit.request(typed), run_match_exec=run))
    if found.plan.effective.fatal:
        visit.say(why.refusal(found.plan, visit.machine.shown))
        return None
    visit.say(*why.page(found, visit.machine.shown, visit.style))
    return found


def _choice(found: Reasons, ran: bool) -> Choice:
    hear = Option(
        value=WITNESS, label=_("Let your own ssh say its list"), note=_("no network, nothing is signed")
    )
    run = Option(
        value=RUN,
        label=_("Run the commands of Match exec, as ssh does"),
        note=", ".join(f"`{command}`" for command in found.commands),
    )
    options = [Option(value=DONE, label=_("Go on")), hear]
    if found.commands and not ran:
        options.append(run)
    return Choice(question=_("What next?"), options=tuple(options), default=DONE)


def _run(visit: Visit, typed: str, found: Reasons) -> Reasons | None:
    """Name the commands, and run them only after a yes."""
    visit.say(_("These commands would run now, each for at most 10 s:"))
    visit.say(*(f"  $ {command}" for command in found.commands))
    if not visit.dialogue.yes_no(_("Run them?"), default=False):
        return found
    return _look(visit, typed, run=True)


def _hear(visit: Visit, typed: str, found: Reasons, ran: bool) -> None:
    from sshwizard.witness import offers

    if found.commands and not ran:
        visit.say(_("Your ssh runs these commands of the configuration whenever it starts:"))
        visit.say(*(f"  $ {command}" for command in found.commands))
        if not visit.dialogue.yes_no(_("Let it run them?"), default=False):
            raise Back
    visit.command(visit.ours("why", "--witness", *_word(typed)))
    try:
        with Live(stream=sys.stdout) as live:
            live.wait_for(_("your own ssh"))
            heard = offers.ask(visit.machine, found, visit.options.timeout, live.cancel)
    except SshwizardError as error:
        visit.say(error.message, *([error.hint] if error.hint else []))
        return
    visit.say(*heard.sentences())


def _word(typed: str) -> tuple[str, ...]:
    return (typed,) if typed else ()
