"""Starting a command in a practice ground, and the list of what can be practised. Prints nothing itself."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sshwizard.errors import UsageError
from sshwizard.practice.ground import Ground, open_ground
from sshwizard.practice.scenarios import scenarios
from sshwizard.text import _

__all__ = ["listing", "listing_json", "open_ground", "run_command"]


def listing() -> str:
    """Return the scenarios as text of at most 80 columns: name, title and story."""
    import textwrap

    known = scenarios()
    width = max(len(scenario.name) for scenario in known) + 2
    lines: list[str] = []
    for scenario in known:
        lines.append(scenario.name.ljust(width) + scenario.title)
        indent = " " * width
        lines += textwrap.wrap(scenario.story, 80, initial_indent=indent, subsequent_indent=indent)
    return "\n".join(lines)


def listing_json() -> dict[str, Any]:
    """Return the scenarios in the form of the JSON contract."""
    return {
        "schema": "sshwizard/1",
        "command": "practice",
        "scenarios": [
            {"name": scenario.name, "title": scenario.title, "story": scenario.story}
            for scenario in scenarios()
        ],
    }


def run_command(scenario: str, argv: Sequence[str]) -> int:
    """Run `argv` in a fresh ground, in the caller's folder and terminal; return its exit code.

    A command that a signal ended gives 128 + its number, as in a shell. SIGINT, SIGTERM and SIGHUP are
    passed on. Raises UsageError for an unknown scenario or a command that cannot be started, CannotCheck
    when the scenario needs something that is not installed.
    """
    with Ground.named(scenario) as ground, _signals() as wishes:
        try:
            process = subprocess.Popen(list(argv), env=dict(ground.env))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise UsageError(
                _("{command} could not be started: {why}.").format(command=argv[0], why=why),
                code="command-not-started",
            ) from error
        wishes.pass_on_to(process)
        status = process.wait()
    return status if status >= 0 else 128 - status


class _Wishes:
    """Signals for the command: those that came before it ran, and where to send the later ones."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def hear(self, number: int, _frame: object) -> None:
        if self._process is None:
            self._early.append(number)
        elif number != signal.SIGINT or not _terminal_is_ours():
            self._process.send_signal(number)

    def pass_on_to(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        for number in self._early:
            process.send_signal(number)


@contextmanager
def _signals() -> Iterator[_Wishes]:
    wishes = _Wishes()
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, wishes.hear) for number in heard}
    try:
        yield wishes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminal_is_ours() -> bool:
    """Whether Ctrl+C reaches the command by itself, because terminal and process group are shared."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
