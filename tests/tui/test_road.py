"""The whole road with the keyboard alone, at 80×24, in the practice ground."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sshwizard.machine.machine import Machine
from sshwizard.practice.ground import Ground, open_ground
from sshwizard.tui.screens.check import CheckScreen
from sshwizard.tui.screens.home import HomeScreen
from sshwizard.wizard.options import OpenGround, Options
from tui.driving import practising, press, running, screen_text, shows, until


def logs_in_as(ground: Ground) -> str:
    """Return what the real ssh is told by the practice host."""
    done = subprocess.run(
        ["ssh", "-F", str(ground.config_path), "-o", "BatchMode=yes", "practice"],
        env=dict(ground.env),
        capture_output=True,
        text=True,
        timeout=20,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("scenario", ["wrong-key", "wrong-account", "too-many-keys", "home-key-in-agent"])
async def test_from_the_first_door_to_a_working_login_and_back(scenario: str) -> None:
    async with practising(scenario) as (app, pilot, ground):
        before = Path(ground.config_path).read_bytes()
        await shows(pilot, "This folder pushes to practice")
        await press(pilot, "enter")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await shows(pilot, "enter shows how")
        await press(pilot, "enter")
        await shows(pilot, "+ Identit")
        await press(pilot, "enter")
        await shows(pilot, "Before:")
        await shows(pilot, "Works: practice takes")
        mended = logs_in_as(ground)
        await press(pilot, "u")
        await shows(pilot, "take it back")
        await press(pilot, "enter")
        await shows(pilot, "The change was taken back")

        assert "successfully authenticated" in mended
        assert Path(ground.config_path).read_bytes() == before
        assert app.session.leaving() == ("Nothing was changed.",)


async def test_a_new_key_is_made_uploaded_tested_and_settled() -> None:
    async with practising("fresh") as (app, pilot, ground):
        await shows(pilot, "No key in ~/.ssh")
        await press(pilot, "enter")
        await shows(pilot, "Step 1 of 5")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await shows(pilot, "Make a new key")
        await press(pilot, "enter")
        await shows(pilot, "Passphrase")
        await press(pilot, *"tea for two", "tab", *"tea for two")
        await shows(pilot, "11 characters")
        await shows(pilot, "same")
        await press(pilot, "enter")
        await shows(pilot, "Step 3 of 5", 30)
        await shows(pilot, "SSHWIZARD_PRACTICE_TOKEN")
        await press(pilot, "enter")
        await shows(pilot, "practice takes practice_ed25519", 30)
        await press(pilot, "enter")
        await shows(pilot, "Step 5 of 5")
        await shows(pilot, "+ IdentityFile")
        await press(pilot, "enter")
        await shows(pilot, "Everything is settled")
        await press(pilot, "enter")
        await shows(pilot, "The same by hand")

        text = screen_text(app)
        assert "ssh-keygen -t ed25519 -f ~/.ssh/practice_ed25519 -C mia@laptop" in text
        assert "sshwizard keys add practice" in text
        assert "successfully authenticated" in logs_in_as(ground)
        assert len(app.session.changes) == 3


async def test_esc_goes_back_step_by_step_and_loses_nothing() -> None:
    async with practising("wrong-key") as (app, pilot, _ground):
        await shows(pilot, "This folder pushes to practice")
        await press(pilot, "enter")
        await shows(pilot, "origin")
        await press(pilot, "slash", *"git@practice")
        await press(pilot, "enter")
        await shows(pilot, "enter shows how")
        await press(pilot, "enter")
        await shows(pilot, "+ IdentityFile")
        await press(pilot, "escape")
        assert isinstance(app.screen, CheckScreen) and app.screen.diagnosis is not None
        await press(pilot, "escape")
        await shows(pilot, "git@practice")
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen), "the first screen")
        await press(pilot, "escape")

        assert isinstance(app.screen, HomeScreen)
        assert app.session.changes == []


async def test_the_account_is_asked_for_only_on_request() -> None:
    async with practising("wrong-account") as (app, pilot, ground):
        await shows(pilot, "This folder pushes to practice")
        await press(pilot, "enter")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await shows(pilot, "a account")
        assert "accepted:" not in screen_text(app)
        await press(pilot, "a")

        await shows(pilot, "accepted:")


def opener(name: str) -> OpenGround:
    ground = open_ground(name)
    return OpenGround(
        machine=ground.machine(),
        typed="practice",
        story=ground.scenario.story,
        close=ground.close,
    )


async def test_practising_from_the_first_screen_touches_only_the_ground(machine: Machine) -> None:
    options = Options(scenarios=(("wrong-key", "The wrong key is offered"),), open_ground=opener)
    async with running(machine, options) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await press(pilot, "end", "enter")
        await shows(pilot, "wrong-key")
        await press(pilot, "enter")
        await shows(pilot, "practice ground: nothing real is touched")
        folder = Path(app.session.machine.home)
        await press(pilot, "enter")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await shows(pilot, "enter shows how")
        await press(pilot, "enter")
        await shows(pilot, "takes this back")
        await press(pilot, "enter")
        await shows(pilot, "Works: practice takes")
        assert folder.is_dir()
        await press(pilot, "escape", "escape", "escape")
        await shows(pilot, "The ground is gone again")

        assert not folder.exists()
        assert app.session is app.outermost
        assert app.outermost.leaving() == ("Nothing was changed.",)


async def test_a_dry_run_changes_nothing() -> None:
    async with practising("wrong-key", dry_run=True) as (app, pilot, ground):
        before = Path(ground.config_path).read_bytes()
        await shows(pilot, "This folder pushes to practice")
        await press(pilot, "enter")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await shows(pilot, "enter shows how")
        await press(pilot, "enter")
        await shows(pilot, "takes this back")
        await press(pilot, "enter")
        await until(pilot, lambda: app._notifications, "the remark")

        assert Path(ground.config_path).read_bytes() == before
