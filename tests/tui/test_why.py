"""Why these keys, ssh's own word, who knows which key: the screens that stand beside the check."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.broken import Broken, silent
from servers.keys import KeyMaker
from servers.running import wait_for
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.tui.screens.check import CheckScreen
from sshwizard.tui.screens.hosts import HostsScreen
from sshwizard.tui.screens.log_result import LogResultScreen
from sshwizard.tui.screens.second import SecondScreen
from sshwizard.tui.screens.who import WhoScreen
from sshwizard.tui.screens.why import WhyScreen
from tui.driving import (
    SIZES,
    overflowing,
    practising,
    press,
    running,
    screen_lines,
    screen_text,
    shows,
    until,
)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_limit_is_drawn_after_the_sixth_key(size: tuple[int, int]) -> None:
    async with practising("too-many-keys", size=size) as (app, pilot, _ground):
        await app.push_screen(WhyScreen("practice"))
        await shows(pilot, "ci-runner-3")
        lines = screen_lines(app)
        (drawn,) = [number for number, line in enumerate(lines) if "many hosts hang up here, after 6" in line]
        wide = overflowing(app)
        await press(pilot, "end")
        await shows(pilot, "would send only: practice_ed25519.")
        await shows(pilot, "~/.ssh/config:1 Host practice")

        assert lines[drawn - 1].split()[:2] == ["6", "ci-runner-3"]
        assert lines[drawn + 1].split()[:2] == ["7", "customer-a"]
        assert wide == []


async def test_the_check_draws_it_where_the_host_hung_up() -> None:
    async with practising("too-many-keys", size=(120, 40)) as (app, pilot, _ground):
        await app.push_screen(CheckScreen("practice"))
        await shows(pilot, "this host hangs up here, after 6 refused keys")
        lines = screen_lines(app)
        (drawn,) = [number for number, line in enumerate(lines) if "hangs up here" in line]

        assert (lines[drawn - 1].split()[0], lines[drawn + 1].split()[0]) == ("6", "7")


async def test_a_limit_that_the_host_showed_takes_its_place() -> None:
    async with practising("too-many-keys") as (app, pilot, _ground):
        await app.push_screen(WhyScreen("practice", limit=3))
        await shows(pilot, "this host hangs up here, after 3 refused keys")

        assert "customer-b" in screen_text(app)


async def test_ssh_s_own_word_stands_below_the_list() -> None:
    async with practising("too-many-keys") as (app, pilot, _ground):
        await app.push_screen(WhyScreen("practice"))
        await shows(pilot, "ci-runner-3")
        await press(pilot, "w")
        await shows(pilot, "ok Your ssh agrees: it would try the same 9, in the same order.")

        assert "sshwizard why --witness practice" in screen_text(app)


CONDITIONAL = """\
Match exec "touch {mark}"
    IdentityFile {ssh}/work
Host server
    HostName 127.0.0.1
    IdentityFile {ssh}/stranger
    IdentityAgent none
