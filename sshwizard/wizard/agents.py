"""Agents: starting one, loading and removing keys as fixes, and how one is there after every login. Changes nothing.

The facts are those of ssh-agent(1), ssh_config(5) (AddKeysToAgent), systemd.unit(5), environment.d(5), Apple's
ssh_config (UseKeychain) and Microsoft's page on the OpenSSH agent service. What makes an agent permanent is
told, not done: those files belong to the desktop and the shell, and people have opinions about them.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sshwizard.machine import agent_program
from sshwizard.model.agents import Permanent
from sshwizard.model.choices import Choice, Option
from sshwizard.model.finding import Fix
from sshwizard.model.identity import Agent, Identity
from sshwizard.model.steps import AddToAgent, MakeFolder, RemoveFromAgent, StartAgent, Step
from sshwizard.openssh.keys import public_line
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

FOREVER, CONFIRMED = "0", "confirm"


def lifetime_choice() -> Choice:
    """Ask how long an agent should hold a key. Values are what `kept_for` reads."""
    return Choice(
        question=_("For how long?"),
        options=(
            Option(value=FOREVER, label=_("Until the agent ends"), note=_("mostly: until you log out")),
            Option(value="28800", label=_("For 8 hours"), note=_("ssh-add -t 8h")),
            Option(value="3600", label=_("For an hour"), note=_("ssh-add -t 1h")),
            Option(
                value=CONFIRMED,
                label=_("Until it ends, but ask each time"),
                note=_("ssh-add -c; the agent needs a program that can ask you (SSH_ASKPASS)"),
            ),
        ),
        default=FOREVER,
    )


def kept_for(value: str) -> tuple[int, bool]:
    """Return seconds (0: until the agent ends) and whether the agent asks before each use."""
    return (0, True) if value == CONFIRMED else (int(value), False)


def start_fix(machine: Machine) -> Fix:
    """Start an agent at a socket of a fixed name."""
    socket = agent_program.usual_socket(machine)
    steps: tuple[Step, ...] = (StartAgent(socket=socket),)
    folder = os.path.dirname(socket)
    if machine.files.look(folder).kind == "missing":
        steps = (MakeFolder(path=folder, mode=0o700), *steps)
    return Fix(
        title=_("Start an agent at {socket}").format(socket=visible(machine.shown(socket), keep="")),
        steps=steps,
        why=_("It remembers keys until it ends; ssh finds it by the variable SSH_AUTH_SOCK."),
        safe=True,
        command=export_line(machine) + f" && ssh-agent -a {_typed(machine, socket)}",
    )


def export_line(machine: Machine) -> str:
    """Return what a shell needs so that ssh finds the agent that `start_fix` starts."""
    return f"export SSH_AUTH_SOCK={_typed(machine, agent_program.usual_socket(machine))}"


def load_fix(machine: Machine, one: Identity, where: str, *, lifetime: int = 0, confirm: bool = False) -> Fix:
    """Load the private half of a key into the agent at `where`, for `lifetime` seconds (0: until it ends)."""
    path = one.private_path or ""
    flags = [*(("-t", str(lifetime)) if lifetime else ()), *(("-c",) if confirm else ())]
    return Fix(
        title=_("Put {path} into the agent").format(path=visible(machine.shown(path), keep="")),
        steps=(AddToAgent(path=path, agent=where, lifetime=lifetime or None, confirm=confirm),),
        why=_("The agent then signs with it, so that its passphrase is asked once."),
        safe=True,
        command=" ".join(["ssh-add", *flags, _typed(machine, path)]),
    )


def remove_fix(machine: Machine, one: Identity, where: str) -> Fix:
    """Take a key out of the agent at `where`. Not safe where no file holds it: then it is gone from here."""
    kept = bool(one.private_path)
    path = one.private_path or one.public_path
    return Fix(
        title=_("Take {name} out of the agent").format(name=visible(one.name, keep="")),
        steps=(RemoveFromAgent(public_line=public_line(one.public), agent=where, path=one.private_path),),
        why=_("The file stays; ssh then reads it, and asks for its passphrase.")
        if kept
        else _("Only the agent holds this key here: it cannot be put back from here."),
        safe=kept,
        command=f"ssh-add -d {_typed(machine, path)}" if path else "",
    )


def surroundings(machine: Machine, agents: Iterable[Agent]) -> Surroundings:
    """Look at what decides how an agent is made permanent."""
    runtime = machine.env.get("XDG_RUNTIME_DIR", "")
    systemd = bool(runtime) and machine.files.look(os.path.join(runtime, "systemd")).kind == "directory"
    names = tuple(agent.name for agent in agents if agent.reachable)
    return Surroundings(platform=machine.platform, env=machine.env, systemd=systemd, agents=names)


def _typed(machine: Machine, path: str) -> str:
    shown = machine.shown(path)
    return "~/" + shlex.quote(shown[2:]) if shown.startswith("~/") else shlex.quote(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What decides which way fits."""

    platform: str
    """As `Machine.platform`."""
    env: Mapping[str, str]
    systemd: bool
    """A systemd user manager runs for this account."""
    agents: tuple[str, ...] = ()
    """Names of the agents that answer (`Agent.name`)."""


LOAD = ("# ~/.ssh/config", "Host *", "    AddKeysToAgent yes")
"""A key then goes into the agent when it is used first, so that its passphrase is asked once a session."""


