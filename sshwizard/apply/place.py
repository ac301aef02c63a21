"""Steps whose effect is in files: what the journal keeps of them, doing them, taking them back.

`record_*` runs before the effect and keeps what is needed to reverse it; the others are the effect itself.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from typing import TYPE_CHECKING

from sshwizard.apply.journal import Entry, Record
from sshwizard.apply.prepare import Write, key_paths
from sshwizard.errors import CannotApply
from sshwizard.machine import owners
from sshwizard.machine import write as disk
from sshwizard.machine.files import look_at
from sshwizard.model.steps import Chmod, Chown, ConvertKey, GenerateKey, MakeFolder
from sshwizard.openssh.difference import Conflict, merge
from sshwizard.secret import Secret
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def record_write(machine: Machine, entry: Entry, step: Write, number: int) -> Record:
    target = disk.real_path(step.path)
    name = f"{number}-{os.path.basename(target)[:100]}"
    before = None if step.before is None else entry.keep(f"{name}.before", step.before)
    after = entry.keep(f"{name}.after", step.after)
    if before is None:
        sentence = _("Created {path}.")
        restore = f"mv {_quoted(target)} {_quoted(entry.folder)}/"
    else:
        sentence = _("Changed {path}.")
        restore = f"cp {_quoted(entry.copy_path(before))} {_quoted(target)}"
    if before is not None and (links := disk.about_hard_links(target, machine.shown(target))):
        entry.notes.append(links)
    return {
        "kind": "write_file" if step.trust is None else "trust_host_key",
        "sentence": sentence.format(path=visible(machine.shown(step.path), keep="")),
        "paths": [step.path],
        "path": step.path,
        "target": target,
        "before": before,
        "after": after,
        "independent_lines": step.independent_lines,
        "restore": [restore],
    }


def write(step: Write) -> None:
    disk.write_file(step.path, step.before, step.after, step.mode)


def record_folder(machine: Machine, step: MakeFolder) -> Record:
    missing: list[str] = []
    folder = os.path.abspath(step.path)
    while folder and not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    return {
        "kind": "make_folder",
        "sentence": _("Made the folder {path}.").format(path=visible(machine.shown(step.path), keep="")),
        "paths": [step.path],
        "made": missing,
        "restore": [f"rmdir {_quoted(folder)}" for folder in missing],
    }


def make_folder(step: MakeFolder) -> None:
    disk.make_folder(step.path, step.mode)


def record_chmod(machine: Machine, step: Chmod) -> Record:
    return {
        "kind": "chmod",
        "sentence": _("Set the mode of {path} from {before} to {after}.").format(
            path=visible(machine.shown(step.path), keep=""),
            before=f"{step.before:04o}",
            after=f"{step.after:04o}",
        ),
        "paths": [step.path],
        "path": step.path,
        "mode_before": step.before,
        "mode_after": step.after,
        "restore": [f"chmod {step.before:04o} {_quoted(step.path)}"],
    }


def chmod(step: Chmod) -> None:
    disk.change_mode(step.path, step.before, step.after)


def record_chown(machine: Machine, step: Chown) -> Record:
    before, after = _owner(step.before), _owner(step.after)
    return {
        "kind": "chown",
        "sentence": _("Gave {path} from account {before} to {after}.").format(
            path=visible(machine.shown(step.path), keep=""), before=before, after=after
        ),
        "paths": [step.path],
        "path": step.path,
        "within": step.within,
        "owner_before": list(step.before),
        "owner_after": list(step.after),
        "restore": [f"chown -h {before} {_quoted(step.path)}"],
    }


def chown(step: Chown) -> None:
    owners.change_owner(step.path, step.within, step.before, step.after)


def undo_chown(record: Record) -> str:
    """Give a file back to its old owner; return a note when it belongs to somebody else by now."""
    before, after = tuple(record["owner_before"]), tuple(record["owner_after"])
    now = owners.owner_of(record["path"])
    if now == after:
        owners.change_owner(record["path"], record["within"], after, before)
    elif now != before:
        return _("{path} has yet another owner by now and is left as it is.").format(
            path=visible(record["path"], keep="")
        )
    return ""


def record_key(machine: Machine, entry: Entry, step: GenerateKey | ConvertKey) -> Record:
    private, public = key_paths(step)
    folders = record_folder(machine, MakeFolder(path=os.path.dirname(private)))
    return {
        "kind": "generate_key",
        "sentence": _("Made the key {path}.").format(path=visible(machine.shown(private), keep="")),
        "paths": [private, public],
        "private": private,
        "public": public,
        "made": folders["made"],
        "sha256": None,
        "restore": [f"mv {_quoted(private)} {_quoted(public)} {_quoted(entry.folder)}/", *folders["restore"]],
    }


def generate(entry: Entry, step: GenerateKey, record: Record, passphrase: Secret | None) -> None:
    """Make the pair in memory, note its sums in the journal, then put both files in place, private first."""
    from sshwizard.openssh.keys import generate as maker

    if step.encrypted and not passphrase:
        raise CannotApply(
            _("A passphrase is needed for {path}; none was given.").format(path=visible(step.path, keep="")),
            code="passphrase-missing",
            where=step.path,
            hint=_("Give one with `--passphrase-fd`, or choose `--no-passphrase`."),
        )
    data, line = maker.generate(
        step.type, step.bits, step.comment, passphrase=passphrase if step.encrypted else None
    )
    _put_pair(entry, key_paths(step), record, data, line)


def convert(entry: Entry, step: ConvertKey, record: Record, passphrase: Secret | None) -> None:
    """Open a PuTTY key in memory and put it in place as an OpenSSH pair. Raises CannotApply."""
    from sshwizard.openssh.keys import putty_private
    from sshwizard.openssh.keys.private import PassphraseNeeded

    seen = look_at(step.source)
    if seen.kind != "file":
        disk.require_content(step.source, b"")
    try:
        data, line = putty_private.converted(seen.data, passphrase)
    except PassphraseNeeded as error:
        raise CannotApply(
            _("The passphrase does not open {path}.").format(path=visible(step.source, keep="")),
            code="passphrase-wrong" if passphrase else "passphrase-missing",
            where=step.source,
            hint=_("Give it with `--passphrase-fd`, or where it is asked for."),
        ) from error
    except ValueError as error:
        raise CannotApply(
            _("{path} cannot be converted: {why}.").format(path=visible(step.source, keep=""), why=error),
            code="not-convertible",
            where=step.source,
            hint=_("PuTTYgen may still read it: Conversions, Export OpenSSH key."),
        ) from error
    _put_pair(entry, key_paths(step), record, data, line)


def _put_pair(entry: Entry, paths: tuple[str, str], record: Record, data: bytes, line: str) -> None:
    """Note the sums in the journal, then put both files in place, private first."""
    private, public = paths
    public_data = line.rstrip("\n").encode() + b"\n"
    record["sha256"] = {private: _sum(data), public: _sum(public_data)}
    entry.save()
    disk.make_folder(os.path.dirname(private), 0o700)
    disk.write_file(private, None, data, 0o600)
    disk.write_file(public, None, public_data, 0o644)


def content_now(record: Record) -> bytes | None:
    """Return what the record's file holds (None: it is not there). Raises CannotApply when unreadable."""
    seen = look_at(record["path"])
    if seen.kind not in ("file", "missing"):
        disk.require_content(record["path"], None)
    return seen.data if seen.kind == "file" else None


