"""What git would do in a folder: its remotes after `insteadOf`, and the ssh command it would run.

Asks git itself, with a time limit, and only reads. Without git, or outside a repository, that is said.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sshwizard.errors import UsageError
from sshwizard.model.facts import GitFacts, GitRemote
from sshwizard.model.source import Source
from sshwizard.openssh.destination import Destination, parse_destination
from sshwizard.text import _, one_line, visible, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

TIMEOUT = 5.0


def look(machine: Machine, folder: str | None = None) -> GitFacts:
    """Look at the repository around `folder` (the current one if None). Raises nothing."""
    start = folder or machine.cwd
    top = top_folder(machine, start)
    listed = machine.run(
        ["git", "config", "--list", "--show-origin", "-z"], cwd=start, timeout=TIMEOUT, env=_QUIET
    )
    settings = _settings(listed.out)
    command, source = _ssh_command(machine, settings, top or start)
    problem = "" if listed.ok else _problem(listed.problem, listed.err)
    remotes: tuple[GitRemote, ...] = ()
    if top and any(name.startswith("remote.") for name in settings):
        shown = machine.run(["git", "remote", "-v"], cwd=start, timeout=TIMEOUT, env=_QUIET)
        remotes = _remotes(shown.out, top)
        problem = problem or ("" if shown.ok else _problem(shown.problem, shown.err))
    return GitFacts(
        folder=top,
        remotes=remotes,
        ssh_command=command,
        ssh_command_source=source,
        user_name=visible(settings.get("user.name", ("", ""))[0]),
        user_email=visible(settings.get("user.email", ("", ""))[0]),
        problem=problem,
    )


def top_folder(machine: Machine, start: str) -> str | None:
    """Return the nearest folder at or above `start` that holds `.git`; None outside a repository."""
    folder = os.path.normpath(start)
    for _number in range(64):
        if machine.files.look(os.path.join(folder, ".git")).kind in ("directory", "file"):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return None


def remote_of(name: str, url: str, push_url: str, folder: str) -> GitRemote:
    """Take a remote's URL apart."""
    place = _destination(url)
    if place is None or place.scheme == "file":
        kind = "file" if place is not None else "other"
        return GitRemote(name=name, url=url, push_url=push_url, folder=folder, transport=kind)  # type: ignore[arg-type]
    return GitRemote(
        name=name,
        url=url,
        push_url=push_url,
        folder=folder,
        transport="ssh" if place.scheme == "plain" else place.scheme,
        user=place.user,
        host=place.host,
        port=place.port,
        path=place.path,
    )


_QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def _settings(data: bytes) -> dict[str, tuple[str, str]]:
    """Read `git config --list --show-origin -z`: name → (value, file); the last value wins."""
    found: dict[str, tuple[str, str]] = {}
    parts = data.split(b"\0")
    for origin, entry in zip(parts[::2], parts[1::2], strict=False):
        name, _newline, value = entry.partition(b"\n")
        where = os.fsdecode(origin.removeprefix(b"file:"))
        found[name.decode("utf-8", "replace")] = (value.decode("utf-8", "surrogateescape"), where)
    return found


def _ssh_command(
    machine: Machine, settings: dict[str, tuple[str, str]], folder: str
) -> tuple[str, Source | None]:
    """Return the command git runs for ssh and where it is set (git(1), GIT_SSH_COMMAND)."""
    if machine.env.get("GIT_SSH_COMMAND"):
        return visible(machine.env["GIT_SSH_COMMAND"]), Source("GIT_SSH_COMMAND")
    if "core.sshcommand" in settings:
        command, where = settings["core.sshcommand"]
        path = os.path.normpath(os.path.join(folder, where))
        return visible(command), Source(path, _line_of(machine, path, b"sshcommand"))
    if machine.env.get("GIT_SSH"):
        return visible(machine.env["GIT_SSH"]), Source("GIT_SSH")
    return "", None


def _line_of(machine: Machine, path: str, word: bytes) -> int | None:
    for number, line in enumerate(machine.files.look(path).data.split(b"\n"), 1):
        if line.strip().lower().startswith(word):
            return number
    return None


def _remotes(data: bytes, folder: str) -> tuple[GitRemote, ...]:
    """Read `git remote -v`, which shows URLs after `insteadOf`, fetch and push on a line each."""
    fetch: dict[str, str] = {}
    push: dict[str, str] = {}
    for line in data.split(b"\n"):
        name, _tab, rest = line.partition(b"\t")
        url, _blank, kind = rest.rpartition(b" (")
        if not url and rest:
            url, _blank, kind = rest.partition(b" (")
        kind = kind.split(b")")[0]
        if url:
            into = fetch if kind == b"fetch" else push
            into.setdefault(visible_bytes(name), visible_bytes(url, keep=""))
    return tuple(remote_of(name, url, push.get(name, url), folder) for name, url in fetch.items())


def _destination(url: str) -> Destination | None:
    try:
        return parse_destination(url)
    except UsageError:
        return None


def _problem(problem: str, err: bytes) -> str:
    words = problem or one_line(err.decode("utf-8", "replace"))
    return _("git could not be asked: {why}").format(why=words)
