"""The check, live: layers with their times, which key was sent, what the host said, and what would mend it."""

from __future__ import annotations

import threading
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from sshwizard import check, propose
from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.events import AnswerCame, CheckDone, CheckStarted, Event, Note, PlanReady
from sshwizard.model.finding import Diagnosis
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Answer, Check, Transcript
from sshwizard.report import limit
from sshwizard.report import words as report_words
from sshwizard.text import _
from sshwizard.tui import look, words
from sshwizard.tui.app import app_of
from sshwizard.tui.columns import Cell
from sshwizard.tui.messages import CheckFailed, CheckFinished, CheckProgress
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.layers import Layers
from sshwizard.tui.widgets.rows import Rows
from sshwizard.tui.widgets.verdict import Verdict

LOW = 22
"""Rows of a screen below which the layers that passed share one line, once the check is over."""


class CheckScreen(Screen[None]):
    """One destination under examination. It owns the diagnosis; everything on it is drawn from that."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "propose", _("show the remedy"), show=False),
        Binding("o", "other_ways", _("other ways")),
        Binding("f", "fix_all", _("mend all")),
        Binding("e", "evidence", _("evidence")),
        Binding("a", "account", _("account")),
        Binding("u", "undo", _("undo")),
        Binding("r", "again", _("again")),
        Binding("y", "why", _("why"), tooltip=_("why these keys")),
        Binding("w", "witness", _("ask ssh"), tooltip=_("let ssh itself try")),
    ]
    help_title = _("The check")
    help_lines = (
        _(
            "Each line is one layer on the way to the host, with its own time. The first that fails is the one to mend."
        ),
        _(
            "The table lists the keys that ssh would send, in its order, why it would, and what the host says to each."
        ),
        _("The host is only asked whether it would take a key. Nothing is signed, sent or changed for that."),
    )

    def __init__(self, typed: str, *, wanted: str | None = None) -> None:
        super().__init__()
        self.typed = typed
        self.run_number = 0
        self.diagnosis: Diagnosis | None = None
        self._wanted = wanted
        self._login = False
        self._asked_for = ""
        self._cancel = threading.Event()
        self._plan: Plan | None = None
        self._checks: dict[str, Check | str] = {}
        self._answers: dict[bytes, Answer] = {}
        self._change: Change | None = None
        self._before = ""

    @property
    def session(self) -> Session:
        return app_of(self).session

    def _shown(self, path: str) -> str:
        return self.session.machine.shown(path)

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Check {host}").format(host=self.typed) if self.typed else _("Check"))
        with VerticalScroll(id="body"):
            yield Verdict()
            yield Layers()
            yield Static(markup=False, id="note", classes="quiet")
            yield Rows(id="offers", classes="gap")
            yield Rows(id="also", classes="gap")
            yield Rows(id="seen", classes="gap only-tall")
        yield Rows(id="remedy")
        yield CommandStrip(self.session.command("doctor", *((self.typed,) if self.typed else ())))
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#body").focus()
        self.action_again()

    def on_unmount(self) -> None:
        self._cancel.set()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        result = self.diagnosis
        if action == "propose":
            return bool(result and result.verdict != "healthy" and words.remedies(result))
        if action == "other_ways":
            least = 0 if result and result.verdict == "healthy" else 1
            return bool(result and len(words.remedies(result)) > least)
        if action == "fix_all":
            return bool(result and len(propose.safe_ones(result.findings)) > 1)
        if action == "evidence":
            return bool(result and result.findings)
        if action == "account":
            found = result.case.transcript if result else None
            return bool(found and found.ssh_key and not found.account)
        if action == "why":
            return self._plan is not None
        if action == "witness":
            return bool(result and result.case.transcript)
        if action == "undo":
            return bool(self._change and self._change.state == "done" and result)
        return True

    def action_again(self) -> None:
        """Look and ask again from the beginning."""
        self._cancel.set()
        self._cancel = threading.Event()
        self.run_number += 1
        self.diagnosis = None
        self._plan = None
        self._checks = {}
        self._answers = {}
        self.query_one(Verdict).hide()
        self.query_one("#note", Static).update(
            Content.styled(_("Looking at this machine…"), "$foreground-muted")
        )
        for part in ("#also", "#remedy", "#offers", "#seen"):
            self.query_one(part, Rows).show([])
        self._draw_layers()
        self.refresh_bindings()
        number, cancel, request = self.run_number, self._cancel, self._request()
        self.session.look_again()
        machine = self.session.machine

        def job() -> None:
            stop = get_current_worker().cancelled_event

            def tell(event: Event) -> None:
                if stop.is_set():
                    cancel.set()
                self.post_message(CheckProgress(number, event))

            try:
                diagnosis = check.run(machine, request, on_event=tell, cancel=cancel)
            except SshwizardError as error:
                self.post_message(CheckFailed(number, error))
            else:
                self.post_message(CheckFinished(number, diagnosis))

        self.run_worker(job, name="check", group="check", description="check", thread=True, exclusive=True)

    def _request(self) -> check.Request:
        return check.Request(
            typed=self._asked_for or self.typed,
            flags=self.session.options.flags,
            wanted=self._wanted,
            login=self._login,
            timeout=self.session.options.timeout,
        )

    @on(CheckProgress)
    def _progressed(self, message: CheckProgress) -> None:
        if message.run != self.run_number:
            return
        match message.event:
            case PlanReady(plan):
                self._plan = plan
                self.query_one(TitleBar).say(words.place(plan))
                self._say("")
                self._draw_offers()
            case CheckStarted(id, title):
                self._checks[id] = title
                self._draw_layers()
            case CheckDone(done):
                self._checks[done.id] = done
                self._draw_layers()
            case AnswerCame(answer):
                self._answers[answer.public.blob] = answer
                self._draw_offers()
            case Note(text):
                self._say(text)

    @on(CheckFailed)
    def _failed(self, message: CheckFailed) -> None:
        if message.run == self.run_number:
            self._say("")
            error = message.error
            self._say_verdict(look.check_word("failed"), error.message, conclusion=error.hint)

    @on(CheckFinished)
    def _finished(self, message: CheckFinished) -> None:
        if message.run != self.run_number:
            return
        result = self.diagnosis = message.diagnosis
        case = result.case
        self._plan = case.plan
        self.session.looked = True
        self._say("")
        if case.transcript:
            self._checks = {done.id: done for done in case.transcript.checks}
            self._answers = {answer.public.blob: answer for answer in case.transcript.answers}
        self._draw_layers()
        self._draw_offers()
        self._draw_result(result)
        self.refresh_bindings()

    def _say(self, text: str) -> None:
        note = self.query_one("#note", Static)
        note.update(Content.styled(text, "$foreground-muted"))
        note.display = bool(text)

    def _draw_layers(self) -> None:
        low = self.diagnosis is not None and self.size.height < LOW
        self.query_one(Layers).show(list(self._checks.values()), self._brief, together=low)

    def _brief(self, text: str) -> str:
        return words.brief(text, self.session.machine.home, self._plan)

    def _draw_offers(self) -> None:
        if self._plan is None:
            return
        result = self.diagnosis
        so_far = Transcript(checks=(), answers=tuple(self._answers.values()))
        seen = result.case.transcript if result else so_far
        rows = words.offer_rows(self._plan, seen, self._shown, running=result is None)
        said = _("{host} said").format(host=self._plan.target.host)
        most = limit.met(seen)
        last = limit.limit_after(self._plan, most) if most else None
        self.query_one("#offers", Rows).show(
            rows,
            heading=("#", _("key"), _("comes from"), said) if rows else (),
            rule=(last, limit.limit_line(most)) if last else None,
        )

    def _draw_result(self, result: Diagnosis) -> None:
        first = result.findings[0] if result.findings else None
        rest = result.findings[1:]
        title = words.headline(result, self._shown)
        if result.verdict == "healthy":
            rest = tuple(one for one in result.findings if one.severity != "info")
            self._say_verdict(look.check_word("passed"), title, conclusion=self._access(result))
        elif first is not None:
            certainty = report_words.certainty_word(first.certainty)
            conclusion = f"{self._brief(first.conclusion)} {self._access(result)}".rstrip()
            self._say_verdict(look.severity_word(first), title, certainty, conclusion)
        else:
            self._say_verdict(look.check_word("warned"), title)
        self.query_one("#also", Rows).show(words.further_rows(rest))
        self.query_one("#seen", Rows).show(words.evidence_rows(result.findings[:1], self._shown))
        self._draw_remedy(result)

    def _access(self, result: Diagnosis) -> str:
        """Say what the account may do with the repository, where a login was made to find out."""
        seen = result.case.transcript
        return " ".join(report_words.access(result)) if self._login and seen and seen.account else ""

    def _say_verdict(self, word: Content, title: str, certainty: str = "", conclusion: str = "") -> None:
        below = [conclusion] if conclusion else []
        if self._before:
            undo = _("`u` takes the change back.") if self._change else _("The change was taken back.")
            below.append(_('Before: "{before}". {undo}').format(before=self._before.rstrip("."), undo=undo))
        self.query_one(Verdict).say(word, title, certainty=certainty, below=tuple(below))
        self.query_one("#body").scroll_home(animate=False)

    def _draw_remedy(self, result: Diagnosis) -> None:
        ways = words.remedies(result)
        rows: list[tuple[Cell, ...]] = []
        if ways and result.verdict != "healthy":
            fix = ways[0][1]
            rows.append((look.bold(f"▸ {fix.title}"), look.key("enter"), look.muted(_("shows how"))))
        self.query_one("#remedy", Rows).show(rows)

    def action_propose(self) -> None:
        """Show the best remedy."""
        if self.diagnosis:
            self._open(0)

    def action_other_ways(self) -> None:
        """Show every remedy."""
        from sshwizard.tui.screens.ways import WaysScreen

        if self.diagnosis:
            self.app.push_screen(WaysScreen(words.remedies(self.diagnosis)), self._way_chosen)

    def _way_chosen(self, number: int | None) -> None:
        if number is not None:
            self._open(number)

    def _open(self, number: int) -> None:
        from sshwizard.tui.screens.proposal import ProposalScreen

        if self.diagnosis is None:
            return
        _finding, fix = words.remedies(self.diagnosis)[number]
        self.app.push_screen(ProposalScreen(fix, self.diagnosis), self._applied)

    def _applied(self, change: Change | None) -> None:
        if change is not None and self.diagnosis is not None:
            self._before = words.headline(self.diagnosis, self._shown)
            self._change = change if change.state == "done" else None
            self.action_again()

    def action_fix_all(self) -> None:
        """Show every safe repair, to make those that are checked."""
        from sshwizard.tui.screens.fix_all import FixAllScreen

        if self.diagnosis:
            self.app.push_screen(FixAllScreen(self.diagnosis, self._request()), self._all_mended)

    def _all_mended(self, changed: bool | None) -> None:
        if changed:
            self._before, self._change = "", None
            self.action_again()

    def action_evidence(self) -> None:
        """Show what each conclusion rests on."""
        from sshwizard.tui.screens.evidence import EvidenceScreen

        if self.diagnosis:
            self.app.push_screen(EvidenceScreen(self.diagnosis))

    def action_why(self) -> None:
        """Show the list with its reasons, and the lines of the configuration that decided."""
        from sshwizard.tui.screens.why import WhyScreen

        seen = self.diagnosis.case.transcript if self.diagnosis else None
        self.app.push_screen(WhyScreen(self.typed, limit=seen.try_limit if seen else None, checking=True))

    def action_witness(self) -> None:
        """Say what the machine's own ssh would do, and let it after a yes."""
        from sshwizard.tui.screens.consent import ConsentScreen
        from sshwizard.witness import login

        result = self.diagnosis
        if result is not None and result.case.plan is not None:
            sentences = login.announcement(result, self.session.options.flags)
            self.app.push_screen(ConsentScreen(_("Let ssh itself try"), sentences), self._witness_agreed)

    def _witness_agreed(self, agreed: bool | None) -> None:
        from sshwizard.tui.screens.second import SecondScreen

        if agreed and self.diagnosis is not None:
            self.app.push_screen(SecondScreen(self.diagnosis))

    def action_account(self) -> None:
        """Log in once with the winning key: the account's name, and what it may do with this repository."""
        from sshwizard.witness.login import repository

        if self.diagnosis is not None:
            self._asked_for = repository(self.diagnosis, self.session.options.flags)
        self._login = True
        self.action_again()

    def action_undo(self) -> None:
        """Take the last change back and check again."""
        from sshwizard.tui.screens.undo import UndoScreen

        if self._change is not None:
            self.app.push_screen(UndoScreen(self._change), self._applied)
