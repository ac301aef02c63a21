"""Which keys ssh would send to a host, and why: from files alone, no host is asked."""

from __future__ import annotations

import threading
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard import check
from sshwizard.errors import SshwizardError
from sshwizard.model.reasons import Reasons
from sshwizard.report import why as report_why
from sshwizard.report.deciding import deciding_lines
from sshwizard.report.limit import limit_after, limit_line
from sshwizard.text import _
from sshwizard.tui import look, words
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.witness import offers
from sshwizard.witness.offers import Heard


class WhyScreen(Screen[None]):
    """The ordered list with its reasons, the lines that decided, and ssh's own word for it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "check", _("ask the host")),
        Binding("w", "witness", _("ask your own ssh")),
        Binding("x", "run_commands", _("run the commands")),
    ]
    help_title = _("Which keys, and why")
    help_lines = (
        _("ssh sends the keys in this order until the host accepts one. Each line says why it stands there."),
        _(
            "IdentityFile names a key; an agent is the program that remembers keys; IdentitiesOnly makes ssh send only named keys."
        ),
        _("Nothing is contacted. Your own ssh is asked by leading it to a built-in host that refuses all."),
    )

    def __init__(self, typed: str, *, limit: int | None = None, checking: bool = False) -> None:
        """`limit`: refused keys after which the host hung up, where that was seen; `checking`: opened from a check."""
        super().__init__()
        self.typed = typed
        self.reasons: Reasons | None = None
        self.heard: Heard | None = None
        self._limit = limit
        self._checking = checking
        self._ran = False
        self._hearing = False
        self._cancel = threading.Event()

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Which keys, and why"), self.typed)
        with VerticalScroll(id="body"):
            yield Static(
                look.muted(_("Looking at this machine…")), markup=False, id="note", classes="quiet hidden"
            )
            yield Rows(id="offers")
            yield Rows(id="sentences", classes="gap")
            yield Rows(id="outcomes", classes="gap")
            yield Static(markup=False, id="decided", classes="section")
            yield Rows(id="lines")
        yield Rows(id="heard")
        yield CommandStrip(self._command)
        yield KeyLine(("↑↓", _("scroll")))

    @property
    def _command(self) -> str:
        run = ("--run-match-exec",) if self._ran else ()
        return self.session.command("why", *run, *((self.typed,) if self.typed else ()))

    def on_mount(self) -> None:
        self.query_one("#body").focus()
        self._look()

    def on_unmount(self) -> None:
        self._cancel.set()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "check":
            return not self._checking
        if action == "witness":
            fatal = self.reasons is None or self.reasons.plan.effective.fatal
            return None if fatal or self._hearing else True
        if action == "run_commands":
            return bool(self.reasons and self.reasons.commands and not self._ran)
        return True

    def _look(self) -> None:
        options = self.session.options
        request = check.Request(typed=self.typed, flags=options.flags, run_match_exec=self._ran)
        machine = self.session.look_again()
        self.query_one("#note").remove_class("hidden")
        in_background(self, lambda: check.reasons(machine, request), self.show, self._failed, name="why")

    def _failed(self, error: SshwizardError) -> None:
        self.query_one("#note", Static).update(look.amber(f"{error.message} {error.hint}".rstrip()))

    def show(self, reasons: Reasons) -> None:
        """Show what was worked out."""
        self.reasons = reasons
        self.session.looked = True
        plan, shown = reasons.plan, self.session.machine.shown
        self.query_one(TitleBar).say(words.place(plan))
        self.query_one(CommandStrip).say(self._command)
        note = self.query_one("#note", Static)
        note.set_class(not plan.effective.fatal, "hidden")
        note.update(look.amber(report_why.refusal(plan, shown)))
        last = limit_after(plan, self._limit)
        self.query_one("#offers", Rows).show(
            words.why_rows(plan, shown),
            heading=("#", _("key"), _("why")),
            rule=(last, limit_line(self._limit)) if last else None,
        )
        sentences = (report_why.looked_for(plan), *plan.notes, report_why.reach(plan, self._limit))
        every = (*sentences, report_why.identities_only(reasons))
        self.query_one("#sentences", Rows).show([(one,) for one in every if one])
        outcomes = report_why.outcomes(reasons.outcomes)
        self.query_one("#outcomes").display = bool(outcomes)
        each = [(line,) for when, then in outcomes for line in (look.bold(when), Content(f"    {then}"))]
        self.query_one("#outcomes", Rows).show(each)
        self._show_lines(reasons)
        self.refresh_bindings()

    def _show_lines(self, reasons: Reasons) -> None:
        found = deciding_lines(reasons.plan, reasons.facts.files)
        heading = _("Lines that decided") if found else report_why.nothing_decided()
        self.query_one("#decided", Static).update(Content(heading))
        self.query_one("#lines", Rows).show(words.line_rows(found, self.session.machine.shown))

    def action_check(self) -> None:
        """Ask the host what it thinks of them."""
        from sshwizard.tui.screens.check import CheckScreen

        self.app.push_screen(CheckScreen(self.typed))

    def action_run_commands(self) -> None:
        """Name the commands of Match exec, and run them after a yes."""
        from sshwizard.tui.screens.consent import ConsentScreen

        assert self.reasons is not None
        sentences = (
            _(
                "ssh runs these commands of your configuration each time it starts, to decide which lines hold."
            ),
            _("They run now as they stand, each for at most 10 s."),
        )
        self.app.push_screen(
            ConsentScreen(_("Run the commands of Match exec"), sentences, self.reasons.commands), self._run
        )

    def _run(self, agreed: bool | None) -> None:
        if agreed:
            self._ran = True
            self._say([])
            self._look()

    def action_witness(self) -> None:
        """Let the user's own ssh say its list; first name the commands that it would run."""
        from sshwizard.tui.screens.consent import ConsentScreen

        assert self.reasons is not None
        if self.reasons.commands and not self._ran:
            sentences = (_("Your ssh runs these commands of the configuration whenever it starts."),)
            card = ConsentScreen(_("Ask your own ssh"), sentences, self.reasons.commands)
            self.app.push_screen(card, lambda agreed: self._hear() if agreed else None)
        else:
            self._hear()

    def _hear(self) -> None:
        reasons = self.reasons
        assert reasons is not None
        self._hearing = True
        self._say([(look.muted("…"), look.muted(_("asking your own ssh, without a network")))])
        machine, timeout, cancel = self.session.machine, self.session.options.timeout, self._cancel
        in_background(
            self,
            lambda: offers.ask(machine, reasons, timeout, cancel),
            self._told,
            self._not_told,
            name="witness",
        )
        self.refresh_bindings()

    def _told(self, heard: Heard) -> None:
        self.heard, self._hearing = heard, False
        first, *rest = heard.sentences()
        word = look.check_word("passed" if heard.agrees else "warned")
        self._say([(word, Content(first)), *(("", Content(one)) for one in rest)])
        options = ("--witness", *(("--run-match-exec",) if self._ran else ()))
        self.query_one(CommandStrip).say(self.session.command("why", *options, self.typed))
        self.refresh_bindings()

    def _not_told(self, error: SshwizardError) -> None:
        self._hearing = False
        self._say([(look.check_word("warned"), Content(error.message)), ("", look.muted(error.hint))])
        self.refresh_bindings()

    def _say(self, rows: list[tuple[Content | str, Content]]) -> None:
        self.query_one("#heard", Rows).show([row for row in rows if row[1].plain])