"""


@pytest.fixture
def conditional(home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]) -> tuple[Machine, Path]:
    """A home whose keys depend on a command, and the file that the command makes."""
    mark = home / "mark"
    keys.make(home / ".ssh", "work"), keys.make(home / ".ssh", "stranger")
    config = home / ".ssh" / "config"
    config.write_text(CONDITIONAL.format(mark=mark, ssh=home / ".ssh"))
    config.chmod(0o600)
    return make_machine(), mark


async def test_commands_are_named_before_they_run(conditional: tuple[Machine, Path]) -> None:
    machine, mark = conditional
    async with running(machine, size=(120, 40)) as (app, pilot):
        await app.push_screen(WhyScreen("server"))
        await shows(pilot, f"if `touch {mark}` succeeds work, stranger, to")
        both = screen_text(app)
        await press(pilot, "x")
        await shows(pilot, f"$ touch {mark}")
        await press(pilot, "escape")
        untouched = not mark.exists()
        await press(pilot, "x", "enter")
        await until(pilot, mark.exists, "the command to run")
        await until(pilot, lambda: "succeeds" not in screen_text(app), "the condition to be gone")

        assert f"if `touch {mark}` fails stranger, to" in both
        assert "not run, so not known" in both
        assert untouched
        assert "1 work" in screen_text(app) and "2 stranger" in screen_text(app)
        assert "sshwizard why --run-match-exec server" in screen_text(app)


async def test_asking_ssh_names_the_commands_too(conditional: tuple[Machine, Path]) -> None:
    machine, mark = conditional
    async with running(machine, size=(120, 40)) as (app, pilot):
        await app.push_screen(WhyScreen("server"))
        await shows(pilot, "succeeds")
        await press(pilot, "w")
        await shows(pilot, "Your ssh runs these commands")
        untouched = not mark.exists()
        await press(pilot, "enter")
        await shows(pilot, "agrees with what is said above if")

        assert untouched and mark.exists()


async def test_the_list_is_reached_from_the_hosts_the_check_and_the_palette() -> None:
    async with practising("wrong-account") as (app, pilot, _ground):
        await shows(pilot, "This folder pushes to practice")
        await press(pilot, "down", "down", "enter")
        await shows(pilot, "2 keys")
        await press(pilot, "right", "right")
        await shows(pilot, "which keys ssh sends there")
        await press(pilot, "y")
        await until(pilot, lambda: isinstance(app.screen, WhyScreen), "the list")
        await shows(pilot, "Lines that decided")
        await press(pilot, "enter")
        await shows(pilot, "enter shows how")
        await press(pilot, "y")
        await until(pilot, lambda: isinstance(app.screen, WhyScreen), "the list again")
        await shows(pilot, "Lines that decided")
        from_check = screen_text(app)
        await press(pilot, "ctrl+p", *"why these")
        await shows(pilot, "asks nobody")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, HostsScreen), "the question which host")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, WhyScreen), "the list of the remote")

        assert "ask the host" not in from_check


async def test_ssh_and_git_try_after_a_yes() -> None:
    async with practising("wrong-account", size=(120, 40)) as (app, pilot, _ground):
        await app.push_screen(CheckScreen("practice"))
        await shows(pilot, "enter shows how")
        await press(pilot, "w")
        await shows(pilot, "it signs with the key that")
        card = screen_text(app)
        await press(pilot, "escape")
        declined = isinstance(app.screen, CheckScreen)
        await press(pilot, "w", "enter")
        await until(pilot, lambda: isinstance(app.screen, SecondScreen), "the second witness")
        await shows(pilot, "ok Your own ssh agrees: it offered 1 key and got the same answers.")
        await shows(
            pilot, "FAIL git's ssh gets in, but the repository is not given: ERROR: Repository not found."
        )
        await press(pilot, "g")
        await until(pilot, lambda: isinstance(app.screen, LogResultScreen), "the log of git")

        assert "Then git lists the references of origin" in card
        assert declined


async def test_a_login_says_what_the_account_may_do() -> None:
    async with practising("wrong-account") as (app, pilot, _ground):
        await app.push_screen(CheckScreen("practice"))
        await shows(pilot, "enter shows how")
        await press(pilot, "a")
        await shows(pilot, "mia-home does not get app.git: ERROR: Repository not found.")
        await press(pilot, "enter")
        await shows(pilot, "+ Identit")
        await press(pilot, "enter")

        await shows(pilot, "mia-work may read and write app.git.")


async def test_hosts_are_ticked_before_they_are_asked(
    home: Path, keys: KeyMaker, make_machine: Callable[..., Machine], start_sshd: Callable[..., Sshd]
) -> None:
    pair = keys.make(home / ".ssh", "work")
    server = start_sshd({"joe": [pair.line]})
    known_hosts = home / ".ssh" / "known_hosts"
    known_hosts.write_text(server.known_hosts_line)
    config = home / ".ssh" / "config"
    block = server.config_block("server", f"IdentityFile {pair.path}", known_hosts=known_hosts)
    config.write_text(f"{block}\nHost stranger.invalid\n    User x\n")
    config.chmod(0o600)
    async with running(make_machine()) as (app, pilot):
        await app.push_screen(WhoScreen())
        await shows(pilot, "[x] server")
        asking = screen_text(app)
        await press(pilot, "enter")
        await shows(pilot, "uses ssh logs in with it")
        answered = screen_text(app)
        await press(pilot, "r")
        await shows(pilot, "[x] server")
        await press(pilot, "down", "space")
        await shows(pilot, "[x] stranger.invalid")

        assert "[ ] stranger.invalid stranger" in asking
        assert "1 server joe work" in answered
        assert "Not asked: stranger.invalid" in answered
        assert isinstance(app.screen, WhoScreen) and app.screen.ticked == {"server", "stranger.invalid"}


HANGS = """Host server
    HostName 127.0.0.1
    Port {port}
    User git
    UserKnownHostsFile {known_hosts}
    IdentityFile {key}
    IdentitiesOnly yes
