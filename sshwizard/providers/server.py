"""A key for a plain OpenSSH server: the job of ssh-copy-id, over the user's own `ssh`.

`ssh` asks for the password (or uses another key) as it always does, on the user's terminal; a short POSIX
shell program, read from standard input, adds the line to `authorized_keys` on the server.
"""

from __future__ import annotations

import base64
import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sshwizard.errors import CannotCheck, Refused
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import sent_line
from sshwizard.text import _, one_line, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.machine.process import Finished

MARK = "sshwizard-"

SAY = f"""
say() {{ printf '\\n{MARK}%s %s\\n' "$1" "$2"; }}
"""
"""Marks stand on lines of their own, whatever a start-up file has printed before without ending its line."""

PROGRAM = f"""{SAY}
umask 077
cd || exit 91
folder=.ssh
if [ -f /etc/openwrt_release ] && [ "$LOGNAME" = root ]; then folder=/etc/dropbear; fi
file=$folder/authorized_keys
mkdir -p "$folder" || exit 92
if [ -f "$file" ] && grep -v '^[[:space:]]*#' "$file" | grep -qF -- "$blob"; then
    say there "$file"; exit 0
fi
if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then echo >>"$file" || exit 93; fi
printf '%s\\n' "$line" >>"$file" || exit 93
if type restorecon >/dev/null 2>&1; then restorecon -F "$folder" "$file" 2>/dev/null; fi
say added "$file"
loose() {{ [ -n "$(find -L "$1" -prune -perm "$2" 2>/dev/null)" ]; }}
for place in . "$folder" "$file"; do
    if loose "$place" -020 || loose "$place" -002; then say loose "$place"; fi
done
exit 0
"""
"""Given to `sh -s` on the server (whatever the login shell is), after `line=…` and `blob=…`."""

SKIP = f"""{SAY}
cd || exit 91
folder=.ssh
if [ -f /etc/openwrt_release ] && [ "$LOGNAME" = root ]; then folder=/etc/dropbear; fi
file=$folder/authorized_keys
if ! {{ [ -f "$file" ] && grep -qF -- "$blob" "$file"; }}; then say absent "$file"; exit 0; fi
copy=$file.sshwizard.$$
umask 077
grep -F -- "$blob" "$file" | while IFS= read -r one; do say line "$one"; done
grep -vF -- "$blob" "$file" >"$copy"
cat "$copy" >"$file" || {{ rm -f "$copy"; exit 93; }}
rm -f "$copy"
say removed "$file"
"""
"""The way back: takes every line with this key out, in place, so that owner, mode and links stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What happened on the server."""

    result: Literal["added", "already_there", "removed", "absent"]
    path: str
    """The file on the server, relative to the account's home there."""
    loose: tuple[str, ...] = ()
    """Places that others may write to: sshd ignores the key until that is mended (StrictModes)."""
    lines: tuple[str, ...] = ()
    """The lines that were taken out, as they stood; bytes that are not UTF-8 as surrogates."""


def install_key(
    machine: Machine,
    destination: str,
    public: PublicKey,
    *,
    title: str = "",
    flags: tuple[str, ...] = (),
    timeout: float = 180.0,
    attached: bool = True,
) -> Installed:
    """Append a public half to the account's `authorized_keys` unless it is there.

    `flags` are ssh's own (`-p 2222`, `-F file`). `attached`: ssh asks its questions on the terminal, else by the
    SSH_ASKPASS of the machine's environment, if there is one. Raises CannotCheck when ssh could not log in or the server
    said nothing usable, Refused when the server could not write.
    """
    line = sent_line(public, title or public.comment)
    done = _run(machine, destination, PROGRAM, public, line, flags, timeout, attached=attached)
    return _read(done, destination)


def put_back(
    machine: Machine,
    destination: str,
    public: PublicKey,
    lines: tuple[str, ...],
    *,
    flags: tuple[str, ...] = (),
    timeout: float = 180.0,
    attached: bool = True,
) -> Installed:
    """Append the lines that `remove_key` took out (options and all), unless the key is there again."""
    line = "\n".join(lines)
    return _read(
        _run(machine, destination, PROGRAM, public, line, flags, timeout, attached=attached), destination
    )


def remove_key(
    machine: Machine,
    destination: str,
    public: PublicKey,
    *,
    flags: tuple[str, ...] = (),
    timeout: float = 180.0,
    attached: bool = True,
) -> Installed:
    """Take a public half out of the account's `authorized_keys`; `flags` and `attached` as in `install_key`."""
    return _read(_run(machine, destination, SKIP, public, "", flags, timeout, attached=attached), destination)


