"""Starting and ending the application around one session."""

from __future__ import annotations

from concurrent.futures import Future

from textual.screen import Screen

from sshwizard.machine.machine import Machine
from sshwizard.model.facts import Facts
from sshwizard.tui.app import WizardApp
from sshwizard.tui.screens.home import HomeScreen
from sshwizard.tui.session import Session
from sshwizard.wizard import doors
from sshwizard.wizard.options import Options


def start(session: Session, facts: Future[Facts]) -> tuple[int, tuple[str, ...]]:
    """Run the application; return the exit code and what to say afterwards. Raises what a bug raised."""
    app = WizardApp(session, HomeScreen(session, facts), first_screen(session.options))
    code = app.run()
    app.close_ground()
    if app.bug is not None:
        raise app.bug
    return code if code is not None else 0, session.leaving()


def application(machine: Machine, options: Options) -> WizardApp:
    """Build the application on its first screen, with nothing looked at yet."""
    session = Session(machine=machine, options=options)
    return WizardApp(session, HomeScreen(session), first_screen(options))


def first_screen(options: Options) -> Screen[None] | None:
    """Return the screen that the command line asked for, if it asked for one."""
    if options.door == doors.DENIED:
        from sshwizard.tui.screens.check import CheckScreen

        return CheckScreen(options.typed, wanted=options.wanted)
    if options.door == doors.SETUP:
        from sshwizard.tui import flow

        return flow.first_screen(options.typed)
    if options.door == doors.SHOW:
        from sshwizard.tui.screens.have import HaveScreen

        return HaveScreen()
    if options.door == doors.IDENTITY:
        from sshwizard.tui.screens.identity import IdentityScreen

        return IdentityScreen()
    if options.door == doors.LOG:
        from sshwizard.tui.screens.log import LogScreen

        return LogScreen()
    return None
