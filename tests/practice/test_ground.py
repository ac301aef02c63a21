"""A ground as a whole: what stands in it, and that nothing of it is left, however it ends."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from servers.running import wait_for

from sshwizard.errors import CannotCheck, UsageError
from sshwizard.practice.ground import Ground, open_ground
from sshwizard.practice.run import listing, listing_json, run_command
from sshwizard.practice.scenarios import scenarios
from sshwizard.providers.catalogue import find_provider, provider_names

NAMES = [scenario.name for scenario in scenarios()]


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the grounds of a test are made; its path is short, for the agent's socket."""
    folder = tmp_path_factory.mktemp("t")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of all processes that mention a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line and int(entry.name) != os.getpid():
            found.append(line)
    return found


def start(temporary: Path, scenario: str, *argv: str) -> subprocess.Popen[str]:
    program = f"import sys; from sshwizard.practice.run import run_command as r; sys.exit(r({scenario!r}, sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", program, *argv],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left(name: str, temporary: Path) -> None:
    threads = set(threading.enumerate())
    handler = signal.getsignal(signal.SIGTERM)

    with Ground.named(name) as ground:
        assert list(temporary.iterdir()) == [ground.folder]

    assert list(temporary.iterdir()) == []
    wait_for(lambda: set(threading.enumerate()) <= threads, "the end of all threads")
    assert processes_of(temporary) == []
    assert signal.getsignal(signal.SIGTERM) is handler


def test_everything_is_private_and_in_one_folder() -> None:
    with Ground.named("home-key-in-agent") as ground:
        modes = {
            path.relative_to(ground.folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
            for path in (ground.folder, ground.home, *(ground.home / ".ssh").iterdir())
        }
        inside = [
            value
            for name, value in ground.env.items()
            if name in ("HOME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR")
        ]

        assert modes == {
            ".": 0o700,
            "home": 0o700,
            "home/.ssh/config": 0o600,
            "home/.ssh/known_hosts": 0o600,
            "home/.ssh/home_ed25519": 0o600,
            "home/.ssh/home_ed25519.pub": 0o644,
            "home/.ssh/practice_work": 0o600,
            "home/.ssh/practice_work.pub": 0o644,
        }
        assert [value.startswith(str(ground.folder)) for value in inside] == [True] * 3


def test_the_users_own_world_does_not_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = {name for provider in provider_names() for name in find_provider(provider).token_env}
    others = {"SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "XDG_CONFIG_HOME", "https_proxy", "ALL_PROXY"}
    for name in tokens | others:
        monkeypatch.setenv(name, "of-the-user")

    with Ground.named("wrong-key") as ground:
        assert "of-the-user" not in ground.env.values()


def test_the_machine_is_the_ground() -> None:
    with Ground.named("wrong-key") as ground:
        machine = ground.machine()
        url = machine.run(["git", "remote", "get-url", "origin"]).out

        assert (machine.home, machine.cwd) == (str(ground.home), str(ground.work))
        assert machine.user_config == str(ground.config_path)
        assert machine.state_dir.startswith(str(ground.home))
        assert url == b"practice:app.git\n"


def test_the_agent_holds_what_the_scenario_says() -> None:
    with Ground.named("too-many-keys") as ground:
        listed = ground.machine().run(["ssh-add", "-L"]).out.decode().splitlines()

        assert [line.split(" ", 2)[2] for line in listed] == list(ground.scenario.strangers)


def test_two_grounds_stand_side_by_side() -> None:
    with Ground.named("fresh") as one, Ground.named("fresh") as other:
        assert one.folder != other.folder
        assert one.port != other.port


def test_a_ground_can_be_opened_and_closed_by_hand_and_twice(temporary: Path) -> None:
    ground = open_ground("fresh")
    assert ground.open() is ground
    ground.close()
    ground.close()

    assert list(temporary.iterdir()) == []


def test_an_exception_leaves_nothing(temporary: Path) -> None:
    with pytest.raises(ZeroDivisionError), Ground.named("fresh") as ground:
        (ground.home / "closed").mkdir(mode=0o500)
        raise ZeroDivisionError

    assert list(temporary.iterdir()) == []


def test_a_folder_with_spaces_and_percent_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "my 100% folder"
    odd.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(odd))
    with Ground.named("too-many-keys") as ground:
        config = ground.config_path.read_text()
        ground.config_path.write_text(f"Host practice\n  IdentitiesOnly yes\n{config}")
        copied = ground.machine().run(["git", "clone", "-q", "practice:app.git", str(tmp_path / "copy")])

        assert (copied.status, copied.err) == (0, b"")


def test_without_ssh_agent_the_scenario_says_so(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to("/usr/bin/git")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    with pytest.raises(CannotCheck, match="ssh-agent"):
        open_ground("too-many-keys")
    assert list(temporary.iterdir()) == []


def test_where_an_agent_only_helps_the_ground_stands_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to("/usr/bin/git")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    with Ground.named("fresh") as ground:
        assert "SSH_AUTH_SOCK" not in ground.env
        assert "ssh-agent" in ground.notes[0]


def test_without_a_temporary_folder_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))

    with pytest.raises(CannotCheck, match="could not be set up: No such file or directory"):
        open_ground("fresh")


