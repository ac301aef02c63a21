"""`config lint`, `config add`, `config diff`: ssh's configuration, read as ssh reads it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard import apply, check
from sshwizard.cli import exits, secrets, stock
from sshwizard.cli.config_show import add_host, effective
from sshwizard.cli.desk import Desk
from sshwizard.errors import Cancelled, CannotApply, CannotCheck, UsageError
from sshwizard.model.steps import WriteFile
from sshwizard.report import contract, inventory, pages
from sshwizard.text import _, visible, visible_bytes
from sshwizard.wizard import strip
from sshwizard.wizard.road import nothing_was_changed

if TYPE_CHECKING:
    from sshwizard.model.change import Change
    from sshwizard.model.facts import Facts
    from sshwizard.model.finding import Fix
    from sshwizard.model.plan import Plan


def config_lint_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flag of `config lint`."""
    parser.add_argument("--fix", action="store_true", help=_("put right what changes nothing for any host"))


def run_config_lint(desk: Desk) -> int:
    """Say what is odd in the configuration, each with its line."""
    from sshwizard.openssh.config import lint

    facts = stock.facts(desk)
    if desk.args.fix:
        from sshwizard.cli import tidying

        return tidying.run(desk)
    remotes = tuple(remote.host for remote in facts.git.remotes if remote.transport == "ssh" and remote.host)
    problems = lint(facts.environment, facts.files, remotes=remotes)
    desk.out.object(
        contract.envelope(
            "config lint",
            problems=[inventory.lint_problem(one) for one in problems],
        )
    )
    for one in problems:
        place = f"{desk.machine.shown(one.source.where)}:{one.source.line}" if one.source else ""
        desk.out.answer(f"{one.severity:<4}  {place}  {visible(one.title)}")
        desk.out.answer(pages.labelled(_("so"), [visible(one.text)], desk.out.style))
    if not problems:
        desk.out.answer(_("Nothing odd was found."))
    return exits.PROBLEM if any(one.severity == "fail" for one in problems) else exits.DONE


def config_add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `config add`."""
    add_host(parser)
    parser.add_argument(
        "-i", "--identity", dest="want", metavar="KEY", help=_("the key that ssh should send there")
    )
    parser.add_argument("--way", type=int, default=1, metavar="N", help=_("take the Nth form (1)"))
    secrets.add_flags(parser)


def run_config_add(desk: Desk) -> int:
    """Make ssh send a key to a host: the form that was simulated to work, shown first."""
    if not desk.args.want:
        raise UsageError(_("No key was named."), hint=_("Name one with `-i FILE`."))
    facts, plan, fixes = check.propose_for(desk.machine, desk.request())
    if not fixes:
        return _nothing_to_add(desk, plan)
    fix = fixes[min(desk.args.way, len(fixes)) - 1]
    steps = [desk.preview(replace(fix, steps=(step,))) for step in fix.steps]
    after = check.Simulator(facts)(plan.target.host, _contents(fix))
    fields = inventory.config_add(fix, plan, after, desk.preview(fix), steps)
    desk.out.answer(
        [fix.title, *([fix.why] if fix.why else []), "", *pages.diff(desk.preview(fix), desk.out.style)]
    )
    desk.out.answer(pages.effects(fix, desk.out.style))
    if desk.args.dry_run:
        desk.out.object(fields | {"result": "dry_run", "changed": False})
        desk.out.answer(nothing_was_changed())
        return exits.DONE
    if not desk.confirm(_("Write this?")):
        raise Cancelled(nothing_was_changed())
    change = secrets.apply_with(desk, fix)
    _require_first(desk, change)
    undo = strip.wizard("undo", str(change.number), options=desk.options)
    desk.out.object(fields | {"result": "applied", "changed": True, "change": change.number, "undo": undo})
    test = strip.wizard("test", desk.destination, options=desk.options)
    desk.out.answer([_("Written. The proof: {command}").format(command=test)])
    desk.out.answer(_("Taken back with: {command}").format(command=undo))
    return exits.DONE


def _require_first(desk: Desk, change: Change) -> None:
    """Look again; take the change back (exit code 6) where the key is not the first one sent after all."""
    desk.machine = desk.machine.fresh()
    facts, plan = check.run_plan(desk.machine, desk.request(offline=True))
    wanted = check.wanted_identity(desk.machine, facts, desk.args.want)
    first = next(iter(plan.sent), None)
    if wanted and first and (first.public is None or first.public.blob == wanted.blob):
        return
    apply.undo(desk.machine, change.number)
    desk.done.pop()
    error = CannotApply(
        _("ssh would still send another key first, so the change was taken back."),
        code="made-worse",
        hint=_("Something changed the configuration at the same time; look again."),
    )
    error.exit_code = exits.WORSE
    raise error


def config_diff_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `config diff`."""
    add_host(parser)
    parser.add_argument(
        "other", nargs="?", metavar="HOST2", help=_("compare with this host; else with `ssh -G`")
    )
    parser.add_argument(
        "-i",
        "--identity",
        dest="want",
        metavar="KEY",
        help=_("compare with what `config add` with this key would bring into force"),
    )


