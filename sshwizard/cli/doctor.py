"""`doctor` and `why`: the ways to look, which change nothing."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sshwizard import check
from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.cli.flags import add_target
from sshwizard.errors import UsageError
from sshwizard.report import contract
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.cli.second import Second
    from sshwizard.cli.witness import Heard
    from sshwizard.model.finding import Diagnosis
    from sshwizard.model.plan import Plan


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
        help=_("let your own `ssh -v` log in once too, without questions, and compare"),
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
    if not desk.args.witness or desk.args.offline:
        return None
    from sshwizard.cli import second

    return second.ask(desk, diagnosis)


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


def run_why(desk: Desk) -> int:
    """Say which keys ssh would offer, in order, each with its reason. No network."""
    facts, plan = check.run_plan(desk.machine, desk.request(offline=True))
    fields, heard = contract.why(plan), None
    fatal = plan.effective.fatal
    only = check.with_identities_only(facts, plan)
    fields["with_identities_only"] = [one.fingerprint for one in only.sent] if only else None
    others = check.with_conditions(facts, plan)
    fields["alternatives"] = contract.alternatives(plan, others)
    if desk.args.witness and not fatal:
        from sshwizard.cli import witness

        heard = witness.ask(desk.machine, facts.command_line, plan, desk.args.timeout)
        fields["witness"] = heard.fields()
    desk.out.object(fields)
    if not desk.out.json:
        desk.out.answer(_said(desk, plan, only, others, heard))
    return exits.PROBLEM if fatal or (heard and not heard.agrees) else exits.DONE


def _said(
    desk: Desk, plan: Plan, only: Plan | None, others: tuple[Plan, ...], heard: Heard | None
) -> list[str]:
    from sshwizard.report import pages

    fatal = plan.effective.fatal
    if fatal:
        place = f"{fatal.source}: " if fatal.source else ""
        return [_("ssh refuses this configuration: {place}{words}").format(place=place, words=fatal.message)]
    page = pages.why(plan, desk.machine.shown, desk.out.style, verbose=desk.args.verbose)
    sentences = pages.with_conditions(plan, others, desk.out.style)
    sentences += pages.with_identities_only(plan, only, desk.out.style)
    return [page, *sentences, *(heard.sentences() if heard else ())]


def diagnose(desk: Desk, **more: object) -> Diagnosis:
    """Run the check for the arguments, telling on stderr what takes long."""
    from sshwizard.plain.live import Live

    with Live(speak=desk.terminal.can_ask and not desk.out.json and not desk.out.quiet) as live:
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
