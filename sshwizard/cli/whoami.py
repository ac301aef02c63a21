"""`whoami`: keys by hosts: which key is sent, which is known, and as whom it logs in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from sshwizard import check
from sshwizard.cli import exits, stock
from sshwizard.cli.desk import Desk
from sshwizard.cli.flags import seconds
from sshwizard.errors import UsageError
from sshwizard.hosts import book
from sshwizard.openssh import config
from sshwizard.report import contract
from sshwizard.report.columns import table
from sshwizard.report.words import answer_word
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.facts import Facts
    from sshwizard.model.identity import PublicKey
    from sshwizard.model.plan import Plan
    from sshwizard.probe.matrix import Row

MOST = 12
"""Hosts asked when none is named."""


def whoami_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `whoami`."""
    parser.add_argument("hosts", nargs="*", metavar="HOST", help=_("else the remotes and configured hosts"))
    parser.add_argument("--no-login", action="store_true", help=_("do not log in to read the account's name"))
    parser.add_argument(
        "--timeout", type=seconds, default=20.0, metavar=_("SECONDS"), help=_("for each host (20)")
    )


def run_whoami(desk: Desk) -> int:
    """Ask each host which of the keys it knows."""
    from sshwizard.probe.matrix import who_knows

    facts, plans = _plans(desk)
    rows = who_knows(
        desk.machine,
        facts,
        [plan for _name, plan in plans],
        login=not desk.args.no_login,
        timeout=desk.args.timeout,
    )
    named = [(name, row) for (name, _plan), row in zip(plans, rows, strict=True)]
    keys = [identity.public for identity in facts.identities]
    desk.out.object(contract.envelope("whoami", hosts=[_fields(name, row, keys) for name, row in named]))
    desk.out.answer(table(_lines(named, facts), width=desk.out.style.width))
    return exits.DONE if any(map(_has_answered, rows)) else exits.CANNOT_TELL


def _plans(desk: Desk) -> tuple[Facts, list[tuple[str, Plan]]]:
    """Return the hosts to ask, named ones or the usual, each with what ssh would do there."""
    names = tuple(desk.args.hosts) or _usual(desk)
    if not names:
        raise UsageError(_("No host is known here."), hint=_("Name one: `sshwizard whoami github`."))
    found = []
    for name in names:
        desk.destination = name
        facts, plan = check.run_plan(desk.machine, desk.request())
        found.append((name, plan))
    strangers = [name for name, plan in found if not book.find(plan.target.hostname)]
    if strangers and not desk.args.hosts:
        question = _("Show your public halves to {hosts}?").format(hosts=", ".join(strangers))
        if not desk.confirm(question, flag=f"sshwizard whoami {' '.join(names)}"):
            found = [(name, plan) for name, plan in found if name not in strangers]
    return facts, found


def _usual(desk: Desk) -> tuple[str, ...]:
    """Return this folder's remotes and the hosts that the configuration names, at most `MOST`."""
    facts = stock.facts(desk)
    remotes = [remote.name for remote in facts.git.remotes if remote.transport == "ssh"]
    hosts = {remote.host for remote in facts.git.remotes}
    named = config.hosts_named(facts.environment, facts.files)
    return tuple([*remotes, *(name for name in named if name not in hosts)][:MOST])


def _lines(rows: list[tuple[str, Row]], facts: Facts) -> list[list[str]]:
    lines = [[_("key"), *(name for name, _row in rows)]]
    lines.append([_("(logs in as)"), *(_account(row) for _name, row in rows)])
    for one in facts.identities:
        lines.append([one.name, *(_cell(row, one.public) for _name, row in rows)])
    return lines


def _account(row: Row) -> str:
    transcript = row.transcript
    if transcript.account:
        return transcript.account
    if not _has_answered(row):
        failure = transcript.first_failure
        return failure.detail if failure and failure.detail else _("not reached")
    return _("not known") if transcript.ssh_key else _("nobody")


def _has_answered(row: Row) -> bool:
    return any(answer.state in ("accepted", "refused", "not_allowed") for answer in row.transcript.answers)


def _cell(row: Row, key: PublicKey) -> str:
    word = answer_word(row.state(key))
    sent = row.transcript.ssh_key
    return _("{word}, sent").format(word=word) if sent and sent.blob == key.blob else word


def _fields(name: str, row: Row, keys: list[PublicKey]) -> dict[str, Any]:
    transcript = row.transcript
    return {
        "host": name,
        "hostname": row.plan.target.hostname,
        "account": transcript.account,
        "accepted": transcript.ssh_key.fingerprint if transcript.ssh_key else None,
        "known": [key.fingerprint for key in transcript.known],
        "keys": {key.fingerprint: row.state(key) for key in keys},
        "outcome": transcript.ssh_outcome,
    }
