"""Steps whose effect is in `authorized_keys` of a server, over the user's own ssh: done, and taken back.

Undoing first logs in without a question; only where ssh may ask on the terminal does it then ask.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sshwizard.apply.elsewhere import Login, left_as_it_is
from sshwizard.apply.journal import Record
from sshwizard.model.steps import InstallKey, UninstallKey
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.identity import PublicKey
    from sshwizard.providers.server import Installed

QUIET = ("-o", "BatchMode=yes")


def record_install(step: InstallKey) -> Record:
    return {
        "kind": "install_key",
        "sentence": _("Added the public half to authorized_keys of {name}.").format(
            name=visible(step.destination, keep="")
        ),
        "paths": [],
        "destination": step.destination,
        "flags": list(step.flags),
        "public_line": step.public_line,
        "title": step.title,
        "private_path": step.private_path,
        "result": None,
        "restore": [
            _("# take this line out of ~/.ssh/authorized_keys of {name}: {line}").format(
                name=visible(step.destination, keep=""), line=step.public_line
            )
        ],
    }


def install(machine: Machine, step: InstallKey, record: Record, login: Login) -> None:
    """Append the line unless it is there. Raises CannotCheck, Refused."""
    from sshwizard.providers.server import install_key

    done = install_key(
        machine,
        step.destination,
        _public(record),
        title=step.title,
        flags=step.flags,
        attached=login.attached,
    )
    _note(record, done)
    record["sentence"] = " ".join(_installed(done, step.destination))


def undo_install(machine: Machine, record: Record, login: Login) -> list[str]:
    """Take the line out again: with the very key, or what else lets in."""
    from sshwizard.providers.server import remove_key

    if record["result"] == "added":
        alone = ("-i", record["private_path"]) if record["private_path"] else ()
        _log_in(
            record,
            login,
            alone,
            lambda flags, attached: remove_key(
                machine, record["destination"], _public(record), flags=flags, attached=attached
            ),
        )
    return []


def record_uninstall(step: UninstallKey) -> Record:
    return {
        "kind": "uninstall_key",
        "sentence": _("Took the key {title} out of authorized_keys of {name}.").format(
            title=visible(step.title, keep=""), name=visible(step.destination, keep="")
        ),
        "paths": [],
        "destination": step.destination,
        "flags": list(step.flags),
        "public_line": step.public_line,
        "title": step.title,
        "lines": [],
        "result": None,
        "restore": [
            _("# put this line back into ~/.ssh/authorized_keys of {name}: {line}").format(
                name=visible(step.destination, keep=""), line=step.public_line
            )
        ],
    }


def uninstall(machine: Machine, step: UninstallKey, record: Record, login: Login) -> None:
    """Take every line with this key out, and keep them. Raises CannotCheck, Refused."""
    from sshwizard.providers.server import remove_key

    done = remove_key(machine, step.destination, _public(record), flags=step.flags, attached=login.attached)
    _note(record, done)
    record["lines"] = list(done.lines)
    if done.result == "absent":
        record["sentence"] = _("{path} of {name} did not hold this key.").format(
            path=done.path, name=visible(step.destination, keep="")
        )


def undo_uninstall(machine: Machine, record: Record, login: Login) -> list[str]:
    """Put the lines back, options and all, at the end of the file."""
    from sshwizard.providers.server import put_back

    if record["result"] == "removed":
        lines = tuple(record["lines"]) or (record["public_line"],)
        _log_in(
            record,
            login,
            (),
            lambda flags, attached: put_back(
                machine, record["destination"], _public(record), lines, flags=flags, attached=attached
            ),
        )
    return []


def _log_in(
    record: Record,
    login: Login,
    alone: tuple[str, ...],
    attempt: Callable[[tuple[str, ...], bool], Installed],
) -> None:
    """Try without a question, then, where ssh may ask one, with its questions. Raises CannotApply."""
    from sshwizard.errors import SshwizardError

    try:
        try:
            attempt((*record["flags"], *QUIET, *alone), False)
        except SshwizardError:
            if not login.attached:
                raise
            attempt(tuple(record["flags"]), True)
    except SshwizardError as error:
        raise left_as_it_is(record) from error


def _note(record: Record, done: Installed) -> None:
    record["result"], record["path"], record["loose"] = done.result, done.path, list(done.loose)


def _installed(done: Installed, destination: str) -> list[str]:
    """Say what became of the line, and what would make sshd ignore it."""
    words = (
        _("Added to {path} of {name}.")
        if done.result == "added"
        else _("{path} of {name} has this key already.")
    )
    loose = _("{path} there may be written by others, so sshd ignores the key: `chmod go-w {path}`.")
    said = [words.format(path=done.path, name=visible(destination, keep=""))]
    return [*said, *(loose.format(path=path) for path in done.loose)]


def _public(record: Record) -> PublicKey:
    from sshwizard.openssh.keys import read_public_line

    return read_public_line(record["public_line"])
