"""Every screen at three sizes: nothing beyond the edge, a title, keys, help; foreign text literal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from sshwizard import apply
from sshwizard.check import Request
from sshwizard.errors import UsageError
from sshwizard.model.change import Change
from sshwizard.model.events import PlanReady
from sshwizard.model.finding import Diagnosis
from sshwizard.repositories import design_choice
from sshwizard.secret import Secret
from sshwizard.tui import flow, words
from sshwizard.tui.app import WizardApp
from sshwizard.tui.messages import CheckFinished, CheckProgress
from sshwizard.tui.screens.agents import AgentsScreen, PermanentScreen
from sshwizard.tui.screens.by_hand import ByHandScreen
from sshwizard.tui.screens.check import CheckScreen
from sshwizard.tui.screens.choose import ChooseScreen
from sshwizard.tui.screens.code import CodeScreen
from sshwizard.tui.screens.consent import ConsentScreen
from sshwizard.tui.screens.copied import CopiedScreen
from sshwizard.tui.screens.elsewhere import ElsewhereScreen
from sshwizard.tui.screens.evidence import EvidenceScreen
from sshwizard.tui.screens.find_key import FindKeyScreen
from sshwizard.tui.screens.fix_all import FixAllScreen
from sshwizard.tui.screens.have import HaveScreen
from sshwizard.tui.screens.help import HelpScreen
from sshwizard.tui.screens.history import HistoryScreen
from sshwizard.tui.screens.hosts import HostsScreen
from sshwizard.tui.screens.identity import IdentityScreen
from sshwizard.tui.screens.instance import InstanceScreen
from sshwizard.tui.screens.log import LogScreen, judge
from sshwizard.tui.screens.log_result import LogResultScreen
from sshwizard.tui.screens.login import LoginScreen
from sshwizard.tui.screens.newkey import NewKeyScreen
from sshwizard.tui.screens.proposal import ProposalScreen
from sshwizard.tui.screens.removal import RemovalScreen
from sshwizard.tui.screens.save import SaveScreen
from sshwizard.tui.screens.second import SecondScreen
from sshwizard.tui.screens.server import ServerScreen
from sshwizard.tui.screens.setup_end import SetupEndScreen
from sshwizard.tui.screens.undo import UndoScreen
from sshwizard.tui.screens.upload import UploadScreen
from sshwizard.tui.screens.ways import WaysScreen
from sshwizard.tui.screens.who import WhoScreen
from sshwizard.tui.screens.why import WhyScreen
from sshwizard.tui.widgets.frame import KeyLine
from sshwizard.wizard import service
from sshwizard.wizard.agents import Surroundings
from sshwizard.wizard.credentials import Login
from sshwizard.wizard.options import Options
from sshwizard.wizard.road import SetUp
from tui import values
from tui.driving import SIZES, overflowing, press, running, screen_lines, screen_text, shows, until

CHANGE = Change(
    number=3,
    title="Send home_ed25519 to github.com",
    state="done",
    when="2026-11-20T10:00:00Z",
    steps=("Changed ~/.ssh/config.",),
    paths=("/home/joe/.ssh/config",),
    restore=("cp copy ~/.ssh/config",),
)
LOG = """OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL 3.0.11
debug1: Connecting to github.com [140.82.121.3] port 22.
debug1: Will attempt key: /home/joe/.ssh/id_rsa RSA SHA256:abc agent
git@github.com: Permission denied (publickey).
"""


def way(home: str, *, uploaded: bool = True) -> flow.Way:
    setup = SetUp(
        typed="github.com",
        target=values.target(),
        public=values.public(3),
        private_path=f"{home}/.ssh/home_ed25519",
        accepted=uploaded or None,
        uploaded=uploaded,
        sent_first=uploaded or None,
        done=("Make the key ~/.ssh/home_ed25519",),
        commands=("ssh-keygen -t ed25519 -f ~/.ssh/home_ed25519 -C joe@laptop",),
    )
    return flow.Way(setup=setup, diagnosis=values.diagnosis(home))


async def show_check(app: WizardApp, pilot: Pilot[int], diagnosis: Diagnosis) -> CheckScreen:
    """Show a diagnosis without asking anybody: a run of its own number makes the real one's messages late."""
    screen = app.screen if isinstance(app.screen, CheckScreen) else CheckScreen("github.com")
    if screen is not app.screen:
        await app.push_screen(screen)
    screen.run_number += 1
    screen.post_message(CheckFinished(screen.run_number, diagnosis))
    await shows(pilot, "enter shows how")
    return screen


