"""`config lint --fix`: what can be put right without changing what any host gets, shown, agreed to, applied."""

from __future__ import annotations

from typing import Any

from sshwizard import check, propose
from sshwizard.cli import exits, secrets, stock
from sshwizard.cli.desk import Desk
from sshwizard.errors import Cancelled
from sshwizard.model.finding import Fix
from sshwizard.model.lint import LintProblem
from sshwizard.openssh.config import lint
from sshwizard.report import contract, inventory, pages
from sshwizard.text import _, visible
from sshwizard.wizard import strip
from sshwizard.wizard.road import nothing_was_changed

ROUNDS = 8
"""Changes at most: modes and marks first, then the lines that can be judged only after them."""


def run(desk: Desk) -> int:
    """Apply the safe changes one by one, each looked for anew; say what is left for a person."""
    applied: list[dict[str, Any]] = []
    problems, fix = _look(desk)
    while fix is not None and len(applied) < ROUNDS:
        _show(desk, fix)
        if desk.args.dry_run:
            return _dry_run(desk, fix)
        if not desk.confirm(_("Apply this?")):
            if not applied:
                raise Cancelled(nothing_was_changed())
            break
        change = secrets.apply_with(desk, fix)
        undo = strip.wizard("undo", str(change.number), options=desk.options)
        applied.append(
            {"title": fix.title, "change": change.number, "paths": list(change.paths), "undo": undo}
        )
        desk.out.answer(_("Taken back with: {command}").format(command=undo))
        desk.machine = desk.machine.fresh()
        problems, fix = _look(desk)
    desk.out.object(
        contract.envelope(
            "config lint",
            result="applied" if applied else "nothing",
            changed=bool(applied),
            applied=applied,
            problems=[inventory.lint_problem(one) for one in problems],
        )
    )
    if not applied:
        desk.out.answer(_("There is nothing that could be put right without a decision of yours."))
    for one in problems:
        place = f"{desk.machine.shown(one.source.where)}:{one.source.line}  " if one.source else ""
        desk.out.answer(_("left  {place}{title}").format(place=place, title=visible(one.title)))
    return exits.PROBLEM if any(one.severity == "fail" for one in problems) else exits.DONE


def _look(desk: Desk) -> tuple[tuple[LintProblem, ...], Fix | None]:
    facts = stock.facts(desk)
    remotes = tuple(remote.host for remote in facts.git.remotes if remote.transport == "ssh" and remote.host)
    problems = lint(facts.environment, facts.files, remotes=remotes)
    hosts = check.simulated_hosts(desk.machine, facts)
    fixes = propose.tidy(facts, problems, check.Simulator(facts), hosts=hosts)
    return problems, next(iter(fixes), None)


def _show(desk: Desk, fix: Fix) -> None:
    style = desk.out.style
    desk.out.answer([fix.title, *([fix.why] if fix.why else []), "", *pages.diff(desk.preview(fix), style)])


def _dry_run(desk: Desk, fix: Fix) -> int:
    diff = desk.preview(fix)
    desk.out.object(
        contract.envelope(
            "config lint", result="dry_run", changed=False, applied=[], title=fix.title, diff=diff
        )
    )
    desk.out.answer(nothing_was_changed())
    return exits.DONE
