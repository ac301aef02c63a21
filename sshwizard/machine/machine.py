"""The machine as one frozen record: where things are and how to reach them.

`here` describes the real one; tests and the practice ground give another home, environment or `connect`.
This is the only place that reads `os.environ`, the account database and the platform.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sshwizard.machine import network
from sshwizard.machine.files import Files
from sshwizard.model.files import FileView

if TYPE_CHECKING:
    from sshwizard.machine import process

Platform = Literal["linux", "darwin", "windows", "gitbash", "other"]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What the stages may know and use of the world."""

    home: str
    """ssh's home: the account database's on POSIX, or `--home`. "" when there is none."""
    account_home: str
    shell_home: str | None
    user: str
    uid: int
    hostname: str
    env: Mapping[str, str]
    cwd: str
    platform: Platform
    ssh: str
    """Path of the ssh program, "" when none is installed."""
    user_config: str | None
    user_config_is_flag: bool
    system_config: str | None
    state_dir: str
    """Journal and copies live here; created at the first change only."""
    runtime_dir: str
    """For what need not survive a reboot; never under the home."""
    files: FileView = field(default_factory=Files)
    resolve: Callable[[str, int, int], tuple[network.Address, ...]] = network.resolve
    connect: Callable[[network.Address, float], socket.socket] = network.connect

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 10.0,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
    ) -> process.Finished:
        """Run a program with this machine's environment (and `env` on top)."""
        from sshwizard.machine import process

        return process.run(
            argv, env={**self.env, **(env or {})}, timeout=timeout, cwd=cwd or self.cwd, stdin=stdin
        )

    def run_attached(
        self, argv: Sequence[str], *, timeout: float, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> process.Finished:
        """Run a program that may ask its questions on the user's terminal."""
        from sshwizard.machine import process

        whole = {**self.env, **(env or {})}
        return process.run_attached(argv, env=whole, timeout=timeout, cwd=self.cwd, stdin=stdin)

    def has_program(self, name: str) -> bool:
        """Say whether a program is on the path (or where its path says)."""
        import shutil

        return shutil.which(name, path=self.env.get("PATH")) is not None

    def fresh(self) -> Machine:
        """Return the same machine with nothing remembered, for looking again after a change."""
        from dataclasses import replace

        return replace(self, files=Files())

    def shown(self, path: str) -> str:
        """Shorten a path under the home to `~/…`, for people."""
        if self.home and path.startswith(self.home.rstrip("/") + "/"):
            return "~/" + path[len(self.home.rstrip("/")) + 1 :]
        return path

    def config_path(self, path: str) -> str:
        """Write a path for ssh_config(5): one word, `%` doubled, `~` only where ssh would expand it to this home.

        Backslash escapes within quotes are understood since OpenSSH 8.7; they stand only in names that need them.
        """
        if self.home and os.path.realpath(self.home) == os.path.realpath(self.account_home or "/nowhere"):
            path = self.shown(path)
        path = path.replace("%", "%%")
        if not any(char in " \t\"'\\#" for char in path):
            return path
        return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def here(
    *,
    home: str | None = None,
    config: str | None = None,
    ssh: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Machine:
    """Describe the machine we run on.

    In the practice ground only its own configuration counts, as for the `ssh -F` that is run there.
    `home` (or SSHWIZARD_HOME) takes the place of the account's home for everything under it; `config` is
    `-F`: a path or "none"; `ssh` is a path or name of the ssh program.
    """
    env = dict(os.environ if env is None else env)
    home = home or env.get("SSHWIZARD_HOME") or None
    sandbox = bool(env.get("SSHWIZARD_PRACTICE_CONFIG"))
    account = _account_home(env)
    real_home = os.path.abspath(home) if home else account
    user_config: str | None = os.path.join(real_home, ".ssh", "config") if real_home else None
    if config is not None:
        user_config = None if config.lower() == "none" else os.path.abspath(config)
    return Machine(
        home=real_home,
        account_home=account,
        shell_home=env.get("HOME"),
        user=_user(env),
        uid=os.getuid() if hasattr(os, "getuid") else -1,
        hostname=socket.gethostname(),
        env=env,
        cwd=_cwd(),
        platform=_platform(env),
        ssh=_find(ssh or "ssh", env),
        user_config=user_config,
        user_config_is_flag=config is not None,
        system_config=None if config is not None or sandbox else _system_config(env),
        state_dir=_state_dir(env, real_home, under_home=home is not None),
        runtime_dir=_runtime_dir(env),
    )


def _account_home(env: Mapping[str, str]) -> str:
    try:
        import pwd
    except ImportError:
        return (env.get("USERPROFILE") or env.get("HOME") or "").replace("\\", "/")
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return env.get("HOME", "")


def _user(env: Mapping[str, str]) -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return env.get("USERNAME") or env.get("USER") or env.get("LOGNAME") or "user"


def _cwd() -> str:
    try:
        return os.getcwd()
    except OSError:
        return "/"


def _platform(env: Mapping[str, str]) -> Platform:
    if sys.platform in ("win32", "msys", "cygwin"):
        return "gitbash" if env.get("MSYSTEM") else "windows"
    if sys.platform == "darwin":
        return "darwin"
    return "linux" if sys.platform.startswith("linux") else "other"


def _system_config(env: Mapping[str, str]) -> str:
    if sys.platform == "win32" and env.get("ProgramData"):
        return os.path.join(env["ProgramData"], "ssh", "ssh_config")
    return "/etc/ssh/ssh_config"


def _find(ssh: str, env: Mapping[str, str]) -> str:
    if sys.platform == "win32":
        import shutil

        return shutil.which(ssh, path=env.get("PATH")) or ""
    # The same search as shutil.which on POSIX, whose import alone costs as much as planning the offers.
    folders = [""] if "/" in ssh else env.get("PATH", os.defpath).split(":")
    for folder in folders:
        path = os.path.join(folder, ssh)
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    return ""


def _state_dir(env: Mapping[str, str], home: str, *, under_home: bool) -> str:
    if under_home:
        return os.path.join(home, ".local", "state", "sshwizard")
    if env.get("XDG_STATE_HOME"):
        return os.path.join(env["XDG_STATE_HOME"], "sshwizard")
    if not home:
        return os.path.join(_runtime_dir(env), "state")
    if sys.platform.startswith("linux"):
        # The XDG default; platformdirs would say the same at the price of an import in every command.
        return os.path.join(home, ".local", "state", "sshwizard")
    import platformdirs

    return platformdirs.user_state_dir("sshwizard", appauthor=False)


def _runtime_dir(env: Mapping[str, str]) -> str:
    base = env.get("XDG_RUNTIME_DIR")
    if base and os.path.isdir(base):
        return os.path.join(base, "sshwizard")
    if sys.platform == "win32":
        import tempfile

        return os.path.join(tempfile.gettempdir(), "sshwizard")
    return os.path.join(env.get("TMPDIR") or "/tmp", f"sshwizard-{os.getuid()}")
