"""What git would do in a folder: its remotes after `insteadOf`, and the ssh command it would run.

Asks git itself, with a time limit, and only reads. Without git, or outside a repository, that is said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sshwizard.errors import UsageError
from sshwizard.model.facts import CredentialHelper, GitFacts, GitRemote
from sshwizard.model.source import Source
from sshwizard.openssh.destination import Destination, parse_destination
from sshwizard.text import _, one_line, visible, visible_bytes

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

TIMEOUT = 5.0
MOST_NEARBY = 200
"""Names beside a repository that are looked at."""


def look(machine: Machine, folder: str | None = None) -> GitFacts:
    """Look at the repository around `folder` (the current one if None). Raises nothing."""
    start = folder or machine.cwd
    top = top_folder(machine, start)
    listed = machine.run(
        ["git", "config", "--list", "--show-origin", "-z"],
        cwd=start,
        timeout=TIMEOUT,
        env=environment(machine),
    )
    settings = _settings(listed.out)
    command, source = _ssh_command(machine, settings, top or start)
    problem = "" if listed.ok else _problem(listed.problem, listed.err)
    remotes: tuple[GitRemote, ...] = ()
    if top and any(name.startswith("remote.") for name in settings):
        shown = machine.run(["git", "remote", "-v"], cwd=start, timeout=TIMEOUT, env=environment(machine))
        remotes = _remotes(shown.out, top)
        problem = problem or ("" if shown.ok else _problem(shown.problem, shown.err))
    return GitFacts(
        folder=top,
        remotes=remotes,
        ssh_command=command,
        ssh_command_source=source,
        user_name=visible(settings.get("user.name", ("", ""))[0]),
        user_email=visible(settings.get("user.email", ("", ""))[0]),
        credential_helpers=tuple(_helpers(settings, top or start)),
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


def repositories(machine: Machine, folder: str, *, depth: int = 2, most: int = 50) -> tuple[str, ...]:
    """Return the tops of the repositories in and under a folder, at most `depth` levels down."""
    found: list[str] = []
    level = [folder]
    for _depth in range(depth + 1):
        below: list[str] = []
        for path in level:
            if machine.files.look(os.path.join(path, ".git")).kind in ("directory", "file"):
                found.append(path)
            elif len(found) < most:
                names = machine.files.names(path) or ()
                below += [os.path.join(path, name) for name in names if not name.startswith(".")]
        level = [path for path in below if machine.files.look(path).kind == "directory"]
    return tuple(found[:most])


def nearby_hosts(machine: Machine) -> tuple[str, ...]:
    """Return the hosts that the remotes of repositories beside this one, or in this folder, name.

    Reads their configuration without asking git: `insteadOf` is not applied, worktrees are left out.
    """
    top = top_folder(machine, machine.cwd)
    around = os.path.dirname(top) if top else machine.cwd
    hosts: dict[str, None] = {}
    for name in (machine.files.names(around) or ())[:MOST_NEARBY]:
        data = machine.files.look(os.path.join(around, name, ".git", "config")).data
        for line in data.decode("utf-8", "replace").splitlines():
            key, _equals, value = line.partition("=")
            remote = remote_of("", value.strip(), "", "") if key.strip() in ("url", "pushurl") else None
            if remote and remote.transport == "ssh" and remote.host:
                hosts[remote.host] = None
    return tuple(hosts)


def own_settings(machine: Machine, folder: str) -> dict[str, str]:
    """Return what the repository's own configuration sets, the last value of each name."""
    listed = machine.run(
        ["git", "config", "--local", "--list", "-z"], cwd=folder, timeout=TIMEOUT, env=environment(machine)
    )
    pairs = (entry.partition(b"\n") for entry in listed.out.split(b"\0") if entry)
    return {
        name.decode("utf-8", "replace"): value.decode("utf-8", "surrogateescape")
        for name, _newline, value in pairs
    }


def global_file(machine: Machine) -> str | None:
    """Return the user's own git configuration file (git-config(1), FILES); None where git is told to read none.

    GIT_CONFIG_GLOBAL takes the place of both usual files (git 2.32 on), also when it names nothing.
    """
    named = machine.env.get("GIT_CONFIG_GLOBAL")
    if named is not None:
        path = os.path.normpath(os.path.join(machine.cwd, named))
        return path if named and path != os.devnull else None
    home = environment(machine).get("HOME") or machine.env.get("HOME") or machine.home
    own = os.path.join(home, ".gitconfig")
    base = machine.env.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    other = os.path.join(base, "git", "config")
    if machine.files.look(own).kind == "missing" and machine.files.look(other).kind == "file":
        return other
    return own


def environment(machine: Machine) -> dict[str, str]:
    """Return what git is told on top of the machine's environment: to ask nothing, and which home is meant."""
    elsewhere = machine.home and machine.home != machine.account_home
    return {**_QUIET, **({"HOME": machine.home} if elsewhere else {})}


def version(machine: Machine) -> tuple[int, ...]:
    """Return git's version as numbers, `(2, 39, 5)`; empty without git."""
    words = machine.run(["git", "--version"], timeout=TIMEOUT).out.decode("utf-8", "replace").split()
    numbers = words[2].split(".") if len(words) > 2 else []
    return tuple(int(number) for number in numbers if number.isdigit())


def prove_signing(machine: Machine, folder: str, settings: Mapping[str, str]) -> str:
    """Make a signed commit in a temporary clone and let git verify it; return "" or why it does not work.

    Nothing is asked: a key that needs a passphrase counts as not working. The clone shares the objects of
    the repository and is gone afterwards.
    """
    import tempfile

    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    flags += ["-c", "core.hooksPath=/dev/null"]
    quiet = {**environment(machine), "SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"}
    with tempfile.TemporaryDirectory(prefix="sshwizard-") as temporary:
        clone = os.path.join(temporary, "proof")
        for argv in (
            ["git", "clone", "-q", "--no-checkout", "--shared", folder, clone],
            ["git", "-C", clone, *flags, "commit", "-q", "--allow-empty", "-S", "-m", "Proof of signing"],
            ["git", "-C", clone, *flags, "verify-commit", "HEAD"],
        ):
            done = machine.run(argv, cwd=temporary, timeout=30.0, env=quiet)
            if not done.ok:
                return done.problem or one_line(visible_bytes(done.err)) or f"status {done.status}"
    return ""


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


def _helpers(settings: dict[str, tuple[str, str]], folder: str) -> Iterator[CredentialHelper]:
    """Read `credential.helper` and `credential.URL.helper`; git writes names in lower case, URLs as they are."""
    for name, (helper, where) in settings.items():
        if name == "credential.helper" or (name.startswith("credential.") and name.endswith(".helper")):
            yield CredentialHelper(
                url=visible(name.removeprefix("credential.").removesuffix("helper").removesuffix(".")),
                helper=visible(helper, keep=""),
                source=Source(os.path.normpath(os.path.join(folder, where))),
            )


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