def run_config_diff(desk: Desk) -> int:
    """Compare what is in force for two hosts, or now and after `config add`, or our reading and the real `ssh -G`."""
    from sshwizard.openssh.config import print_g
    from sshwizard.openssh.difference import unified_diff

    if desk.args.want and desk.args.other:
        raise UsageError(_("One at a time: a second host or `-i KEY`."))
    first = "\n".join(print_g(effective(desk))) + "\n"
    name = desk.destination
    if desk.args.want:
        facts, plan, fixes = check.propose_for(desk.machine, desk.request())
        after = check.Simulator(facts)(plan.target.host, _contents(fixes[0])) if fixes else plan
        second = "\n".join(print_g(after.effective)) + "\n"
    elif desk.args.other:
        desk.destination = desk.args.other
        second = "\n".join(print_g(effective(desk))) + "\n"
    else:
        second = _ssh_g(desk)
    same = first == second
    text = "" if same else unified_diff(first.encode(), second.encode(), name)
    desk.out.object(contract.envelope("config diff", same=same, diff=text))
    desk.out.answer(_("No difference.") if same else text)
    return exits.DONE


def _nothing_to_add(desk: Desk, plan: Plan) -> int:
    """Say that ssh sends the key first already, or that no form works."""
    wanted = check.wanted_identity(desk.machine, _facts_of(desk), desk.args.want)
    first = next(iter(plan.sent), None)
    if wanted and first and first.public and first.public.blob == wanted.blob:
        desk.out.object(
            contract.envelope(
                "config add",
                target=contract.target(plan.target),
                result="nothing",
                changed=False,
                diff="",
                before_offers=[contract.offer(offer) for offer in plan.offers],
                after_offers=[contract.offer(offer) for offer in plan.offers],
                affects_hosts=[],
                steps=[],
            )
        )
        desk.out.answer(
            _("ssh sends this key to {host} first already. No changes to make.").format(host=plan.target.host)
        )
        return exits.DONE
    raise CannotApply(
        " ".join(
            [
                _(
                    "No change of the configuration was found that makes ssh send this key to {host} first."
                ).format(host=plan.target.host),
                *_in_the_way(desk, plan, wanted.blob if wanted else b""),
            ]
        ),
        code="no-proposal",
        hint=_("`sshwizard why {host}` shows what ssh sends, and why.").format(host=plan.target.host),
    )


def _in_the_way(desk: Desk, plan: Plan, wanted: bytes) -> Iterator[str]:
    """Name the keys that ssh sends before the wanted one, and why."""
    for offer in plan.sent:
        if offer.public is not None and offer.public.blob == wanted:
            return
        source = offer.source
        place = f"{desk.machine.shown(source.where)}:{source.line}: " if source else ""
        yield _("In its way is {name} ({place}{because}).").format(
            name=desk.machine.shown(offer.path), place=place, because=offer.because
        )


def _facts_of(desk: Desk) -> Facts:
    return stock.facts(desk, desk.args.want)


def _contents(fix: Fix) -> dict[str, bytes | None]:
    """Return what the files will hold."""
    return {step.path: step.after for step in fix.steps if isinstance(step, WriteFile)}


def _ssh_g(desk: Desk) -> str:
    machine = desk.machine
    if not machine.ssh:
        raise CannotCheck(_("No `ssh` program was found."), code="no-ssh")
    if os.path.realpath(machine.home) != os.path.realpath(machine.account_home):
        raise CannotCheck(
            _(
                "ssh takes its home from the account database ({home}), so it is no witness for another one."
            ).format(home=machine.account_home),
            code="no-witness",
            hint=_("Leave `--home` out, or name a second host."),
        )
    config = ("-F", machine.user_config or "none") if machine.user_config_is_flag else ()
    _facts, plan = check.run_plan(machine, desk.request(offline=True))
    done = machine.run([machine.ssh, *config, "-G", plan.target.host])
    if not done.ok:
        raise CannotCheck(visible_bytes(done.err).strip() or done.problem, code="no-witness")
    return visible_bytes(done.out)
