"""`identity`: as whom a repository pushes and commits, and the designs that give it another key."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from typing import Any

from sshwizard import check
from sshwizard.cli import exits, repoint
from sshwizard.cli.desk import Desk
from sshwizard.cli.doctor import diagnose
from sshwizard.cli.flags import seconds
from sshwizard.errors import UsageError
from sshwizard.machine import git
from sshwizard.model.facts import GitFacts, GitRemote
from sshwizard.report import contract
from sshwizard.report.columns import table
from sshwizard.text import _

DESIGNS = ("alias", "command", "folder")


def identity_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `identity`."""
    parser.add_argument(
        "folder", nargs="?", default="", metavar="DIR", help=_("a repository, or a folder of them; else here")
    )
    parser.add_argument("--remote", metavar="NAME", help=_("the remote that matters (origin)"))
    parser.add_argument("--login", action="store_true", help=_("log in to each host, to read the account"))
    parser.add_argument("--use", metavar="KEY", help=_("the key this repository is to push with"))
    parser.add_argument(
        "--design",
        choices=DESIGNS,
        help=_("alias: a name of its own for the host; command: an ssh command for this repository;")
        + " "
        + _("folder: one for all repositories in DIR"),
    )
    parser.add_argument("--alias", default="", metavar="NAME", help=_("the name, for --design alias"))
    parser.add_argument("--sign", metavar="KEY", help=_("sign this repository's commits with a key"))
    parser.add_argument(
        "--timeout", type=seconds, default=20.0, metavar=_("SECONDS"), help=_("for each host (20)")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One remote of one repository, and as whom it is used."""

    remote: GitRemote
    key: str
    """Name of the first key that ssh sends; "" for none."""
    fingerprint: str | None
    account: str | None
    commits: str
    """`NAME <EMAIL>`."""
    problem: str = ""


def run_identity(desk: Desk) -> int:
    """Show as whom each remote is used, or apply the design that was asked for."""
    folder = _enter(desk)
    if desk.args.use and desk.args.sign:
        raise UsageError(_("One at a time: `--use` or `--sign`."))
    if desk.args.use:
        return repoint.use_key(desk, folder)
    if desk.args.design or desk.args.alias:
        raise UsageError(_("No key was named."), hint=_("Name one with `--use KEY`."))
    if desk.args.sign:
        return repoint.sign_with(desk, folder)
    return _show(desk, folder)


def _enter(desk: Desk) -> str:
    """Make the folder named the working folder. Raises UsageError when there is none."""
    named = desk.args.folder
    path = desk.machine.home + named[1:] if named == "~" or named.startswith("~/") else named
    folder = os.path.normpath(os.path.join(desk.machine.cwd, path))
    if desk.machine.files.look(folder).kind != "directory":
        raise UsageError(
            _("There is no folder {path}.").format(path=desk.machine.shown(folder)), code="no-such-folder"
        )
    desk.machine = replace(desk.machine, cwd=folder)
    return folder


def _show(desk: Desk, folder: str) -> int:
    top = git.top_folder(desk.machine, folder)
    tops = (top,) if top else git.repositories(desk.machine, folder)
    if not tops:
        raise UsageError(
            _("There is no git repository in {path}.").format(path=desk.machine.shown(folder)),
            code="no-repository",
        )
    found = [(one, git.look(desk.machine, one)) for one in tops]
    rows = [row for one, facts in found for row in _rows(desk, one, facts)]
    desk.out.object(
        contract.envelope("identity", repositories=[_fields(one, facts, rows) for one, facts in found])
    )
    desk.out.answer(table(_lines(desk, found, rows), width=desk.out.style.width))
    desk.out.answer(["", *_designs(rows)])
    return exits.CANNOT_TELL if desk.args.login and any(row.problem for row in rows) else exits.DONE


def _rows(desk: Desk, folder: str, facts: GitFacts) -> list[Row]:
    commits = _committer(facts)
    kept, rows = desk.machine, []
    desk.machine = replace(desk.machine, cwd=folder)
    for remote in facts.remotes:
        if desk.args.remote in (None, remote.name):
            rows.append(_row(desk, remote, commits))
    desk.machine = kept
    return rows


def _row(desk: Desk, remote: GitRemote, commits: str) -> Row:
    if remote.transport != "ssh":
        return Row(remote=remote, key="", fingerprint=None, account=None, commits=commits)
    desk.destination = remote.push_url if remote.push_url != remote.url else remote.name
    if desk.args.login:
        diagnosis = diagnose(desk, login=True)
        plan, facts, transcript = diagnosis.case.plan, diagnosis.case.facts, diagnosis.case.transcript
        key = transcript.ssh_key if transcript else None
        problem = "" if key else next((one.title for one in diagnosis.findings if one.severity == "fail"), "")
    else:
        facts, plan = check.run_plan(desk.machine, desk.request(offline=True))
        first = next(iter(plan.sent), None) if plan else None
        key, transcript, problem = first.public if first else None, None, ""
    identities = facts.identities if facts else ()
    name = next((one.name for one in identities if key and one.public.blob == key.blob), "")
    return Row(
        remote=remote,
        key=name or (key.fingerprint if key else ""),
        fingerprint=key.fingerprint if key else None,
        account=transcript.account if transcript else None,
        commits=commits,
        problem=problem,
    )


def _committer(facts: GitFacts) -> str:
    if not facts.user_name and not facts.user_email:
        return ""
    return f"{facts.user_name or '?'} <{facts.user_email or '?'}>"


def _lines(desk: Desk, found: list[tuple[str, GitFacts]], rows: list[Row]) -> list[list[str]]:
    several = len(found) > 1
    head = [
        _("remote"),
        _("leads to"),
        _("logs in as") if desk.args.login else _("with key"),
        _("commits as"),
    ]
    lines = [[_("folder"), *head] if several else head]
    for row in rows:
        remote = row.remote
        place = f"{remote.host}:{(remote.path or '').lstrip('/')}" if remote.host else remote.url
        who = row.key or _("no key")
        if remote.transport != "ssh":
            who = _("no ssh ({kind})").format(kind=remote.transport)
        elif desk.args.login:
            who = f"{row.account or row.problem or '?'} ({who})"
        line = [remote.name, place, who, row.commits or _("nobody: user.email is not set")]
        lines.append([os.path.basename(remote.folder), *line] if several else line)
    return lines


def _designs(rows: list[Row]) -> list[str]:
    """Name the ways to give a repository another key, with what each one means."""
    if not any(row.remote.transport == "ssh" for row in rows):
        return [_("No remote here goes over SSH, so no key is asked for.")]
    return [
        _("To push with another key: `sshwizard identity --use KEY --design …`"),
        _(
            "  alias    a second name for the host in ~/.ssh/config, and the remote uses it; clones show the name"
        ),
        _("  command  core.sshCommand of this repository; ssh's configuration stays as it is"),
        _("  folder   the same for every repository in DIR, by includeIf in your git configuration"),
        _("One key for all: `sshwizard config add HOST -i KEY`."),
    ]


def _fields(folder: str, facts: GitFacts, rows: list[Row]) -> dict[str, Any]:
    return {
        "folder": folder,
        "name": facts.user_name or None,
        "email": facts.user_email or None,
        "ssh_command": facts.ssh_command or None,
        "remotes": [
            {
                "name": row.remote.name,
                "url": row.remote.url,
                "push_url": row.remote.push_url,
                "transport": row.remote.transport,
                "host": row.remote.host,
                "path": row.remote.path,
                "key": row.key or None,
                "fingerprint": row.fingerprint,
                "account": row.account,
                "problem": row.problem or None,
            }
            for row in rows
            if row.remote.folder == folder
        ],
    }
