"""What the machine's own ssh met at a host, and git, beside what the check saw."""

from __future__ import annotations

import threading
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.errors import SshwizardError
from sshwizard.model.events import Note
from sshwizard.model.finding import Diagnosis
from sshwizard.report import words as report_words
from sshwizard.text import _
from sshwizard.tui import look, words
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.columns import Cell
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.witness import login
from sshwizard.witness.login import Listed, Second, Tried


class SecondScreen(Screen[None]):
    """Runs ssh, then git, once each and without a question; shows where they met something else than we did."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log('ssh')", _("what ssh printed")),
        Binding("g", "log('git')", _("what git printed")),
    ]
    help_title = _("Your own ssh")
    help_lines = (
        _("The check asks without signing. Here the ssh of this machine logs in itself, as git makes it do."),
        _("Where the two met something different, it is said in a sentence; no news is good news."),
        _("git ls-remote only reads the list of branches and tags; nothing is fetched or changed."),
    )

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__()
        self._diagnosis = diagnosis
        self.second: Second | None = None
        self._cancel = threading.Event()

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        plan = self._diagnosis.case.plan
        yield TitleBar(_("Your own ssh"), words.place(plan) if plan else "")
        with VerticalScroll(id="body"):
            yield Rows([(look.muted("…"), look.muted(_("your own ssh")))], id="state")
            yield Static(markup=False, id="met", classes="section hidden")
            yield Rows(id="offers")
        typed = plan.target.typed if plan else ""
        yield CommandStrip(self.session.command("doctor", "--witness", *((typed,) if typed else ())))
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#body").focus()
        machine, options, cancel = self.session.machine, self.session.options, self._cancel

        def step(what: str) -> None:
            self.call_later(self._now, _("{what} is running").format(what=what))

        def wait(note: Note) -> None:
            self.call_later(self._now, note.text)

        in_background(
            self,
            lambda: login.ask(
                machine,
                self._diagnosis,
                flags=options.flags,
                timeout=options.timeout,
                cancel=cancel,
                on_step=step,
                on_wait=wait,
            ),
            self.show,
            self._failed,
            name="second",
        )

    def on_unmount(self) -> None:
        self._cancel.set()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "log":
            return True
        tried = self._tried(str(parameters[0]))
        return bool(tried and tried.log.reading.attempts)

    def _tried(self, who: str) -> Tried | None:
        if self.second is None:
            return None
        if who == "git":
            return self.second.git.tried if self.second.git else None
        return self.second.ssh

    def _now(self, what: str) -> None:
        if self.second is None:
            self.query_one("#state", Rows).show([(look.muted("…"), look.muted(what))])

    def _failed(self, error: SshwizardError) -> None:
        rows: list[tuple[Cell, ...]] = [(look.check_word("warned"), Content(error.message))]
        if error.hint:
            rows.append(("", look.muted(error.hint)))
        self.query_one("#state", Rows).show(rows)

    def show(self, second: Second | None) -> None:
        """Show what they met."""
        if second is None:
            self._failed(SshwizardError(_("There is nothing to compare: no host was asked.")))
            return
        self.second = second
        rows = _rows(second.ssh, _("Your own ssh"))
        if second.git:
            rows += _git_rows(second.git)
        self.query_one("#state", Rows).show(rows)
        self._show_offers(second.ssh)
        self.refresh_bindings()

    def _show_offers(self, tried: Tried) -> None:
        attempts = tried.log.reading.attempts
        offers = [one for one in attempts[-1].offers if one.kind == "query"] if attempts else []
        plan = self._diagnosis.case.plan
        rows: list[tuple[Cell, ...]] = [
            (
                str(number),
                look.bold(words.brief(one.path, self.session.machine.home, plan)),
                _said(one.outcome),
            )
            for number, one in enumerate(offers, 1)
        ]
        if rows:
            met = self.query_one("#met", Static)
            met.update(Content(_("What ssh itself met")))
            met.remove_class("hidden")
            said = _("{host} said").format(host=plan.target.host if plan else "")
            self.query_one("#offers", Rows).show(rows, heading=("#", _("key"), said))

    def action_log(self, who: str) -> None:
        """Show the log as the log reader sees it."""
        from sshwizard.tui.screens.log_result import LogResultScreen

        tried = self._tried(who)
        if tried:
            self.app.push_screen(LogResultScreen(tried.log))


def _said(outcome: str) -> str:
    """Say what became of an offer in the log."""
    if outcome == "hung-up":
        return _("refused, and hung up")
    return report_words.answer_word(login.ANSWERS.get(outcome, "unknown"))


def _rows(tried: Tried, who: str) -> list[tuple[Cell, ...]]:
    """Return whether a program agrees with us, its differences below."""
    first, *rest = login.sentences(tried, who)
    word = look.check_word("warned" if tried.differences else "passed")
    return [(word, look.bold(first)), *(("", Content(one.strip())) for one in rest)]


def _git_rows(git: Listed) -> list[tuple[Cell, ...]]:
    word = look.check_word("failed" if git.references is None else "passed")
    rows: list[tuple[Cell, ...]] = [(word, look.bold(git.sentence))]
    if git.talkative and git.tried.differences:
        rows += _rows(git.tried, _("The ssh that git runs"))
    return rows
