"""`doctor` and `why`: the ways to look, which change nothing."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sshwizard import check
from sshwizard.cli import exits, https_only
from sshwizard.cli.desk import Desk
from sshwizard.cli.flags import add_target
from sshwizard.errors import UsageError
from sshwizard.report import contract
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.finding import Diagnosis
    from sshwizard.model.reasons import Reasons
    from sshwizard.witness.login import Second
    from sshwizard.witness.offers import Heard


def doctor_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `doctor`."""
    add_target(parser)
    parser.add_argument("--offline", action="store_true", help=_("local checks only, no network"))
    parser.add_argument("--login", action="store_true", help=_("log in once, to read the account's name"))
    parser.add_argument(
        "--every-key",
        action="store_true",
        help=_("where the host lets few keys be asked at a time: go on, with pauses of 15 s"),
    )
    parser.add_argument(
        "--want", metavar=_("KEY"), help=_("the key that should win: a path, name or fingerprint")
    )
    parser.add_argument(
        "--witness",
        action="store_true",
        help=_(
            "let your own `ssh -v` log in once too, for a repository also `git ls-remote`, without questions; compare"
        ),
    )
    parser.add_argument("--fix", action="store_true", help=_("the same as `sshwizard fix`"))
    parser.add_argument(
        "--fail-on",
        choices=("fail", "warn", "never"),
        default="fail",
        help=_("what counts for the exit code"),
    )
    parser.add_argument(
        "--only", metavar=_("AREA"), action="append", default=[], help=_("only findings of this area")
    )
    parser.add_argument(
        "--skip", metavar=_("AREA"), action="append", default=[], help=_("no findings of this area")
    )


@https_only.answered("doctor")
def run_doctor(desk: Desk) -> int:
    """Look at everything on the way to a host and say what is wrong, or that nothing is."""
    from sshwizard.cli import remember
    from sshwizard.report import pages

    diagnosis = _chosen(desk, diagnose(desk, login=desk.args.login))
    remember.target(desk)
    fields, heard = contract.doctor(diagnosis, desk.preview), _second(desk, diagnosis)
    if heard:
        fields["witness"] = heard.fields()
    desk.out.object(fields)
    text = pages.to_text(
        diagnosis, desk.machine.shown, desk.out.style, verbose=desk.args.verbose, quiet=desk.args.quiet
    )
    if text:
        desk.out.answer(text)
    if heard:
        desk.out.answer(heard.sentences())
    if not desk.destination and not desk.out.json:
        _name_other_remotes(desk, diagnosis)
    return exits.of_diagnosis(diagnosis, desk.args.fail_on, offline=desk.args.offline)


def _second(desk: Desk, diagnosis: Diagnosis) -> Second | None:
    if not desk.args.witness or desk.args.offline or diagnosis.case.plan is None:
        return None
    from sshwizard.plain.live import Live
    from sshwizard.witness import login

    if not desk.out.json:
        desk.out.aside(" ".join(login.announcement(diagnosis, desk.flags)))
    with Live(speak=desk.terminal.can_ask and not desk.out.json and not desk.out.quiet) as live:
        return login.ask(
            desk.machine,
            diagnosis,
            flags=desk.flags,
            timeout=desk.args.timeout,
            cancel=live.cancel,
            on_step=live.wait_for,
            on_wait=live,
        )


def _name_other_remotes(desk: Desk, diagnosis: Diagnosis) -> None:
    """Say which remotes of this repository lead to other hosts than the one that was checked."""
    facts, plan = diagnosis.case.facts, diagnosis.case.plan
    if facts is None or plan is None:
        return
    for remote in facts.git.remotes:
        if remote.transport == "ssh" and remote.host not in (plan.target.host, plan.target.hostname):
            desk.out.aside(
                _("Not checked: the remote {name}; `sshwizard doctor {name}` does.").format(name=remote.name)
            )


def why_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `why`."""
    add_target(parser)
    parser.add_argument("--offline", action="store_true", help=_("no network (that is so anyway)"))
    parser.add_argument(
        "--witness",
        action="store_true",
        help=_("let your own ssh say its list too (no network), and compare"),
    )


@https_only.answered("why")
def run_why(desk: Desk) -> int:
    """Say which keys ssh would offer, in order, each with its reason. No network."""
    reasons, heard = check.reasons(desk.machine, desk.request(offline=True)), None
    fatal = reasons.plan.effective.fatal
    if desk.args.witness and not fatal:
        from sshwizard.witness import offers

        heard = offers.ask(desk.machine, reasons, desk.args.timeout)
    if desk.out.json:
        fields = contract.reasons(reasons)
        if heard:
            fields["witness"] = heard.fields()
        desk.out.object(fields)
    else:
        desk.out.answer(_said(desk, reasons, heard))
    return exits.PROBLEM if fatal or (heard and not heard.agrees) else exits.DONE


def _said(desk: Desk, reasons: Reasons, heard: Heard | None) -> list[str]:
    from sshwizard.report import why

    if reasons.plan.effective.fatal:
        return [why.refusal(reasons.plan, desk.machine.shown)]
    page = why.page(reasons, desk.machine.shown, desk.out.style, verbose=desk.args.verbose)
    return [*page, *(["", *heard.sentences()] if heard else [])]


def diagnose(desk: Desk, **more: object) -> Diagnosis:
    """Run the check for the arguments, telling on stderr what takes long."""
    from sshwizard.plain.live import Live

    speak = desk.terminal.can_ask and not desk.out.json and not desk.out.quiet
    with Live(speak=speak) as live:
        return check.run(desk.machine, desk.request(**more), on_event=live, cancel=live.cancel)


def _chosen(desk: Desk, diagnosis: Diagnosis) -> Diagnosis:
    """Keep the findings of the areas that `--only` and `--skip` leave."""
    if not desk.args.only and not desk.args.skip:
        return diagnosis
    from dataclasses import replace

    from sshwizard.rules.catalogue import CATALOGUE

    areas = {entry.id: entry.area.replace(" ", "-") for entry in CATALOGUE}
    asked = {word.lower().replace(" ", "-") for word in (*desk.args.only, *desk.args.skip)}
    only = {word.lower().replace(" ", "-") for word in desk.args.only}
    unknown = asked - set(areas.values())
    if unknown:
        raise UsageError(
            _("There is no area {name}.").format(name=min(unknown)),
            hint=_("Areas: {names}.").format(names=", ".join(dict.fromkeys(areas.values()))),
        )
    kept = tuple(
        finding
        for finding in diagnosis.findings
        if (not only or areas.get(finding.id) in only) and areas.get(finding.id) not in asked - only
    )
    return replace(diagnosis, findings=kept)
