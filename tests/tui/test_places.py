"""The places behind the other doors: what I have, a pasted log, changes and undo, adding a key by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker
from servers.sshd import Sshd

from sshwizard import check
from sshwizard.machine.machine import Machine
from sshwizard.openssh.keys import public_from_blob
from sshwizard.tui import flow
from sshwizard.tui.screens.history import HistoryScreen
from sshwizard.wizard.road import SetUp
from tui.driving import practising, press, running, screen_text, shows, until

EVIL = "[red]x[/] [@click=bell]y[/] a [/] \x1b]0;owned\x07"
LOG = """OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL 3.0.11 19 Sep 2023
debug1: Connecting to git.example.org [192.0.2.7] port 22.
debug1: Connection established.
debug1: Authentications that can continue: publickey
debug1: Trying private key: /home/mia/.ssh/id_rsa
debug1: Trying private key: /home/mia/.ssh/id_ed25519
debug1: No more authentication methods to try.
git@git.example.org: Permission denied (publickey).
"""


async def test_a_hostile_comment_is_shown_as_text_and_reaches_no_terminal(
    home: Path, keys: KeyMaker, machine: Machine
) -> None:
    keys.make(home / ".ssh", "id_ed25519", comment=EVIL)
    async with running(machine, size=(120, 40)) as (app, pilot):
        await shows(pilot, "1 key in ~/.ssh")
        await press(pilot, "down", "down", "enter")
        await shows(pilot, "fingerprint")
        await press(pilot, "enter")
        await shows(pilot, "permissions")
        strips = app.screen._compositor.render_strips()
        shown = "".join(segment.text for strip in strips for segment in strip)

        assert "[red]x[/] [@click=bell]y[/] a [/] \\x1b]0;owned\\x07" in shown
        assert not any(ord(char) < 32 or ord(char) == 127 for char in shown)


async def test_a_comment_that_could_be_a_private_half_is_on_no_screen(
    home: Path,
    keys: KeyMaker,
    tmp_path: Path,
    start_agent: Callable[..., Agent],
    make_machine: Callable[..., Machine],
) -> None:
    piece = "QyNTUxOQAAACB7hR4v0wq9Zk3uXc8T1mPz5sLd6fGj"
    here, gone = (keys.make(folder, "work", comment=piece) for folder in (home / ".ssh", tmp_path))
    agent = start_agent(here.path, gone.path)
    seen = ""
    async with running(make_machine(env={"SSH_AUTH_SOCK": agent.socket}), size=(120, 40)) as (app, pilot):
        await shows(pilot, "1 key in ~/.ssh")
        await press(pilot, "down", "down", "enter")
        await shows(pilot, "fingerprint")
        for _tab in range(6):
            seen += screen_text(app)
            await press(pilot, "enter")
            await pilot.pause()
            seen += screen_text(app)
            await press(pilot, "escape", "right")
            await pilot.pause()

    assert here.fingerprint in seen and gone.fingerprint[:20] in seen
    assert piece[:12] not in seen


async def test_the_lists_are_reached_by_arrow_keys() -> None:
    async with practising("home-key-in-agent") as (app, pilot, _ground):
        await shows(pilot, "nothing checked yet")
        await press(pilot, "down", "down", "enter")
        await shows(pilot, "home_ed25519 ed25519 both ssh-agent")
        await press(pilot, "right")
        await shows(pilot, "ssh-agent 1 key")
        await press(pilot, "right")
        await shows(pilot, "this folder's origin")
        await press(pilot, "right")
        await shows(pilot, "~/.ssh/config")
        await press(pilot, "right")
        await shows(pilot, "the practice ground's own host")
        await press(pilot, "right")

        await shows(pilot, "home_ed25519 ed25519 both ssh-agent")


async def test_a_pasted_log_is_explained(machine: Machine) -> None:
    async with running(machine) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await press(pilot, "home", "down", "down", "down", "enter")
        await shows(pilot, "Paste the log here")
        await press(pilot, "ctrl+s")
        await shows(pilot, "There is nothing to read yet")
        app.screen.query_one("#paste").load_text(LOG)  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await shows(pilot, "seen log:")

        assert "8 lines · OpenSSH_9.2p1" in screen_text(app)


async def test_changes_are_listed_and_taken_back_from_the_palette() -> None:
    async with practising("wrong-key") as (app, pilot, ground):
        before = Path(ground.config_path).read_bytes()
        await shows(pilot, "nothing checked yet")
        await press(pilot, "enter")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await shows(pilot, "enter shows how")
        await press(pilot, "enter")
        await shows(pilot, "takes this back")
        await press(pilot, "enter")
        await shows(pilot, "Works: practice takes")
        await press(pilot, "ctrl+p", *"changes and")
        await shows(pilot, "what sshwizard changed")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen), "the list of changes")
        await shows(pilot, "1 Send practice_ed25519")
        await press(pilot, "enter")
        await shows(pilot, "take it back")
        await press(pilot, "enter")
        await shows(pilot, "taken back")

        assert Path(ground.config_path).read_bytes() == before


async def test_the_test_waits_until_a_key_added_by_hand_is_taken() -> None:
    async with practising("not-uploaded") as (app, pilot, ground):
        await shows(pilot, "nothing checked yet")
        await press(pilot, "down", "enter")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await shows(pilot, "Make a new key")
        await press(pilot, "up", "enter")
        await shows(pilot, "I add it myself")
        await press(pilot, "down", "enter")
        await shows(pilot, "ssh-ed25519 AAAA")
        assert app.clipboard.startswith("ssh-ed25519 AAAA")
        await press(pilot, "enter")
        await shows(pilot, "asking again in")
        ground.accounts.add(ground.scenario.account, app.clipboard, "by hand")
        await press(pilot, "r")
        await shows(pilot, "practice takes id_ed25519")
        await press(pilot, "enter")

        await shows(pilot, "The same by hand")


async def test_the_waiting_is_stopped_gone_on_with_and_taken_up_later(
    home: Path, keys: KeyMaker, make_machine: Callable[..., Machine], start_sshd: Callable[..., Sshd]
) -> None:
    pair = keys.make(home / ".ssh", "work")
    server = start_sshd({})
    server.write_config(home / ".ssh", "server", f"IdentityFile {pair.path}")
    machine = make_machine(runtime_dir=str(home / "run"))
    async with running(machine) as (app, pilot):
        public = public_from_blob(pair.blob)
        target = check.run_plan(machine, check.Request(typed="server"))[1].target
        setup = SetUp(
            typed="server", target=target, public=public, private_path=str(pair.path), uploaded=True
        )
        flow.proceed(app, flow.Way(setup=setup))
        await shows(pilot, "asked 3 times")
        await press(pilot, "s")
        await shows(pilot, "stopped; `r` goes on")
        asked = server.log().count("Connection from")
        await until(pilot, lambda: not app.workers._workers, "the waiting to end", 2.0)
        still = server.log().count("Connection from")
        await press(pilot, "r")
        await shows(pilot, "asking again in")
    async with running(machine) as (app, pilot):
        await shows(pilot, "1 key in ~/.ssh")
        await press(pilot, "down", "enter")
        await shows(pilot, "Go on with server and work left half-way")
        server.allow("joe", pair.line)
        await press(pilot, "enter")
        await shows(pilot, "server takes work")

    assert asked == still


def make_nothing(home: Path) -> None:
    home.rmdir()


def make_file(home: Path) -> None:
    home.rmdir()
    home.write_text("not a folder")


def make_odd_keys(home: Path) -> None:
    (home / ".ssh" / "id_rsa").mkdir(parents=True)
    (home / ".ssh" / "id_ed25519").write_bytes(b"")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_nothing, "No key was found"),
        (make_file, "No key was found"),
        (make_odd_keys, "The file is empty"),
    ],
)
async def test_an_odd_home_is_shown_as_it_is(
    tmp_path: Path, make_machine: Callable[..., Machine], make: Callable[[Path], None], words: str
) -> None:
    home = tmp_path / "odd"
    home.mkdir()
    make(home)
    async with running(make_machine(home, cwd=tmp_path)) as (_app, pilot):
        await shows(pilot, "No key in ~/.ssh")
        await press(pilot, "down", "enter")

        await shows(pilot, words)


async def test_a_binary_configuration_is_a_finding(home: Path, machine: Machine) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").write_bytes(bytes(range(256)) * 4)
    async with running(machine) as (_app, pilot):
        await shows(pilot, "No key in ~/.ssh")
        await press(pilot, "up", "enter", "slash", *"git@127.0.0.1", "enter")

        await shows(pilot, "ssh stops at ~/.ssh/config:")
