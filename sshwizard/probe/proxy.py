"""Going through the proxy that the configuration names, as ssh does: ProxyCommand, or ProxyJump by `ssh -W`.

A jump needs a login on the jump host. That is made by the user's own ssh, which may sign there with keys it
can use without a question; nothing is signed for the host that is being asked.
"""

from __future__ import annotations

import os

from sshwizard.machine.machine import Machine
from sshwizard.machine.pipe import Piped
from sshwizard.model.plan import Plan
from sshwizard.text import one_line, visible_bytes


def command(machine: Machine, plan: Plan) -> tuple[str, ...]:
    """Return the program to run in place of a TCP connection; () when the road is direct.

    ProxyCommand and ProxyJump exclude each other; the configuration reader has settled which one holds.
    """
    effective = plan.effective
    jump = effective.first("proxyjump")
    if jump and jump != "none":
        return _jump(machine, plan, jump)
    text = effective.first("proxycommand")
    if not text or text == "none":
        return ()
    expanded = expand(text, plan)
    if machine.platform == "windows":
        return ("cmd.exe", "/c", expanded)
    return (machine.env.get("SHELL") or "/bin/sh", "-c", f"exec {expanded}")


def expand(text: str, plan: Plan) -> str:
    """Replace the tokens that ssh_config(5) allows in ProxyCommand: %%, %h, %n, %p and %r."""
    effective = plan.effective
    tokens = {
        "%": "%",
        "h": effective.hostname,
        "n": effective.host,
        "p": str(effective.port),
        "r": effective.user,
    }
    out = []
    at = 0
    while at < len(text):
        if text[at] == "%" and text[at + 1 : at + 2] in tokens:
            out.append(tokens[text[at + 1]])
            at += 2
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def start(machine: Machine, argv: tuple[str, ...]) -> Piped:
    """Run the proxy program. Raises OSError when it cannot be started.

    An ssh in it has no terminal to ask on, and is told not to open a window for a question either.
    """
    return Piped(argv, env={**machine.env, "SSH_ASKPASS_REQUIRE": "never"}, cwd=machine.cwd)


def last_words(piped: Piped) -> str:
    """Return the last line that the proxy program wrote to its standard error."""
    said = piped.words().replace(b"\r\n", b"\n").rstrip(b"\r")
    lines = [line for line in visible_bytes(said).split("\n") if line.strip()]
    return one_line(lines[-1], 160) if lines else ""


def _jump(machine: Machine, plan: Plan, jumps: str) -> tuple[str, ...]:
    """Return ssh's own command for ProxyJump (ssh.c): the last jump forwards, the ones before lead to it."""
    *before, last = jumps.split(",")
    user, host, port = _parts(last)
    argv = [machine.ssh or "ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]
    argv += ["-o", "UpdateHostKeys=no", "-o", "ClearAllForwardings=yes", "-o", "ExitOnForwardFailure=yes"]
    # A shared connection may be used; none is begun, and no key is added, that would outlast the question.
    argv += ["-o", "ControlMaster=no", "-o", "AddKeysToAgent=no"]
    argv += own_config(machine)
    argv += ["-l", user] if user else []
    argv += ["-p", port] if port else []
    argv += ["-J", ",".join(before)] if before else []
    where = plan.effective.hostname
    return (*argv, "-W", f"[{where}]:{plan.effective.port}", host)


def own_config(machine: Machine) -> list[str]:
    """Return the `-F` that makes the real ssh read the configuration we read."""
    if machine.user_config_is_flag:
        return ["-F", machine.user_config or "none"]
    if os.path.realpath(machine.home or "/") == os.path.realpath(machine.account_home or "/"):
        return []
    config = machine.user_config
    return ["-F", config if config and machine.files.look(config).kind == "file" else "none"]


def _parts(jump: str) -> tuple[str, str, str]:
    """Split `[user@]host[:port]` or `ssh://[user@]host[:port]` into user, host, port ("" where missing)."""
    text = jump.strip().removeprefix("ssh://").rstrip("/")
    user, _at, place = text.rpartition("@")
    if place.startswith("["):
        host, _bracket, rest = place[1:].partition("]")
        return user, host, rest.removeprefix(":")
    if place.count(":") == 1:
        host, _colon, port = place.partition(":")
        return user, host, port
    return user, place, ""
