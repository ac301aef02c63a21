"""`keys list`, `keys show`, `keys export`: the keys on this machine (and, with `--remote`, on an account)."""

from __future__ import annotations

import argparse

from sshwizard.cli import exits, flags, stock
from sshwizard.cli.desk import Desk
from sshwizard.report import contract, inventory
from sshwizard.report import keys as pages
from sshwizard.text import _


def keys_list_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `keys list`."""
    parser.add_argument("--remote", metavar="PROVIDER|HOST", help=_("the keys on the account there instead"))
    parser.add_argument(
        "--forget-token",
        action="store_true",
        help=_("with --remote: take its token out of the system's keychain"),
    )
    flags.add_account(parser)


def run_keys_list(desk: Desk) -> int:
    """List every key found in files and agents."""
    if desk.args.remote:
        from sshwizard.cli import remote

        return remote.list_remote(desk)
    found = stock.facts(desk)
    strays = stock.strays(found)
    desk.out.object(inventory.keys_list(found.identities, strays, found.agents))
    desk.out.answer(
        pages.key_lines(found.identities, strays, found.agents, desk.machine.shown, desk.out.style)
    )
    for problem in found.problems:
        desk.out.aside(problem)
    return exits.DONE


def keys_show_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `keys show`."""
    _add_key(parser)
    parser.add_argument("--remote", metavar="PROVIDER|HOST", help=_("a key on the account there instead"))
    flags.add_account(parser)


def run_keys_show(desk: Desk) -> int:
    """Show everything about one key, here or on an account."""
    if desk.args.remote:
        from sshwizard.cli import remote

        return remote.show_remote(desk)
    one = stock.identity(desk, stock.facts(desk, desk.args.key), desk.args.key)
    desk.out.object(contract.envelope("keys show", key=inventory.identity(one)))
    desk.out.answer(pages.key_page(one, desk.machine.shown))
    return exits.DONE


def keys_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `keys export`."""
    _add_key(parser)


def run_keys_export(desk: Desk) -> int:
    """Print a public half as one line, written anew from what was read."""
    from sshwizard.openssh.keys import public_line

    one = stock.identity(desk, stock.facts(desk, desk.args.key), desk.args.key)
    line = public_line(one.public)
    desk.out.object(contract.envelope("keys export", key=inventory.public(one.public), public=line))
    desk.out.answer(line)
    return exits.DONE


def _add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help=_("a path, a name in ~/.ssh, a fingerprint or a comment"))
