"""`whoami`: keys by hosts: which key is sent, which is known, and as whom it logs in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from sshwizard.cli import exits, stock
from sshwizard.cli.desk import Desk
from sshwizard.cli.doctor import diagnose
from sshwizard.errors import UsageError
from sshwizard.openssh import config
from sshwizard.report import contract
from sshwizard.report.columns import table
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.finding import Diagnosis
    from sshwizard.model.identity import PublicKey

MOST = 12
"""Hosts asked when none is named."""


def whoami_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `whoami`."""
    parser.add_argument("hosts", nargs="*", metavar="HOST", help=_("else the remotes and configured hosts"))
    parser.add_argument("--no-login", action="store_true", help=_("do not log in to read the account's name"))
    parser.add_argument(
        "--timeout", type=float, default=20.0, metavar=_("SECONDS"), help=_("for each host (20)")
    )


def run_whoami(desk: Desk) -> int:
    """Ask each host which of the keys it knows."""
    names = tuple(desk.args.hosts) or _usual(desk)
    if not names:
        raise UsageError(_("No host is known here."), hint=_("Name one: `sshwizard whoami github`."))
    found: list[tuple[str, Diagnosis]] = []
    for name in names:
        desk.destination = name
        found.append((name, diagnose(desk, login=not desk.args.no_login)))
    desk.out.object(contract.envelope("whoami", hosts=[_fields(name, one) for name, one in found]))
    desk.out.answer(table(_rows(found), width=desk.out.style.width))
    reached = [one for _name, one in found if one.case.transcript and one.case.transcript.answers]
    return exits.DONE if reached else exits.CANNOT_TELL


def _usual(desk: Desk) -> tuple[str, ...]:
    """Return this folder's remotes and the hosts that the configuration names, at most `MOST`."""
    facts = stock.facts(desk)
    remotes = [remote.name for remote in facts.git.remotes if remote.transport == "ssh"]
    hosts = {remote.host for remote in facts.git.remotes}
    named = config.hosts_named(facts.environment, facts.files)
    return tuple([*remotes, *(name for name in named if name not in hosts)][:MOST])


def _rows(found: list[tuple[str, Diagnosis]]) -> list[list[str]]:
    rows = [[_("host"), _("account"), _("key sent"), _("also known there")]]
    for name, one in found:
        transcript = one.case.transcript
        sent = transcript.ssh_key if transcript else None
        others = [
            key for key in (transcript.known if transcript else ()) if not sent or key.blob != sent.blob
        ]
        rows.append(
            [
                name,
                (transcript.account if transcript else None) or _("not known"),
                _name(one, sent) if sent else _("none is accepted"),
                ", ".join(_name(one, key) for key in others) or "–",
            ]
        )
    return rows


def _name(diagnosis: Diagnosis, key: PublicKey) -> str:
    facts = diagnosis.case.facts
    for identity in facts.identities if facts else ():
        if identity.public.blob == key.blob:
            return identity.name
    return key.comment or key.fingerprint


def _fields(name: str, one: Diagnosis) -> dict[str, Any]:
    transcript, plan = one.case.transcript, one.case.plan
    return {
        "host": name,
        "hostname": plan.target.hostname if plan else None,
        "account": transcript.account if transcript else None,
        "accepted": transcript.ssh_key.fingerprint if transcript and transcript.ssh_key else None,
        "known": [key.fingerprint for key in transcript.known] if transcript else [],
        "outcome": transcript.ssh_outcome if transcript else None,
    }
