"""The job of ssh-copy-id from within the full screen: ssh's questions appear here, and the answers stay hidden."""

from __future__ import annotations

import queue
import threading
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard.errors import SshwizardError
from sshwizard.machine import askpass
from sshwizard.model.change import Change
from sshwizard.model.finding import Fix
from sshwizard.model.identity import PublicKey
from sshwizard.providers.place import Place
from sshwizard.secret import Secret
from sshwizard.text import _, visible
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.changing import make_change
from sshwizard.tui.screens.newkey import named, row
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.tui.widgets.secret_input import SecretInput
from sshwizard.wizard import login, strip


class ServerScreen(Screen[Change]):
    """Adds the line over the user's own ssh, tries the key, and answers with the change when the user goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go_on", _("go on"))]
    help_title = _("A key for a server")
    help_lines = (
        _("ssh logs in as it always does: with a key that gets in already, or with your password."),
        _("It adds one line to ~/.ssh/authorized_keys there, unless the key is in it."),
        _("What you type is handed to ssh alone, never shown and never kept."),
    )

    def __init__(self, place: Place, fix: Fix, public: PublicKey, shown_path: str) -> None:
        super().__init__()
        self._place = place
        self._fix = fix
        self._public = public
        self._shown_path = shown_path
        self._answers: queue.Queue[Secret | None] = queue.Queue()
        self._left = threading.Event()
        self._asked = 0
        self._busy = False
        self._change: Change | None = None
        self._proved = False

    def compose(self) -> ComposeResult:
        yield TitleBar(_("A key for a server"), self._place.name)
        with VerticalScroll(id="body"):
            yield Rows(id="state", classes="lead")
            yield Static(markup=False, id="question")
            yield named("answer-row", row(_("Answer"), SecretInput(id="answer")))
            yield Static(markup=False, id="why", classes="gap quiet")
        yield CommandStrip(strip.copy_id(self._shown_path, self._place.destination, self._place.flags))
        yield KeyLine()

    def on_mount(self) -> None:
        self._ask_nothing()
        self._show(
            look.muted("…"),
            _("ssh adds one line to ~/.ssh/authorized_keys of {name}").format(name=self._place.name),
        )
        words = _("Enter begins. If ssh asks for a password, its question appears here.")
        self.query_one("#why", Static).update(Content(words))

    def on_unmount(self) -> None:
        self._left.set()
        self._answers.put(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self._busy if action == "go_on" else True

    def action_go_on(self) -> None:
        """Begin; afterwards go on to the test."""
        if self._change is not None:
            self.dismiss(self._change)
            return
        if not askpass.is_possible():
            self._failed_to_ask()
            return
        self._answers, self._asked = queue.Queue(), 0
        asking = askpass.Askpass(self._asked_by_ssh)
        self._busy = make_change(self, self._fix, self._added, self._refused, asking=asking)
        if self._busy:
            self._show(look.muted("…"), _("ssh logs in at {name}…").format(name=self._place.name))
            self.query_one("#why", Static).update(Content(""))
        self.refresh_bindings()

    def _asked_by_ssh(self, question: str) -> Secret | None:
        """Hand ssh's question to the screen and wait for the answer; in a thread of its own."""
        if self._left.is_set():
            return None
        self.call_later(self._ask, visible(question).strip())
        return self._answers.get()

    def _ask(self, question: str) -> None:
        self._asked += 1
        line = self.query_one("#question", Static)
        line.update(look.bold(question))
        line.display = True
        again = _("ssh asks again (question {n}).").format(n=self._asked) if self._asked > 1 else ""
        self.query_one("#why", Static).update(Content(again))
        self.query_one("#answer-row").display = True
        field = self.query_one(SecretInput)
        field.clear()
        field.password = "(yes/no" not in question
        field.focus()

    @on(SecretInput.Entered)
    def _entered(self) -> None:
        self._answers.put(self.query_one(SecretInput).take())
        self._ask_nothing()

    def _ask_nothing(self) -> None:
        self.query_one("#answer-row").display = self.query_one("#question").display = False
        self.query_one("#body").focus()

    def _show(self, word: Content, text: str) -> None:
        self.query_one("#state", Rows).show([(word, look.bold(text))])

    def _added(self, change: Change) -> None:
        self._change = change
        self._show(look.check_word("passed"), " ".join(change.steps))
        self.query_one("#why", Static).update(Content(_("Trying the key alone…")))
        session, place, public = app_of(self).session, self._place, self._public
        machine = session.look_again()

        def tried() -> bool | None:
            return login.works(machine, place, public, session.look().identities)

        in_background(self, tried, self._tried, self._refused, name="login")

    def _tried(self, works: bool | None) -> None:
        self._busy = False
        words = login.proof(works, self._place)
        added = (look.check_word("passed"), look.bold(" ".join(self._change.steps if self._change else ())))
        word = {True: "passed", None: "skipped", False: "warned"}[works]
        self.query_one("#state", Rows).show([added, (look.check_word(word), Content(words))])  # type: ignore[arg-type]
        self.query_one("#why", Static).update(Content(""))
        self.refresh_bindings()

    def _refused(self, error: SshwizardError) -> None:
        self._busy = False
        self._ask_nothing()
        self._show(look.check_word("warned"), error.message)
        again = _("Enter tries again.")
        self.query_one("#why", Static).update(Content(f"{error.hint} {again}"))
        self.refresh_bindings()

    def _failed_to_ask(self) -> None:
        words = _("Here ssh can only ask outside the full screen: type the command below in another window.")
        self.query_one("#why", Static).update(look.amber(words))
