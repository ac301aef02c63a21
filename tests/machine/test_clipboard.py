"""The clipboard: which program is chosen, and what it is given. The programs are shell scripts that keep it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sshwizard.machine import clipboard
from sshwizard.machine.machine import Machine


@pytest.fixture
def programs(tmp_path: Path) -> Callable[..., str]:
    """Return `make(*names)`: a PATH with programs that write what they are given beside themselves."""

    def make(*names: str, body: str = 'cat >"$0.got"') -> str:
        for name in names:
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\n{body}\n")
            program.chmod(0o755)
        return f"{tmp_path}:/usr/bin:/bin"

    return make


def test_wayland_is_preferred_to_x(
    make_machine: Callable[..., Machine], programs: Callable[..., str], tmp_path: Path
) -> None:
    env = {"PATH": programs("wl-copy", "xclip"), "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}

    assert clipboard.copy(make_machine(env=env), "ssh-ed25519 AAAA é")
    assert (tmp_path / "wl-copy.got").read_text() == "ssh-ed25519 AAAA é"
    assert not (tmp_path / "xclip.got").exists()


def test_windows_gets_utf_16(
    make_machine: Callable[..., Machine], programs: Callable[..., str], tmp_path: Path
) -> None:
    machine = make_machine(env={"PATH": programs("clip.exe")}, platform="gitbash")

    assert clipboard.copy(machine, "é")
    assert (tmp_path / "clip.exe.got").read_bytes().decode("utf-16") == "é"


def test_over_ssh_no_program_is_run(
    make_machine: Callable[..., Machine], programs: Callable[..., str]
) -> None:
    env = {"PATH": programs("xclip"), "DISPLAY": ":10.0", "SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"}

    assert not clipboard.copy(make_machine(env=env), "x")


def test_without_a_desktop_nothing_is_run(make_machine: Callable[..., Machine]) -> None:
    assert not clipboard.copy(make_machine(), "x")


def test_a_program_that_stays_behind_does_not_hold_us_up(
    make_machine: Callable[..., Machine], programs: Callable[..., str]
) -> None:
    body = 'cat >"$0.got"; (exec tail -f /dev/null --pid=$$) & exit 0'
    begun = time.monotonic()

    assert clipboard.copy(make_machine(env={"PATH": programs("xsel", body=body), "DISPLAY": ":0"}), "x")
    assert time.monotonic() - begun < clipboard.TIMEOUT