def logs_in(
    machine: Machine,
    destination: str,
    private_path: str,
    *,
    flags: tuple[str, ...] = (),
    timeout: float = 30.0,
) -> bool:
    """Say whether ssh gets in with this key alone and without a question; run as a test after installing.

    False also when the private half is locked with a passphrase and no agent holds it.
    """
    alone = ["-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "PreferredAuthentications=publickey"]
    argv = [machine.ssh, *_own(machine), *flags, *alone, "-i", private_path, "--", destination, "exit 0"]
    done = machine.run(argv, timeout=timeout)
    return done.status is not None and done.status != 255


def command_shown(destination: str, public: PublicKey) -> str:
    """Return the command that a purist would type."""
    return f"ssh-copy-id -i KEY.pub {shlex.quote(destination)}"


def _run(
    machine: Machine,
    destination: str,
    program: str,
    public: PublicKey,
    line: str,
    flags: tuple[str, ...],
    timeout: float,
    *,
    attached: bool,
) -> Finished:
    if not machine.ssh:
        raise CannotCheck(_("No `ssh` program was found."), code="no-ssh", hint=_("Install OpenSSH."))
    blob = base64.b64encode(public.blob).decode()
    script = f"line={shlex.quote(line)}\nblob={blob}\n{program}"
    argv = [machine.ssh, *_own(machine), *flags, "--", destination, "exec sh -s"]
    run = machine.run_attached if attached else machine.run
    return run(argv, timeout=timeout, stdin=script.encode(errors="surrogateescape"))


def _own(machine: Machine) -> list[str]:
    """Return the flags by which ssh, whose home is the account's, reads this machine's files."""
    if machine.user_config_is_flag:
        return ["-F", machine.user_config or "none"]
    if not machine.home or os.path.realpath(machine.home) == os.path.realpath(machine.account_home):
        return []
    config = machine.user_config if machine.user_config else ""
    there = bool(config) and machine.files.look(config).kind == "file"
    known = os.path.join(machine.home, ".ssh", "known_hosts")
    return ["-F", config if there else "none", "-o", f"UserKnownHostsFile={machine.config_path(known)}"]


def _read(done: Finished, destination: str) -> Installed:
    said = dict(_marks(visible_bytes(done.out)))
    words = {"added": "added", "there": "already_there", "removed": "removed", "absent": "absent"}
    for mark, result in words.items():
        if mark in said:
            loose = tuple(place for word, place in _marks(visible_bytes(done.out)) if word == "loose")
            return Installed(result=result, path=said[mark], loose=loose, lines=_lines(done.out))  # type: ignore[arg-type]
    if done.status in (91, 92, 93):
        places = {91: _("the home folder"), 92: _("the folder .ssh"), 93: _("authorized_keys")}
        raise Refused(
            _("{host} could not write {place}.").format(host=destination, place=places[done.status]),
            code="service-error",
            where=destination,
            hint=_("Look at who owns it there, and whether the disk is full."),
        )
    if done.status == 255 or done.status is None:
        raise CannotCheck(
            _("ssh could not log in at {host}{why}.").format(
                host=destination, why=f": {done.problem}" if done.problem else ""
            ),
            code="service-unreachable",
            where=destination,
            hint=_("`sshwizard doctor {host}` finds out why.").format(host=destination),
        )
    raise CannotCheck(
        _("{host} has no POSIX shell for this account; it said: {words}").format(
            host=destination, words=one_line(visible_bytes(done.out)) or f"exit {done.status}"
        ),
        code="service-error",
        where=destination,
        hint=_(
            "Windows: the line goes into .ssh\\authorized_keys of the account, for an administrator into"
            " %ProgramData%\\ssh\\administrators_authorized_keys. A service: it goes onto its web page."
        ),
    )


def _lines(out: bytes) -> tuple[str, ...]:
    mark = f"{MARK}line ".encode()
    found = (line.removeprefix(mark) for line in out.split(b"\n") if line.startswith(mark))
    return tuple(line.decode(errors="surrogateescape") for line in found)


def _marks(text: str) -> list[tuple[str, str]]:
    lines = [line[len(MARK) :].split(" ", 1) for line in text.splitlines() if line.startswith(MARK)]
    return [(word[0], word[1] if len(word) > 1 else "") for word in lines]
