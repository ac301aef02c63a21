"""A fix as a shell script, for those who want to read it, keep it, or run it elsewhere."""

from __future__ import annotations

import shlex
from base64 import encodebytes
from typing import TYPE_CHECKING

from sshwizard.apply.prepare import trusted
from sshwizard.apply.preview import shell_command
from sshwizard.machine import write
from sshwizard.machine.files import look_at
from sshwizard.model.finding import Fix
from sshwizard.model.steps import (
    DoByHand,
    InstallKey,
    RemoveKey,
    Step,
    TrustHostKey,
    UninstallKey,
    UploadKey,
    WriteFile,
)
from sshwizard.openssh import mend
from sshwizard.openssh.difference import plain_diff
from sshwizard.text import _, one_line, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

_END = "END_OF_SSHWIZARD_TEXT"


def as_script(machine: Machine, fix: Fix) -> str:
    """Return a POSIX shell script that does what `apply_fix` would, stopping at the first thing amiss.

    Existing files are copied to `NAME.before-sshwizard` and patched, so that a file that changed meanwhile
    is refused. Asks for passphrases as ssh-keygen and ssh-add do. Raises CannotApply as `preview` does.
    """
    lines = ["#!/bin/sh", f"# {one_line(fix.title)}"]
    lines += [f"# {line}" for line in visible(fix.why).splitlines()]
    lines += ["set -eu", ""]
    for step in fix.steps:
        lines += [*_lines(machine, step), ""]
    lines += [f"# {line}" for text in fix.instructions for line in visible(text).splitlines()]
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(machine: Machine, step: Step) -> list[str]:
    match step:
        case WriteFile():
            return _file(step.path, step.before, step.after, step.mode)
        case TrustHostKey():
            seen = look_at(step.path)
            before = seen.data if seen.kind == "file" else None
            return _file(step.path, before, trusted(step, before or b""), 0o600)
        case UploadKey():
            words = _("Add this public half to your account at {provider}, as {title}:")
            return [
                "# " + one_line(words.format(provider=step.provider, title=step.title)),
                f"# {one_line(step.public_line, 2000)}",
            ]
        case RemoveKey():
            words = _("Remove the key {title} from your account at {provider}.")
            return ["# " + one_line(words.format(provider=step.provider, title=step.title))]
        case InstallKey():
            line = shlex.quote(f"{step.public_line}\n")
            remote = shlex.quote("umask 077; mkdir -p .ssh; cat >>.ssh/authorized_keys")
            return [f"printf %s {line} | {shlex.join(['ssh', *step.flags, '--', step.destination])} {remote}"]
        case UninstallKey():
            words = _("Take this line out of ~/.ssh/authorized_keys of {name}:")
            return [
                "# " + one_line(words.format(name=step.destination)),
                f"# {one_line(step.public_line, 2000)}",
            ]
        case DoByHand():
            return [f"# {line}" for text in step.instructions for line in visible(text).splitlines()]
        case _:
            return [shell_command(step)]


def _file(path: str, before: bytes | None, after: bytes, mode: int | None) -> list[str]:
    target = write.real_path(path)
    quoted = shlex.quote(target)
    if mend.holds_private_half(before) or mend.holds_private_half(after):
        words = _(
            "{path} holds a private key, which is not written into a script; `sshwizard fix` does this step."
        )
        return [f"echo {shlex.quote(one_line(words.format(path=target), 2000))} >&2", "exit 1"]
    if before is None:
        return [
            "set -C",
            f"( umask 077; base64 -d > {quoted} ) <<'{_END}'",
            encodebytes(after).decode().rstrip("\n"),
            _END,
            "set +C",
            f"chmod {0o600 if mode is None else mode:04o} {quoted}",
            *(f"#   {line}" for line in visible(after.decode("utf-8", "replace")).splitlines()),
        ]
    copy = [f"cp -p {quoted} {shlex.quote(target + '.before-sshwizard')}"]
    diff = plain_diff(before, after)
    if diff is not None:
        return [*copy, f"patch --binary --quiet {quoted} <<'{_END}'", diff.rstrip("\n"), _END]
    return [*copy, f"base64 -d > {quoted} <<'{_END}'", encodebytes(after).decode().rstrip("\n"), _END]
