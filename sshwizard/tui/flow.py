"""The guided set-up: which screen comes next. The steps themselves, and when each is satisfied, are `wizard.road`'s.

A `SetUp` travels from screen to screen and grows by one answer each; the screen before keeps its own, so that
Esc loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.screen import Screen

from sshwizard.model.change import Change
from sshwizard.model.facts import Facts
from sshwizard.model.finding import Diagnosis
from sshwizard.model.identity import PublicKey
from sshwizard.text import _
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.frame import Step, Steps
from sshwizard.wizard import resume, road, strip
from sshwizard.wizard.road import SetUp

if TYPE_CHECKING:
    from sshwizard.tui.app import WizardApp


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How far a set-up has come: the answers, and what was last seen of the host."""

    setup: SetUp
    diagnosis: Diagnosis | None = None


def steps_for(setup: SetUp, at: road.StepId | None = None) -> Steps:
    """Return the step line; `at` is the step of the screen, where it is not the first open one."""
    short = {
        "host": _("host"),
        "key": _("key"),
        "upload": _("upload"),
        "test": _("test"),
        "settle": _("settle"),
    }
    now = at or road.position(setup) or road.STEPS[-1]
    chosen = {"host"} if setup.typed else set()
    steps = [
        Step(step.title, short[step.id], step.state == "done" or step.id in chosen)
        for step in road.progress(setup)
    ]
    return Steps(steps, road.STEPS.index(now))


def first_screen(typed: str = "") -> Screen[None]:
    """Return the first screen of a set-up: the key when the host is named already, else the host."""
    from sshwizard.tui.screens.hosts import HostsScreen
    from sshwizard.tui.screens.setup_key import SetupKeyScreen

    if typed:
        return SetupKeyScreen(SetUp(typed=typed))
    return HostsScreen(setting_up=True)


def begin(app: WizardApp, typed: str = "") -> None:
    """Open the set-up."""
    app.push_screen(first_screen(typed))


def host_chosen(app: WizardApp, typed: str) -> None:
    """Go on from the host to the key."""
    from sshwizard.tui.screens.setup_key import SetupKeyScreen

    app.push_screen(SetupKeyScreen(SetUp(typed=typed)))


def with_key(way: Way, public: PublicKey, path: str | None) -> Way:
    """Return the way with this key chosen, and what the host is known to say of it."""
    transcript = way.diagnosis.case.transcript if way.diagnosis else None
    known = bool(transcript and any(one.blob == public.blob for one in transcript.known))
    setup = replace(
        way.setup,
        public=public,
        private_path=path,
        uploaded=known,
        accepted=True if known else None,
        sent_first=is_settled(way.diagnosis, public) if known and way.diagnosis else None,
    )
    return replace(way, setup=setup)


def is_settled(diagnosis: Diagnosis, public: PublicKey) -> bool:
    """Say whether ssh logs in with this key, and would still do so when no agent held it."""
    case = diagnosis.case
    if not (case.transcript and case.plan and case.transcript.ssh_key):
        return False
    if case.transcript.ssh_key.blob != public.blob:
        return False
    sent = [offer for offer in case.plan.offers if offer.public and offer.public.blob == public.blob]
    return any(offer.private_path or offer.source or offer.via == "file" for offer in sent)


def with_change(setup: SetUp, change: Change, command: str) -> SetUp:
    """Return the answers with one more thing done."""
    return replace(setup, done=(*setup.done, change.title), commands=(*setup.commands, command))


def proceed(app: WizardApp, way: Way, *, instead: bool = False) -> None:
    """Open the screen of the first step that is not satisfied; `instead` of the present one, or on top of it."""
    screen = _next_screen(way)
    _keep(app, way.setup)
    if instead:
        app.switch_screen(screen)
    else:
        app.push_screen(screen)


def _keep(app: WizardApp, setup: SetUp) -> None:
    """Remember how far the set-up has come, so that it can be taken up later; forget it at its end."""
    from sshwizard.machine import runtime

    machine = app.session.machine
    if app.ground is None and not app.session.options.dry_run and setup.public:
        open_still = road.position(setup) is not None
        runtime.remember(machine, resume.NAME, resume.kept(setup, machine.home) if open_still else b"")


def left_off(session: Session, facts: Facts) -> SetUp | None:
    """Return the set-up that was left half-way on this machine, if there is one. Blocking; no network."""
    from sshwizard import check
    from sshwizard.machine import runtime

    left = resume.taken_up(runtime.recall(session.machine, resume.NAME), facts)
    if left is None:
        return None
    request = check.Request(typed=left.typed, flags=session.options.flags)
    return replace(left, target=check.run_plan(session.machine, request)[1].target)


def _next_screen(way: Way) -> Screen[None]:
    from sshwizard.tui.screens.setup_end import SetupEndScreen
    from sshwizard.tui.screens.setup_test import SetupTestScreen
    from sshwizard.tui.screens.upload import UploadScreen

    match road.position(way.setup):
        case "host" | "key":
            return first_screen(way.setup.typed)
        case "upload":
            return UploadScreen(way)
        case "test" | "settle":
            return SetupTestScreen(way)
        case None:
            return SetupEndScreen(way)


def end_commands(setup: SetUp) -> tuple[str, ...]:
    """Return the commands that the whole set-up stood for, the proof last."""
    proof = (strip.login(setup.target),) if setup.target else ()
    return (*setup.commands, *proof)


def title() -> str:
    """Return what every screen of the set-up is called."""
    return _("Set up a key")
