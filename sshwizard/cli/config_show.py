"""`config show`: what `ssh -G` says, with the place of each value. A file of its own, so that it starts fast."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sshwizard import check
from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.cli.flags import add_target
from sshwizard.report import inventory
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.config import Effective


def config_show_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `config show`."""
    add_target(parser)


def run_config_show(desk: Desk) -> int:
    """Print `keyword value` lines as `ssh -G` does; with -v the place of each."""
    in_force = effective(desk)
    desk.out.object(inventory.config_show(in_force))
    if in_force.fatal:
        problem = in_force.fatal
        place = f"{problem.source}: " if problem.source else ""
        desk.out.answer(
            _("ssh refuses this configuration: {place}{words}").format(place=place, words=problem.message)
        )
        return exits.PROBLEM
    from sshwizard.openssh.config import print_g
    from sshwizard.report import options

    if desk.args.verbose:
        desk.out.answer(options.placed(in_force, desk.machine.shown, defaults=True))
    else:
        desk.out.answer(print_g(in_force))
    for sentence in options.conditions(in_force):
        desk.out.aside(sentence)
    return exits.DONE


def add_host(parser: argparse.ArgumentParser) -> None:
    """Add the one destination that is needed."""
    parser.add_argument("destination", metavar="HOST", help=_("alias, user@host, or git address"))


def effective(desk: Desk) -> Effective:
    """Return the configuration in force for the destination. No network."""
    return check.run_config(desk.machine, desk.request(offline=True))
