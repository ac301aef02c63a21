"""The real `ssh -G` with a home, a system configuration and an environment of its own, many times a second.

One shell lives in a mount namespace and answers one command after the other, so that a case costs one ssh.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from servers.namespace import account_home, prefix

from differential.config_cases import Case, Outcomes
from sshwizard.machine.files import Files
from sshwizard.model.config import CommandLine, Effective, Environment
from sshwizard.model.files import FileSeen
from sshwizard.openssh.config import Reader, print_g

USAGE = "usage: "


def programs() -> list[str]:
    """Return the ssh programs to compare with: the installed one, and those that SSHWIZARD_OTHER_SSH names."""
    return ["ssh", *filter(None, os.environ.get("SSHWIZARD_OTHER_SSH", "").split(":"))]


def _without_noise(errors: list[str]) -> Iterator[str]:
    """Leave out what is not about the configuration: the terminal, the name server, the shell of `Match exec`."""
    for line in errors:
        if line.startswith(USAGE):
            yield USAGE
            return
        if (
            not line.startswith(("Pseudo-terminal will not", "/bin/sh: "))
            and "Could not resolve hostname" not in line
        ):
            yield line


@dataclass(frozen=True)
class Answer:
    """What ssh said."""

    status: int
    lines: tuple[str, ...]
    errors: tuple[str, ...]


class Mapped:
    """The files of a case, seen under the names they have in ssh's namespace."""

    def __init__(self, places: dict[str, str]) -> None:
        self._files = Files()
        self._places = places

    def _real(self, path: str) -> str:
        for shown, real in self._places.items():
            if path == shown or path.startswith(shown + "/"):
                return real + path[len(shown) :]
        return path

    def look(self, path: str) -> FileSeen:
        return self._files.look(self._real(path))

    def names(self, folder: str) -> tuple[str, ...] | None:
        return self._files.names(self._real(folder))

    def glob(self, pattern: str) -> tuple[str, ...]:
        real = self._real(pattern)
        for place, folder in self._places.items():
            if pattern.startswith(place + "/"):
                return tuple(place + found[len(folder) :] for found in self._files.glob(real))
        return self._files.glob(real)


