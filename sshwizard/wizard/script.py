"""A fix as a shell script, for people who would rather run it themselves. Pure; knows POSIX sh quoting.

The script refuses as `apply` does: a file that must be new is not overwritten, a changed file does not take
the patch. Text goes in as a here-document, anything else as base64.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterator

from sshwizard.model.finding import Fix
from sshwizard.model.steps import (
    AddToAgent,
    Chmod,
    DoByHand,
    GenerateKey,
    MakeFolder,
    RunCommand,
    SetRemoteUrl,
    Step,
    TrustHostKey,
    UploadKey,
    WriteFile,
)
from sshwizard.openssh.difference import unified_diff
from sshwizard.text import _, visible

END = "SSHWIZARD_END"


def script_of(fix: Fix) -> str:
    """Return a POSIX shell script that makes the same change; ends with a newline."""
    lines = ["#!/bin/sh", f"# {visible(fix.title, keep='')}", *_comment(fix.why)]
    lines += [*_comment(_("Written by sshwizard. Read it before you run it.")), "set -eu", "umask 077"]
    for step in fix.steps:
        lines += ["", *_lines(step)]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return [f"# {visible(line, keep='')}" for line in text.split("\n") if line]


def _lines(step: Step) -> Iterator[str]:
    match step:
        case WriteFile():
            yield from _write(step)
        case MakeFolder():
            yield shlex.join(["mkdir", "-p", "-m", f"{step.mode:04o}", step.path])
        case Chmod():
            yield shlex.join(["chmod", f"{step.after:04o}", step.path])
        case GenerateKey():
            size = ["-b", str(step.bits)] if step.bits and step.type != "ed25519" else []
            empty = [] if step.encrypted else ["-N", ""]
            yield shlex.join(
                ["ssh-keygen", "-t", step.type, *size, "-C", step.comment, *empty, "-f", step.path]
            )
        case AddToAgent():
            options = [
                *(["-t", str(step.lifetime)] if step.lifetime else []),
                *(["-c"] if step.confirm else []),
            ]
            yield f"SSH_AUTH_SOCK={shlex.quote(step.agent)} {shlex.join(['ssh-add', *options, step.path])}"
        case TrustHostKey():
            yield from _trust(step)
        case UploadKey():
            yield from _comment(
                _("Add this public half to your account at {provider}, as {title}:").format(
                    provider=step.provider, title=step.title
                )
            )
            yield from _comment(step.public_line)
        case SetRemoteUrl():
            yield shlex.join(["git", "-C", step.folder, "remote", "set-url", step.remote, step.after])
        case RunCommand():
            yield f"(cd {shlex.quote(step.cwd)} && {shlex.join(step.argv)})"
        case DoByHand():
            for instruction in step.instructions:
                yield from _comment(instruction)


def _write(step: WriteFile) -> Iterator[str]:
    path = shlex.quote(step.path)
    if step.before is None:
        yield f"test ! -e {path} || {{ echo {shlex.quote(step.path + ' exists already')} >&2; exit 1; }}"
        yield from _put(step.after, path)
        if step.mode is not None:
            yield f"chmod {step.mode:04o} {path}"
        return
    yield f"cp -p {path} {shlex.quote(step.path + '.before-sshwizard')}"
    if all(_plain(content) and content.endswith(b"\n") for content in (step.before, step.after)):
        yield f"patch -u {path} <<'{END}'"
        yield unified_diff(step.before, step.after, step.path).rstrip("\n")
        yield END
        return
    old = base64.b64encode(step.before).decode()
    yield f'test "$(base64 <{path} | tr -d "\\n")" = {old} || {{ echo "changed meanwhile" >&2; exit 1; }}'
    yield from _put(step.after, path)


def _put(content: bytes, path: str) -> Iterator[str]:
    if _plain(content) and content.endswith(b"\n"):
        yield f"cat >{path} <<'{END}'"
        yield content.decode().removesuffix("\n")
    else:
        yield f"base64 -d >{path} <<'{END}'"
        yield base64.encodebytes(content).decode().removesuffix("\n")
    yield END


def _plain(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return visible(text, keep="\n\t") == text and END not in text


def _trust(step: TrustHostKey) -> Iterator[str]:
    path = shlex.quote(step.path)
    yield from _comment(step.because)
    if step.replaces is not None:
        old = shlex.quote(step.replaces)
        yield f"cp -p {path} {shlex.quote(step.path + '.before-sshwizard')}"
        yield f"grep -vxF -- {old} {path}.before-sshwizard >{path} || true"
    yield f"printf '%s\\n' {shlex.quote(f'{step.host} {step.key_line}')} >>{path}"