def plan_write_back(record: Record, entry: Entry, current: bytes | None) -> tuple[bytes | None, bool]:
    """Return what a file that holds `current` is to hold again, and whether later edits are merged.

    None stands for no file. Raises CannotApply when later edits touch what was changed.
    """
    before = None if record["before"] is None else entry.kept(record["before"])
    after = entry.kept(record["after"])
    if current in (before, after):
        return before, False
    if current is None:
        raise _stale(_("{path} is gone, so nothing was put back."), record, entry)
    try:
        merged = merge(after, current, before or b"", independent_lines=record["independent_lines"])
    except Conflict as conflict:
        where = _("{path} was edited since, at line {line}, in the lines of this change.")
        raise _stale(where, record, entry, line=conflict.line) from conflict
    return None if before is None and not merged.strip() else merged, True


def write_back(record: Record, entry: Entry, current: bytes | None, goal: bytes | None) -> None:
    """Bring a file to `goal`; what it held goes into the journal first."""
    if current == goal:
        return
    name = record["after"].removesuffix(".after")
    if current is not None and current != entry.kept(record["after"]):
        entry.keep(_free(entry, f"{name}.edited"), current)
    if goal is None:
        disk.remove_file(record["path"], current or b"")
    elif current is None:
        disk.write_file(record["path"], None, goal, 0o600)
    else:
        disk.write_file(record["path"], current, goal)


def undo_chmod(record: Record) -> str:
    """Give a file its old mode back; return a note when somebody set another one since."""
    seen = look_at(record["path"])
    if seen.mode == record["mode_after"]:
        disk.change_mode(record["path"], record["mode_after"], record["mode_before"])
    elif seen.mode != record["mode_before"]:
        return _("The mode of {path} was changed since and is left as it is.").format(
            path=visible(record["path"], keep="")
        )
    return ""


def undo_folders(record: Record) -> list[str]:
    """Remove the folders that were made, innermost first; return a note for each that stays, with the reason."""
    words = _("The folder {path} stays: {why}.")
    return [
        words.format(path=visible(folder, keep=""), why=why)
        for folder in record["made"]
        if (why := disk.remove_folder(folder))
    ]


def undo_key(record: Record, entry: Entry) -> list[str]:
    """Move a generated pair into the journal; it is never deleted. Return notes."""
    notes: list[str] = []
    for path, made in (record["sha256"] or {}).items():
        seen = look_at(path)
        if seen.kind != "file":
            continue
        if path == record["private"] or _sum(seen.data) == made:
            disk.move_file(path, entry.copy_path(_free(entry, os.path.basename(path))))
        else:
            notes.append(
                _("{path} was changed since and is left as it is.").format(path=visible(path, keep=""))
            )
    private = entry.copy_path(os.path.basename(record["private"]))
    if look_at(private).kind == "file":
        notes.append(_("The key was moved to {path}.").format(path=visible(private, keep="")))
    return [*notes, *undo_folders(record)]


def _stale(words: str, record: Record, entry: Entry, line: int | None = None) -> CannotApply:
    return CannotApply(
        words.format(path=visible(record["path"], keep=""), line=line),
        code="edited-since",
        where=record["path"],
        line=line,
        hint=_("Nothing was changed. How to take it back by hand is in {recipe}.").format(
            recipe=visible(entry.recipe, keep="")
        ),
    )


def _free(entry: Entry, name: str) -> str:
    """Return `name`, or the first of `name.2`, `name.3`, … that the entry has no copy of yet."""
    number, free = 1, name
    while os.path.lexists(entry.copy_path(free)):
        number += 1
        free = f"{name}.{number}"
    return free


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _owner(numbers: tuple[int, int]) -> str:
    return "{}:{}".format(*numbers)


def _quoted(path: str) -> str:
    return shlex.quote(path)
