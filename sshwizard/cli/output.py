"""The only writer to stdout and stderr. stdout is the answer; stderr is everything said beside it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from sshwizard.errors import SshwizardError
    from sshwizard.report.columns import Style


class Output:
    """Writes the answer of one command, as text or as exactly one JSON object."""

    def __init__(self, *, json: bool, quiet: bool, style: Style) -> None:
        self.json = json
        self.quiet = quiet
        self.style = style

    def answer(self, text: str | Iterable[str]) -> None:
        """Write lines of the answer to stdout (nothing under `--json`, nothing for no lines)."""
        lines = [text] if isinstance(text, str) else list(text)
        if lines and not self.json:
            _write(sys.stdout, "\n".join(lines))

    def object(self, fields: dict[str, Any]) -> None:
        """Write the JSON object, when `--json` asked for it."""
        if self.json:
            write_json(fields)

    def aside(self, text: str) -> None:
        """Write a line to stderr that is not part of the answer (nothing under `-q`)."""
        if not self.quiet:
            complain(text)


def write_json(fields: dict[str, Any]) -> None:
    """Write one JSON object to stdout."""
    import json

    _write(sys.stdout, json.dumps(fields, indent=2))


def write_raw(text: str) -> None:
    """Write text to stdout as it is, without a line end of our own."""
    sys.stdout.write(text)
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write a line to stderr, after everything that stdout holds."""
    sys.stdout.flush()
    _write(sys.stderr, text)


def explain_error(error: SshwizardError) -> None:
    """Write an error as *what, where, now what* to stderr."""
    place = f"{error.where}:{error.line}" if error.line else error.where
    where = f"{place}: " if place and place not in error.message else ""
    complain(f"sshwizard: {where}{error.message}")
    if error.hint:
        complain(f"hint: {error.hint}")


def prepare() -> None:
    """Let any text be written whatever the locale's encoding: what it lacks becomes a visible escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def give_up_stdout() -> None:
    """Point stdout at nothing, after its reader has gone, so that the interpreter ends quietly."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text + "\n")
    stream.flush()
