"""A passphrase on the screen: dots and a count, never in a copy, a message, or the output of a crash."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from textual.app import App
from textual.events import Event
from textual.message import Message

from sshwizard.tui.app import WizardApp
from sshwizard.tui.screens.home import HomeScreen
from sshwizard.tui.screens.newkey import NewKeyScreen
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.secret_input import SecretInput
from sshwizard.wizard.options import Options
from tui import values
from tui.driving import press, running, screen_text, shows

CANARY = "canary-hunter2"


async def test_dots_and_a_count_and_reveal_on_request(home: Path) -> None:
    async with running(values.machine(str(home))) as (app, pilot):
        app.push_screen(NewKeyScreen(values.target()))
        await shows(pilot, "Passphrase")
        await press(pilot, *CANARY)
        await shows(pilot, "14 characters")
        assert CANARY not in screen_text(app)
        await press(pilot, "ctrl+r")

        assert CANARY in screen_text(app)


async def test_a_passphrase_cannot_be_copied_out_of_the_field(home: Path) -> None:
    async with running(values.machine(str(home))) as (app, pilot):
        app.push_screen(NewKeyScreen(values.target()))
        await shows(pilot, "Passphrase")
        await press(pilot, *CANARY, "ctrl+a", "ctrl+x")
        field = app.screen.query_one("#passphrase", SecretInput)
        field.select_all()
        field.action_copy()
        field.action_cut()

        assert app.clipboard == ""
        assert field.length == len(CANARY)


async def test_no_message_carries_the_passphrase(home: Path) -> None:
    messages: list[Message] = []
    app = WizardApp(*_start(home))
    async with app.run_test(message_hook=messages.append) as pilot:
        app.push_screen(NewKeyScreen(values.target()))
        await shows(pilot, "Passphrase")
        await press(pilot, *CANARY, "enter")

        told = [
            repr(message) + repr(getattr(message, "value", ""))
            for message in messages
            if not isinstance(message, Event)
        ]
        assert [text for text in told if "canary" in text] == []


async def test_the_wrong_second_passphrase_is_said_and_nothing_is_made(home: Path) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    async with running(values.machine(str(home))) as (app, pilot):
        app.push_screen(NewKeyScreen(values.target()))
        await shows(pilot, "Passphrase")
        await press(pilot, *"one phrase", "enter", *"another one", "enter")
        await shows(pilot, "The two passphrases differ")

        assert list((home / ".ssh").iterdir()) == []


class Broken(RuntimeError):
    """A bug of ours, made for the test."""


def test_a_crash_prints_no_local_variable(home: Path) -> None:
    class Crashing(WizardApp):
        CSS_PATH = None

        def on_mount(self) -> None:
            passphrase = CANARY
            raise Broken(f"{len(passphrase)} characters")

    out, err = io.StringIO(), io.StringIO()
    app = Crashing(*_start(home))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        app.run(headless=True)

    assert isinstance(app.bug, Broken)
    assert CANARY not in out.getvalue() + err.getvalue()


def test_textual_itself_would_have_printed_it(home: Path) -> None:
    class Crashing(App[None]):
        def on_mount(self) -> None:
            passphrase = CANARY
            raise Broken(f"{len(passphrase)} characters")

    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        app = Crashing()
        app.error_console.file = err
        app.run(headless=True)

    assert CANARY in err.getvalue()


def _start(home: Path) -> tuple[Session, HomeScreen]:
    session = Session(machine=values.machine(str(home)), options=Options())
    return session, HomeScreen(session)
