"""Ways out: quickly during a check, and in a real terminal with the sentence that says what was changed."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers.broken import Broken, silent
from servers.running import wait_for

from sshwizard.machine.machine import Machine
from sshwizard.tui.screens.check import CheckScreen
from tui.driving import press, running, shows


async def test_leaving_during_a_check_takes_less_than_a_second(make_machine: Callable[..., Machine]) -> None:
    with Broken(silent) as server:
        async with running(make_machine()) as (app, pilot):
            app.push_screen(CheckScreen(f"ssh://git@127.0.0.1:{server.port}"))
            await shows(pilot, "Version string")
            begun = time.monotonic()
            await press(pilot, "ctrl+c")
        took = time.monotonic() - begun

    assert app.return_value == 130
    assert took < 1.0


async def test_esc_stops_a_check(make_machine: Callable[..., Machine]) -> None:
    with Broken(silent) as server:
        async with running(make_machine()) as (app, pilot):
            app.push_screen(CheckScreen(f"ssh://git@127.0.0.1:{server.port}"))
            await shows(pilot, "Version string")
            begun = time.monotonic()
            await press(pilot, "escape")
            await app.workers.wait_for_complete()
            took = time.monotonic() - begun

    assert took < 1.0


class Terminal:
    """The real program in tmux, on a socket and with a home of its own."""

    def __init__(self, home: Path, command: str, width: int, height: int) -> None:
        self._tmux = ["tmux", "-f", "/dev/null", "-L", f"sshwizard-{uuid.uuid4().hex}"]
        env = {**os.environ, "HOME": str(home), "SSHWIZARD_HOME": str(home), "TERM": "xterm-256color"}
        line = f"{command}; echo exit=$?; exec cat"
        self._run("new-session", "-d", "-x", str(width), "-y", str(height), line, env=env)

    def _run(self, *arguments: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, timeout=20, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def text(self) -> str:
        return " ".join(self._run("capture-pane", "-p").split())

    def shows(self, text: str, seconds: float = 30.0) -> None:
        wait_for(lambda: text in self.text(), f"{text!r} in the terminal", seconds)

    def press(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, timeout=20)


@pytest.fixture
def terminal(home: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_one(*arguments: str, width: int = 80, height: int = 24) -> Terminal:
        command = shlex.join([sys.executable, "-m", "sshwizard", *arguments])
        opened.append(Terminal(home, command, width, height))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def test_ctrl_c_leaves_and_says_that_nothing_was_changed(terminal: Callable[..., Terminal]) -> None:
    screen = terminal()
    screen.shows("nothing checked yet")
    screen.press("Down", "Enter")
    screen.shows("What I have")
    screen.press("C-c")
    screen.shows("exit=130")

    assert "Nothing was changed." in screen.text()


def test_leaving_lists_what_was_changed(terminal: Callable[..., Terminal]) -> None:
    screen = terminal("practice", "--scenario", "wrong-key")
    screen.shows("enter shows how")
    screen.press("Enter")
    screen.shows("+ IdentityFile")
    screen.press("Enter")
    screen.shows("Works: practice takes")
    screen.press("C-c")
    screen.shows("exit=130")

    assert "1 thing was changed: Send practice_ed25519 to practice first" in screen.text()


def test_the_real_program_fits_sixty_columns(terminal: Callable[..., Terminal]) -> None:
    screen = terminal(width=60, height=20)
    screen.shows("nothing checked yet")

    assert "? help" in screen.text()


def test_nothing_that_was_loaded_is_searched_for_cycles_at_the_end() -> None:
    program = (
        "import gc, sys; from sshwizard.__main__ import main; "
        "sys.argv = ['sshwizard', 'explain', 'agent']; main(); print('frozen', gc.get_freeze_count() > 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert "frozen True" in done.stdout, done.stderr
