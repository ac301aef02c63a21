"""`identity --use` and `identity --sign`: the change shown, agreed to, applied, proved, or taken back."""

from __future__ import annotations

from typing import Any

from sshwizard import repositories
from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.errors import Cancelled
from sshwizard.report import contract, pages
from sshwizard.repositories import Proposal
from sshwizard.text import _
from sshwizard.wizard import strip
from sshwizard.wizard.road import nothing_was_changed


def use_key(desk: Desk, folder: str) -> int:
    """Let a repository (or every one in a folder) push with a key, by the design that was chosen."""
    design: repositories.Design = desk.args.design or "alias"
    args, machine = desk.args, desk.machine
    proposal = repositories.push_with(
        machine, folder, args.use, design, desk.request(), remote=args.remote, alias=args.alias
    )
    return _carry_out(desk, proposal) if proposal else _nothing(desk, design)


def sign_with(desk: Desk, folder: str) -> int:
    """Let a repository sign its commits with an SSH key, proved by a signed commit in a temporary clone."""
    return _carry_out(desk, repositories.sign_with(desk.machine, folder, desk.args.sign, desk.request()))


def _carry_out(desk: Desk, proposal: Proposal) -> int:
    """Show, ask, apply and prove a change; take it back where the proof fails."""
    fix, style = proposal.fix, desk.out.style
    fields: dict[str, Any] = {"design": proposal.design, "title": fix.title, "diff": desk.preview(fix)}
    desk.out.answer([fix.title, *([fix.why] if fix.why else []), "", *pages.diff(fields["diff"], style)])
    desk.out.answer(pages.effects(fix, style))
    if not fix.steps and not fix.instructions:
        desk.out.object(contract.envelope("identity", **fields, result="nothing", changed=False))
        desk.out.answer(_("It is set up like this already. {nothing}").format(nothing=nothing_was_changed()))
        return exits.DONE
    if desk.args.dry_run:
        desk.out.object(contract.envelope("identity", **fields, result="dry_run", changed=False))
        desk.out.answer(nothing_was_changed())
        return exits.DONE
    if not desk.confirm(_("Apply this?")):
        raise Cancelled(nothing_was_changed())
    outcome = repositories.carry_out(desk.machine, proposal)
    if outcome.trouble:
        desk.out.object(
            contract.envelope(
                "identity", **fields, result="rolled_back", changed=False, problem=outcome.trouble
            )
        )
        desk.out.answer(_("The proof failed, so it was taken back: {why}").format(why=outcome.trouble))
        return exits.WORSE
    desk.done.append(outcome.change.title)
    undo = strip.wizard("undo", str(outcome.change.number), options=desk.options)
    desk.out.object(
        contract.envelope(
            "identity", **fields, result="applied", changed=True, change=outcome.change.number, undo=undo
        )
    )
    if proposal.design != "sign":
        shows = strip.wizard("identity", "--login", options=desk.options)
        desk.out.answer(_("The account it logs in as: {command}").format(command=shows))
    desk.out.answer([proposal.proved, _("Taken back with: {command}").format(command=undo)])
    if proposal.design == "sign":
        desk.out.answer(
            _(
                "GitHub and GitLab call a commit verified when they have the key for signing too:"
                " `sshwizard keys add github FILE --usage signing`."
            )
        )
    return exits.DONE


def _nothing(desk: Desk, design: str) -> int:
    desk.out.object(
        contract.envelope("identity", design=design, title="", diff="", result="nothing", changed=False)
    )
    desk.out.answer(_("git sends this key first already. {nothing}").format(nothing=nothing_was_changed()))
    return exits.DONE
