"""Driving the application in tests: waiting for a condition, never for a time; reading what stands on the screen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from textual.pilot import Pilot
from textual.widget import Widget

from sshwizard.machine.machine import Machine
from sshwizard.practice.ground import Ground, open_ground
from sshwizard.tui.app import WizardApp
from sshwizard.tui.start import application
from sshwizard.wizard.options import Options

SIZES = ((80, 24), (60, 20), (120, 40))


async def until(pilot: Pilot[int], condition: Callable[[], object], what: str, seconds: float = 15.0) -> None:
    """Wait until the condition holds, at most `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds:g} s for: {what}\n{screen_text(pilot.app)}"
        await pilot.pause(0.01)


async def shows(pilot: Pilot[int], text: str, seconds: float = 15.0) -> None:
    """Wait until the screen shows a text."""
    await until(pilot, lambda: text in screen_text(pilot.app), f"{text!r} on the screen", seconds)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one after the other."""
    await pilot.press(*keys)
    await pilot.pause()


def screen_lines(app: object) -> list[str]:
    """Return the screen as it would stand on a terminal, one string a row."""
    assert isinstance(app, WizardApp)
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips[:height]]


def screen_text(app: object) -> str:
    """Return the screen as one text, spaces folded, so that a wrapped sentence is still found."""
    return " ".join(" ".join(screen_lines(app)).split())


def overflowing(app: WizardApp) -> list[str]:
    """Return the widgets that are drawn beyond the screen's width, or that hide text sideways."""
    width = app.size.width
    found = []
    for widget in app.screen.query(Widget):
        if widget.display and widget.region.width and widget.region.right > width:
            found.append(f"{widget!r} reaches {widget.region.right}")
        if widget.show_horizontal_scrollbar:
            found.append(f"{widget!r} scrolls sideways")
    return found


@asynccontextmanager
async def running(
    machine: Machine, options: Options | None = None, *, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[WizardApp, Pilot[int]]]:
    """Run the application on a machine."""
    app = application(machine, options or Options())
    async with app.run_test(size=size, notifications=True) as pilot:
        yield app, pilot


@asynccontextmanager
async def practising(
    scenario: str, *, size: tuple[int, int] = (80, 24), dry_run: bool = False
) -> AsyncIterator[tuple[WizardApp, Pilot[int], Ground]]:
    """Run the application in a practice ground."""
    ground = open_ground(scenario)
    try:
        machine = replace(ground.machine(), user="mia", hostname="laptop")
        async with running(machine, Options(story=ground.scenario.story, dry_run=dry_run), size=size) as (
            app,
            pilot,
        ):
            yield app, pilot, ground
    finally:
        ground.close()
