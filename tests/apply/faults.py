"""Dying or failing at one chosen call to the operating system, in a forked child."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

CALLS = ("open", "write", "fsync", "link", "replace", "rename", "unlink", "mkdir", "rmdir") + (
    "chmod",
    "fchmod",
    "fchown",
    "setxattr",
)
DIED = 77
RAN = 0
RAISED = 78


class Counter:
    """Counts the calls and strikes at number `at`."""

    def __init__(self, at: int, strike: Callable[[str], None]) -> None:
        self.count = 0
        self.at = at
        self.strike = strike

    def wrap(self, name: str) -> None:
        real = getattr(os, name)

        def called(*arguments: object, **named: object) -> object:
            self.count += 1
            if self.count == self.at:
                if name == "write" and self.at % 2:
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])  # type: ignore[call-overload, arg-type]
                self.strike(name)
            return real(*arguments, **named)

        setattr(os, name, called)


def die(_name: str) -> None:
    os._exit(DIED)


def every_point(
    prepare: Callable[[], Callable[[], object]], strike: Callable[[str], None] = die
) -> Iterator[tuple[int, int]]:
    """Run `prepare()` here and what it returns in a child, striking at its 1st, 2nd, … call.

    Yields (point, how the child ended) until a child ran to its end unharmed.
    """
    point = 0
    while True:
        point += 1
        action = prepare()
        child = os.fork()
        if child == 0:
            _in_child(action, point, strike)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        yield point, ended
        if ended == RAN:
            return


def _in_child(action: Callable[[], object], point: int, strike: Callable[[str], None]) -> None:
    counter = Counter(point, strike)
    for name in CALLS:
        counter.wrap(name)
    try:
        action()
    except BaseException:  # noqa: B036 - the child reports by its exit status alone
        os._exit(RAISED)
    os._exit(RAN if counter.count < point else RAN + 1)
