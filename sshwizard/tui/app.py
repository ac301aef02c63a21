"""The full-screen application: it holds the session, the keys that work everywhere, and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar, cast

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from sshwizard.errors import Cancelled, SshwizardError
from sshwizard.text import _
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.frame import CommandStrip
from sshwizard.wizard.options import OpenGround

INTERRUPTED = 130
"""Exit code for Ctrl+C."""


class WizardApp(App[int]):
    """Three doors, and everything behind them. Exits with the contract's exit code."""

    CSS_PATH = "sshwizard.tcss"
    TITLE = "sshwizard"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-normal"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave", "leave", show=False, priority=True),
        Binding("escape", "back", "back", key_display="esc"),
        Binding("question_mark,f1", "help", "help", key_display="?"),
        Binding("c,f2", "copy_command", "copy", show=False),
    ]

    def __init__(self, session: Session, home: Screen[None], first: Screen[Any] | None = None) -> None:
        super().__init__()
        self.session = session
        """The machine that is being looked at: the real one, or a practice ground's."""
        self.outermost = session
        """The session the application began with; what it changed is told on leaving."""
        self.ground: OpenGround | None = None
        """The practice ground that was opened from here and still stands."""
        self.bug: BaseException | None = None
        """An error of our own that ended the app; the caller reports it."""
        self._home = home
        self._first = first

    def get_default_screen(self) -> Screen[None]:
        return self._home

    def on_mount(self) -> None:
        self.animation_level = "none"
        if self._first is not None:
            self.push_screen(self._first)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        from sshwizard.tui.navigation import commands

        yield from super().get_system_commands(screen)
        yield from (SystemCommand(*command) for command in commands(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "back":
            return len(self.screen_stack) > 1
        if action == "copy_command":
            return any(strip.command for strip in self.screen.query(CommandStrip))
        return super().check_action(action, parameters)

    def get_key_display(self, binding: Binding) -> str:
        names = {"enter": "enter", "slash": "/", "escape": "esc", "question_mark": "?"}
        return binding.key_display or names.get(binding.key) or super().get_key_display(binding)

    @property
    def scenarios(self) -> tuple[tuple[str, str], ...]:
        """The practice scenarios that can be opened from here."""
        return self.outermost.options.scenarios if self.ground is None else ()

    def go_home(self) -> None:
        """Go back to the first screen of the machine that is looked at."""
        from sshwizard.tui.screens.home import HomeScreen

        while len(self.screen_stack) > 1 and not isinstance(self.screen, HomeScreen):
            self.pop_screen()

    def enter_ground(self, ground: OpenGround) -> Session:
        """Work on a practice ground from now on, until `close_ground`."""
        self.ground = ground
        options = replace(self.outermost.options, story=ground.story, options=(), typed=ground.typed)
        self.session = Session(machine=ground.machine, options=options)
        return self.session

    def close_ground(self) -> None:
        """Take the practice ground down, if one stands, and come back to the real machine."""
        if self.ground is not None:
            self.ground.close()
        self.ground = None
        self.session = self.outermost

    async def action_back(self) -> None:
        """Go back one step; the screen below kept everything."""
        if len(self.screen_stack) > 1:
            self.screen.dismiss(None)

    def action_leave(self) -> None:
        """Leave from anywhere, at once; what was changed is told after the screen is gone."""
        self.exit(INTERRUPTED)

    async def action_quit(self) -> None:
        """Leave because one is done."""
        useful = self.outermost.changes or self.outermost.looked or self.session.looked
        self.exit(0 if useful else Cancelled.exit_code)

    def action_help(self) -> None:
        from sshwizard.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_copy_command(self) -> None:
        from sshwizard.tui.screens.copied import CopiedScreen

        self.push_screen(CopiedScreen(self.screen.query(CommandStrip).first().command))

    def tell(self, error: SshwizardError) -> None:
        """Show what could not be done: what, where, now what."""
        from sshwizard.tui.screens.notice import NoticeScreen

        self.push_screen(NoticeScreen(_("That did not work"), error))

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by the desktop's own program where there is one, and by the terminal (OSC 52) in any case."""
        from sshwizard.machine import clipboard

        clipboard.copy(self.session.machine, text)
        super().copy_to_clipboard(text)

    def _fatal_error(self) -> None:
        """Leave after a bug without printing any frame's local variables: one could be a passphrase.

        Textual's own version prints them all. The caller of `run` reports `bug`.
        """
        error = self._exception
        self.bug = getattr(error, "error", error)
        self._close_messages_no_wait()


def app_of(node: DOMNode) -> WizardApp:
    """Return the application that a screen or widget belongs to."""
    return cast(WizardApp, node.app)
