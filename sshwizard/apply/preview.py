"""What a fix will do, as text: diffs for files, commands for the rest. Changes nothing."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sshwizard.apply.prepare import trusted
from sshwizard.machine import write
from sshwizard.machine.files import look_at
from sshwizard.model.finding import Fix
from sshwizard.model.steps import (
    AddToAgent,
    Chmod,
    Chown,
    ConvertKey,
    DoByHand,
    GenerateKey,
    InstallKey,
    MakeFolder,
    RemoveFromAgent,
    RemoveKey,
    RunCommand,
    SetRemoteUrl,
    StartAgent,
    Step,
    TrustHostKey,
    UninstallKey,
    UploadKey,
    WriteFile,
)
from sshwizard.openssh import mend
from sshwizard.openssh.difference import unified_diff
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def preview(machine: Machine, fix: Fix) -> str:
    """Return a unified diff of every file and a command for everything else, as visible text.

    Ends without a newline; "" for a fix without steps and instructions. Raises CannotApply when a
    known_hosts line to be replaced is gone.
    """
    shown = [_shown(machine, step) for step in fix.steps]
    if not fix.steps:
        shown = ["\n".join(fix.instructions)]
    return visible("\n".join(text for text in shown if text), keep="\n\t")


def shell_command(step: Step) -> str:
    """Return the command that a purist would type for a step that is not about a file's content."""
    match step:
        case MakeFolder():
            return f"mkdir -p -m {step.mode:04o} {shlex.quote(step.path)}"
        case Chmod():
            return f"chmod {step.after:04o} {shlex.quote(step.path)}"
        case Chown():
            return f"chown -h {step.after[0]}:{step.after[1]} {shlex.quote(step.path)}"
        case GenerateKey():
            bits = ["-b", str(step.bits)] if step.bits and step.type != "ed25519" else []
            empty = [] if step.encrypted else ["-N", ""]
            argv = ["ssh-keygen", "-t", step.type, *bits, "-C", step.comment, *empty, "-f", step.path]
            return shlex.join(argv)
        case ConvertKey():
            return shlex.join(["puttygen", step.source, "-O", "private-openssh", "-o", step.path])
        case AddToAgent():
            lifetime = ["-t", str(step.lifetime)] if step.lifetime else []
            argv = ["ssh-add", *lifetime, *(["-c"] if step.confirm else []), step.path]
            return f"SSH_AUTH_SOCK={shlex.quote(step.agent)} {shlex.join(argv)}"
        case RemoveFromAgent():
            agent = f"SSH_AUTH_SOCK={shlex.quote(step.agent)}"
            if step.path:
                return f"{agent} ssh-add -d {shlex.quote(step.path)}"
            return f"printf '%s\\n' {shlex.quote(step.public_line)} | {agent} ssh-add -d -"
        case StartAgent():
            return shlex.join(["ssh-agent", "-a", step.socket])
        case SetRemoteUrl():
            return shlex.join(["git", "-C", step.folder, "remote", "set-url", step.remote, step.after])
        case RunCommand():
            return f"cd {shlex.quote(step.cwd)} && {shlex.join(step.argv)}"
        case _:
            return ""


def _shown(machine: Machine, step: Step) -> str:
    match step:
        case WriteFile():
            return _file(step.path, step.before, step.after)
        case TrustHostKey():
            seen = look_at(step.path)
            before = seen.data if seen.kind == "file" else None
            return _file(step.path, before, trusted(step, before or b""))
        case UploadKey():
            words = _("send to {provider}, as {title}: {line}")
            return "→ " + words.format(provider=step.provider, title=step.title, line=step.public_line)
        case RemoveKey():
            return "→ " + _("take off the account at {provider}: {title}").format(
                provider=step.provider, title=step.title
            )
        case InstallKey():
            return "→ " + _("add to ~/.ssh/authorized_keys of {name}: {line}").format(
                name=step.destination, line=step.public_line
            )
        case UninstallKey():
            return "→ " + _("take out of ~/.ssh/authorized_keys of {name}: {line}").format(
                name=step.destination, line=step.public_line
            )
        case DoByHand():
            return "\n".join(f"· {line}" for line in step.instructions)
        case _:
            return f"$ {shell_command(step)}"


def _file(path: str, before: bytes | None, after: bytes) -> str:
    secret = mend.holds_private_half(before) or mend.holds_private_half(after)
    text = _not_shown(path, before, after) if secret else unified_diff(before, after, path)
    real = write.real_path(path)
    notes = []
    if real != path:
        notes.append(_("{path} is a link; {real} is changed.").format(path=path, real=real))
    if before is not None and (links := write.about_hard_links(path, path)):
        notes.append(links)
    return "\n".join([*(f"# {note}" for note in notes), text])


def _not_shown(path: str, before: bytes | None, after: bytes) -> str:
    """Return what stands in the place of a diff where a private key would be in it."""
    if before is None:
        sizes = _("{new} bytes with a private key in them, not shown").format(new=len(after))
    else:
        words = _("{old} bytes before, {new} after, with a private key in them, not shown")
        sizes = words.format(old=len(before), new=len(after))
    return f"--- {path if before is not None else '/dev/null'}\n+++ {path}\n# {sizes}"
