"""`practice`: list what can be practised, run a command in a ground, or open the wizard on one."""

from __future__ import annotations

import argparse

from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.text import _


def practice_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `practice`."""
    parser.add_argument("--list", action="store_true", help=_("list what can be practised"))
    parser.add_argument(
        "--scenario", metavar="NAME", default="wrong-key", help=_("what is wrong (wrong-key)")
    )


def run_practice(desk: Desk) -> int:
    """Open a practice ground; it is gone when this ends."""
    from sshwizard.practice import run

    if desk.args.list:
        desk.out.object(run.listing_json())
        desk.out.answer(run.listing())
        return exits.DONE
    if desk.tail:
        return run.run_command(desk.args.scenario, desk.tail)
    from sshwizard.cli import wizards

    return wizards.practise(desk, desk.args.scenario)