class SshG:
    """Asks the real ssh and our reader the same question."""

    def __init__(self, folder: Path, ssh: str = "ssh") -> None:
        self.home = folder / "home"
        self.etc = folder / "etc"
        self.answers = folder / "answers"
        for each in (self.home, self.etc, self.answers):
            each.mkdir(mode=0o700)
        self.account_home = account_home()
        self.ssh = ssh
        self.outcomes = Outcomes()
        self.env = {
            "HOME": self.account_home,
            "PATH": os.environ["PATH"],
            "SSH_AUTH_SOCK": "/tmp/agent.sock",
            "WORK": "/srv/keys",
            "ALICE": "alice",
            "EMPTY": "",
        }
        bare = subprocess.run(
            [ssh, "-G", "-F", "none", "defaults"], capture_output=True, text=True, timeout=10, check=True
        )
        self.builtin: dict[str, tuple[str, ...]] = {}
        for line in bare.stdout.splitlines():
            key, _blank, value = line.partition(" ")
            self.builtin[key] = (*self.builtin.get(key, ()), value)
        binds = [(self.home, self.account_home), (self.etc, "/etc/ssh")]
        self.version = subprocess.run(
            [ssh, "-V"], capture_output=True, text=True, timeout=10, check=True
        ).stderr.strip()
        self._shell = subprocess.Popen(
            [*prefix(binds), "sh", "-c", 'cd / && while read -r line; do eval "$line"; echo "$?"; done'],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.env,
            text=True,
            bufsize=1,
        )

    def __enter__(self) -> SshG:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._shell.stdin and self._shell.stdout
        self._shell.stdin.close()
        self._shell.wait(10)
        self._shell.stdout.close()

    def place(self, case: Case) -> None:
        """Put the files of a case where ssh will look."""
        for folder in (self.home, self.etc):
            for child in folder.iterdir():
                shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
        (self.home / ".ssh").mkdir(mode=0o700)
        for name, (data, mode) in case.files.items():
            path = (self.etc if name.startswith("etc/") else self.home) / name.removeprefix("etc/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.replace(b"@HOME@", self.account_home.encode()))
            path.chmod(mode)

    def flags(self, case: Case) -> tuple[tuple[str, str], ...]:
        """Return the flags of a case with the account's home filled in, from the root (the working folder) too."""
        home = self.account_home
        return tuple(
            (flag, value.replace("@HOME@", home).replace("@HERE@", home.lstrip("/")))
            for flag, value in case.flags
        )

    def argv(self, case: Case) -> list[str]:
        """Return ssh's command line for a case."""
        argv = [self.ssh, "-G"]
        for flag, value in self.flags(case):
            if flag == "-P" and "OpenSSH_9.2" in self.version:
                continue
            argv += [flag, value] if value or flag in ("-o", "-i", "-l", "-p", "-J", "-F") else [flag]
        argv += ["--", case.destination]
        return [*argv, case.command] if case.command else argv

    def ask(self, case: Case) -> Answer:
        """Return what the real ssh says about a case that was placed."""
        return self.run(self.argv(case))

    def run(self, argv: list[str]) -> Answer:
        """Return what an ssh command line prints."""
        assert self._shell.stdin and self._shell.stdout
        out, err = self.answers / "out", self.answers / "err"
        self._shell.stdin.write(f"{shlex.join(argv)} </dev/null >{out} 2>{err}\n")
        self._shell.stdin.flush()
        status = int(self._shell.stdout.readline())
        lines = out.read_bytes().decode("utf-8", "surrogateescape").split("\n")[:-1]
        errors = err.read_bytes().decode("utf-8", "surrogateescape").replace("\r", "").split("\n")[:-1]
        return Answer(status, tuple(lines), tuple(_without_noise(errors)))

    def reader(self, *, builtin: bool) -> Reader:
        """Return our reader, looking at the same files; with `builtin` it knows the build's bare `ssh -G`."""
        environment = Environment(
            home=self.account_home,
            user=pwd.getpwuid(os.getuid()).pw_name,
            uid=os.getuid(),
            hostname=socket.gethostname(),
            env=self.env,
            cwd="/",
            ssh_version=self.version,
            user_config=f"{self.account_home}/.ssh/config",
            local_addresses=("127.0.0.1", "::1"),
            private_group="Debian" in self.version,
            exec_results=self.outcomes,
            builtin=self.builtin if builtin else {},
            homes={"root": self.account_home, "daemon": "/usr/sbin", "nobody": "/nonexistent"},
        )
        return Reader(environment, Mapped({self.account_home: str(self.home), "/etc/ssh": str(self.etc)}))

    def ours(self, case: Case, *, builtin: bool = False) -> Effective:
        """Return what our reader says about a case that was placed."""
        line = CommandLine(destination=case.destination, flags=self.flags(case), command=case.command)
        return self.reader(builtin=builtin).resolve(line)

    def differences(self, case: Case) -> list[str]:
        """Return in what ssh and we differ about a case; none is the wish."""
        self.place(case)
        real, effective = self.ask(case), self.ours(case)
        found: list[str] = []
        if (real.status != 0) != (effective.fatal is not None):
            found.append(f"ssh ended with {real.status}: {real.errors}, we say {effective.fatal}")
        lines = print_g(effective)
        found += [f"ssh says   {line}" for line in real.lines if line not in lines]
        found += [f"we say     {line}" for line in lines if line not in real.lines]
        if not found and lines != real.lines:
            found.append("the order of the lines differs")
        words = tuple(
            USAGE if problem.code == "usage-shown" else problem.message for problem in effective.problems
        )
        if words != real.errors and not _silent(case):
            found.append(f"ssh complains {real.errors}, we complain {words}")
        return found[:8]


def _silent(case: Case) -> bool:
    """Say whether ssh was told to say less or more than usual."""
    if any(flag == "-q" for flag, _value in case.flags):
        return True
    config = b"".join(data for data, _mode in case.files.values()).upper()
    return any(word in config for word in (b"QUIET", b"SILENT", b"FATAL")) or any(
        "loglevel" in value.lower() for _flag, value in case.flags
    )
