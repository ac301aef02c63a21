"""`log`: what a pasted log says, or the client's and the server's together. Nothing is executed, nobody contacted."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sshwizard.cli import exits
from sshwizard.cli.desk import Desk
from sshwizard.cli.output import complain
from sshwizard.errors import UsageError
from sshwizard.report import log as report
from sshwizard.text import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sshwizard.model.log import LogDiagnosis

FORMS = ("text", "markdown")
"""Ways to write the answer to the customer."""


class _Reply(argparse.Action):
    """`--reply` or `--reply=FORM`. A word behind it that is no form is a file: `--reply client.txt`."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[str] | None,
        option_string: str | None = None,
    ) -> None:
        form = values if values in FORMS else None
        namespace.reply = form or namespace.reply or "text"
        if values is not None and form is None:
            namespace.behind = [*namespace.behind, str(values)]


def log_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `log`."""
    parser.add_argument(
        "files",
        nargs="*",
        default=[],
        metavar="FILE|-",
        help=_("files, read as one story (the client's log and the server's), or - for standard input"),
    )
    parser.add_argument(
        "--reply",
        action=_Reply,
        nargs="?",
        metavar=_("text|markdown"),
        help=_("write an answer to send to the person who asked"),
    )
    parser.add_argument(
        "--markdown", dest="reply", action="store_const", const="markdown", help=_("the answer as Markdown")
    )
    parser.set_defaults(behind=[])


def run_log(desk: Desk) -> int:
    """Explain a log."""
    diagnosis = read(desk, [*desk.args.behind, *desk.args.files] or ["-"])
    fields = report.to_json(diagnosis)
    if desk.args.reply:
        answer = report.reply(diagnosis, markdown=desk.args.reply == "markdown")
        fields["reply"] = answer
    else:
        answer = report.to_text(diagnosis, desk.out.style, verbose=desk.args.verbose)
    desk.out.object(fields)
    desk.out.answer(answer)
    if diagnosis.verdict == "cannot_tell":
        return exits.CANNOT_TELL
    return exits.PROBLEM if diagnosis.verdict == "problem" else exits.DONE


def read(desk: Desk, names: list[str]) -> LogDiagnosis:
    """Read the logs and draw the conclusions. Raises UsageError for a file that cannot be read."""
    from sshwizard import logs, rules

    try:
        streams = [(name, _stream(desk, name)) for name in names]
        if len(streams) == 1:
            return rules.diagnose_log(logs.read_stream(streams[0][1]))
        return rules.diagnose_log(logs.read_files(streams))
    except OSError as error:
        name = str(error.filename or names[0])
        raise UsageError(
            _("{path} cannot be read: {problem}.").format(path=name, problem=error.strerror or error),
            code="unreadable",
            where=name,
        ) from error


def _stream(desk: Desk, name: str) -> Iterator[bytes]:
    from sshwizard.machine.stream import PIECE, open_stream

    if name != "-":
        return open_stream(os.path.join(desk.machine.cwd, name))
    if sys.stdin.isatty() and not desk.out.json:
        complain(_("Paste the log, then press Ctrl+D on a line of its own."))
    return iter(lambda: os.read(sys.stdin.fileno(), PIECE), b"")
