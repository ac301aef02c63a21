"""What a command works with: its arguments, the machine, the terminal, the output, and who may be asked."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sshwizard.cli.output import Output
from sshwizard.cli.terminal import Terminal
from sshwizard.errors import NeedsAnswer
from sshwizard.machine.machine import Machine
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.check import Request
    from sshwizard.report.contract import Preview


@dataclass(kw_only=True)
class Desk:
    """One run of one command."""

    args: argparse.Namespace
    machine: Machine
    terminal: Terminal
    out: Output
    flags: tuple[tuple[str, str], ...] = ()
    """ssh's own options, in order."""
    late_flags: int = 0
    """How many of them stood after the destination."""
    destination: str = ""
    """As typed, before or after `--`."""
    verbatim: bool = False
    """The destination stood after `--`, where everything is as ssh itself would get it."""
    remote_command: str = ""
    tail: tuple[str, ...] = ()
    """What stood after `--`."""
    done: list[str] = field(default_factory=list)
    """What this run changed, one sentence each: said when it is interrupted."""

    @property
    def options(self) -> tuple[str, ...]:
        """The global options to repeat in the commands that are shown."""
        found: list[str] = []
        if getattr(self.args, "home", None):
            found += ["--home", self.args.home]
        if getattr(self.args, "config", None):
            found += ["-F", self.args.config]
        return tuple(found)

    def request(self, **more: object) -> Request:
        """Return the request for `check` that the arguments describe."""
        from sshwizard.check import Request

        fields: dict[str, object] = {
            "typed": self.destination,
            "verbatim": self.verbatim,
            "flags": self.flags,
            "late": self.late_flags,
            "command": self.remote_command,
            "timeout": getattr(self.args, "timeout", 20.0),
            "offline": getattr(self.args, "offline", False),
            "wanted": getattr(self.args, "want", None),
            "every_key": getattr(self.args, "every_key", False),
            "run_match_exec": getattr(self.args, "run_match_exec", False),
        }
        return Request(**(fields | more))  # type: ignore[arg-type]

    @property
    def preview(self) -> Preview:
        """`apply.preview` for this machine."""
        from sshwizard import apply

        return partial(apply.preview, self.machine)

    def may_ask(self) -> bool:
        """Whether somebody can be asked at all."""
        return self.terminal.can_ask and not self.out.json

    def need(self, what: str, flag: str) -> NeedsAnswer:
        """Return the error for a question that nobody can answer; `flag` would have."""
        return NeedsAnswer(
            what,
            code="needs-confirmation",
            hint=_("Answer it with `{flag}`; `--dry-run` only shows what would change.").format(flag=flag),
        )

    def confirm(self, question: str, *, flag: str = "--yes", default: bool = True) -> bool:
        """Ask yes or no; `--yes` answers yes. Raises NeedsAnswer where nobody can be asked."""
        if self.args.yes:
            return True
        if not self.may_ask():
            raise self.need(question, flag)
        from sshwizard.plain.dialogue import Dialogue

        return Dialogue().yes_no(question, default=default)
