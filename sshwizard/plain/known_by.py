"""Which host knows which key, line by line: `whoami` with the question before strangers see a public half."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard import acquaintances
from sshwizard.model.events import CheckStarted, Note
from sshwizard.plain.live import Live
from sshwizard.plain.visit import Visit
from sshwizard.report import matrix
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from sshwizard.acquaintances import Circle
    from sshwizard.probe.matrix import Row


def walk(visit: Visit) -> None:
    """Ask the hosts that this machine knows, those of others only after a yes."""
    circle = acquaintances.usual(visit.machine, visit.request(""))
    if not circle.hosts:
        visit.say(_("No host is known here yet: neither the configuration nor known_hosts names one."))
        return
    if not circle.facts.identities:
        visit.say(_("There is no key on this machine to ask about."))
        return
    visit.command(visit.ours("whoami"))
    asked = _consented(visit, circle)
    if not asked.hosts:
        visit.say(_("No host is asked."))
        return
    with Live(stream=sys.stdout) as live:
        rows = _ask(visit, asked, live)
    met = [matrix.Met(name=host.name, plan=row.plan, transcript=row.transcript) for host, row in rows]
    visit.say("", *matrix.page(met, asked.facts.identities, visit.style))
    left = [host.name for host in circle.hosts if host not in asked.hosts] + list(circle.left_out)
    if left:
        visit.say(_("Not asked: {hosts}.").format(hosts=", ".join(left)))


def _consented(visit: Visit, circle: Circle) -> Circle:
    from sshwizard.probe.matrix import strangers

    found = strangers(visit.machine, [host.plan for host in circle.hosts])
    names = [host.name for host in circle.hosts if host.plan in found]
    login = _("Where a key can sign without a question, it logs in once to read the account's name.")
    visit.say(plural(len(circle.hosts), "{n} host is asked.", "{n} hosts are asked.") + " " + login)
    if not names:
        return circle
    question = _("Asking shows your public halves to {hosts}. Ask them too?").format(hosts=", ".join(names))
    if visit.dialogue.yes_no(question, default=False):
        return circle
    return replace(circle, hosts=tuple(host for host in circle.hosts if host.name not in names))


def _ask(visit: Visit, circle: Circle, live: Live) -> list[tuple[acquaintances.Acquaintance, Row]]:
    from sshwizard.probe.matrix import who_knows

    waiting = {id(host.plan): host.name for host in circle.hosts}
    live(CheckStarted("hosts", ", ".join(waiting.values())))

    def done(row: Row) -> None:
        name = waiting.pop(id(row.plan))
        said = matrix.account(matrix.Met(name=name, plan=row.plan, transcript=row.transcript))
        visit.say(_("{host}: {account}").format(host=name, account=said))
        live(CheckStarted("hosts", ", ".join(waiting.values())))

    rows = who_knows(
        visit.machine,
        circle.facts,
        [host.plan for host in circle.hosts],
        login=True,
        timeout=visit.options.timeout,
        on_row=done,
        on_event=lambda _plan, event: live(event) if isinstance(event, Note) else None,
        cancel=live.cancel,
    )
    return list(zip(circle.hosts, rows, strict=True))
