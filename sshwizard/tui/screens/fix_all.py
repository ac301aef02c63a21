"""Every safe repair with a box to check, made one after the other with a look after each."""

from __future__ import annotations

import threading
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from sshwizard import check, mending, propose
from sshwizard.errors import SshwizardError
from sshwizard.mending import Mended
from sshwizard.model.change import Change
from sshwizard.model.events import notes
from sshwizard.model.finding import Diagnosis, Finding, Fix
from sshwizard.text import _, plural
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices, Item
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows


class FixAllScreen(Screen[bool]):
    """Answers whether anything was changed. What is made is in the session and in the journal, one entry each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "check", _("check or not")),
        Binding("d", "show", _("show it")),
        Binding("escape", "leave", _("back"), key_display="esc"),
    ]
    help_title = _("All repairs")
    help_lines = (
        _(
            "Only what is safe stands here: each repair can be taken back and changes nothing for other hosts."
        ),
        _("They are made from top to bottom, since one may need another, and the host is asked after each."),
        _("The first that makes it worse is taken back at once, and nothing more is done."),
    )

    def __init__(self, diagnosis: Diagnosis, request: check.Request) -> None:
        super().__init__()
        self._request = request
        self._diagnosis = diagnosis
        self._repairs = propose.safe_ones(diagnosis.findings)
        self._left = set(range(len(self._repairs)))
        """Numbers of those that are checked."""
        self._states: dict[int, Mended] = {}
        self._at_work = False
        self._changed = False
        self._stop = threading.Event()

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        yield TitleBar(_("All that is safe to mend"), self._request.typed)
        with VerticalScroll(id="body"):
            yield Static(
                Content(
                    _("Made from top to bottom; after each the host is asked again. Each can be taken back.")
                ),
                markup=False,
                classes="lead",
            )
            yield Choices()
            yield Static(markup=False, id="said", classes="gap")
        yield Rows(id="detail")
        words = ("fix", "--all", *((self._request.typed,) if self._request.typed else ()))
        yield CommandStrip(self.session.command(*words))
        yield KeyLine(("enter", _("mend what is checked")))

    def on_mount(self) -> None:
        self._draw()
        self.query_one(Choices).focus()

    def on_unmount(self) -> None:
        self._stop.set()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("check", "show"):
            return bool(self._repairs) and not self._at_work and not self._states
        return True

    def _draw(self) -> None:
        items = [
            Item(str(number), (self._box(number), look.bold(fix.title), look.muted(finding.id)))
            for number, (finding, fix) in enumerate(self._repairs)
        ]
        self.query_one(Choices).show(items)
        self._pointed()
        self.refresh_bindings()

    def _box(self, number: int) -> Content:
        mended = self._states.get(number)
        if mended is None:
            return Content("[x]") if number in self._left else look.muted("[ ]")
        return {
            "begun": Content("…"),
            "done": look.good(_("ok")),
            "needless": look.muted(_("–")),
            "worse": look.amber(_("FAIL")),
            "refused": look.amber(_("FAIL")),
        }[mended.state]

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        value = self.query_one(Choices).value
        if not value:
            return
        finding, fix = self._repairs[int(value)]
        mended = self._states.get(int(value))
        rows = [(look.muted(_("so")), Content(finding.conclusion))]
        if fix.why:
            rows.append((look.muted(_("why so")), Content(fix.why)))
        if mended is not None and mended.words:
            rows.append((look.muted(_("then")), Content(_state_words(mended))))
        self.query_one("#detail", Rows).show(rows)

    def action_check(self) -> None:
        """Check the line under the pointer, or take the check away."""
        value = self.query_one(Choices).value
        if value and int(value) not in self._states:
            self._left ^= {int(value)}
            self._draw()

    def action_show(self) -> None:
        """Show what a repair changes."""
        from sshwizard.tui.screens.proposal import ProposalScreen

        value = self.query_one(Choices).value
        if value:
            fix = self._repairs[int(value)][1]
            self.app.push_screen(ProposalScreen(fix, self._diagnosis), self._one_made)

    def _one_made(self, change: Change | None) -> None:
        if change is not None:
            self._changed = True
            in_background(self, lambda: self._look(), self._begin_again, app_of(self).tell, name="look")

    def _begin_again(self, diagnosis: Diagnosis) -> None:
        self._diagnosis = diagnosis
        self._repairs = propose.safe_ones(diagnosis.findings)
        self._left = set(range(len(self._repairs)))
        self._states = {}
        self._draw()
        if not self._repairs:
            self._say(_("Nothing is left that is safe to mend."))

    def _look(self) -> Diagnosis:
        return check.run(self.session.look_again(), self._request, on_event=notes(self._paused))

    def _paused(self, why: str) -> None:
        """Say, from the thread that looks, what it does meanwhile."""
        self.call_later(self._say, why)

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        if self._at_work:
            return
        if self._states or not self._repairs:
            self.action_leave()
            return
        if self.session.options.dry_run:
            self.notify(_("Dry run: nothing was changed."), markup=False)
            return
        if not self._left:
            self._say(_("Nothing is checked. Space checks a line."))
            return
        self._at_work = True
        self.refresh_bindings()
        self._say(_("Mending…"))
        chosen = [(number, self._repairs[number]) for number in sorted(self._left)]
        in_background(self, lambda: self._mend(chosen), self._ended, self._failed, name="mend")

    def _mend(self, chosen: list[tuple[int, tuple[Finding, Fix]]]) -> list[Mended]:
        """Run in a thread: make the repairs, telling the screen of each."""
        numbers = {id(pair[0]): number for number, pair in chosen}
        told: list[Mended] = []
        repairs = [pair for _number, pair in chosen]
        for mended in mending.mend(
            self.session.machine,
            self._diagnosis,
            repairs,
            look=lambda machine: check.run(machine, self._request, on_event=notes(self._paused)),
        ):
            told.append(mended)
            if mended.change is not None:
                self.session.record(mended.change)
            self.call_later(self._progressed, numbers[id(mended.finding)], mended)
            if self._stop.is_set() and mended.state != "begun":
                break
        return told

    def _progressed(self, number: int, mended: Mended) -> None:
        self._states[number] = mended
        self._changed = self._changed or mended.state == "done"
        self._draw()

    def _ended(self, told: list[Mended]) -> None:
        self._at_work = False
        done = sum(1 for one in told if one.state == "done")
        last = told[-1] if told else None
        words = plural(done, "{n} repair made and tested.", "{n} repairs made, each tested.")
        if last is not None and last.state in mending.ENDS:
            words += " " + _state_words(last)
        if done:
            words += " " + _("`{undo}` takes the last one back.").format(undo=self.session.command("undo"))
        self._say(words)
        self.query_one(KeyLine).say(("enter", _("back to the check")))
        self._draw()

    def _failed(self, error: SshwizardError) -> None:
        self._at_work = False
        self._draw()
        app_of(self).tell(error)

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Content(text))

    def action_leave(self) -> None:
        """Go back; what is being made at this moment is still brought to its end."""
        self._stop.set()
        self.dismiss(self._changed)


def _state_words(mended: Mended) -> str:
    words = (
        _("It was worse after “{title}” ({why}), so that one was taken back and nothing more was done.")
        if mended.state == "worse"
        else _("“{title}” could not be made: {why}")
    )
    return words.format(title=mended.fix.title, why=mended.words.rstrip("."))
