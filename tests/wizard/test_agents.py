"""What is told about a permanent agent fits the platform, and what can be tried here works."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sshwizard.machine import agent_program
from sshwizard.machine.machine import Machine
from sshwizard.model.identity import Agent
from sshwizard.wizard.agents import LOAD, Surroundings, permanent, surroundings

GNOME = {"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}


@pytest.mark.parametrize(
    ("platform", "env", "systemd", "ids"),
    [
        ("darwin", {}, False, ["keychain"]),
        ("windows", {}, False, ["windows-service"]),
        ("gitbash", {"MSYSTEM": "MINGW64"}, False, ["git-bash", "windows-service"]),
        ("linux", {}, True, ["systemd", "profile"]),
        ("linux", {}, False, ["profile"]),
        ("linux", GNOME, True, ["gnome", "systemd", "profile"]),
        ("linux", {"WSL_DISTRO_NAME": "Debian"}, False, ["wsl", "profile"]),
        ("other", {}, False, ["profile"]),
    ],
)
def test_each_platform_has_its_ways(
    platform: str, env: Mapping[str, str], systemd: bool, ids: list[str]
) -> None:
    around = Surroundings(platform=platform, env=env, systemd=systemd)

    assert [one.id for one in permanent(around)] == ids


def test_a_keyring_that_answers_is_told_of(make_machine: Callable[..., Machine], tmp_path: Path) -> None:
    (tmp_path / "systemd").mkdir()
    machine = make_machine(env={"XDG_RUNTIME_DIR": str(tmp_path)}, platform="linux")
    around = surroundings(machine, [Agent(name="gnome-keyring", where="/run/x", reachable=True)])

    assert [one.id for one in permanent(around)] == ["gnome", "systemd", "profile"]


def test_the_lines_for_the_profile_start_one_agent_for_all_shells(
    make_machine: Callable[..., Machine], home: Path
) -> None:
    machine = make_machine()
    (home / ".ssh").mkdir(mode=0o700)
    way = next(one for one in permanent(Surroundings(platform="linux", env={}, systemd=False)))
    profile = home / ".profile"
    profile.write_text("\n".join(way.lines) + "\n")
    shell = ["sh", "-c", '. "$HOME/.profile"; ssh-add -l; echo "$SSH_AUTH_SOCK"']

    said = [
        subprocess.run(shell, env=dict(machine.env), capture_output=True, text=True, timeout=20, check=True)
        for _login in range(2)
    ]
    running = subprocess.run(
        ["pgrep", "-fc", f"^ssh-agent -a {home}/"], capture_output=True, text=True, timeout=10, check=False
    )
    subprocess.run(["pkill", "-f", f"^ssh-agent -a {home}/"], timeout=10, check=False)

    assert [one.stdout for one in said] == [
        f"The agent has no identities.\n{home}/.ssh/agent.sock\n" for _login in range(2)
    ]
    assert running.stdout.strip() == "1"


def test_what_loads_keys_is_a_configuration_that_ssh_takes(home: Path) -> None:
    config = home / "config"
    config.write_text("\n".join(LOAD) + "\n")
    done = subprocess.run(
        ["ssh", "-F", str(config), "-G", "x.invalid"], capture_output=True, text=True, timeout=10, check=True
    )

    assert "addkeystoagent true" in done.stdout


def test_the_usual_socket_is_where_agents_are_looked_for(
    make_machine: Callable[..., Machine], tmp_path: Path, home: Path
) -> None:
    assert agent_program.usual_socket(make_machine()) == f"{home}/.ssh/agent.sock"
    machine = make_machine(env={"XDG_RUNTIME_DIR": str(tmp_path)})
    assert agent_program.usual_socket(machine) == f"{tmp_path}/ssh-agent.socket"
