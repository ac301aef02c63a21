"""Naming keys of an account by title, id, fingerprint, or a part of one: what fits is shown while typing."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from sshwizard.model.account import RemoteKey
from sshwizard.text import _, plural
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.screens.newkey import row
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.wizard import account, strip
from sshwizard.wizard.account import Account


class FindKeyScreen(Screen[tuple[RemoteKey, ...]]):
    """Answers with the keys that fit; nothing is removed here."""

    help_title = _("Remove by name")
    help_lines = (
        _("Type the key's name, its id or fingerprint, or a part of any of them: three characters or more."),
        _("A piece of the key's own line works too, as the services' own tools take it."),
        _("Enter shows what would be removed and asks once more."),
    )

    def __init__(self, opened: Account) -> None:
        super().__init__()
        self._account = opened
        self._fits: tuple[RemoteKey, ...] = ()

    def compose(self) -> ComposeResult:
        yield TitleBar(_("Remove by name"), f"{self._account.place.title} · {self._account.called}")
        with VerticalScroll(id="body"):
            yield row(_("Key"), Input(placeholder=_("a name, or a part of the key"), compact=True))
            yield Static(markup=False, id="note", classes="gap quiet")
            yield Rows(id="fits", classes="gap")
        yield CommandStrip()
        yield KeyLine(("enter", _("go on")))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._fits = account.matching(self._account, event.value)
        note = plural(len(self._fits), "{n} key fits", "{n} keys fit") if event.value.strip() else ""
        self.query_one("#note", Static).update(Content(note))
        self.query_one("#fits", Rows).show(
            [(look.bold(key.title or key.id), look.muted(key.fingerprint or "")) for key in self._fits]
        )
        options = app_of(self).session.options.options
        typed = event.value.strip()
        self.query_one(CommandStrip).say(
            strip.remove(self._account.place.name, typed, options=options) if typed else ""
        )

    @on(Input.Submitted)
    def _entered(self) -> None:
        if self._fits:
            self.dismiss(self._fits)
        else:
            self.query_one("#note", Static).update(look.amber(_("No key of this account fits.")))
