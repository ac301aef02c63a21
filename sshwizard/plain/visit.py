"""One run of the plain wizard: the machine, the dialogue, and what was changed so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sshwizard import apply, check, gather
from sshwizard.model.config import CommandLine
from sshwizard.plain.asking import apply_asking
from sshwizard.plain.dialogue import Dialogue
from sshwizard.plain.live import Live
from sshwizard.report import pages
from sshwizard.report.columns import Style
from sshwizard.text import _
from sshwizard.wizard import road, strip
from sshwizard.wizard.options import Options

if TYPE_CHECKING:
    from sshwizard.errors import SshwizardError
    from sshwizard.machine.machine import Machine
    from sshwizard.model.change import Change
    from sshwizard.model.facts import Facts
    from sshwizard.model.finding import Diagnosis, Fix
    from sshwizard.wizard.credentials import Login


@dataclass(kw_only=True)
class Visit:
    """What a road works with; `machine` is replaced by a fresh one after every change."""

    machine: Machine
    options: Options
    dialogue: Dialogue
    done: list[Change] = field(default_factory=list)
    """Changes made and not taken back."""
    looked: bool = False
    """A road came to its end."""
    last: Diagnosis | None = None
    """What the last look at a host found."""
    last_typed: str = ""
    """The host of that look, as it was named; "" = this repository's remote."""
    proof: str = ""
    """The sentence of the last success."""
    logins: dict[str, Login] = field(default_factory=dict, repr=False)
    """Credentials that the user agreed to use, by service; in memory only, until the end."""

    refused: set[str] = field(default_factory=set)
    """Services that refused the credential which was found; the next one is asked for."""

    @property
    def style(self) -> Style:
        """How pages are written here."""
        options = self.options
        return Style(width=options.width, colour=options.colour, options=strip.line(*options.options))

    def say(self, *lines: str) -> None:
        """Write lines."""
        self.dialogue.say(*lines)

    def tell(self, error: SshwizardError) -> None:
        """Say what could not be done, and what to do now."""
        self.say("", error.message, *([_("hint: {words}").format(words=error.hint)] if error.hint else []))

    def command(self, line: str) -> None:
        """Show the shell command that this step stands for."""
        self.dialogue.say(f"$ {line}")

    def ours(self, *words: str) -> str:
        """Write one of our own commands, with the global options in force."""
        return strip.wizard(*words, options=self.options.options)

    def facts(self) -> Facts:
        """Look at the machine without any destination."""
        return gather.gather(self.machine, CommandLine(destination=""))

    def request(self, typed: str, *, wanted: str | None = None, login: bool = False) -> check.Request:
        """Return the request for a look at a host."""
        return check.Request(
            typed=typed,
            flags=self.options.flags,
            wanted=wanted or self.options.wanted,
            login=login,
            timeout=self.options.timeout,
        )

    def check(
        self, typed: str, *, wanted: str | None = None, login: bool = False, layers: bool = True
    ) -> Diagnosis:
        """Run the check, telling each layer as it is settled."""
        import sys

        request = self.request(typed, wanted=wanted, login=login)
        with Live(layers=layers, stream=sys.stdout, style=self.style, shown=self.machine.shown) as live:
            self.last = check.run(self.machine, request, on_event=live, cancel=live.cancel)
        self.last_typed = typed
        return self.last

    def show(self, fix: Fix) -> None:
        """Show what a fix would do, to the files and to the hosts."""
        self.say(
            "", *pages.diff(apply.preview(self.machine, fix), self.style), *pages.effects(fix, self.style)
        )

    def apply(self, fix: Fix, login: Login | None = None) -> Change | None:
        """Make a change (None under a dry run) and look at the machine afresh.

        `login` opens the account that it concerns.
        """
        if self.options.dry_run:
            self.say(_("Only shown: {nothing}").format(nothing=road.nothing_was_changed()))
            return None
        change = apply_asking(self.machine, self.dialogue, fix, login)
        self.done.append(change)
        self.machine = self.machine.fresh()
        self.say(_("Done (change {n}): {title}.").format(n=change.number, title=change.title))
        return change

    def undo(self, change: Change) -> None:
        """Take a change back."""
        undone = apply.undo(self.machine, change.number)
        self.done = [one for one in self.done if one.number != change.number]
        self.machine = self.machine.fresh()
        if undone.on_accounts:
            self.done.append(undone)
            self.say(_("Taken back but for the key elsewhere: {title}.").format(title=change.title))
            self.say(*undone.notes)
            return
        self.say(_("Taken back: {title}.").format(title=change.title))

    def leaving(self) -> tuple[str, ...]:
        """Return what to say on leaving."""
        return road.leaving([change.title for change in self.done])
