"""Steps made ready: checked against the disk as it is, before anything is changed.

`Write` is what WriteFile and TrustHostKey have in common; every other step passes through as it is. Knows
nothing of the journal.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sshwizard.errors import CannotApply
from sshwizard.machine import agent_program, owners, write
from sshwizard.machine.files import look_at
from sshwizard.model.steps import (
    Chmod,
    Chown,
    ConvertKey,
    DoByHand,
    GenerateKey,
    StartAgent,
    Step,
    TrustHostKey,
    WriteFile,
)
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A file's new content, with the old one known."""

    path: str
    before: bytes | None
    after: bytes
    mode: int | None
    independent_lines: bool = False
    """The file's lines have nothing to do with one another (known_hosts)."""
    trust: TrustHostKey | None = None


Ready = (
    Write | Step  # what needs no preparation passes through
)


def make_ready(machine: Machine, steps: Iterable[Step]) -> tuple[Ready, ...]:
    """Check every step against the machine, in order, and return what is to be executed.

    A later step sees the files as the earlier ones will leave them. Raises CannotApply when a step is stale,
    would overwrite something, or when there is nothing that can be done without a person's hand.
    """
    ready = tuple(_ready(machine, step) for step in steps)
    if all(isinstance(step, DoByHand) for step in ready):
        raise CannotApply(
            _("This has to be done by hand; nothing was changed."),
            code="by-hand",
            hint=" ".join(line for step in ready if isinstance(step, DoByHand) for line in step.instructions),
        )
    pending: dict[str, bytes] = {}
    for step in ready:
        _check(machine, step, pending)
    return ready


def trusted(step: TrustHostKey, data: bytes) -> bytes:
    """Return known_hosts with the step's line in it. Raises CannotApply when the old line is gone.

    A replaced line keeps its names field, so that a hashed name stays hashed.
    """
    lines = data.split(b"\n")
    ended = lines.pop() if not lines[-1] else None
    key = step.key_line.encode()
    if step.replaces is None:
        eol = b"\r\n" if lines and lines[-1].endswith(b"\r") else b"\n"
        gap = b"" if ended is not None or not data else eol
        return data + gap + step.host.encode() + b" " + key + eol
    old = step.replaces.encode("utf-8", "surrogateescape").strip()
    for index, line in enumerate(lines):
        if line.strip() == old:
            names = old.split(None, 1)[0]
            lines[index] = names + b" " + key + (b"\r" if line.endswith(b"\r") else b"")
            return b"\n".join([*lines, b""] if ended is not None else lines)
    raise CannotApply(
        _("The old line for {host} is no longer in {path}.").format(
            host=visible(step.host, keep=""), path=visible(step.path, keep="")
        ),
        code="stale",
        where=step.path,
        hint=_("Look again: the proposal is made anew from what the file holds now."),
    )


def key_paths(step: GenerateKey | ConvertKey) -> tuple[str, str]:
    return step.path, f"{step.path}.pub"


def _ready(machine: Machine, step: Step) -> Ready:
    if isinstance(step, TrustHostKey):
        seen = look_at(step.path)
        if seen.kind not in ("file", "missing"):
            write.require_content(step.path, None)
        before = seen.data if seen.kind == "file" else None
        return Write(
            path=step.path,
            before=before,
            after=trusted(step, before or b""),
            mode=0o600,
            independent_lines=True,
            trust=step,
        )
    if isinstance(step, WriteFile):
        known_hosts = os.path.basename(step.path).startswith("known_hosts")
        return Write(
            path=step.path,
            before=step.before,
            after=step.after,
            mode=step.mode,
            independent_lines=known_hosts,
        )
    return step


def _check(machine: Machine, step: Ready, pending: dict[str, bytes]) -> None:
    if isinstance(step, Write):
        target = write.real_path(step.path)
        if target not in pending:
            write.require_content(step.path, step.before)
            write.require_owner(step.path)
        elif pending[target] != step.before:
            raise CannotApply(
                _("Two steps of this change do not fit together at {path}.").format(
                    path=visible(step.path, keep="")
                ),
                code="stale",
                where=step.path,
            )
        pending[target] = step.after
    elif isinstance(step, Chmod):
        write.require_mode(step.path, step.before)
    elif isinstance(step, Chown):
        owners.require_ours_to_give(step.path, step.within, step.before)
    elif isinstance(step, StartAgent):
        agent_program.require_free(machine, step.socket)
    elif isinstance(step, GenerateKey | ConvertKey):
        for path in key_paths(step):
            if os.path.lexists(path):
                raise CannotApply(
                    _("{path} exists already; a key is never overwritten.").format(
                        path=visible(path, keep="")
                    ),
                    code="exists",
                    where=path,
                    hint=_("Choose another file name."),
                )
