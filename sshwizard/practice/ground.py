"""A practice ground: one temporary folder, two servers on loopback, perhaps an agent; all gone at its end."""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import stat
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from subprocess import SubprocessError
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sshwizard.errors import CannotCheck
from sshwizard.practice.scenarios import ALIAS, Scenario, find_scenario
from sshwizard.text import _, one_line

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.practice.accounts import Accounts
    from sshwizard.practice.host import Host

REPOSITORY = f"{ALIAS}:app.git"
_SOCKET_LIMIT = 96
"""Bytes of a folder's path beyond which a socket in it may not fit (unix(7): 108; macOS: 104)."""
_FOREIGN = (
    "ATLASSIAN_",
    "AUTH_FILE",
    "AWS_",
    "BITBUCKET_",
    "CC_",
    "CLEVER_",
    "CODEBERG_",
    "CODECOMMIT_",
    "CONFIGURATION_FILE",
    "CONFIG_DIR",
    "FORGEJO_",
    "GH_",
    "GIT_",
    "GITEA_",
    "GITHUB_",
    "GITLAB_",
    "GLAB_",
    "HEROKU_",
    "SCALINGO_",
    "SRHT_",
    "SSHWIZARD_",
    "SSH_AGENT_",
    "SSH_ASKPASS",
    "SSH_AUTH_",
    "XDG_",
)
"""How the variables begin that lead to the user's own accounts, agents and folders."""


def open_ground(name: str) -> Ground:
    """Open a scenario by name; `close` it, or use it in a `with`. Raises UsageError, CannotCheck."""
    return Ground.named(name).open()


