"""The real ssh as witness that it accepts a changed configuration, and that other hosts get what they got."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sshwizard.apply.prepare import Ready, Write
from sshwizard.errors import CannotApply
from sshwizard.machine.files import look_at
from sshwizard.openssh.config_layout import read_layout
from sshwizard.text import _, one_line, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

_NAME = "sshwizard-witness.invalid"
MOST_HOSTS = 20
"""How many of the hosts that should stay as they are ssh is asked about."""
_DEPTH = 16
"""How deep Includes may be nested (readconf.c)."""
WORSE = 6
"""Exit code for "applied, found to be worse, taken back"."""


def may_ask(machine: Machine, ready: Iterable[Ready]) -> bool:
    """Tell whether the change is one of ssh_config, and asking ssh about it would run nothing of the user's.

    `ssh -G` runs the commands of `Match exec`, so a configuration that has one, in a file that it includes
    too, is not asked.
    """
    writes = [step for step in ready if isinstance(step, Write)]
    if not machine.ssh or machine.user_config is None or not any(_is_config(step) for step in writes):
        return False
    proposed = {step.path: step.after for step in writes}
    return not _executes(machine, machine.user_config, proposed, depth=0)


def refusal(machine: Machine) -> str:
    """Return ssh's complaint about the user's configuration, "" when it accepts it or nothing can be told."""
    config = machine.user_config or ""
    if not os.path.exists(config):
        return ""
    argv = [machine.ssh, "-F", config, "-G", "-o", "CanonicalizeHostname=no", _NAME]
    done = machine.run(argv)
    return "" if done.status != 255 else one_line(visible_bytes(done.err))


def in_force(machine: Machine, hosts: Iterable[str]) -> dict[str, bytes]:
    """Return what `ssh -G` says for each of the first hosts under the user's configuration."""
    config = machine.user_config or ""
    argv = [
        machine.ssh,
        "-F",
        config if os.path.exists(config) else "none",
        "-G",
        "-o",
        "CanonicalizeHostname=no",
    ]
    return {host: machine.run([*argv, "--", host]).out for host in list(hosts)[:MOST_HOSTS]}


def changed_elsewhere(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    """Return ssh's disagreement about a host that was to stay as it was; "" when there is none."""
    host = next((host for host, said in before.items() if after.get(host) != said), "")
    return _("`ssh -G {host}` says something else than before").format(host=one_line(host)) if host else ""


def made_worse(words: str, config: str) -> CannotApply:
    """Return the error that says that the change was taken back because ssh refuses it."""
    error = CannotApply(
        _("The real ssh does not confirm the change, so it was taken back: {words}").format(words=words),
        code="made-worse",
        where=config,
        hint=_("Nothing was changed. This is a fault of sshwizard's; a report is welcome."),
    )
    error.exit_code = WORSE
    return error


def _is_config(step: Write) -> bool:
    return not (
        step.independent_lines
        or step.path.endswith(".pub")
        or b"PRIVATE KEY-----" in step.after
        or b"PRIVATE KEY-----" in (step.before or b"")
    )


def _executes(machine: Machine, path: str, proposed: dict[str, bytes], depth: int) -> bool:
    """Tell whether a file or what it includes may hold a `Match exec`; in doubt yes."""
    if depth > _DEPTH:
        return True
    data = proposed[path] if path in proposed else look_at(path).data
    for line in read_layout(data).lines:
        if line.kind == "match" and any("exec" in word.lower() for word in line.arguments()):
            return True
        if line.keyword == "include":
            for pattern in line.arguments():
                if "%" in pattern or "$" in pattern:
                    return True
                if any(_executes(machine, file, proposed, depth + 1) for file in _included(machine, pattern)):
                    return True
    return False


def _included(machine: Machine, pattern: str) -> tuple[str, ...]:
    pattern = os.path.join(machine.home, pattern[2:]) if pattern.startswith("~/") else pattern
    return machine.fresh().files.glob(os.path.join(machine.home, ".ssh", pattern))
