"""Taking changes back from the journal, and listing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard.apply import agent, elsewhere, journal, outside, place, server
from sshwizard.apply.elsewhere import Login
from sshwizard.errors import CannotApply, SshwizardError
from sshwizard.machine import locking, write
from sshwizard.model.change import Change
from sshwizard.secret import Secret
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

_FILES = ("write_file", "trust_host_key")
"""Kinds of steps that replace a file's content."""
_LOCAL = (*_FILES, "chmod", "chown")
"""Kinds whose reversal is this disk's affair: where it fails the change is not called taken back."""
_UNSEEN = (
    *("add_to_agent", "remove_from_agent", "start_agent", "set_remote_url", "run_command"),
    *(*elsewhere.ON_ACCOUNTS, *elsewhere.ON_SERVERS),
)
"""Kinds of which the disk does not show whether they were reversed already."""


def history(machine: Machine) -> tuple[Change, ...]:
    """Return every change in the journal, oldest first. Changes nothing, not even the state folder."""
    found = journal.entries(machine)
    unfinished = any(entry.state in ("started", "undoing") for entry in found)
    running = unfinished and locking.is_locked(journal.lock_path(machine))
    return tuple(journal.to_change(entry, running=running) for entry in found)


def undo(
    machine: Machine,
    number: int | None = None,
    *,
    token: Secret | None = None,
    otp: Secret | None = None,
    attached: bool = False,
) -> Change:
    """Take a change back: the last one not yet taken back, or number `number`.

    `token` (and `otp`, the code of a second factor) lets an uploaded key be removed from the account again, and a
    removed one be put back. Without it such a change is not called taken back: everything else of it is reversed,
    and it stays open until the key is gone too (`Change.on_accounts`); one that did nothing else raises CannotApply
    (`token-missing`). Where a code is wanted and none was given, Refused (`two-factor-required`) is raised; the next
    try goes on from there. `attached` lets ssh ask on the terminal where a server's key does not let it in.
    A file nobody touched since gets its old bytes; later edits elsewhere in it are kept by a three-way
    merge. Raises CannotApply, with nothing changed, when they touch the same lines, when there is nothing to
    take back, or when the number is not in the journal.
    """
    if not journal.entries(machine):
        raise _nothing()
    with journal.locked(machine):
        entry = _chosen(machine, number)
        login = Login(token=token, otp=otp, attached=attached)
        _require_token(entry, login)
        merged = _require_reversible(entry)
        entry.state = "undoing"
        entry.save()
        notes, _whole = take_back(machine, entry, login, strict=True)
        entry.notes += [note for note in (*merged, *notes) if note not in entry.notes]
        if not journal.on_accounts(entry):
            entry.state = "undone"
            entry.undone = journal.now()
        entry.save()
        return journal.to_change(entry)


def take_back(
    machine: Machine, entry: journal.Entry, login: Login, *, strict: bool = False
) -> tuple[list[str], bool]:
    """Reverse every step that was begun, last first; return what is worth saying, and whether all succeeded.

    A step whose other side refuses (an agent, git, an account) becomes a note, and the others are still
    reversed. With `strict` a file, mode or owner that cannot be brought back raises CannotApply; what was reversed until
    then is marked, so that the next try goes on from there.
    """
    notes: list[str] = []
    whole = True
    for record in reversed(entry.records):
        if not record.get("begun") or record.get("reversed"):
            continue
        try:
            notes += _reverse(machine, entry, record, login)
            record["reversed"] = True
        except SshwizardError as error:
            if strict and (
                record["kind"] in _LOCAL or (error.code == "two-factor-required" and not login.otp)
            ):
                raise
            notes.append(error.message)
            whole = False
        if strict and record["kind"] in _UNSEEN:
            entry.save()
    return notes, whole


def _reverse(machine: Machine, entry: journal.Entry, record: journal.Record, login: Login) -> list[str]:
    match record["kind"]:
        case kind if kind in _FILES:
            write.sweep(record["path"])
            current = place.content_now(record)
            goal, _merged = place.plan_write_back(record, entry, current)
            place.write_back(record, entry, current, goal)
            return []
        case "make_folder":
            return place.undo_folders(record)
        case "chmod":
            return [note] if (note := place.undo_chmod(record)) else []
        case "chown":
            return [note] if (note := place.undo_chown(record)) else []
        case "generate_key":
            return place.undo_key(record, entry)
        case "add_to_agent":
            return agent.undo_add(machine, record)
        case "remove_from_agent":
            return agent.undo_remove(machine, record)
        case "start_agent":
            return agent.undo_start(machine, record)
        case "upload_key":
            return elsewhere.undo_upload(machine, record, login)
        case "remove_key":
            return elsewhere.undo_removal(machine, record, login)
        case "install_key":
            return server.undo_install(machine, record, login)
        case "uninstall_key":
            return server.undo_uninstall(machine, record, login)
        case "set_remote_url":
            return outside.undo_remote(machine, entry, record)
        case "run_command":
            return outside.undo_command(machine, entry, record)
        case _:
            return []


def _chosen(machine: Machine, number: int | None) -> journal.Entry:
    found = journal.entries(machine)
    if number is None:
        open_entries = [
            entry
            for entry in found
            if entry.state in ("done", "started", "undoing") and not journal.did_nothing(entry)
        ]
        if not open_entries:
            raise _nothing()
        return open_entries[-1]
    entry = next((entry for entry in found if entry.number == number), None)
    if entry is None:
        raise CannotApply(
            _("There is no change number {number} in the journal.").format(number=number),
            code="change-unknown",
            hint=_("`sshwizard history` lists them."),
        )
    if entry.state in ("undone", "failed"):
        words = (
            _("Change {number} has been taken back already.")
            if entry.state == "undone"
            else _("Change {number} did not succeed and was taken back at once.")
        )
        raise CannotApply(words.format(number=number), code="already-undone")
    if journal.did_nothing(entry):
        words = _("Change {number} found everything as wanted; there is nothing to take back.")
        raise CannotApply(words.format(number=number), code="nothing-to-undo")
    return entry


def _require_token(entry: journal.Entry, login: Login) -> None:
    """Raise CannotApply when nothing but keys on accounts is left to reverse and no token is at hand."""
    left = [record for record in entry.records if record.get("begun") and not record.get("reversed")]
    by_token = (*elsewhere.ON_ACCOUNTS, "do_by_hand")
    if login.token or not left or any(record["kind"] not in by_token for record in left):
        return
    for record in left:
        if elsewhere.is_left(record):
            raise elsewhere.left_as_it_is(record)


def _require_reversible(entry: journal.Entry) -> list[str]:
    """Raise CannotApply before anything is changed if a file cannot be brought back; return notes."""
    notes: list[str] = []
    pending: dict[str, bytes | None] = {}
    for record in reversed(entry.records):
        if not record.get("begun") or record.get("reversed") or record["kind"] not in _FILES:
            continue
        target = record["target"]
        current = pending[target] if target in pending else place.content_now(record)
        pending[target], merged = place.plan_write_back(record, entry, current)
        if merged:
            words = _("{path} was edited since; those edits are kept.")
            notes.append(words.format(path=visible(record["path"], keep="")))
    return list(dict.fromkeys(notes))


def _nothing() -> CannotApply:
    return CannotApply(_("There is nothing to take back."), code="nothing-to-undo")
