"""`report`: a redacted report to pass on; shown first, written only where it is told to."""

from __future__ import annotations

import argparse
import os

from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.cli.doctor import diagnose
from sshwizard.cli.flags import add_target
from sshwizard.errors import Cancelled
from sshwizard.machine.write import write_file
from sshwizard.report import contract, markdown
from sshwizard.text import _


def report_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `report`."""
    add_target(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help=_("write it there; else to standard output"))
    parser.add_argument(
        "--anonymize", "--anonymise", action="store_true", help=_("replace names and addresses")
    )
    parser.add_argument("--offline", action="store_true", help=_("no network"))


def run_report(desk: Desk) -> int:
    """Make the report. Nothing is sent anywhere."""
    diagnosis = diagnose(desk)
    text = markdown.to_markdown(diagnosis, desk.machine.shown, anonymize=desk.args.anonymize)
    path = os.path.join(desk.machine.cwd, desk.args.output) if desk.args.output else None
    if path and not desk.args.dry_run:
        desk.out.answer(text)
        if desk.may_ask() and not desk.confirm(_("Write this to {path}?").format(path=desk.args.output)):
            raise Cancelled(_("Nothing was written."))
        write_file(path, None, text.encode(), 0o600)
        desk.done.append(_("the report {path} was written").format(path=desk.args.output))
        desk.out.aside(_("Written to {path}. Read it before you pass it on.").format(path=desk.args.output))
    elif not path or not desk.out.json:
        desk.out.answer(text)
    desk.out.object(contract.envelope("report", path=path, markdown=text, verdict=diagnosis.verdict))
    return exits.DONE
