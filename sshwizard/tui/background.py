"""Blocking work in one bounded thread, its result handed back on the screen's own turn."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from textual.screen import Screen

from sshwizard.errors import SshwizardError

Result = TypeVar("Result")


def in_background(
    screen: Screen[Any],
    work: Callable[[], Result],
    done: Callable[[Result], Coroutine[Any, Any, None] | None],
    failed: Callable[[SshwizardError], None],
    *,
    name: str,
) -> None:
    """Run `work` in a thread, then `done(result)` or `failed(error)` on the screen, if it still stands.

    `name` describes the work in logs; it must hold nothing secret (a worker's default description would
    be the `repr` of its arguments). An error that is not ours ends the app as a bug, see `app`.
    """

    def job() -> None:
        try:
            result = work()
        except SshwizardError as error:
            screen.call_later(failed, error)
        else:
            screen.call_later(done, result)

    screen.run_worker(job, name=name, group=name, description=name, thread=True)
