"""The journal: one numbered folder per change under the state folder, readable without this program.

`0007/recipe.json` says what was done and how to take it back by hand; beside it lie copies of the contents
before and after. It is written before the effect and marked afterwards, so that a change that was
interrupted is recognised. The state folder is created (0700) with the first change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sshwizard.errors import CannotApply
from sshwizard.machine import locking, write
from sshwizard.machine.files import look_at
from sshwizard.model.change import Change, ChangeState, OnAccount, Outcome
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

SCHEMA = "sshwizard-journal/1"
Record = dict[str, Any]
"""One step as the recipe keeps it: `kind`, what it concerned, `begun`, `done`, `restore`."""


@dataclass(slots=True)
class Entry:
    """One change in the making or as read back. `state`: started, done, failed, undoing, undone."""

    folder: str
    number: int
    title: str
    command: str
    state: str
    when: str
    records: list[Record] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    undone: str | None = None

    @property
    def recipe(self) -> str:
        return os.path.join(self.folder, "recipe.json")

    def copy_path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def keep(self, name: str, data: bytes) -> str:
        """Put a copy into the entry's folder and return its name; an equal copy is kept once.

        Raises CannotApply when it is not sure that the copy is there: nothing is changed without one.
        """
        number, free = 1, name
        while True:
            path = self.copy_path(free)
            seen = look_at(path)
            if seen.kind == "missing":
                write.write_file(path, None, data, 0o600)
                return free
            if seen.kind != "file":
                write.require_content(path, None)
            if seen.data == data:
                return free
            number += 1
            free = f"{name}.{number}"

    def kept(self, name: str) -> bytes:
        """Return a copy's content. Raises CannotApply when the journal was tampered with."""
        seen = look_at(self.copy_path(name))
        if seen.kind != "file":
            raise CannotApply(
                _("The copy {path} is missing from the journal.").format(path=visible(seen.path, keep="")),
                code="journal-damaged",
                where=seen.path,
                hint=_("What can be done by hand is in {recipe}.").format(
                    recipe=visible(self.recipe, keep="")
                ),
            )
        return seen.data

    def save(self) -> None:
        """Write the recipe; the old one is replaced whole."""
        seen = look_at(self.recipe)
        content = json.dumps(self._as_json(), indent=2).encode() + b"\n"
        write.write_file(self.recipe, seen.data if seen.kind == "file" else None, content, 0o600)

    def _as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "number": self.number,
            "title": self.title,
            "command": self.command,
            "state": self.state,
            "when": self.when,
            "undone": self.undone,
            "notes": self.notes,
            "to restore by hand": restore_lines(self),
            "steps": self.records,
        }


def restore_lines(entry: Entry) -> list[str]:
    """Return what to type to take the change back without this program, last step first."""
    return [line for record in reversed(entry.records) for line in record.get("restore", ())]


def journal_folder(machine: Machine) -> str:
    return os.path.join(machine.state_dir, "journal")


@contextmanager
def locked(machine: Machine) -> Iterator[None]:
    """Make the state folder if it is missing and keep other copies of ourselves out. Raises CannotApply."""
    write.make_folder(journal_folder(machine), 0o700)
    with locking.lock(lock_path(machine)):
        yield


def lock_path(machine: Machine) -> str:
    return os.path.join(machine.state_dir, "lock")


def new_entry(machine: Machine, title: str, command: str) -> Entry:
    """Take the next free number. Call it with the lock held. Raises CannotApply."""
    folder = journal_folder(machine)
    number = max((entry_number for entry_number, _path in _folders(folder)), default=0) + 1
    path = os.path.join(folder, f"{number:04d}")
    write.make_folder(path, 0o700)
    return Entry(folder=path, number=number, title=title, command=command, state="started", when=now())


def entries(machine: Machine) -> tuple[Entry, ...]:
    """Return every entry that can be read, oldest first. A damaged recipe is an entry without steps."""
    found = (_read(number, path) for number, path in _folders(journal_folder(machine)))
    return tuple(entry for entry in found if entry is not None)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_change(entry: Entry, *, running: bool = False) -> Change:
    """Show an entry as a value. `running`: somebody holds the lock, so "started" is not yet a ruin."""
    return Change(
        number=entry.number,
        title=entry.title,
        state=_state(entry, running),
        when=entry.when,
        steps=tuple(str(record.get("sentence", "")) for record in entry.records),
        paths=tuple(dict.fromkeys(path for record in entry.records for path in record.get("paths", ()))),
        notes=tuple(entry.notes),
        restore=tuple(restore_lines(entry)),
        recipe=entry.recipe,
        command=entry.command,
        undone=entry.undone,
        on_accounts=on_accounts(entry),
        outcomes=_outcomes(entry),
        did_nothing=did_nothing(entry),
    )


def did_nothing(entry: Entry) -> bool:
    """Tell whether the change found everything as wanted on the machines that it was about."""
    from sshwizard.apply.elsewhere import did_nothing

    return bool(entry.records) and all(map(did_nothing, entry.records))


def _outcomes(entry: Entry) -> tuple[Outcome, ...]:
    from sshwizard.apply.elsewhere import ON_ACCOUNTS, ON_SERVERS, outcome

    return tuple(
        outcome(record) for record in entry.records if record.get("kind") in (*ON_ACCOUNTS, *ON_SERVERS)
    )


def on_accounts(entry: Entry) -> tuple[OnAccount, ...]:
    """Return what this change did outside this machine and what was not reversed there."""
    from sshwizard.apply.elsewhere import is_left

    if entry.state in ("undone", "failed"):
        return ()
    return tuple(_elsewhere(record) for record in entry.records if is_left(record))


def _elsewhere(record: Record) -> OnAccount:
    title = str(record["title"])
    if record["kind"] in ("install_key", "uninstall_key"):
        return OnAccount(
            provider=str(record["destination"]),
            api_url="",
            id=title,
            title=title,
            kind="server" if record["kind"] == "install_key" else "off_server",
        )
    return OnAccount(
        provider=str(record["provider"]),
        api_url=str(record["api_url"] or ""),
        id=str(record.get("id") or title),
        title=title,
        kind="removed" if record["kind"] == "remove_key" else "added",
    )


def _state(entry: Entry, running: bool) -> ChangeState:
    if entry.state in ("started", "undoing"):
        return "running" if running else "interrupted"
    if entry.state == "undone":
        return "undone"
    return "failed" if entry.state == "failed" else "done"


def _folders(folder: str) -> list[tuple[int, str]]:
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted((int(name), os.path.join(folder, name)) for name in names if name.isdecimal())


def _read(number: int, folder: str) -> Entry | None:
    seen = look_at(os.path.join(folder, "recipe.json"))
    if seen.kind == "missing":
        return None
    try:
        recipe = json.loads(seen.data)
        return Entry(
            folder=folder,
            number=number,
            title=str(recipe["title"]),
            command=str(recipe["command"]),
            state=str(recipe["state"]),
            when=str(recipe["when"]),
            records=list(recipe["steps"]),
            notes=list(recipe["notes"]),
            undone=recipe["undone"],
        )
    except (ValueError, KeyError, TypeError):
        note = _("The recipe {path} cannot be read.").format(path=visible(seen.path, keep=""))
        return Entry(
            folder=folder, number=number, title=note, command="", state="failed", when="", notes=[note]
        )
