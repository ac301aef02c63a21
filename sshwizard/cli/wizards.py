"""`wizard` and `setup`: choose the front end that this terminal can carry, and start it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard.cli import secrets
from sshwizard.cli.desk import Desk
from sshwizard.errors import NeedsAnswer, UsageError
from sshwizard.text import _
from sshwizard.wizard import doors
from sshwizard.wizard.options import OpenGround, Options

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def wizard_arguments(parser: argparse.ArgumentParser) -> None:
    """`wizard` takes nothing of its own."""


def run_wizard(desk: Desk) -> int:
    """Open the wizard at its first screen."""
    _require_person(desk, _("The wizard asks questions."), "`sshwizard doctor HOST --json`")
    return start(desk, desk.machine, options(desk))


def setup_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `setup`."""
    parser.add_argument("destination", nargs="?", default="", metavar="HOST", help=_("the host to set up"))
    parser.add_argument(
        "-i", "--identity", dest="want", metavar="KEY", help=_("the key to use; else a new one")
    )
    parser.add_argument("--type", choices=("ed25519", "rsa", "ecdsa"), help=_("kind of a new key"))
    parser.add_argument("--title", "--name", metavar=_("TEXT"), help=_("the key's name on the account"))
    parser.add_argument("--provider", metavar="NAME", help=_("the service whose account it goes to"))
    parser.add_argument("--api-url", metavar="URL", help=_("the address of its API"))
    parser.add_argument("--upload", action="store_true", help=_("with --yes: upload the public half"))
    parser.add_argument(
        "--timeout", type=float, default=20.0, metavar=_("SECONDS"), help=_("for each look (20)")
    )
    secrets.add_flags(parser)


def run_setup(desk: Desk) -> int:
    """Set a key up: guided, or with `--yes` and enough flags unattended."""
    if desk.args.yes or desk.out.json or desk.args.dry_run:
        if not desk.destination:
            raise UsageError(_("Which host?"), hint=_("`sshwizard setup HOST --yes …`"))
        from sshwizard.cli import unattended

        return unattended.run(desk)
    _require_person(desk, _("The guided set-up asks questions."), "`--yes --upload --no-passphrase`")
    return start(desk, desk.machine, options(desk, door=doors.SETUP))


def practise(desk: Desk, scenario: str) -> int:
    """Open the wizard on a practice ground."""
    _require_person(desk, _("The wizard asks questions."), "`sshwizard practice --scenario NAME -- COMMAND…`")
    ground = open_ground(scenario)
    try:
        begun = options(desk, door=ground.door)
        return start(
            desk,
            ground.machine,
            replace(begun, typed=ground.typed, story=ground.story, options=(), open_ground=None),
        )
    finally:
        ground.close()


def options(desk: Desk, door: str = "") -> Options:
    """Return what the command line tells a wizard."""
    from sshwizard.practice.scenarios import scenarios

    return Options(
        door=door,
        typed=desk.destination,
        flags=desk.flags,
        options=desk.options,
        wanted=getattr(desk.args, "want", None),
        timeout=getattr(desk.args, "timeout", 20.0),
        notice=desk.terminal.notice,
        colour=desk.terminal.colour,
        width=desk.terminal.width,
        hidden_input=desk.terminal.hidden_input,
        dry_run=desk.args.dry_run,
        scenarios=tuple((scenario.name, scenario.story) for scenario in scenarios()),
        open_ground=open_ground,
    )


def open_ground(name: str) -> OpenGround:
    """Open a practice ground for a wizard. Raises UsageError and CannotCheck."""
    from sshwizard.practice.ground import open_ground as build
    from sshwizard.practice.scenarios import ALIAS

    ground = build(name)
    return OpenGround(
        machine=ground.machine(),
        typed=ALIAS,
        story=ground.scenario.story,
        close=ground.close,
        door=ground.scenario.door,
    )


def start(desk: Desk, machine: Machine, begun: Options) -> int:
    """Start the full screen where the terminal allows, else the plain wizard."""
    if desk.terminal.full_screen:
        from sshwizard import tui

        return tui.run(machine, begun)
    from sshwizard import plain

    return plain.run(machine, begun)


def _require_person(desk: Desk, why: str, instead: str) -> None:
    if desk.out.json:
        raise NeedsAnswer(why, hint=_("Without questions: {command}.").format(command=instead))
