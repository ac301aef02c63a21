"""Other programs end in time, with all they started, and say what they said."""

from __future__ import annotations

import time

import pytest

from sshwizard.machine.machine import Machine


def test_output_and_status_come_back(machine: Machine) -> None:
    done = machine.run(["sh", "-c", "echo out; echo err >&2; exit 3"])

    assert (3, b"out\n", b"err\n") == (done.status, done.out, done.err)


def test_input_is_given(machine: Machine) -> None:
    assert b"words" == machine.run(["cat"], stdin=b"words").out


def test_nothing_is_read_from_our_own_input(machine: Machine) -> None:
    assert b"" == machine.run(["cat"]).out


def test_a_grandchild_that_holds_the_pipes_does_not_keep_us(machine: Machine) -> None:
    start = time.monotonic()
    done = machine.run(["sh", "-c", "echo begun; sleep 30 & sleep 30"], timeout=0.5)

    assert done.status is None
    assert "no end after" in done.problem
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("argv", [["no-such-program-here"], ["/etc"], ["nul\0byte"]])
def test_what_cannot_be_started_is_said(machine: Machine, argv: list[str]) -> None:
    done = machine.run(argv)

    assert done.status is None and done.problem
