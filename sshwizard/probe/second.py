"""The second witness: the machine's own ssh and git, run as they would be.

What they print is returned as it is (made visible); reading it is the log reader's part. ssh really logs in
here, with whatever keys it can use without a question, so this runs only when the user wants it.
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Sequence

from sshwizard.machine.machine import Machine
from sshwizard.model.facts import Facts
from sshwizard.model.plan import Plan
from sshwizard.probe.program import OF_THE_SESSION, QUIET, Witness, as_words, run
from sshwizard.probe.proxy import own_config


def own_ssh(
    machine: Machine,
    plan: Plan,
    *,
    flags: Sequence[tuple[str, str]] = (),
    command: str = "",
    timeout: float = 20.0,
    cancel: threading.Event | None = None,
) -> Witness:
    """Run the machine's own `ssh -v` to the plan's destination, as typed, without a question to anybody.

    `flags` are ssh's own options as in `CommandLine.flags`. Without a command the host greets and hangs up.
    """
    argv = [plan.ssh or machine.ssh or "ssh", "-v", "-T", *own_config(machine)]
    for option in QUIET:
        argv += ["-o", option]
    argv += as_words(flags, without=OF_THE_SESSION | frozenset("Ns"))
    argv += [_destination(plan), *([command] if command else [])]
    return run(machine, argv, {}, timeout, cancel)


def git_ls_remote(
    machine: Machine,
    facts: Facts,
    remote: str,
    *,
    timeout: float = 30.0,
    cancel: threading.Event | None = None,
) -> Witness:
    """Run `git ls-remote` for a remote's name or a URL, with the ssh that git would run, made talkative.

    It reads the references and changes nothing.
    """
    env = {"GIT_TERMINAL_PROMPT": "0", **_talkative(machine, facts.git.ssh_command)}
    folder = facts.git.folder or machine.cwd
    return run(machine, ["git", "-C", folder, "ls-remote", remote], env, timeout, cancel)


def _talkative(machine: Machine, command: str) -> dict[str, str]:
    """Return the environment that makes git's own ssh command print its log; plink has no such options."""
    if "plink" in command.lower():
        return {}
    if command and machine.files.look(command).kind == "file":
        command = shlex.quote(command)
    options = ["-v", *own_config(machine)]
    for option in QUIET:
        options += ["-o", option]
    return {"GIT_SSH_COMMAND": f"{command or 'ssh'} {shlex.join(options)}"}


def _destination(plan: Plan) -> str:
    """Return the destination as ssh is given it: the user and port only where they were typed."""
    typed = plan.target.typed
    plain = typed and "/" not in typed and ":" not in typed and not typed.startswith("-")
    return typed if plain and plan.target.host in typed else _spelt(plan)


def _spelt(plan: Plan) -> str:
    target = plan.target
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"ssh://{target.user}@{host}:{target.port}" if target.user else f"ssh://{host}:{target.port}"
