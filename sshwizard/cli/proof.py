"""`test`: the real thing: handshake, login, the account's name, and what it may do with the repository.

With `--wait` it goes on asking until the host takes the key, which after an upload can be a while.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sshwizard.cli import exits, https_only
from sshwizard.cli.desk import Desk
from sshwizard.cli.doctor import diagnose
from sshwizard.cli.flags import add_target, seconds
from sshwizard.report import contract
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.finding import Diagnosis
    from sshwizard.model.identity import PublicKey
    from sshwizard.probe.wait import Look, Waited

MOST = 300.0
"""Seconds waited unless somebody says otherwise."""

_SHUT_OUT = ("denied", "not_found", "sso")


def test_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `test`."""
    add_target(parser)
    parser.add_argument(
        "--wait",
        action="store_true",
        help=_("ask again, at growing intervals, until the host takes the key; Ctrl+C ends it"),
    )
    parser.add_argument(
        "--for",
        dest="most",
        type=seconds,
        default=MOST,
        metavar=_("SECONDS"),
        help=_("with --wait: how long at most (300)"),
    )
    parser.add_argument(
        "--want", metavar=_("KEY"), help=_("the key to wait for: a path, name or fingerprint")
    )


@https_only.answered("test")
def run_test(desk: Desk) -> int:
    """Do the real thing: handshake, login with the key that wins, account, repository."""
    diagnosis = diagnose(desk, login=True)
    waited = None
    if desk.args.wait and _may_come(diagnosis):
        waited = _wait(desk, diagnosis)
        if waited is not None and waited.state == "accepted":
            diagnosis = diagnose(desk, login=True)
    desk.out.object({**contract.doctor(diagnosis, desk.preview, "test"), **_waited_fields(waited)})
    return _answer(desk, diagnosis, waited)


def _answer(desk: Desk, diagnosis: Diagnosis, waited: Waited | None) -> int:
    from sshwizard.report import pages, words

    transcript = diagnosis.case.transcript
    accepted = transcript is not None and transcript.ssh_outcome == "accepted"
    if transcript is not None and accepted and transcript.access not in _SHUT_OUT:
        desk.out.answer(words.works(diagnosis, desk.machine.shown))
        desk.out.answer(words.access(diagnosis))
        if transcript.greeting and desk.args.verbose:
            desk.out.answer(transcript.greeting)
        return exits.DONE
    desk.out.answer(pages.to_text(diagnosis, desk.machine.shown, desk.out.style, verbose=desk.args.verbose))
    if waited is not None and waited.state == "gave_up":
        desk.out.answer(
            _("Not yet, after {n:.0f} s and {looks} looks. The same command goes on waiting.").format(
                n=waited.seconds, looks=waited.looks
            )
        )
    return exits.of_diagnosis(diagnosis)


def _may_come(diagnosis: Diagnosis) -> bool:
    """Tell whether waiting can help: the host was asked, and refused what ssh would offer."""
    transcript = diagnosis.case.transcript
    return transcript is not None and transcript.ssh_outcome in ("refused", "thrown_out")


def _wait(desk: Desk, diagnosis: Diagnosis) -> Waited | None:
    """Ask until the key is taken, saying each look on stderr. None: there is no key to wait for."""
    from sshwizard import check
    from sshwizard.model.events import CheckStarted, notes
    from sshwizard.plain.live import Live
    from sshwizard.probe.wait import until_accepted

    case = diagnosis.case
    assert case.facts is not None and case.plan is not None
    public = check.wanted_identity(desk.machine, case.facts, desk.args.want) or _first_sent(diagnosis)
    if public is None:
        return None
    host, key = case.plan.target.host, _named(diagnosis, public)

    def look(seen: Look) -> None:
        if seen.state != "accepted":
            desk.out.aside(_clock(host, key, seen))

    with Live(speak=not desk.out.quiet) as live:
        live(CheckStarted("wait", _("{host} to take {key}").format(host=host, key=key)))
        return until_accepted(
            desk.machine,
            case.facts,
            case.plan,
            public,
            most=desk.args.most,
            on_look=look,
            on_event=notes(desk.out.aside),
            cancel=live.cancel,
        )


def _clock(host: str, key: str, seen: Look) -> str:
    fields = {"host": host, "key": key, "n": round(seen.seconds), "next": round(seen.next_in)}
    if seen.state == "no_answer":
        return _("{n} s: {host} did not answer; looking again in {next} s").format(**fields)
    return _("{n} s: {host} does not take {key} yet; looking again in {next} s").format(**fields)


def _first_sent(diagnosis: Diagnosis) -> PublicKey | None:
    plan = diagnosis.case.plan
    return next((offer.public for offer in plan.sent if offer.public), None) if plan else None


def _named(diagnosis: Diagnosis, public: PublicKey) -> str:
    facts = diagnosis.case.facts
    identities = facts.identities if facts else ()
    return next((one.name for one in identities if one.public.blob == public.blob), public.fingerprint)


def _waited_fields(waited: Waited | None) -> dict[str, Any]:
    return {"waited": asdict(waited)} if waited is not None else {}
