"""As whom repositories push and commit, and the designs that give them another key: for all front ends.

`look` shows one repository or a folder of them; `push_with` and `sign_with` propose a change, with the proof
that belongs to it; `carry_out` makes it, proves it, and takes it back where the proof fails.
"""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from sshwizard import apply, check, plan, propose
from sshwizard.check import Request
from sshwizard.errors import CannotApply, UsageError
from sshwizard.machine import git
from sshwizard.model.choices import Choice, Option
from sshwizard.model.events import OnEvent, ignore
from sshwizard.model.finding import Fix
from sshwizard.model.steps import SetRemoteUrl
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.change import Change
    from sshwizard.model.facts import Facts, GitFacts, GitRemote
    from sshwizard.model.identity import Identity, PublicKey
    from sshwizard.model.plan import Plan

Design = Literal["alias", "command", "folder", "all"]
"""A name of its own for the host; an ssh command of one repository, or of all in a folder; one key for all."""
DESIGNS: tuple[Design, ...] = get_args(Design)
SIGNS_SINCE = (2, 34)
"""git's first release that signs with SSH keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One remote of one repository, and as whom it is used."""

    remote: GitRemote
    key: str
    """Name of the first key that ssh sends; "" for none."""
    fingerprint: str | None
    account: str | None
    """Known only after a login."""
    commits: str
    """`NAME <EMAIL>`; "" when git knows neither."""
    problem: str = ""

    @property
    def place(self) -> str:
        """`host:path`, else the URL."""
        remote = self.remote
        return f"{remote.host}:{(remote.path or '').lstrip('/')}" if remote.host else remote.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One repository and its remotes."""

    folder: str
    facts: GitFacts
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change about a repository, and how it is proved."""

    design: Design | Literal["sign"]
    fix: Fix
    prove: Callable[[Machine], str]
    """Return "" when it works, else why not. Nothing is asked."""
    proved: str
    """What may be said after a proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a proposal."""

    change: Change
    """As it stands: taken back when there is trouble."""
    trouble: str = ""
    """Why the proof failed."""


def repositories(machine: Machine, folder: str) -> tuple[str, ...]:
    """Return the repository around `folder`, else those below it. Raises UsageError when there is none."""
    top = git.top_folder(machine, folder)
    found = (top,) if top else git.repositories(machine, folder)
    if not found:
        raise _none(machine, folder)
    return found


def look(
    machine: Machine,
    folder: str,
    request: Request,
    *,
    remote: str | None = None,
    on_event: OnEvent = ignore,
    cancel: threading.Event | None = None,
) -> tuple[Repository, ...]:
    """Say as whom each remote (or only those called `remote`) is used. No network unless `request.login`.

    Raises UsageError when there is no repository, and Cancelled.
    """
    found = []
    for top in repositories(machine, folder):
        facts = git.look(machine, top)
        there = replace(machine, cwd=top)
        rows = tuple(
            _row(there, one, committer(facts), request, on_event, cancel)
            for one in facts.remotes
            if remote in (None, one.name)
        )
        found.append(Repository(folder=top, facts=facts, rows=rows))
    return tuple(found)


def committer(facts: GitFacts) -> str:
    """Return whom git writes into commits."""
    if not facts.user_name and not facts.user_email:
        return ""
    return f"{facts.user_name or '?'} <{facts.user_email or '?'}>"


def _row(
    machine: Machine,
    remote: GitRemote,
    commits: str,
    request: Request,
    on_event: OnEvent,
    cancel: threading.Event | None,
) -> Row:
    if remote.transport != "ssh":
        return Row(remote=remote, key="", fingerprint=None, account=None, commits=commits)
    typed = remote.push_url if remote.push_url != remote.url else remote.name
    account, problem = None, ""
    key: PublicKey | None
    if request.login:
        there = replace(request, typed=typed)
        diagnosis = check.run(machine, there, on_event=on_event, cancel=cancel)
        facts, transcript = diagnosis.case.facts, diagnosis.case.transcript
        key = transcript.ssh_key if transcript else None
        account = transcript.account if transcript else None
        problem = "" if key else next((one.title for one in diagnosis.findings if one.severity == "fail"), "")
    else:
        facts, drawn = check.run_plan(machine, replace(request, typed=typed, offline=True))
        first = next(iter(drawn.sent), None)
        key = first.public if first else None
    identities = facts.identities if facts else ()
    name = next((one.name for one in identities if key and one.public.blob == key.blob), "")
    return Row(
        remote=remote,
        key=name or (key.fingerprint if key else ""),
        fingerprint=key.fingerprint if key else None,
        account=account,
        commits=commits,
        problem=problem,
    )