def not_asked(home: str) -> Diagnosis:
    """A diagnosis without a host's word: there is nothing to compare, so no ssh is started."""
    seen = values.diagnosis(home)
    return replace(seen, case=replace(seen.case, transcript=None))


SCREENS: dict[str, Callable[[str], Screen[object]]] = {
    "check": lambda home: CheckScreen("github.com"),
    "evidence": lambda home: EvidenceScreen(values.diagnosis(home)),
    "ways": lambda home: WaysScreen(words.remedies(values.diagnosis(home))),
    "proposal": lambda home: ProposalScreen(values.fix(home), values.diagnosis(home)),
    "save": lambda home: SaveScreen(
        "x", apply.as_script(values.machine(home), values.fix(home)), "fix.sh", mode=0o700
    ),
    "undo": lambda home: UndoScreen(CHANGE),
    "history": lambda home: HistoryScreen(),
    "copied": lambda home: CopiedScreen("sshwizard doctor github.com " + "x" * 200),
    "hosts": lambda home: HostsScreen(),
    "setup hosts": lambda home: HostsScreen(setting_up=True),
    "new key": lambda home: NewKeyScreen(values.target()),
    "upload": lambda home: UploadScreen(way(home, uploaded=False)),
    "by hand": lambda home: ByHandScreen(
        "ssh-ed25519 " + "A" * 68 + " joe@laptop", "https://github.com/settings/keys"
    ),
    "login": lambda home: LoginScreen(values.account(home).place),
    "code": lambda home: CodeScreen("GitHub asks for a second factor", "A code is required."),
    "find a key": lambda home: FindKeyScreen(values.account(home)),
    "removal": lambda home: RemovalScreen(
        values.account(home), tuple(row.key for row in values.account(home).rows), Login(token=Secret("t"))
    ),
    "elsewhere": lambda home: ElsewhereScreen(None, ()),
    "instance": lambda home: InstanceScreen(values.target()),
    "server": lambda home: ServerScreen(
        service.as_server(values.target()), values.fix(home), values.public(3), "~/.ssh/home_ed25519.pub"
    ),
    "end": lambda home: SetupEndScreen(way(home)),
    "have": lambda home: HaveScreen(),
    "why": lambda home: WhyScreen("github.com"),
    "who": lambda home: WhoScreen(),
    "consent": lambda home: ConsentScreen("Run them?", ("They run now. " * 12,), ("true " * 40,)),
    "second": lambda home: SecondScreen(not_asked(home)),
    "agents": lambda home: AgentsScreen(),
    "permanent": lambda home: PermanentScreen(
        Surroundings(platform="linux", env={"XDG_CURRENT_DESKTOP": "GNOME"}, systemd=True)
    ),
    "identity": lambda home: IdentityScreen(),
    "mend all": lambda home: FixAllScreen(values.diagnosis(home), Request(typed="github.com")),
    "one question": lambda home: ChooseScreen(
        "Another key", design_choice(str, f"{home}/src/app", f"{home}/src", ("a", "b")), command="x " * 60
    ),
    "log": lambda home: LogScreen(),
    "log result": lambda home: LogResultScreen(judge(LOG)),
}


