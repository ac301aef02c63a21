"""Which screen stands behind which door and command. Imports each screen when it is opened, not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sshwizard.text import _
from sshwizard.wizard import doors

if TYPE_CHECKING:
    from sshwizard.tui.app import WizardApp


def open_door(app: WizardApp, door: str) -> None:
    """Open what a door of the first screen leads to."""
    {
        doors.DENIED: _check,
        doors.SETUP: _set_up,
        doors.SHOW: _have,
        doors.IDENTITY: _identity,
        doors.LOG: _log,
        doors.PRACTISE: _practise,
    }[door](app)


def commands(app: WizardApp) -> Iterator[tuple[str, str, Callable[[], None]]]:
    """Yield the commands of the palette: title, what it does, and the callable."""
    yield _("Check a host"), _("which key is sent, and what the host says"), lambda: _check(app)
    yield _("Why these keys"), _("which keys ssh sends to a host, and why; asks nobody"), lambda: _why(app)
    yield _("Who knows which key"), _("ask the hosts of this machine"), lambda: _who(app)
    yield _("Set up a key"), _("make one, upload it, test it, settle it"), lambda: _set_up(app)
    yield _("New key"), _("make a pair of files"), lambda: _new_key(app)
    yield _("Show me what I have"), _("keys, agents, hosts, configuration"), lambda: _have(app)
    yield _("Keys on an account"), _("list, add and remove them at a service"), lambda: _have(app, "accounts")
    yield _("Explain a log"), _("paste the output of ssh -v or git"), lambda: _log(app)
    yield _("As whom it pushes"), _("which account and key a repository uses"), lambda: _identity(app)
    yield _("Agents"), _("start one, load a key, take one out"), lambda: agents(app)
    yield _("Changes and undo"), _("what sshwizard changed, and taking it back"), lambda: _history(app)
    if app.ground is None and app.scenarios:
        yield _("Practise"), _("a safe ground, nothing real is touched"), lambda: _practise(app)


def _check(app: WizardApp) -> None:
    from sshwizard.tui.screens.hosts import HostsScreen

    app.push_screen(HostsScreen())


def _why(app: WizardApp) -> None:
    from sshwizard.tui.screens.hosts import HostsScreen

    app.push_screen(HostsScreen(why=True))


def _who(app: WizardApp) -> None:
    from sshwizard.tui.screens.who import WhoScreen

    app.push_screen(WhoScreen())


def _set_up(app: WizardApp) -> None:
    from sshwizard.tui import flow

    flow.begin(app, app.session.options.typed if app.ground else "")


def _new_key(app: WizardApp) -> None:
    from sshwizard.tui.screens.newkey import NewKeyScreen

    app.push_screen(NewKeyScreen())


def _have(app: WizardApp, tab: str = "keys") -> None:
    from sshwizard.tui.screens.have import HaveScreen

    app.push_screen(HaveScreen(tab))


def _log(app: WizardApp) -> None:
    from sshwizard.tui.screens.log import LogScreen

    app.push_screen(LogScreen())


def _identity(app: WizardApp) -> None:
    from sshwizard.tui.screens.identity import IdentityScreen

    app.push_screen(IdentityScreen())


def agents(app: WizardApp) -> None:
    """Open the agents."""
    from sshwizard.tui.screens.agents import AgentsScreen

    app.push_screen(AgentsScreen())


def _practise(app: WizardApp) -> None:
    from sshwizard.tui.screens.practise import PractiseScreen

    app.push_screen(PractiseScreen())


def _history(app: WizardApp) -> None:
    from sshwizard.tui.screens.history import HistoryScreen

    app.push_screen(HistoryScreen())
