"""The second witness: the machine's own ssh and git, run as they would be.

What they print is returned as it is (made visible); reading it is the log reader's part. ssh really logs in
here, with whatever keys it can use without a question, so this runs only when the user wants it.
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Sequence

from sshwizard.machine.machine import Machine
from sshwizard.model.facts import Facts, GitFacts
from sshwizard.model.plan import Plan
from sshwizard.probe.program import OF_THE_SESSION, QUIET, Witness, as_words, run
from sshwizard.probe.proxy import own_config
from sshwizard.text import one_line

_OTHER_OPTIONS = ("plink", "putty", "tortoiseplink", "simple")
_SSH_WORDS = (
    "too many authentication failures",
    "permission denied",
    "verification failed",
    "could not resolve",
    "connection refused",
    "timed out",
    "no route to host",
    "unable to negotiate",
    "bad configuration",
    "bad owner or permissions",
    "connection closed",
    "connection reset",
)
"""How ssh says why it ended (sshconnect.c, packet.c, readconf.c), in lower case."""


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

    It reads the references and changes nothing; nobody is asked for anything.
    """
    env = {"GIT_TERMINAL_PROMPT": "0", "SSH_ASKPASS_REQUIRE": "never", **_talkative(machine, facts.git)}
    folder = facts.git.folder or machine.cwd
    return run(machine, ["git", "-C", folder, "ls-remote", remote], env, timeout, cancel)


def last_words(seen: Witness) -> str:
    """Return the line that says best why it failed: the host's own words, then ssh's, then git's general ones."""
    lines = [line.strip() for line in seen.log.split("\n") if line.strip()]
    said = [line for line in lines if not line.startswith(("debug1:", "debug2:", "OpenSSH_"))]
    for tells in (_host, _ssh, _git):
        found = next((line for line in said if tells(line.lower())), "")
        if found:
            return one_line(found)
    return one_line((said or [seen.problem or f"exit {seen.status}"])[-1])


def _host(line: str) -> bool:
    return line.startswith(("error:", "remote:"))


def _ssh(line: str) -> bool:
    return any(words in line for words in _SSH_WORDS)


def _git(line: str) -> bool:
    return line.startswith("fatal:")


def _talkative(machine: Machine, git: GitFacts) -> dict[str, str]:
    """Return the environment that makes git's own ssh command print its log, as far as it takes ssh's options.

    plink and what git calls a simple program (git(1), GIT_SSH_VARIANT) do not; they are run as they are.
    """
    command, source = git.ssh_command, git.ssh_command_source
    variant = machine.env.get("GIT_SSH_VARIANT", "")
    if variant in _OTHER_OPTIONS or any(name in command.lower() for name in ("plink", "putty")):
        return {}
    if command and source and source.where == "GIT_SSH":
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