def consequences(design: Design) -> str:
    """Say in half a sentence what a design means for the user."""
    return {
        "alias": _(
            "a second name for the host in ~/.ssh/config; the remote uses it, and clones have to as well"
        ),
        "command": _("core.sshCommand of this repository alone; ssh's own configuration stays as it is"),
        "folder": _(
            "the same for every repository in the folder, now and later (includeIf in git's configuration)"
        ),
        "all": _("this key for the host everywhere on this machine, whatever the repository"),
    }[design]


def label(design: Design) -> str:
    """Name a design in the user's words."""
    return {
        "alias": _("A name of its own for the host"),
        "command": _("This repository only"),
        "folder": _("All repositories in the folder"),
        "all": _("One key for all"),
    }[design]


FOR_ALL = "alias@all"
"""Answer of `design_choice`: the name, for every repository that was listed."""


def design_choice(shown: Callable[[str], str], top: str, folder: str, tops: tuple[str, ...]) -> Choice:
    """Ask which design, with what each means. `top`: the repository; `folder` with `tops`: what was looked at."""
    around = folder if len(tops) > 1 else os.path.dirname(top)
    options = [Option(value=one, label=label(one), note=consequences(one)) for one in DESIGNS]
    options[2] = replace(options[2], label=_("All repositories in {folder}").format(folder=shown(around)))
    if len(tops) > 1:
        note = _("as above, and the remotes of all {n} repositories here use it").format(n=len(tops))
        options.insert(1, Option(value=FOR_ALL, label=_("A name of its own, for all of them"), note=note))
    return Choice(
        question=_("How should it be done? Each way can be taken back."),
        options=tuple(options),
        default="alias",
    )


def chosen_design(value: str, top: str, folder: str) -> tuple[Design, str]:
    """Return the design that an answer to `design_choice` stands for, and the folder to hand to `push_with`."""
    if value == FOR_ALL:
        return "alias", folder
    design = next(one for one in DESIGNS if one == value)
    return design, folder if design == "folder" else top


def push_with(
    machine: Machine,
    folder: str,
    key: str,
    design: Design,
    request: Request,
    *,
    remote: str | None = None,
    alias: str = "",
) -> Proposal | None:
    """Propose to push from a repository, or from all in a folder, with `key` (path, name or fingerprint).

    None when ssh sends it first already. Raises UsageError (no repository, no such key, no remote over SSH) and
    CannotApply (the design does not work here).
    """
    tops = repositories(machine, folder)
    inside = git.top_folder(machine, folder)
    if design == "command" and inside is None:
        raise _none(machine, folder)
    if inside is not None and design == "folder" and folder == inside:
        folder = os.path.dirname(inside)
    there = replace(machine, cwd=tops[0])
    request = replace(request, typed=remote or _remote(there), wanted=key, offline=True, login=False)
    facts, now = check.run_plan(there, request)
    wanted = check.wanted_identity(there, facts, key)
    if wanted is None:
        raise UsageError(_("No key was named."), hint=_("Name one with `--use KEY`."))
    if _first(now) == wanted.blob:
        return None
    fix = _design(there, design, facts, now, wanted, request, folder=folder, tops=tops, alias=alias)
    if fix is None:
        raise CannotApply(
            _("The design {design} does not make git send this key to {host}.").format(
                design=design, host=visible(now.target.host, keep="")
            ),
            code="no-proposal",
            hint=_("`--design` takes {designs}; `sshwizard why` shows what is sent now.").format(
                designs=", ".join(DESIGNS)
            ),
        )

    def prove(machine: Machine) -> str:
        _facts, after = check.run_plan(replace(machine, cwd=tops[0]), request)
        if _first(after) == wanted.blob:
            return ""
        return _("git would still send another key first; `sshwizard why` shows which, and why.")

    words = _("Proved: git now sends this key first.")
    command = f"sshwizard identity --use {shlex.quote(key)} --design {design}"
    fix = replace(fix, command=fix.command or command)
    return Proposal(design=design, fix=fix, prove=prove, proved=words)


def _design(
    machine: Machine,
    design: Design,
    facts: Facts,
    now: Plan,
    wanted: PublicKey,
    request: Request,
    *,
    folder: str,
    tops: tuple[str, ...],
    alias: str,
) -> Fix | None:
    if design == "all":
        return next(iter(check.propose_for(machine, request)[2]), None)
    if design == "alias":
        fix = propose.host_alias(
            facts, now, wanted, check.Simulator(facts), config_path=machine.config_path, alias=alias
        )
        return _for_all(machine, fix, facts, tops[1:]) if fix else None
    where = {"global_file": _global_file(machine), "folder": folder} if design == "folder" else {}
    return propose.own_ssh_command(
        facts,
        wanted,
        lambda line: plan.make_plan(facts, command_line=line),
        now=git.own_settings(machine, facts.git.folder or folder),
        **where,
    )


