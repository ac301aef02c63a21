"""What can be done about a host after a look at it: a real login, ssh's own try, the reasons, the check again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sshwizard.errors import SshwizardError
from sshwizard.model.choices import Option
from sshwizard.plain import denied, reasons
from sshwizard.plain.live import Live
from sshwizard.plain.visit import Visit
from sshwizard.report import words
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.finding import Diagnosis

LOGIN, WITNESS, WHY = "follow-login", "follow-witness", "follow-why"
ALL = (LOGIN, WITNESS, WHY)


def options(visit: Visit) -> tuple[Option, ...]:
    """Return what goes on from the host that was looked at last; () before the first."""
    last = visit.last
    if last is None or last.case.plan is None or last.case.transcript is None:
        return ()
    host, found = last.case.plan.target.host, []
    if last.case.transcript.ssh_key and not last.case.transcript.account:
        label = _("Log in to {host} once, to read the account's name and what it may do")
        found.append(Option(value=LOGIN, label=label.format(host=host)))
    found.append(Option(value=WITNESS, label=_("Let your own ssh try {host}, and compare").format(host=host)))
    found.append(Option(value=WHY, label=_("Why ssh sends these keys to {host}").format(host=host)))
    return tuple(found)


def walk(visit: Visit, picked: str) -> None:
    """Do one of them."""
    assert visit.last is not None
    if picked == WHY:
        reasons.show(visit, visit.last_typed)
    elif picked == LOGIN:
        _log_in(visit)
    else:
        _witness(visit, visit.last)


def _log_in(visit: Visit) -> None:
    """Make the one real login, and say what it may do with the repository."""
    from sshwizard.witness.login import repository

    assert visit.last is not None
    typed = repository(visit.last, visit.options.flags) or visit.last_typed
    visit.command(visit.ours("test", *((typed,) if typed else ())))
    diagnosis = visit.check(typed, login=True)
    if diagnosis.verdict == "healthy":
        visit.say("", words.works(diagnosis, visit.machine.shown))
    else:
        denied.show(visit, diagnosis)
    visit.say(*words.access(diagnosis))


def _witness(visit: Visit, diagnosis: Diagnosis) -> None:
    """Say what ssh and git would do, and let them after a yes."""
    from sshwizard.witness import login

    words_typed = (visit.last_typed,) if visit.last_typed else ()
    visit.command(visit.ours("doctor", "--witness", *words_typed))
    visit.say(*login.announcement(diagnosis, visit.options.flags))
    if not visit.dialogue.yes_no(_("Go on?"), default=True):
        return
    try:
        with Live(stream=sys.stdout) as live:
            second = login.ask(
                visit.machine,
                diagnosis,
                flags=visit.options.flags,
                timeout=visit.options.timeout,
                cancel=live.cancel,
                on_step=live.wait_for,
                on_wait=live,
            )
    except SshwizardError as error:
        visit.say(error.message, *([error.hint] if error.hint else []))
        return
    visit.say("", *(second.sentences() if second else [_("There is nothing to compare.")]))
