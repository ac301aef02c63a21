"""`identity --use` and `identity --sign`: the change shown, agreed to, applied, proved, or taken back."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sshwizard import apply, check, plan, propose
from sshwizard.cli import exits, secrets
from sshwizard.cli.desk import Desk
from sshwizard.errors import Cancelled, CannotApply, UsageError
from sshwizard.machine import git
from sshwizard.report import contract, pages
from sshwizard.text import _, visible
from sshwizard.wizard import strip
from sshwizard.wizard.road import nothing_was_changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from sshwizard.model.facts import Facts
    from sshwizard.model.finding import Fix
    from sshwizard.model.identity import Identity, PublicKey
    from sshwizard.model.plan import Plan

SIGNS_SINCE = (2, 34)
"""git's first release that signs with SSH keys."""


def use_key(desk: Desk, folder: str) -> int:
    """Let a repository (or every one in a folder) push with a key, by the design that was chosen."""
    design = desk.args.design or "alias"
    inside = git.top_folder(desk.machine, folder)
    if inside is None:
        tops = git.repositories(desk.machine, folder)
        if design != "folder" or not tops:
            raise _no_repository(desk, folder)
        desk.machine = replace(desk.machine, cwd=tops[0])
    elif design == "folder" and folder == inside:
        folder = os.path.dirname(inside)
    desk.destination = desk.args.remote or _remote(desk, folder)
    request = replace(desk.request(offline=True), wanted=desk.args.use)
    facts, now = check.run_plan(desk.machine, request)
    wanted = check.wanted_identity(desk.machine, facts, desk.args.use)
    if wanted is None:
        raise UsageError(_("No key was named."), hint=_("Name one with `--use KEY`."))
    if _first(now) == wanted.blob:
        return _nothing(desk, design, facts)
    fix = _design(desk, design, facts, now, wanted, folder)
    if fix is None:
        raise CannotApply(
            _("The design {design} does not make git send this key to {host}.").format(
                design=design, host=visible(now.target.host, keep="")
            ),
            code="no-proposal",
            hint=_("`--design` takes alias, command or folder; `sshwizard why` shows what is sent now."),
        )

    def proof() -> str:
        _facts, after = check.run_plan(desk.machine, request)
        if _first(after) == wanted.blob:
            return ""
        return _("git would still send another key first; `sshwizard why` shows which, and why.")

    return _carry_out(desk, fix, proof, design=design)


def sign_with(desk: Desk, folder: str) -> int:
    """Let a repository sign its commits with an SSH key, proved by a signed commit in a temporary clone."""
    top = git.top_folder(desk.machine, folder)
    if top is None:
        raise _no_repository(desk, folder)
    version = git.version(desk.machine)
    if version < SIGNS_SINCE:
        raise CannotApply(
            _("git signs with SSH keys from version 2.34 on; this one is {version}.").format(
                version=".".join(map(str, version)) or "?"
            ),
            code="git-too-old",
        )
    facts, _plan = check.run_plan(
        desk.machine, replace(desk.request(offline=True), typed="signing.invalid", wanted=desk.args.sign)
    )
    wanted = check.wanted_identity(desk.machine, facts, desk.args.sign)
    identity = next(one for one in facts.identities if wanted and one.public.blob == wanted.blob)
    signers = os.path.join(desk.machine.home, ".ssh", "allowed_signers")
    own = git.own_settings(desk.machine, top)
    fix = propose.commit_signing(
        facts, identity, now=own, allowed_signers=signers, email=facts.git.user_email
    )
    if fix is None:
        raise _no_signing(facts, identity)

    def proof() -> str:
        return git.prove_signing(desk.machine, top, _signing(desk, top, facts))

    return _carry_out(desk, fix, proof, design="sign")


def _signing(desk: Desk, folder: str, facts: Facts) -> dict[str, str]:
    """Return the settings that a clone needs to sign and verify as the repository does."""
    names = ("gpg.format", "user.signingkey", "gpg.ssh.allowedsignersfile", "gpg.ssh.program")
    own = git.own_settings(desk.machine, folder)
    who = {"user.name": facts.git.user_name or "sshwizard", "user.email": facts.git.user_email}
    return {name: own[name] for name in names if name in own} | who