Match exec "echo $$ >>{mark}; exec sleep 60"
    ServerAliveInterval 7
"""


@pytest.fixture
def hanging(
    home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd], make_machine: Callable[..., Machine]
) -> tuple[Machine, Path]:
    """A home whose ssh hangs in a command of its configuration, and the file with the command's number."""
    pair = keys.make(home / ".ssh", "id_ed25519")
    server = start_sshd({"joe": [pair.line]})
    known_hosts, config, mark = home / ".ssh" / "known_hosts", home / ".ssh" / "config", home / "mark"
    known_hosts.write_text(server.known_hosts_line)
    config.write_text(HANGS.format(port=server.port, known_hosts=known_hosts, key=pair.path, mark=mark))
    config.chmod(0o600)
    return make_machine(config=str(config)), mark


def started(mark: Path) -> list[int]:
    """Return the numbers of the commands that were started."""
    return [int(word) for word in mark.read_text().split()] if mark.exists() else []


def gone(number: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("leave", ["escape", "ctrl+c"])
async def test_leaving_the_list_ends_ssh_and_what_it_started(
    leave: str, hanging: tuple[Machine, Path]
) -> None:
    machine, mark = hanging
    async with running(machine, size=(120, 40)) as (app, pilot):
        await app.push_screen(WhyScreen("server"))
        await shows(pilot, "id_ed25519")
        await press(pilot, "w")
        await shows(pilot, "Your ssh runs these commands")
        await press(pilot, "enter")
        await until(pilot, lambda: started(mark), "ssh to start the command")
        began = time.monotonic()
        await press(pilot, leave)
        if leave == "escape":
            await until(pilot, lambda: all(gone(number) for number in started(mark)), "the command to end")
            assert time.monotonic() - began < 0.5

    wait_for(lambda: all(gone(number) for number in started(mark)), "the end of the command", 0.5)


async def test_leaving_the_second_witness_ends_ssh_and_what_it_started(hanging: tuple[Machine, Path]) -> None:
    machine, mark = hanging
    async with running(machine, size=(120, 40)) as (app, pilot):
        await app.push_screen(CheckScreen("server"))
        await shows(pilot, "Works: server takes")
        untouched = started(mark)
        await press(pilot, "w", "enter")
        await until(pilot, lambda: started(mark), "ssh to start the command")
        began = time.monotonic()
        await press(pilot, "escape")
        await until(pilot, lambda: all(gone(number) for number in started(mark)), "the command to end")
        took = time.monotonic() - began

    assert untouched == []
    assert took < 0.5


@pytest.mark.parametrize("leave", ["escape", "ctrl+c"])
async def test_leaving_the_hosts_stops_the_asking(
    leave: str, home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]
) -> None:
    with Broken(silent) as server:
        keys.make(home / ".ssh", "id_ed25519")
        config = home / ".ssh" / "config"
        config.write_text(f"Host mute\n    HostName 127.0.0.1\n    Port {server.port}\n")
        config.chmod(0o600)
        async with running(make_machine()) as (app, pilot):
            await app.push_screen(WhoScreen())
            await shows(pilot, "[x] mute")
            await press(pilot, "enter")
            await until(pilot, lambda: server.accepted, "the host to be asked")
            began = time.monotonic()
            await press(pilot, leave)
            if leave == "escape":
                await until(pilot, lambda: not app.workers._workers, "the asking to end", 5.0)
        took = time.monotonic() - began

    assert took < 1.5
