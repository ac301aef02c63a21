"""The full-screen wizard (Textual): app, screens, widgets, one style sheet. Shows values and decides nothing.

`run` is the way in. Everything of Textual is imported inside it, so that other commands never load it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.wizard.options import Options


def run(machine: Machine, options: Options) -> int:
    """Open the wizard and return the exit code when the user leaves it.

    Needs a terminal on stdin and stderr (Textual draws on stderr). Says after leaving what was changed.
    A bug of our own is raised again after the screen is restored, for the caller to report.
    The machine is looked at while Textual is imported, so that the first frame holds what was found.
    """
    from concurrent.futures import ThreadPoolExecutor

    from sshwizard.tui.session import Session

    session = Session(machine=machine, options=options)
    with ThreadPoolExecutor(1, "look") as pool:
        facts = pool.submit(session.look)
        from sshwizard.tui.start import start

        code, lines = start(session, facts)
    for line in lines:
        print(line, file=sys.stdout)
    return code