def _design(desk: Desk, design: str, facts: Facts, now: Plan, wanted: PublicKey, folder: str) -> Fix | None:
    if design == "alias":
        return propose.host_alias(
            facts,
            now,
            wanted,
            check.Simulator(facts),
            config_path=desk.machine.config_path,
            alias=desk.args.alias,
        )
    where = {"global_file": _global_file(desk), "folder": folder} if design == "folder" else {}
    return propose.own_ssh_command(
        facts,
        wanted,
        lambda line: plan.make_plan(facts, command_line=line),
        now=git.own_settings(desk.machine, facts.git.folder or folder),
        **where,
    )


def _carry_out(desk: Desk, fix: Fix, proof: Callable[[], str], *, design: str) -> int:
    """Show, ask, apply and prove a change; take it back where the proof fails."""
    style = desk.out.style
    fields: dict[str, Any] = {"design": design, "title": fix.title, "diff": desk.preview(fix)}
    desk.out.answer([fix.title, *([fix.why] if fix.why else []), "", *pages.diff(fields["diff"], style)])
    desk.out.answer(pages.effects(fix, style))
    if not fix.steps:
        desk.out.object(contract.envelope("identity", **fields, result="nothing", changed=False))
        desk.out.answer(_("It is set up like this already. {nothing}").format(nothing=nothing_was_changed()))
        return exits.DONE
    if desk.args.dry_run:
        desk.out.object(contract.envelope("identity", **fields, result="dry_run", changed=False))
        desk.out.answer(nothing_was_changed())
        return exits.DONE
    if not desk.confirm(_("Apply this?")):
        raise Cancelled(nothing_was_changed())
    change = secrets.apply_with(desk, fix)
    desk.machine = desk.machine.fresh()
    trouble = proof()
    if trouble:
        apply.undo(desk.machine, change.number)
        desk.done.pop()
        desk.out.object(
            contract.envelope("identity", **fields, result="rolled_back", changed=False, problem=trouble)
        )
        desk.out.answer(_("The proof failed, so it was taken back: {why}").format(why=trouble))
        return exits.WORSE
    undo = strip.wizard("undo", str(change.number), options=desk.options)
    desk.out.object(
        contract.envelope(
            "identity", **fields, result="applied", changed=True, change=change.number, undo=undo
        )
    )
    words = (
        _("Proved: a commit in a temporary clone was signed, and git knows the signature for good.")
        if design == "sign"
        else _("Proved: git now sends this key first. `sshwizard identity --login` shows the account.")
    )
    desk.out.answer([words, _("Taken back with: {command}").format(command=undo)])
    return exits.DONE


def _nothing(desk: Desk, design: str, facts: Facts) -> int:
    desk.out.object(
        contract.envelope("identity", design=design, title="", diff="", result="nothing", changed=False)
    )
    desk.out.answer(
        _("git sends this key to {host} first already. {nothing}").format(
            host=visible(facts.target.host, keep=""), nothing=nothing_was_changed()
        )
    )
    return exits.DONE


def _remote(desk: Desk, folder: str) -> str:
    """Return the name of the remote that git would push to. Raises UsageError when none goes over SSH."""
    remotes = [one for one in git.look(desk.machine).remotes if one.transport == "ssh" and one.host]
    remotes.sort(key=lambda remote: remote.name != "origin")
    if not remotes:
        raise UsageError(
            _("No remote of {path} goes over SSH.").format(path=desk.machine.shown(folder)), code="no-remote"
        )
    return remotes[0].name


def _global_file(desk: Desk) -> str:
    """Return the user's own git configuration file (git-config(1), FILES)."""
    own = os.path.join(desk.machine.home, ".gitconfig")
    base = desk.machine.env.get("XDG_CONFIG_HOME") or os.path.join(desk.machine.home, ".config")
    other = os.path.join(base, "git", "config")
    if desk.machine.files.look(own).kind == "missing" and desk.machine.files.look(other).kind == "file":
        return other
    return own


def _first(plan: Plan) -> bytes | None:
    first = next(iter(plan.sent), None)
    return first.public.blob if first and first.public and first.usable is not False else None


def _no_repository(desk: Desk, folder: str) -> UsageError:
    return UsageError(
        _("There is no git repository in {path}.").format(path=desk.machine.shown(folder)),
        code="no-repository",
    )


def _no_signing(facts: Facts, identity: Identity) -> CannotApply:
    if not facts.git.user_email:
        return CannotApply(
            _("git does not know your e-mail address here, and a signature speaks for an address."),
            code="no-email",
            hint="git config user.email YOU@EXAMPLE.ORG",
        )
    return CannotApply(
        _("There is no file with the public half of {key}.").format(key=visible(identity.name, keep="")),
        code="no-public-half",
        hint=_("`sshwizard fix public-half-missing` writes it."),
    )
