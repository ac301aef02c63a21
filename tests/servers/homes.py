"""Homes and repositories that the tests of both wizards walk."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from servers.keys import KeyMaker, Pair
from servers.sshd import Sshd


def damaged_home(home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> Pair:
    """Make a home that logs in to `server`, with three things that are safe to mend; return the key it sends."""
    ssh = home / ".ssh"
    pair = keys.make(ssh, "work")
    server = start_sshd({"joe": [pair.line]})
    server.write_config(ssh, "server", f"IdentityFile {pair.path}")
    keys.make(ssh, "lone").public_path.unlink()
    keys.make(ssh, "deploy").public_path.rename(ssh / "deploy.pub.txt")
    ssh.chmod(0o777)
    return pair


def repository_of_two_keys(home: Path, keys: KeyMaker) -> Path:
    """Make a repository at a host where the key `joe` is sent first; `acme` is here too. Returns its folder."""
    joe = keys.make(home / ".ssh", "joe")
    keys.make(home / ".ssh", "acme")
    config = home / ".ssh" / "config"
    config.write_text(
        f"Host forge\n    HostName 127.0.0.1\n    IdentityFile {joe.path}\n    IdentitiesOnly yes\n"
    )
    config.chmod(0o600)
    (home / ".gitconfig").write_text("[user]\n\tname = Joe Doe\n\temail = joe@example.org\n")
    folder = home / "src" / "app"
    subprocess.run(["git", "init", "-q", str(folder)], check=True, timeout=10)
    subprocess.run(
        ["git", "-C", str(folder), "remote", "add", "origin", "git@forge:acme/app.git"],
        check=True,
        timeout=10,
    )
    return folder


def origin_of(folder: Path) -> str:
    """Return the URL of a repository's remote."""
    return subprocess.run(
        ["git", "-C", str(folder), "remote", "get-url", "origin"], capture_output=True, text=True, check=True
    ).stdout.strip()
