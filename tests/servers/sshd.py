"""A real sshd on loopback that greets by account, like a forge, and serves git repositories.

Account = one key; all accounts share the login users. As root the server runs in a mount namespace whose
account database also knows `users` (uid 0, home in the server's folder), so that `git@` works on any machine.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

from servers.namespace import prefix
from servers.running import Running, free_port, program

_GREETER = """#!/bin/sh
case "$SSH_ORIGINAL_COMMAND" in
git-upload-pack\\ *|git-receive-pack\\ *|git-upload-archive\\ *)
    cd {repositories} && exec git shell -c "$SSH_ORIGINAL_COMMAND" ;;
esac
echo "Hi $1! You've successfully authenticated, but this test server does not provide shell access." >&2
exit 1
"""


class Sshd:
    """`with Sshd(folder, {"joe": [line]}) as server:` — then `server.port`, `server.log()`, …

    `accounts` maps account names to public key lines (options in front are kept); `extra` are further
    sshd_config lines and come first, so they win. `repositories` is the folder git paths are looked up in.
    """

    def __init__(
        self,
        folder: Path,
        accounts: Mapping[str, Iterable[str]] | None = None,
        *,
        users: Iterable[str] = ("git",),
        max_auth_tries: int = 6,
        extra: Iterable[str] = (),
        host_key_types: Iterable[str] = ("ed25519",),
        host: str = "127.0.0.1",
        port: int | None = None,
        log_level: str = "VERBOSE",
    ) -> None:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.folder = folder
        self.host = host
        self.port = port or free_port(host)
        self.users = tuple(users)
        self.repositories = folder / "repositories"
        self._accounts: dict[str, list[str]] = {name: list(lines) for name, lines in (accounts or {}).items()}
        self._max_auth_tries = max_auth_tries
        self._extra = tuple(extra)
        self._host_key_types = tuple(host_key_types)
        self._log_level = log_level
        self._running: Running | None = None

    def __enter__(self) -> Sshd:
        self.repositories.mkdir(exist_ok=True)
        for kind in self._host_key_types:
            make_host_key(self.host_key_path(kind), kind)
        greeter = self.folder / "greet"
        greeter.write_text(_GREETER.format(repositories=shlex.quote(str(self.repositories))))
        greeter.chmod(0o755)
        self._write_keys()
        config = self.folder / "sshd_config"
        config.write_text("\n".join(self._config()) + "\n")
        argv = [program("sshd", "openssh-server"), "-D", "-e", "-f", str(config)]
        self._running = Running([*self._namespace(), *argv], self.folder / "sshd.log")
        self._running.wait_until(lambda: "Server listening" in self.log(), "sshd listening")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            self._running.stop()

    def allow(self, account: str, *lines: str) -> None:
        """Give an account further keys; in force for the next request."""
        self._accounts.setdefault(account, []).extend(lines)
        self._write_keys()

    def forget(self, account: str) -> None:
        """Take all keys from an account."""
        self._accounts.pop(account, None)
        self._write_keys()

    def log(self) -> str:
        """Return what sshd has logged so far."""
        return (self.folder / "sshd.log").read_text(errors="replace")

    def host_key_path(self, kind: str = "") -> Path:
        return self.folder / f"host_{kind or self._host_key_types[0]}"

    def host_key_line(self, kind: str = "") -> str:
        """Return `ssh-ed25519 AAAA…` of a host key."""
        return " ".join(self.host_key_path(kind).with_suffix(".pub").read_text().split()[:2])

    @property
    def known_hosts_line(self) -> str:
        """The line (with its end) that makes ssh trust this server."""
        return self.known_hosts_lines()

    def known_hosts_lines(self, name: str | None = None) -> str:
        """Return one known_hosts line for each host key, for `name` instead of `[host]:port`."""
        shown = name or f"[{self.host}]:{self.port}"
        return "".join(f"{shown} {self.host_key_line(kind)}\n" for kind in self._host_key_types)

    def config_block(self, alias: str, *lines: str, known_hosts: Path | None = None) -> str:
        """Return a Host block that leads `alias` here, with further lines."""
        block = [f"HostName {self.host}", f"Port {self.port}", f"User {self.users[0]}"]
        block += [f"UserKnownHostsFile {known_hosts}"] if known_hosts else []
        return f"Host {alias}\n" + "".join(f"    {line}\n" for line in (*block, *lines))

    def write_config(self, ssh: Path, alias: str, *lines: str) -> Path:
        """Make a user's `config` (returned) and `known_hosts` in the folder, so that `alias` leads here."""
        known_hosts = ssh / "known_hosts"
        known_hosts.write_text(self.known_hosts_line)
        config = ssh / "config"
        config.write_text(self.config_block(alias, *lines, known_hosts=known_hosts))
        config.chmod(0o600)
        return config

    def make_repository(self, name: str = "app.git") -> Path:
        """Make a bare repository with one commit on `main`; clone it as `user@host:NAME`."""
        return make_repository(self.repositories / name)

    def _write_keys(self) -> None:
        lines = [
            f'command="{self.folder / "greet"} {account}",restrict {line}'
            for account, keys in self._accounts.items()
            for line in keys
        ]
        draft = self.folder / "authorized_keys.new"
        draft.write_text("\n".join([*lines, ""]))
        draft.chmod(0o644)
        draft.replace(self.folder / "authorized_keys")

    def _config(self) -> Iterable[str]:
        yield from self._extra
        listen = f"[{self.host}]" if ":" in self.host else self.host
        yield f"ListenAddress {listen}:{self.port}"
        yield from (f"HostKey {self.host_key_path(kind)}" for kind in self._host_key_types)
        yield f"AuthorizedKeysFile {self.folder / 'authorized_keys'}"
        yield f"PidFile {self.folder / 'sshd.pid'}"
        yield f"MaxAuthTries {self._max_auth_tries}"
        yield f"LogLevel {self._log_level}"
        yield "StrictModes no"
        yield "UsePAM no"
        yield "PasswordAuthentication no"
        yield "KbdInteractiveAuthentication no"
        yield "PermitRootLogin yes"
        yield "PrintMotd no"
        yield "UseDNS no"
        if server_version() >= (9, 8) and not any("PerSourcePenalties" in line for line in self._extra):
            yield "PerSourcePenalties no"

    def _namespace(self) -> list[str]:
        if os.getuid() != 0:
            return []
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        return with_users(self.folder, self.users)