@pytest.fixture
def folder(home: Path) -> str:
    (home / ".ssh").mkdir(mode=0o700)
    return str(home)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_fits(size: tuple[int, int], folder: str) -> None:
    wrong = []
    async with running(values.machine(folder), Options(), size=size) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        wrong += overflowing(app)
        for name, make in SCREENS.items():
            screen = make(folder)
            await app.push_screen(screen)
            if isinstance(screen, CheckScreen):
                await show_check(app, pilot, values.diagnosis(folder))
            await until(pilot, lambda: not app.workers._workers, f"{name} to be still")
            await pilot.pause()
            wrong += [f"{name}: {problem}" for problem in overflowing(app)]
            await press(pilot, "f1")
            wrong += [f"help of {name}: {problem}" for problem in overflowing(app)]
            if not (isinstance(app.screen, HelpScreen) and screen.help_lines):  # type: ignore[attr-defined]
                wrong.append(f"{name} has no help")
            await press(pilot, "escape", "escape")

    assert wrong == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_verdict_the_remedy_and_the_command_are_in_view(size: tuple[int, int], folder: str) -> None:
    async with running(values.machine(folder), size=size) as (app, pilot):
        await show_check(app, pilot, values.diagnosis(folder))

        text = screen_text(app)
        for part in ("FAIL ssh sends a key of another account first", "certain", "Send home_ed25519 to", "$ sshwizard doctor github.com", "esc back", "? help"):  # fmt: skip
            assert part in text


async def test_messages_of_an_earlier_run_are_dropped(folder: str) -> None:
    async with running(values.machine(folder)) as (app, pilot):
        seen = values.diagnosis(folder)
        screen = await show_check(app, pilot, seen)
        screen.post_message(CheckFinished(screen.run_number - 1, values.diagnosis(folder, comment="late")))
        screen.post_message(CheckProgress(screen.run_number - 1, PlanReady(values.plan(folder, "late"))))
        await pilot.pause()

        assert screen.diagnosis is seen
        assert "late" not in screen_text(app)


async def test_foreign_text_is_shown_as_it_is(folder: str) -> None:
    comment = values.HOSTILE
    async with running(values.machine(folder), size=(120, 40)) as (app, pilot):
        await show_check(app, pilot, values.diagnosis(folder, comment=comment))
        await shows(pilot, comment)
        app.push_screen(EvidenceScreen(values.diagnosis(folder, comment=comment)))
        await shows(pilot, comment)
        app.push_screen(CopiedScreen(comment))
        await shows(pilot, comment)

        assert not any("bell" in str(meta) for meta in clickable(app))


def clickable(app: object) -> list[object]:
    """Return the actions that a click on the screen would run."""
    strips = app.screen._compositor.render_strips()  # type: ignore[attr-defined]
    return [
        segment.style.meta
        for strip in strips
        for segment in strip
        if segment.style and "@click" in segment.style.meta
    ]


async def test_the_command_is_copied_and_shown_alone(folder: str) -> None:
    async with running(values.machine(folder)) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        await press(pilot, "c")
        await shows(pilot, "Copied, if your terminal allows it")

        assert app.clipboard.startswith("sshwizard ")


async def test_a_click_on_a_key_presses_it(folder: str) -> None:
    async with running(values.machine(folder)) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        row = app.screen.query_one(KeyLine).region.y
        line = next(text for y, text in enumerate(screen_lines(app)) if y == row)
        await pilot.click(offset=(line.index("? help") + 2, row))

        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")


async def test_esc_enter_and_the_question_mark_close_a_card(folder: str) -> None:
    async with running(values.machine(folder)) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        home = app.screen
        for key in ("escape", "enter", "question_mark"):
            await press(pilot, "question_mark")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
            await shows(pilot, "enter close")
            await press(pilot, key)

            await until(pilot, lambda: app.screen is home, f"{key} to close the help")
        app.tell(UsageError("It is not there.", hint="Look elsewhere."))
        await shows(pilot, "Look elsewhere.")
        await press(pilot, "escape")

        await until(pilot, lambda: app.screen is home, "escape to close the notice")