def _for_all(machine: Machine, fix: Fix, facts: Facts, tops: tuple[str, ...]) -> Fix:
    """Let the remotes of further repositories that lead to the same host use the new name too."""
    name = fix.affects_hosts[0].host
    more = tuple(
        SetRemoteUrl(folder=top, remote=one.name, before=one.url, after=propose.alias_url(one, name))
        for top in tops
        for one in git.look(machine, top).remotes
        if one.transport == "ssh" and one.host == facts.target.host and one.name == facts.target.remote
    )
    why = _("For two accounts at the host: it keeps its key; the {n} repositories here use the other name.")
    return replace(fix, steps=(*fix.steps, *more), why=why.format(n=len(tops) + 1) if more else fix.why)


def sign_with(machine: Machine, folder: str, key: str, request: Request) -> Proposal:
    """Propose to sign a repository's commits with an SSH key; proved by a signed commit in a temporary clone.

    Raises UsageError (no repository, no such key) and CannotApply (git too old, no e-mail address, no public half).
    """
    top = git.top_folder(machine, folder)
    if top is None:
        raise _none(machine, folder)
    version = git.version(machine)
    if version < SIGNS_SINCE:
        raise CannotApply(
            _("git signs with SSH keys from version 2.34 on; this one is {version}.").format(
                version=".".join(map(str, version)) or "?"
            ),
            code="git-too-old",
        )
    there = replace(machine, cwd=top)
    facts, _plan = check.run_plan(there, replace(request, typed="signing.invalid", wanted=key, offline=True))
    wanted = check.wanted_identity(there, facts, key)
    identity = next(one for one in facts.identities if wanted and one.public.blob == wanted.blob)
    fix = propose.commit_signing(
        facts,
        identity,
        now=git.own_settings(machine, top),
        allowed_signers=os.path.join(machine.home, ".ssh", "allowed_signers"),
        email=facts.git.user_email,
    )
    if fix is None:
        raise _no_signing(facts, identity)
    fix = replace(fix, command=f"sshwizard identity --sign {shlex.quote(key)}")
    words = _("Proved: a commit in a temporary clone was signed, and git knows the signature for good.")
    return Proposal(
        design="sign",
        fix=fix,
        prove=lambda machine: git.prove_signing(machine, top, _signing(machine, top, facts)),
        proved=words,
    )


def carry_out(machine: Machine, proposal: Proposal) -> Outcome:
    """Make the change, prove it, and take it back where the proof fails. Raises what `apply_fix` raises."""
    change = apply.apply_fix(machine, proposal.fix)
    trouble = proposal.prove(machine.fresh())
    if trouble:
        return Outcome(change=apply.undo(machine.fresh(), change.number), trouble=trouble)
    return Outcome(change=change)


def _signing(machine: Machine, folder: str, facts: Facts) -> dict[str, str]:
    """Return the settings that a clone needs to sign and verify as the repository does."""
    names = ("gpg.format", "user.signingkey", "gpg.ssh.allowedsignersfile", "gpg.ssh.program")
    own = git.own_settings(machine, folder)
    who = {"user.name": facts.git.user_name or "sshwizard", "user.email": facts.git.user_email}
    return {name: own[name] for name in names if name in own} | who


def _remote(machine: Machine) -> str:
    """Return the name of the remote that git would push to. Raises UsageError when none goes over SSH."""
    remotes = [one for one in git.look(machine).remotes if one.transport == "ssh" and one.host]
    remotes.sort(key=lambda remote: remote.name != "origin")
    if not remotes:
        raise UsageError(
            _("No remote of {path} goes over SSH.").format(path=machine.shown(machine.cwd)), code="no-remote"
        )
    return remotes[0].name


def _global_file(machine: Machine) -> str:
    """Return the user's own git configuration file. Raises CannotApply when git is told to read none."""
    path = git.global_file(machine)
    if path is None:
        raise CannotApply(
            _(
                "GIT_CONFIG_GLOBAL tells git to read no configuration of yours, so nothing can be included there."
            ),
            code="no-proposal",
            hint=_("`--design alias` and `--design command` do without it."),
        )
    return path


def _first(plan: Plan) -> bytes | None:
    first = next(iter(plan.sent), None)
    return first.public.blob if first and first.public and first.usable is not False else None


def _none(machine: Machine, folder: str) -> UsageError:
    return UsageError(
        _("There is no git repository in {path}.").format(path=machine.shown(folder)), code="no-repository"
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