def with_users(folder: Path, users: Iterable[str]) -> list[str]:
    """Return an argv prefix under which the account database also has `users`: uid 0, home in `folder`."""
    home = folder / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    known = {entry.pw_name for entry in pwd.getpwall()}
    added = [f"{user}:*:0:0:test account:{home}:/bin/sh" for user in users if user not in known]
    if "sshd" not in known:
        added.append("sshd:*:65533:65533::/run/sshd:/usr/sbin/nologin")
    passwd = folder / "passwd"
    passwd.write_text(Path("/etc/passwd").read_text().rstrip("\n") + "\n" + "\n".join([*added, ""]))
    passwd.chmod(0o644)
    return prefix([(passwd, "/etc/passwd")])


def make_host_key(path: Path, kind: str) -> None:
    """Make a host key without passphrase unless it is there."""
    if not path.exists():
        argv = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "host", "-f", str(path)]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, timeout=60)


def make_repository(path: Path) -> Path:
    """Make a bare git repository with one commit (README) on `main`."""
    git = program("git", "git")
    env = {"PATH": os.environ["PATH"], "HOME": str(path.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    names = {f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env |= dict.fromkeys(sorted(names), "test@example.org")

    def run(*arguments: str, stdin: str = "") -> str:
        argv = [git, "--git-dir", str(path), *arguments]
        done = subprocess.run(
            argv, env=env, input=stdin, check=True, text=True, capture_output=True, timeout=20
        )
        return done.stdout.strip()

    run("init", "-q", "--bare", "--initial-branch=main")
    blob = run("hash-object", "-w", "--stdin", stdin="A test repository.\n")
    tree = run("mktree", stdin=f"100644 blob {blob}\tREADME\n")
    commit = run("commit-tree", tree, "-m", "First")
    run("update-ref", "refs/heads/main", commit)
    return path


def server_version() -> tuple[int, int]:
    """Return the installed OpenSSH's version, by its client."""
    said = subprocess.run(["ssh", "-V"], capture_output=True, text=True, timeout=10, check=True).stderr
    found = re.search(r"OpenSSH_(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
