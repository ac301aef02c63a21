"""Which front end this terminal can carry, decided by data: environment, whether streams are terminals.

Pure but for `look`, which asks the streams. Rules: a screen reader's user says so with ACCESSIBLE; Git
Bash's mintty without a pseudo console shows a native program as a pipe and cannot hide input.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from sshwizard.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """What the terminal can do."""

    full_screen: bool
    colour: bool
    width: int
    """Columns."""
    can_ask: bool
    """Somebody can answer: stdin is a terminal."""
    hidden_input: bool
    """What is typed can be hidden."""
    notice: str = ""
    """One line to say when the full screen was expected and cannot be had."""


def look(env: Mapping[str, str], *, plain: bool = False, no_color: bool = False) -> Terminal:
    """Look at the streams of this process and decide."""
    return decide(
        env,
        stdin=_is_terminal(sys.stdin),
        stdout=_is_terminal(sys.stdout),
        width=_columns(env),
        plain=plain,
        no_color=no_color,
    )


def _columns(env: Mapping[str, str]) -> int:
    """Return what `shutil.get_terminal_size` would, whose import alone costs as much as reading a configuration."""
    told = env.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or 80
    except (OSError, ValueError):
        return 80


def decide(
    env: Mapping[str, str],
    *,
    stdin: bool,
    stdout: bool,
    width: int = 80,
    plain: bool = False,
    no_color: bool = False,
) -> Terminal:
    """Decide by data. SSHWIZARD_UI=full or =plain overrides everything but `--plain`."""
    wish = env.get("SSHWIZARD_UI", "").lower()
    mintty = without_console(env)
    accessible = env.get("ACCESSIBLE", "0").lower() not in ("", "0", "false")
    dumb = env.get("TERM") == "dumb"
    able = stdin and stdout and not (accessible or dumb or mintty or _no_colours(env))
    full = not plain and (wish == "full" or (able and wish != "plain"))
    return Terminal(
        full_screen=full,
        colour=stdout and not dumb and not no_color and not env.get("NO_COLOR") and not _no_colours(env),
        width=max(40, min(width, 100)),
        can_ask=stdin or mintty,
        hidden_input=stdin and not mintty,
        notice=_("Full-screen mode needs Windows Terminal or `winpty sshwizard`; continuing in plain mode.")
        if mintty and not full and not plain
        else "",
    )


def without_console(env: Mapping[str, str]) -> bool:
    """Whether this is Git Bash's mintty without a pseudo console, by the environment it leaves."""
    if not env.get("MSYSTEM"):
        return False
    consoles = env.get("WT_SESSION") or env.get("ConEmuPID") or env.get("TERM_PROGRAM") == "vscode"
    return not consoles and "enable_pcon" not in env.get("MSYS", "")


def _no_colours(env: Mapping[str, str]) -> bool:
    return env.get("TERM", "") in ("vt100", "vt102", "vt220")


def _is_terminal(stream: object) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return False
