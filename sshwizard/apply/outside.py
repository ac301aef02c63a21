"""Steps whose effect is outside our own files: git, other programs.

Each is recorded before, done, and reversed as far as the other side lets us; what cannot be reversed becomes
a note that says what to do.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from sshwizard.apply.journal import Entry, Record
from sshwizard.errors import CannotApply
from sshwizard.machine import write
from sshwizard.machine.files import look_at
from sshwizard.model.steps import RunCommand, SetRemoteUrl
from sshwizard.text import _, one_line, visible, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def record_remote(machine: Machine, entry: Entry, step: SetRemoteUrl, number: int) -> Record:
    raw = _raw_url(machine, step)
    config = _git(machine, step.folder, "rev-parse", "--git-path", "config").strip()
    path = os.path.join(step.folder, config)
    return {
        "kind": "set_remote_url",
        "sentence": _("Pointed the remote {remote} of {folder} to {url}.").format(
            remote=visible(step.remote, keep=""),
            folder=visible(machine.shown(step.folder), keep=""),
            url=visible(step.after, keep=""),
        ),
        "paths": [path],
        "path": path,
        "folder": step.folder,
        "remote": step.remote,
        "url_before": raw,
        "url_after": step.after,
        "before": entry.keep(f"{number}-git-config.before", _content(path)),
        "after": None,
        "restore": [shlex.join(["git", "-C", step.folder, "remote", "set-url", step.remote, raw])],
    }


def set_remote(machine: Machine, entry: Entry, step: SetRemoteUrl, record: Record) -> None:
    _change_url(machine, step.folder, step.remote, record["url_before"], step.after)
    record["after"] = entry.keep(
        f"{record['before'].removesuffix('.before')}.after", _content(record["path"])
    )


def undo_remote(machine: Machine, entry: Entry, record: Record) -> list[str]:
    if not _restored(entry, record):
        _change_url(machine, record["folder"], record["remote"], record["url_after"], record["url_before"])
    return []


def record_command(machine: Machine, entry: Entry, step: RunCommand, number: int) -> Record:
    """Note a command; of one that sets git's configuration also the file's content, to restore it exactly."""
    undo = [shlex.join(step.undo_argv)] if step.undo_argv else []
    record: Record = {
        "kind": "run_command",
        "sentence": _("Ran `{command}`.").format(command=visible(shlex.join(step.argv), keep="")),
        "paths": [],
        "argv": list(step.argv),
        "undo_argv": list(step.undo_argv) if step.undo_argv else None,
        "cwd": step.cwd,
        "restore": [f"cd {shlex.quote(step.cwd)} && {line}" for line in undo],
    }
    if step.argv[:3] == ("git", "config", "--local"):
        config = _git(machine, step.cwd, "rev-parse", "--git-path", "config").strip()
        path = os.path.join(step.cwd, config)
        before = entry.keep(f"{number}-git-config.before", _content(path))
        record |= {"path": path, "paths": [path], "before": before, "after": None}
    return record


def run_command(machine: Machine, entry: Entry, step: RunCommand, record: Record) -> None:
    if record.get("before") is not None:
        # NOTE: earlier steps of the same change may have altered the file since it was recorded.
        name = record["before"].removesuffix(".before")
        record["before"] = entry.keep(f"{name}-now.before", _content(record["path"]))
        entry.save()
        _run(machine, step.argv, step.cwd)
        record["after"] = entry.keep(f"{name}.after", _content(record["path"]))
        return
    _run(machine, step.argv, step.cwd)


def undo_command(machine: Machine, entry: Entry, record: Record) -> list[str]:
    if record.get("before") is not None and _restored(entry, record):
        return []
    if record["undo_argv"]:
        _run(machine, record["undo_argv"], record["cwd"])
        return []
    command = visible(shlex.join(record["argv"]), keep="")
    return [_("`{command}` cannot be taken back.").format(command=command)]


def _restored(entry: Entry, record: Record) -> bool:
    """Give a file that nobody touched since its old bytes; return False when it has others by now."""
    current, before = look_at(record["path"]).data, entry.kept(record["before"])
    if current == before:
        return True
    if record["after"] is None or current != entry.kept(record["after"]):
        return False
    write.write_file(record["path"], current, before)
    return True


def _content(path: str) -> bytes:
    """Return what a file holds, b"" when it is not there. Raises CannotApply when that cannot be told."""
    seen = look_at(path)
    if seen.kind not in ("file", "missing"):
        write.require_content(path, None)
    return seen.data


def _raw_url(machine: Machine, step: SetRemoteUrl) -> str:
    """Return the URL as it stands in the repository's configuration. Raises CannotApply when stale."""
    raw = _git(machine, step.folder, "config", "--get-all", f"remote.{step.remote}.url").splitlines()
    if step.before in raw:
        return step.before
    used = _git(machine, step.folder, "remote", "get-url", step.remote).strip()
    if used == step.before and raw:
        return raw[0]
    raise CannotApply(
        _("The remote {remote} of {folder} no longer points to {url}.").format(
            remote=visible(step.remote, keep=""),
            folder=visible(step.folder, keep=""),
            url=visible(step.before, keep=""),
        ),
        code="stale",
        where=step.folder,
        hint=_("Look again: the proposal is made anew from what is there now."),
    )


def _change_url(machine: Machine, folder: str, remote: str, old: str, new: str) -> None:
    name = f"remote.{remote}.url"
    values = _git(machine, folder, "config", "--get-all", name).splitlines()
    if len(values) == 1:
        _git(machine, folder, "config", name, new)
    else:
        _git(machine, folder, "config", "--fixed-value", "--replace-all", name, new, old)


def _git(machine: Machine, folder: str, *arguments: str) -> str:
    return _run(machine, ("git", "-C", folder, *arguments), folder).decode("utf-8", "surrogateescape")


def _run(machine: Machine, argv: tuple[str, ...] | list[str], cwd: str) -> bytes:
    done = machine.run(argv, cwd=cwd)
    if not done.ok:
        words = done.problem or one_line(visible_bytes(done.err)) or f"status {done.status}"
        raise CannotApply(
            _("`{command}` did not succeed: {words}.").format(
                command=visible(shlex.join(argv), keep=""), words=words.rstrip(".")
            ),
            code="command-failed",
            where=cwd,
        )
    return done.out
