"""My repository pushes as the wrong person: who each remote logs in as, who commits, and another key for it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from sshwizard import apply, check, repositories
from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.events import notes
from sshwizard.model.facts import Facts
from sshwizard.repositories import Proposal, Repository, Row
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.columns import Cell
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.choices import Choices, Item
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.wizard import choices


class IdentityScreen(Screen[None]):
    """The remotes of one repository or of a folder of them; Enter gives the one under the pointer another key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accounts", _("which account?"), tooltip=_("log in once, to read which account it is")),
        Binding("s", "sign", _("signing"), tooltip=_("sign commits with a key")),
        Binding("slash", "folder", _("folder"), tooltip=_("look at another folder")),
    ]
    help_title = _("As whom a repository pushes")
    help_lines = (
        _("The account is decided by the key that ssh sends first, not by the name in the address."),
        _("Who stands in a commit is decided by user.name and user.email of git; that is another matter."),
        _("A second account at the same host needs a second key, and a way to say which repository uses it."),
    )

    def __init__(self, folder: str = "") -> None:
        super().__init__()
        self._folder = folder
        self._found: tuple[Repository, ...] = ()
        self._facts: Facts | None = None
        self._login = False
        self._result = ""
        self._cancel = threading.Event()

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        yield TitleBar(_("As whom it pushes"))
        with VerticalScroll(id="body"):
            with Horizontal(id="ask", classes="form-row lead hidden"):
                yield Static(_("Folder"), classes="form-label", markup=False)
                yield Input(placeholder=_("a repository, or a folder of them"), compact=True)
            yield Static(markup=False, id="said", classes="quiet lead")
            yield Choices()
            yield Rows(id="whom", classes="gap")
        yield CommandStrip(self.session.command("identity"))
        yield KeyLine(("enter", _("another key")))

    def on_mount(self) -> None:
        self._folder = self._folder or self.session.machine.cwd
        self.query_one(Choices).focus()
        self._look()

    def on_unmount(self) -> None:
        self._cancel.set()

    def _look(self) -> None:
        self.query_one(TitleBar).say(self.session.machine.shown(self._folder))
        self._say(_("Logging in to each host…") if self._login else _("Looking…"))
        machine, folder = self.session.look_again(), self._folder
        request = check.Request(login=self._login, timeout=self.session.options.timeout)
        self._cancel = cancel = threading.Event()

        def paused(why: str) -> None:
            self.call_later(self._say, why)

        def work() -> tuple[Facts, tuple[Repository, ...]]:
            found = repositories.look(machine, folder, request, on_event=notes(paused), cancel=cancel)
            return self.session.look(), found

        in_background(self, work, self._looked, self._nothing, name="look")

    def _nothing(self, error: SshwizardError) -> None:
        self._found = ()
        self.query_one(Choices).show(())
        self.query_one("#whom", Rows).show([])
        self._say(f"{error.message} {error.hint}".strip() + " " + _("`/` takes another folder."))
        self.refresh_bindings()

    def _looked(self, seen: tuple[Facts, tuple[Repository, ...]]) -> None:
        self._facts, self._found = seen
        self.session.looked = True
        several = len(self._found) > 1
        who = _("logs in as") if self._login else _("sends first")
        heading = (_("remote"), _("leads to"), who, _("commits as"))
        items = [Item(str(number), self._cells(row, several)) for number, row in enumerate(self._rows)]
        self.query_one(Choices).show(items, heading=(_("folder"), *heading) if several else heading)
        self._say(self._result or ("" if items else _("No remote is set here: it pushes nowhere.")))
        self._pointed()
        self.refresh_bindings()

    @property
    def _rows(self) -> list[Row]:
        return [row for one in self._found for row in one.rows]

    @property
    def _row(self) -> Row | None:
        value = self.query_one(Choices).value
        rows = self._rows
        return rows[int(value)] if value and int(value) < len(rows) else None

    def _cells(self, row: Row, several: bool) -> tuple[Cell, ...]:
        commits = Content(row.commits) if row.commits else look.amber(_("nobody yet"))
        cells = (look.bold(row.remote.name), row.place, self._who(row), commits)
        return (os.path.basename(row.remote.folder), *cells) if several else cells

    def _who(self, row: Row) -> Content:
        if row.remote.transport != "ssh":
            return look.muted(_("no ssh ({kind})").format(kind=row.remote.transport))
        if self._login:
            return Content(row.account) if row.account else look.amber(_("no login"))
        return Content(row.key) if row.key else look.amber(_("no key"))

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        row = self._row
        lines: list[tuple[Cell, ...]] = []
        if row is not None and row.remote.transport == "ssh":
            words = _("{remote} → {place} → {outcome}").format(
                remote=row.remote.name, place=row.place, outcome=_outcome(row)
            )
            lines.append((look.muted(_("push")), Content(words)))
            lines.append(
                (
                    look.muted(_("commit")),
                    Content(row.commits or _("git does not know your name and e-mail address here")),
                )
            )
        elif row is not None:
            lines.append(
                (look.muted(_("push")), Content(_("This remote does not use SSH: no key is asked for.")))
            )
        self.query_one("#whom", Rows).show(lines)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "accounts":
            return any(row.remote.transport == "ssh" for row in self._rows) and not self._login
        return bool(self._found) if action == "sign" else True

    def action_accounts(self) -> None:
        """Log in once to each host, to read the account's name."""
        self._login = True
        self._look()

    def action_folder(self) -> None:
        """Ask for another folder."""
        self.query_one("#ask").remove_class("hidden")
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        machine, typed = self.session.machine, event.value.strip()
        path = machine.home + typed[1:] if typed == "~" or typed.startswith("~/") else typed
        self._folder = os.path.normpath(os.path.join(machine.cwd, path))
        self._login, self._result = False, ""
        self.query_one("#ask").add_class("hidden")
        self.query_one(Choices).focus()
        self._look()

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        row = self._row
        if row is not None and row.remote.transport == "ssh":
            self._ask_key(_("Which key should it push with?"), lambda key: self._key_chosen(row, key))

    def action_sign(self) -> None:
        """Choose the key that signs the commits of the repository under the pointer."""
        row = self._row
        folder = row.remote.folder if row else self._found[0].folder
        self._ask_key(
            _("Which key should sign this repository's commits?"),
            lambda key: self._propose(
                lambda request: repositories.sign_with(self.session.machine, folder, key, request)
            ),
        )

    def _ask_key(self, question: str, then: Callable[[str], None]) -> None:
        from sshwizard.tui.screens.choose import ChooseScreen

        identities = self._facts.identities if self._facts else ()
        choice = choices.pick_key(identities, self.session.machine.shown, question)
        if not choice.default:
            self._say(
                _("There is no key here that could be used. The first screen's “Set up a key” makes one.")
            )
            return
        screen = ChooseScreen(_("Another key"), choice, command=self.session.command("keys", "list"))
        self.app.push_screen(screen, lambda key: then(key) if key else None)

    def _key_chosen(self, row: Row, key: str) -> None:
        from sshwizard.tui.screens.choose import ChooseScreen

        tops = tuple(one.folder for one in self._found)
        choice = repositories.design_choice(self.session.machine.shown, row.remote.folder, self._folder, tops)
        name = (
            next((one.name for one in self._facts.identities if one.public.fingerprint == key), key)
            if self._facts
            else key
        )
        strip = self.session.command("identity", "--use", name, "--design", "alias")
        screen = ChooseScreen(_("Another key"), choice, about=row.place, command=strip)
        self.app.push_screen(screen, lambda value: self._design_chosen(row, key, value))

    def _design_chosen(self, row: Row, key: str, value: str | None) -> None:
        if value is None:
            return
        design, folder = repositories.chosen_design(value, row.remote.folder, self._folder)
        self._propose(
            lambda request: repositories.push_with(
                self.session.machine, folder, key, design, request, remote=row.remote.name
            )
        )

    def _propose(self, propose: Callable[[check.Request], Proposal | None]) -> None:
        """Work out a change in the background, and show it."""
        self._say(_("Working out what would have to change…"))
        self.session.look_again()
        in_background(self, lambda: propose(check.Request()), self._show, self._refused, name="propose")

    def _refused(self, error: SshwizardError) -> None:
        self._say("")
        app_of(self).tell(error)

    def _show(self, proposal: Proposal | None) -> None:
        from sshwizard.tui.screens.proposal import ChangeScreen

        self._say("")
        if proposal is None or not (proposal.fix.steps or proposal.fix.instructions):
            self._say(_("It is set up like this already."))
            return
        screen = ChangeScreen(proposal.fix, facts=self._facts)
        self.app.push_screen(screen, lambda change: self._made(proposal, change))

    def _made(self, proposal: Proposal, change: Change | None) -> None:
        """Prove what was done; take it back where the proof fails."""
        if change is None:
            return
        self._say(_("Proving it…"))
        machine = self.session.look_again()

        def prove() -> str:
            trouble = proposal.prove(machine)
            if trouble:
                self.session.record(apply.undo(machine.fresh(), change.number))
            return trouble

        in_background(
            self, prove, lambda trouble: self._proved(proposal, trouble), self._refused, name="prove"
        )

    def _proved(self, proposal: Proposal, trouble: str) -> None:
        undo = _("`{undo}` takes it back.").format(undo=self.session.command("undo"))
        self._result = (
            _("The proof failed, so it was taken back: {why}").format(why=trouble)
            if trouble
            else f"{proposal.proved} {undo}"
        )
        self._login = False
        self._look()

    def _say(self, text: str) -> None:
        said = self.query_one("#said", Static)
        said.update(Content(text))
        said.display = bool(text)


def _outcome(row: Row) -> str:
    """Say as whom a remote logs in, as far as that is known."""
    if row.problem:
        return _("no login: {why}").format(why=row.problem)
    if row.account:
        return _("logs in as {account}").format(account=row.account)
    if row.key:
        return _("would log in as whoever {key} belongs to").format(key=row.key)
    return _("no key would be sent")
