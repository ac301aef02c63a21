"""Whose the files of `~/.ssh` are. Looks at no content and follows no link."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sshwizard.machine.machine import Machine
from sshwizard.machine.owners import owner_of
from sshwizard.model.files import ForeignFile

MOST = 500


def home_owner(machine: Machine) -> tuple[int, int] | None:
    """Return the account that the home belongs to; None unless that is us, or we are root and may act for it."""
    owner = owner_of(machine.home) if machine.home else None
    return owner if owner and machine.uid in (0, owner[0]) else None


def foreign_files(machine: Machine, owner: tuple[int, int] | None) -> tuple[ForeignFile, ...]:
    """Return the folder and what is in it (one level down too) where it belongs to somebody else.

    A configuration of root's that can be read is as good as one's own to ssh (readconf.c).
    """
    if owner is None:
        return ()
    folder = os.path.join(machine.home, ".ssh")
    found = []
    for path in _below(machine, folder):
        there = owner_of(path)
        if there is None or there[0] == owner[0]:
            continue
        seen = machine.files.look(path)
        readable = seen.kind not in ("unreadable", "missing")
        if there[0] == 0 and readable and os.path.basename(path) == "config":
            continue
        found.append(ForeignFile(path=path, owner=there, readable=readable))
    return tuple(found)


def _below(machine: Machine, folder: str) -> Iterator[str]:
    yield folder
    for name in (machine.files.names(folder) or ())[:MOST]:
        path = os.path.join(folder, name)
        yield path
        yield from (os.path.join(path, below) for below in (machine.files.names(path) or ())[:MOST])