class Ground:
    """`with Ground(scenario) as ground:` — everything below `ground.folder`, everything gone afterwards."""

    folder: Path
    home: Path
    config_path: Path
    """The ssh_config, also `ground.env["SSHWIZARD_PRACTICE_CONFIG"]`."""
    work: Path
    """A working copy of the repository whose `origin` is `practice:app.git`."""
    url: str
    """Of the account API."""
    token: str
    """Of the account that the user wants to be."""
    accounts: Accounts
    host: Host
    env: Mapping[str, str]
    """The environment of everything that runs in the ground."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.notes: tuple[str, ...] = ()
        """Sentences about what cannot be practised here."""
        self._stack = ExitStack()
        self._is_open = False

    @classmethod
    def named(cls, name: str) -> Ground:
        """Return the (not yet opened) ground of a scenario. Raises UsageError for an unknown one."""
        return cls(find_scenario(name))

    def open(self) -> Ground:
        """Build it. Whatever fails, nothing is left. Raises CannotCheck."""
        if self._is_open:
            return self
        self._is_open = True
        atexit.register(self.close)
        self._stack.enter_context(_ended_by_signals())
        try:
            self._build()
        except BaseException as error:
            self.close()
            if isinstance(error, (OSError, SubprocessError)):
                raise _cannot_stand(error) from error
            raise
        return self

    def close(self) -> None:
        """Take everything away. Closing twice is closing once."""
        self._is_open = False
        atexit.unregister(self.close)
        self._stack.close()

    def __enter__(self) -> Ground:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        return self.host.port

    def machine(self) -> Machine:
        """Return the ground as a machine, standing in the working copy."""
        from sshwizard.machine.machine import here

        machine = here(home=str(self.home), env=self.env)
        return replace(machine, cwd=str(self.work))

    def _build(self) -> None:
        self.folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="sshwizard-practice-")))
        self._stack.callback(_remove, self.folder)
        self.home = self._make("home")
        self.work = self._make("work") / "app"
        self._start_servers()
        self._furnish()
        agent = self._start_agent()
        self.env = self._environment(agent)

    def _make(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        return folder

    def _start_servers(self) -> None:
        from sshwizard.practice.account_api import AccountApi
        from sshwizard.practice.accounts import Accounts
        from sshwizard.practice.host import Host
        from sshwizard.practice.repositories import Repositories

        self.accounts = Accounts(self.scenario.account)
        repositories = Repositories(self._make("host"))
        self.host = Host(self.accounts, repositories)
        self._stack.callback(self.host.close)
        api = AccountApi(self.accounts)
        self._stack.callback(api.close)
        self.url = api.url
        self.token = self.accounts.new_token(self.scenario.account)
        if repositories.served:
            repositories.clone_to(self.work, REPOSITORY)
        else:
            self.work.mkdir()
            self.notes += (_("git is not installed, so cloning and pushing cannot be practised here."),)

    def _furnish(self) -> None:
        from sshwizard.openssh.keys.generate import generate
        from sshwizard.practice import sandbox

        ssh = self.home / ".ssh"
        ssh.mkdir(mode=0o700)
        self.config_path = ssh / "config"
        for key in self.scenario.keys:
            line = sandbox.write_key(ssh, key)
            if key.account:
                self.accounts.add(key.account, line, key.comment, days=key.days)
        for distant in self.scenario.distant:
            line = generate("ed25519", None, distant.title, None)[1]
            if distant.elsewhere:
                self.accounts.publish(distant.account, line)
            else:
                self.accounts.add(distant.account, line, distant.title, days=distant.days)
        config = sandbox.ssh_config(self.scenario, ssh, self.port)
        sandbox.write(self.config_path, config.encode(), 0o600)
        known = f"[127.0.0.1]:{self.port} {self._known_key()}\n"
        sandbox.write(ssh / "known_hosts", known.encode(), 0o600)
        sandbox.write(self.home / ".gitconfig", sandbox.git_config().encode(), 0o644)

    def _known_key(self) -> str:
        from sshwizard.openssh.keys.generate import generate

        if self.scenario.known_host == "changed":
            return generate("ed25519", None, "", None)[1].strip()
        return self.host.key_line

    def _start_agent(self) -> str | None:
        if self.scenario.agent == "none":
            return None
        try:
            return self._run_agent()
        except CannotCheck:
            if self.scenario.agent == "needed":
                raise
        self.notes += (_("No ssh-agent could be started, so keys cannot be loaded into one here."),)
        return None

    def _run_agent(self) -> str:
        from sshwizard.practice import sandbox
        from sshwizard.practice.agent import Agent
        from sshwizard.practice.scenarios import SandboxKey

        agent = Agent(self._socket_folder() / "agent", os.environ)
        self._stack.callback(agent.close)
        nursery = self._make("strangers")
        names = [f"stranger{number}" for number in range(len(self.scenario.strangers))]
        for name, comment in zip(names, self.scenario.strangers, strict=True):
            sandbox.write_key(nursery, SandboxKey(name=name, comment=comment))
        own = [self.home / ".ssh" / key.name for key in self.scenario.keys if key.in_agent]
        agent.add([*(nursery / name for name in names), *own])
        shutil.rmtree(nursery)
        return agent.socket

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.folder)) < _SOCKET_LIMIT:
            return self.folder
        folder = Path(tempfile.mkdtemp(prefix="sshwizard-practice-", dir="/tmp"))
        self._stack.callback(_remove, folder)
        return folder

    def _environment(self, agent: str | None) -> Mapping[str, str]:
        from sshwizard.practice import sandbox

        env = {name: value for name, value in os.environ.items() if not _is_foreign(name)}
        if not shutil.which("sshwizard"):
            sandbox.write_launcher(self.folder / "bin")
            env["PATH"] = os.pathsep.join((str(self.folder / "bin"), env.get("PATH", os.defpath)))
        env |= {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self._make("run")),
            "SSHWIZARD_HOME": str(self.home),
            "SSHWIZARD_PRACTICE_URL": self.url,
            "SSHWIZARD_PRACTICE_TOKEN": self.token,
            "SSHWIZARD_PRACTICE_REPO": REPOSITORY,
            "SSHWIZARD_PRACTICE_CONFIG": str(self.config_path),
            "GIT_SSH_COMMAND": f"ssh -F {shlex.quote(str(self.config_path))}",
            "GIT_CONFIG_GLOBAL": str(self.home / ".gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "SSHWIZARD_NO_KEYCHAIN": "1",
        }
        return env | ({"SSH_AUTH_SOCK": agent} if agent else {})


def _is_foreign(name: str) -> bool:
    """Whether a variable leads out of the ground: accounts, agents, folders, proxies."""
    return name.startswith(_FOREIGN) or name.lower().endswith("_proxy")


def _cannot_stand(error: OSError | SubprocessError) -> CannotCheck:
    why = getattr(error, "strerror", None) or getattr(error, "stderr", None) or str(error)
    return CannotCheck(
        _("The practice ground could not be set up: {why}.").format(why=one_line(str(why))),
        code="no-practice-ground",
        hint=_("It needs a temporary folder that can be written to, and connections to 127.0.0.1."),
    )


def _ended_by_signals() -> ExitStack:
    """Let SIGTERM and SIGHUP end the program in order (as SystemExit) while the returned context lasts."""
    import signal

    stack = ExitStack()
    if threading.current_thread() is not threading.main_thread():
        return stack

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            stack.callback(_restore, number, signal.signal(number, leave))
    return stack


def _restore(number: int, handler: Any) -> None:
    """Give a signal back its handler; Python allows it in the main thread only."""
    import signal

    if threading.current_thread() is threading.main_thread():
        signal.signal(number, handler)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, onerror=_force)


def _force(remove: Callable[[str], object], path: str, _why: object) -> None:
    """Make a path that someone protected writable, and remove it after all."""
    for each in (os.path.dirname(path), path):
        try:
            os.chmod(each, stat.S_IRWXU)
        except OSError:
            continue
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
    except OSError:
        pass
