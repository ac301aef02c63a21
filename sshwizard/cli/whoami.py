"""`whoami`: keys by hosts: which key is sent, which is known, and as whom it logs in."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard import acquaintances
from sshwizard.acquaintances import Acquaintance, Circle
from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.cli.flags import seconds
from sshwizard.errors import CannotCheck, NeedsAnswer, UsageError
from sshwizard.model.events import CheckStarted, Note
from sshwizard.report import contract, matrix
from sshwizard.report.matrix import Met
from sshwizard.text import _, plural

if TYPE_CHECKING:
    from sshwizard.probe.matrix import Row

JSON_HELP = _(
    """--json: {"keys": [{fingerprint, type, comment, path, agents}], "hosts": [{host, hostname, port, user,
provider, answered, account, accepted, known, keys: {FINGERPRINT: accepted|refused|not_allowed|unknown|
not_reached}, accepts_any_key, outcome, greeting, host_key, failure: {layer, code, detail}, connections, ms}],
"not_asked": [HOST]}. `accepted` is the key that ssh logs in with, `known` every key that the host takes.

Exit code: 0 when a host answered, 3 when none did, 5 when a question has to be answered. What the hosts' own
sessions end with counts for nothing."""
)


def whoami_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `whoami`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = JSON_HELP
    parser.add_argument(
        "hosts",
        nargs="*",
        metavar="HOST",
        help=_("else the hosts of the remotes, the configuration and known_hosts"),
    )
    parser.add_argument("--no-login", action="store_true", help=_("do not log in to read the account's name"))
    parser.add_argument(
        "--every-key",
        action="store_true",
        help=_("where a host lets few keys be asked at a time: go on, with pauses of 15 s"),
    )
    parser.add_argument(
        "--timeout", type=seconds, default=20.0, metavar=_("SECONDS"), help=_("for each host (20)")
    )


def run_whoami(desk: Desk) -> int:
    """Ask each host which of the keys it knows."""
    machine, request, hosts = desk.machine, desk.request(), desk.args.hosts
    circle = acquaintances.named(machine, request, hosts) if hosts else acquaintances.usual(machine, request)
    if not circle.hosts:
        raise UsageError(_("No host is known here."), hint=_("Name one: `sshwizard whoami github`."))
    if not circle.facts.identities:
        raise CannotCheck(
            _("There is no key on this machine to ask about."),
            code="key-missing",
            hint=_("`sshwizard setup HOST` makes one."),
        )
    asked = circle if desk.args.hosts else _consented(desk, circle)
    met = _ask(desk, asked)
    keys = asked.facts.identities
    left = [host.name for host in circle.hosts if host not in asked.hosts] + list(circle.left_out)
    desk.out.object(
        contract.envelope(
            "whoami",
            keys=[matrix.key_fields(key) for key in keys],
            hosts=[matrix.fields(one, keys) for one in met],
            not_asked=left,
        )
    )
    if met:
        desk.out.answer(matrix.page(met, keys, desk.out.style))
    if left and not desk.out.json:
        desk.out.aside(
            _("Not asked: {hosts}. `sshwizard whoami HOST…` asks those that you name.").format(
                hosts=", ".join(left)
            )
        )
    return exits.DONE if any(one.answered for one in met) else exits.CANNOT_TELL


def _consented(desk: Desk, circle: Circle) -> Circle:
    """Leave only the hosts that may be shown the public halves. Raises NeedsAnswer where nobody can be asked."""
    from sshwizard.probe.matrix import strangers

    found = strangers(desk.machine, [host.plan for host in circle.hosts])
    names = [host.name for host in circle.hosts if host.plan in found]
    if not names or desk.args.yes:
        return circle
    if not desk.may_ask():
        raise NeedsAnswer(
            _("Asking shows your public halves to {hosts}.").format(hosts=", ".join(names)),
            code="needs-confirmation",
            hint=_("Agree with `--yes`, or name the hosts to ask: `sshwizard whoami {host}`.").format(
                host=" ".join(_others(circle, names) or names)
            ),
        )
    question = _("Asking shows your public halves to {hosts}. Ask them too?").format(hosts=", ".join(names))
    if desk.confirm(question, default=False):
        return circle
    return replace(circle, hosts=tuple(host for host in circle.hosts if host.name not in names))


def _others(circle: Circle, names: list[str]) -> list[str]:
    return [host.name for host in circle.hosts if host.name not in names]


def _ask(desk: Desk, circle: Circle) -> list[Met]:
    """Ask the hosts, some at a time, and say on stderr when each is done."""
    from sshwizard.plain.live import Live
    from sshwizard.probe.matrix import who_knows

    waiting = {id(host.plan): host.name for host in circle.hosts}

    def done(row: Row) -> None:
        name = waiting.pop(id(row.plan))
        said = matrix.account(Met(name=name, plan=row.plan, transcript=row.transcript))
        count = plural(len(waiting), "{n} host to go", "{n} hosts to go") if waiting else _("all asked")
        desk.out.aside(_("{host}: {account} ({count})").format(host=name, account=said, count=count))
        live(CheckStarted("hosts", ", ".join(waiting.values())))

    with Live(speak=not desk.out.quiet) as live:
        live(CheckStarted("hosts", ", ".join(waiting.values())))
        rows = who_knows(
            desk.machine,
            circle.facts,
            [host.plan for host in circle.hosts],
            login=not desk.args.no_login,
            timeout=desk.args.timeout,
            every_key=desk.args.every_key,
            on_row=done if len(waiting) > 1 else lambda _row: None,
            on_event=lambda _plan, event: live(event) if isinstance(event, Note) else None,
            cancel=live.cancel,
        )
    return [_met(host, row) for host, row in zip(circle.hosts, rows, strict=True)]


def _met(host: Acquaintance, row: Row) -> Met:
    return Met(name=host.name, plan=row.plan, transcript=row.transcript)