def permanent(around: Surroundings) -> tuple[Permanent, ...]:
    """Return the ways that fit this platform, the one that needs least first; never empty."""
    return tuple(_ways(around)) or (_profile(),)


def _ways(around: Surroundings) -> Iterator[Permanent]:
    if around.platform == "darwin":
        yield _keychain()
    elif around.platform == "windows":
        yield _service()
    elif around.platform == "gitbash":
        yield _git_bash()
        yield _service_for_git()
    else:
        if around.env.get("WSL_DISTRO_NAME"):
            yield _wsl(around.systemd)
        desktop = around.env.get("XDG_CURRENT_DESKTOP", "").lower()
        if {"gnome-keyring", "gcr-ssh-agent"} & set(around.agents) or "gnome" in desktop:
            yield _gnome()
        if around.systemd:
            yield _systemd()
        yield _profile()


def _keychain() -> Permanent:
    return Permanent(
        id="keychain",
        title=_("macOS: let the keychain remember the passphrase"),
        note=_("the system starts an agent at every login already; only the keys have to come into it"),
        lines=(
            "# ~/.ssh/config",
            "Host *",
            "    IgnoreUnknown UseKeychain",
            "    AddKeysToAgent yes",
            "    UseKeychain yes",
            _("# once for each key, in the Terminal"),
            "ssh-add --apple-use-keychain ~/.ssh/id_ed25519",
        ),
    )


def _service() -> Permanent:
    return Permanent(
        id="windows-service",
        title=_("Windows: switch the OpenSSH agent service on"),
        note=_("once, in a PowerShell that runs as administrator; keys that were added stay over restarts"),
        lines=(
            "Get-Service ssh-agent | Set-Service -StartupType Automatic",
            "Start-Service ssh-agent",
            _("# then, as yourself"),
            "ssh-add $env:USERPROFILE\\.ssh\\id_ed25519",
            _("# let git use the ssh that reaches this agent"),
            "git config --global core.sshCommand C:/Windows/System32/OpenSSH/ssh.exe",
        ),
    )


def _service_for_git() -> Permanent:
    return Permanent(
        id="windows-service",
        title=_("Windows: the OpenSSH agent service, with Windows' own ssh"),
        note=_("the ssh of Git Bash cannot reach that service, so git has to use the other one"),
        lines=_service().lines,
    )


def _git_bash() -> Permanent:
    return Permanent(
        id="git-bash",
        title=_("Git Bash: start an agent with the first window"),
        note=_("later windows use the same one; it ends with the Windows session"),
        lines=("# ~/.bash_profile", *_START),
    )


def _wsl(systemd: bool) -> Permanent:
    note = _("WSL is a Linux of its own: the agent of Windows is not reached from here")
    lines: tuple[str, ...] = ("# ~/.profile", *_START)
    if not systemd:
        lines += (
            _("# or switch systemd on and use a unit of it: /etc/wsl.conf, then `wsl --shutdown`"),
            "[boot]",
            "systemd=true",
        )
    return Permanent(id="wsl", title=_("WSL: start an agent with the first shell"), note=note, lines=lines)


def _gnome() -> Permanent:
    return Permanent(
        id="gnome",
        title=_("GNOME: its keyring is an agent already"),
        note=_(
            "it asks for a passphrase in a window and may remember it; its socket has to be in SSH_AUTH_SOCK"
        ),
        lines=(
            _("# from GNOME 46 on (gcr); older ones start it with the session"),
            "systemctl --user enable --now gcr-ssh-agent.socket",
            "# ~/.config/environment.d/ssh-agent.conf",
            "SSH_AUTH_SOCK=${XDG_RUNTIME_DIR}/gcr/ssh",
        ),
    )


def _systemd() -> Permanent:
    return Permanent(
        id="systemd",
        title=_("Linux with systemd: a unit of your own"),
        note=_("starts with your session, at a socket whose name stays the same"),
        lines=(
            "# ~/.config/systemd/user/ssh-agent.service",
            "[Unit]",
            "Description=OpenSSH agent",
            "[Service]",
            "ExecStart=/usr/bin/ssh-agent -D -a %t/ssh-agent.socket",
            "[Install]",
            "WantedBy=default.target",
            _("# then"),
            "systemctl --user enable --now ssh-agent.service",
            _(
                "# so that programs find it: ~/.config/environment.d/ssh-agent.conf, and for shells ~/.profile"
            ),
            "SSH_AUTH_SOCK=${XDG_RUNTIME_DIR}/ssh-agent.socket",
            'export SSH_AUTH_SOCK="$XDG_RUNTIME_DIR/ssh-agent.socket"',
        ),
    )


def _profile() -> Permanent:
    return Permanent(
        id="profile",
        title=_("Any shell: start an agent with the first login"),
        note=_("works without systemd or a desktop; later shells use the same agent"),
        lines=(_("# ~/.profile (zsh: ~/.zprofile)"), *_START),
    )


_START = (
    'export SSH_AUTH_SOCK="$HOME/.ssh/agent.sock"',
    "ssh-add -l >/dev/null 2>&1",
    "if [ $? -ge 2 ]; then",
    '    rm -f "$SSH_AUTH_SOCK"',
    '    ssh-agent -a "$SSH_AUTH_SOCK" >/dev/null',
    "fi",
)
"""ssh-add ends with 2 when it reaches no agent, with 1 when the agent holds no key (ssh-add(1))."""
