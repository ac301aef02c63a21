"""`log`: what a pasted log says. Nothing is executed and nobody is contacted."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.cli.output import complain
from sshwizard.errors import UsageError
from sshwizard.report import log as report
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.log import LogDiagnosis

LIMIT = 32 * 1024 * 1024
"""Bytes read of a log."""


def log_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `log`."""
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE|-", help=_("a file, or - for standard input")
    )
    parser.add_argument(
        "--reply", action="store_true", help=_("write an answer to send to the person who asked")
    )


def run_log(desk: Desk) -> int:
    """Explain a log."""
    diagnosis = read(_chunks(desk))
    desk.out.object(report.to_json(diagnosis))
    if desk.args.reply:
        desk.out.answer(report.reply(diagnosis))
    else:
        desk.out.answer(report.to_text(diagnosis, desk.out.style, verbose=desk.args.verbose))
    if diagnosis.verdict == "cannot_tell":
        return exits.CANNOT_TELL
    return exits.PROBLEM if diagnosis.verdict == "problem" else exits.DONE


def read(chunks: Iterable[bytes]) -> LogDiagnosis:
    """Read a log and draw the conclusions."""
    from sshwizard import logs, rules

    return rules.diagnose_log(logs.read_stream(chunks))


def _chunks(desk: Desk) -> Iterator[bytes]:
    if desk.args.file == "-":
        if sys.stdin.isatty() and not desk.out.json:
            complain(_("Paste the log, then press Ctrl+D on a line of its own."))
        left = LIMIT
        while left > 0 and (data := sys.stdin.buffer.read(min(left, 1 << 16))):
            left -= len(data)
            yield data
        return
    path = os.path.join(desk.machine.cwd, desk.args.file)
    seen = desk.machine.files.look(path)
    if seen.kind != "file":
        raise UsageError(
            _("{path} cannot be read: {problem}.").format(
                path=desk.args.file, problem=seen.problem or seen.kind.replace("_", " ")
            ),
            code="unreadable",
            where=path,
        )
    yield seen.data
