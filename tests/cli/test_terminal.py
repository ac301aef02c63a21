"""Which front end a terminal can carry, by data."""

from __future__ import annotations

import pytest

from sshwizard.cli.terminal import decide

GIT_BASH = {"MSYSTEM": "MINGW64", "TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("env", "full"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "vt100"}, False),
        ({"TERM": "xterm", "ACCESSIBLE": "1"}, False),
        ({"TERM": "xterm", "ACCESSIBLE": "0"}, True),
        ({"TERM": "xterm", "ACCESSIBLE": "false"}, True),
        (GIT_BASH, False),
        ({**GIT_BASH, "WT_SESSION": "x"}, True),
        ({**GIT_BASH, "TERM_PROGRAM": "vscode"}, True),
        ({**GIT_BASH, "ConEmuPID": "1"}, True),
        ({**GIT_BASH, "MSYS": "winsymlinks enable_pcon"}, True),
        ({**GIT_BASH, "SSHWIZARD_UI": "full"}, True),
        ({"TERM": "xterm", "SSHWIZARD_UI": "plain"}, False),
    ],
    ids=str,
)
def test_the_environment_decides_between_full_screen_and_lines(env: dict[str, str], full: bool) -> None:
    assert decide(env, stdin=True, stdout=True).full_screen is full


@pytest.mark.parametrize(("stdin", "stdout"), [(False, True), (True, False)])
def test_a_pipe_means_lines(stdin: bool, stdout: bool) -> None:
    assert not decide({"TERM": "xterm"}, stdin=stdin, stdout=stdout).full_screen


def test_plain_wins_over_everything() -> None:
    assert not decide({"SSHWIZARD_UI": "full"}, stdin=True, stdout=True, plain=True).full_screen


def test_mintty_says_why_and_cannot_hide_input() -> None:
    seen = decide(GIT_BASH, stdin=False, stdout=False)

    assert "winpty sshwizard" in seen.notice
    assert seen.can_ask
    assert not seen.hidden_input


@pytest.mark.parametrize(
    ("env", "colour"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=str,
)
def test_colours_are_left_out_where_asked(env: dict[str, str], colour: bool) -> None:
    assert decide(env, stdin=True, stdout=True).colour is colour
    assert not decide(env, stdin=True, stdout=True, no_color=True).colour
    assert not decide(env, stdin=True, stdout=False).colour
