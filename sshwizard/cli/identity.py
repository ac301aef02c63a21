"""`identity`: as whom a repository pushes and commits, and the designs that give it another key."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sshwizard import repositories
from sshwizard.cli import exits, repoint
from sshwizard.cli.desk import Desk
from sshwizard.cli.flags import seconds
from sshwizard.errors import UsageError
from sshwizard.model.events import notes
from sshwizard.report import contract
from sshwizard.report.columns import table
from sshwizard.repositories import Repository, Row
from sshwizard.text import _


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
        choices=repositories.DESIGNS,
        help=_("alias: a name of its own for the host; command: an ssh command for this repository;")
        + " "
        + _("folder: one for all repositories in DIR; all: one key for the host everywhere"),
    )
    parser.add_argument("--alias", default="", metavar="NAME", help=_("the name, for --design alias"))
    parser.add_argument("--sign", metavar="KEY", help=_("sign this repository's commits with a key"))
    parser.add_argument(
        "--timeout", type=seconds, default=20.0, metavar=_("SECONDS"), help=_("for each host (20)")
    )


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
    found = repositories.look(
        desk.machine,
        folder,
        desk.request(login=desk.args.login),
        remote=desk.args.remote,
        on_event=notes(desk.out.aside),
    )
    rows = [row for one in found for row in one.rows]
    desk.out.object(contract.envelope("identity", repositories=[_fields(one) for one in found]))
    desk.out.answer(table(_lines(desk, found), width=desk.out.style.width))
    desk.out.answer(["", *_designs(rows)])
    return exits.CANNOT_TELL if desk.args.login and any(row.problem for row in rows) else exits.DONE


def _lines(desk: Desk, found: Sequence[Repository]) -> list[list[str]]:
    several = len(found) > 1
    head = [
        _("remote"),
        _("leads to"),
        _("logs in as") if desk.args.login else _("with key"),
        _("commits as"),
    ]
    lines = [[_("folder"), *head] if several else head]
    for row in (row for one in found for row in one.rows):
        remote = row.remote
        who = row.key or _("no key")
        if remote.transport != "ssh":
            who = _("no ssh ({kind})").format(kind=remote.transport)
        elif desk.args.login:
            who = f"{row.account or row.problem or '?'} ({who})"
        line = [remote.name, row.place, who, row.commits or _("nobody: user.email is not set")]
        lines.append([os.path.basename(remote.folder), *line] if several else line)
    return lines


def _designs(rows: list[Row]) -> list[str]:
    """Name the ways to give a repository another key, with what each one means."""
    if not any(row.remote.transport == "ssh" for row in rows):
        return [_("No remote here goes over SSH, so no key is asked for.")]
    return [
        _("To push with another key: `sshwizard identity --use KEY --design …`"),
        *(f"  {design:<7}  {repositories.consequences(design)}" for design in repositories.DESIGNS),
    ]


def _fields(one: Repository) -> dict[str, Any]:
    return {
        "folder": one.folder,
        "name": one.facts.user_name or None,
        "email": one.facts.user_email or None,
        "ssh_command": one.facts.ssh_command or None,
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
            for row in one.rows
        ],
    }