def test_a_git_that_fails_leaves_nothing_and_is_quoted(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    git = tmp_path / "bin" / "git"
    git.write_text("#!/bin/sh\necho 'fatal: broken git' >&2\nexit 128\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{git.parent}:/usr/bin:/bin")

    with pytest.raises(CannotCheck, match="fatal: broken git"):
        open_ground("wrong-key")
    assert list(temporary.iterdir()) == []


def test_without_git_the_ground_stands_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    with Ground.named("wrong-key") as ground:
        assert ground.work.is_dir()
        assert "git is not installed" in ground.notes[0]


def test_an_unknown_scenario_is_refused_with_a_hint() -> None:
    with pytest.raises(UsageError) as refused:
        run_command("wrong-kee", ["true"])

    assert "wrong-key" in refused.value.hint


def test_a_command_that_does_not_exist_is_refused(temporary: Path) -> None:
    with pytest.raises(UsageError, match="no-such-command"):
        run_command("fresh", ["no-such-command"])

    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_commands_exit_code_is_ours(script: str, status: int) -> None:
    assert run_command("wrong-key", ["sh", "-c", script]) == status


def test_a_command_stays_in_the_callers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    run_command("wrong-key", ["sh", "-c", 'pwd > seen; sshwizard --version >> seen; echo "$HOME" >> seen'])

    here, version, home = (tmp_path / "seen").read_text().splitlines()
    assert (here, version.startswith("sshwizard ")) == (str(tmp_path), True)
    assert home.endswith("/home")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_reach_the_command_and_leave_nothing(number: signal.Signals, temporary: Path) -> None:
    process = start(temporary, "too-many-keys", "sh", "-c", "echo ready; exec sleep 60")
    assert process.stdout
    assert process.stdout.readline() == "ready\n"

    process.send_signal(number)

    assert process.wait(20) == 128 + number
    process.stdout.close()
    assert list(temporary.iterdir()) == []
    assert processes_of(temporary) == []


def test_a_ground_opened_by_hand_is_gone_after_sigterm(temporary: Path) -> None:
    program = (
        "from sshwizard.practice.ground import open_ground; import time; open_ground('too-many-keys');"
        "print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"

    process.terminate()

    assert process.wait(20) == 128 + signal.SIGTERM
    process.stdout.close()
    assert list(temporary.iterdir()) == []
    assert processes_of(temporary) == []


def test_the_agent_ends_even_if_we_are_killed(temporary: Path) -> None:
    process = start(temporary, "too-many-keys", "sh", "-c", "echo ready; exec sleep 1")
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    assert processes_of(temporary) != []

    process.kill()
    process.wait(10)
    process.stdout.close()

    wait_for(lambda: processes_of(temporary) == [], "the agent's end")


def test_listing_is_cheap_and_names_all() -> None:
    program = (
        "import sys; from sshwizard.practice.run import listing; listing();"
        "print([n for n in ('paramiko', 'cryptography', 'textual', 'httpx', 'rich') if n in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout == "[]\n"
    assert [entry["name"] for entry in listing_json()["scenarios"]] == NAMES
    assert all(name in listing() for name in NAMES)
