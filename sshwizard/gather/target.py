"""What people type as a target → the destination and the command line that ssh would get.

Understands aliases, hosts, `user@host`, git URLs, remotes' names, folders, names of the host book, and
nothing at all (this repository's first ssh remote). Asks git only where that matters.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard.errors import UsageError
from sshwizard.hosts.names import provider_of
from sshwizard.machine import accounts, git, ssh
from sshwizard.model.config import FLAGS_WITH_VALUE, CommandLine, Environment
from sshwizard.model.facts import GitFacts, GitRemote
from sshwizard.model.plan import Target
from sshwizard.openssh.config import hosts_named
from sshwizard.openssh.destination import Destination, parse_destination
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def target_of(machine: Machine, typed: str, *, verbatim: bool = False) -> tuple[Target, CommandLine]:
    """Understand what was typed. Raises UsageError when it names nothing that ssh could reach.

    A remote of this repository comes before a Host alias, an alias before a name of the host book.
    `verbatim`: it is the destination as ssh gets it, and nothing else.
    """
    if verbatim:
        line = CommandLine(destination=typed)
        return plain_target(typed, line), line
    typed = typed.strip()
    if not typed:
        return _first_remote(machine, typed, None)
    folder = _folder(machine, typed)
    if folder is not None:
        return _first_remote(machine, typed, folder)
    if _is_word(typed):
        return _word(machine, typed)
    place = parse_destination(typed)
    if place.scheme == "file":
        raise _no_repository(typed)
    return _place(machine, typed, place, None, None)


def plain_target(typed: str, command_line: CommandLine) -> Target:
    """Return the target as far as the command line alone tells; the configuration has not spoken yet."""
    try:
        place = parse_destination(command_line.destination)
    except UsageError:
        place = Destination(scheme="plain", host=command_line.destination)
    flags = dict(reversed(command_line.flags))
    port = flags.get("-p", "")
    return Target(
        typed=visible(typed),
        host=place.host,
        hostname=place.host,
        port=int(port) if port.isascii() and port.isdigit() else place.port or 22,
        user=flags.get("-l") or place.user or "",
        provider=provider_of(place.host) if place.host else None,
    )


def environment_of(machine: Machine) -> Environment:
    """Gather what the configuration reader may know of the machine."""
    version = ssh.version(machine)
    return Environment(
        home=machine.home,
        user=machine.user,
        uid=machine.uid,
        hostname=machine.hostname,
        env=_environment(machine),
        cwd=machine.cwd,
        ssh_version=version,
        user_config=machine.user_config,
        user_config_is_flag=machine.user_config_is_flag,
        system_config=machine.system_config,
        private_group="Debian" in version or "Ubuntu" in version,
        homes=accounts.Homes(),
        builtin=ssh.builtin(machine),
    )


def _environment(machine: Machine) -> Mapping[str, str]:
    """Return the variables that ssh would see. Its `Include ~/…` asks $HOME, so a pretended home stands there too."""
    if machine.home and machine.home != machine.account_home:
        return {**machine.env, "HOME": machine.home}
    return machine.env


def _is_word(typed: str) -> bool:
    return not any(char in typed for char in "@:/[]\\ \t") and "." not in typed


def _folder(machine: Machine, typed: str) -> str | None:
    """Return the folder that was typed, if one was: anything with a slash in front, or one that exists."""
    path = machine.home + typed[1:] if typed == "~" or typed.startswith("~/") else typed
    path = os.path.normpath(os.path.join(machine.cwd, path))
    if typed.startswith(("/", "./", "../", "~/")) or typed in (".", "..", "~"):
        if machine.files.look(path).kind != "directory":
            raise UsageError(
                _("There is no folder {path}.").format(path=visible(typed)), code="no-such-folder", where=path
            )
        return path
    inside = "/" in typed and ":" not in typed and "@" not in typed
    return path if inside and machine.files.look(path).kind == "directory" else None


def _word(machine: Machine, typed: str) -> tuple[Target, CommandLine]:
    from sshwizard.hosts import book

    facts = git.look(machine) if git.top_folder(machine, machine.cwd) else GitFacts(folder=None)
    for remote in facts.remotes:
        if remote.name == typed:
            return _remote(machine, typed, remote, facts)
    named = hosts_named(environment_of(machine), machine.files)
    entry = None if typed in named else book.find(typed)
    if entry is None or entry.name != typed.lower():
        return _place(machine, typed, parse_destination(typed), None, None)
    place = Destination(
        scheme="plain",
        host=entry.ssh_host,
        user=entry.user,
        port=None if entry.port == 22 else entry.port,
    )
    return _place(machine, typed, place, None, None)


def _first_remote(machine: Machine, typed: str, folder: str | None) -> tuple[Target, CommandLine]:
    facts = git.look(machine, folder)
    if facts.folder is None:
        raise _no_repository(typed)
    ssh_remotes = [remote for remote in facts.remotes if remote.transport == "ssh" and remote.host]
    ssh_remotes.sort(key=lambda remote: remote.name != "origin")
    candidates = ssh_remotes or [remote for remote in facts.remotes if remote.host]
    if not candidates:
        raise UsageError(
            _("The repository {folder} has no remote that ssh could reach.").format(folder=facts.folder),
            code="no-remote",
            where=facts.folder,
            hint=_("Name a host: `sshwizard doctor github.com`."),
        )
    return _remote(machine, typed, candidates[0], facts)


def _remote(machine: Machine, typed: str, remote: GitRemote, facts: GitFacts) -> tuple[Target, CommandLine]:
    if remote.host is None:
        raise UsageError(
            _("The remote {name} is {url}, which is not reached over ssh.").format(
                name=remote.name, url=remote.url
            ),
            code="no-ssh-remote",
            where=remote.folder,
        )
    place = parse_destination(remote.url)
    target, line = _place(machine, typed, place, remote, facts)
    return target, line


def _place(
    machine: Machine,
    typed: str,
    place: Destination,
    remote: GitRemote | None,
    facts: GitFacts | None,
) -> tuple[Target, CommandLine]:
    """Make the target and ssh's command line, the latter as git would for a repository."""
    if place.scheme in ("https", "http", "git"):
        _refuse_where_ssh_ended(place)
        place = _over_ssh(place)
    host = f"{place.user}@{place.host}" if place.user else place.host
    flags: tuple[tuple[str, str], ...] = (("-p", str(place.port)),) if place.port else ()
    is_git = place.scheme == "ssh" and place.path is not None
    if remote is None and place.path in (None, "", "/") and typed.startswith("ssh://"):
        # ssh takes such a URL as it stands, and weighs its user and port against its own flags.
        host, flags, is_git = typed, (), False
    command = f"git-upload-pack {_quoted(place.path or '')}" if is_git else ""
    if facts is not None and is_git:
        flags = (*ssh_command_flags(facts.ssh_command), *flags)
    line = CommandLine(destination=host, flags=flags, command=command)
    target = replace(
        plain_target(typed, line),
        path=place.path,
        remote=remote.name if remote else None,
        folder=remote.folder if remote else None,
    )
    return target, line


def _quoted(text: str) -> str:
    """Quote as git does for the remote shell (quote.c `sq_quote_buf`)."""
    return "'" + text.replace("'", "'\\''").replace("!", "'\\!'") + "'"


def _refuse_where_ssh_ended(place: Destination) -> None:
    """Raise UsageError for the web address of a service without git over ssh: no key plays a part there."""
    from sshwizard.hosts import book

    entry = book.find(place.host)
    if entry is not None and entry.retired and place.host not in entry.retired.hosts:
        raise UsageError(
            _("{host} takes git over HTTPS, without any ssh key: {words}").format(
                host=place.host, words=entry.retired.words
            ),
            code="https-only",
            where=place.host,
            hint=_("There is nothing for ssh to mend here; a refused push is about the password or token."),
        )


def _over_ssh(place: Destination) -> Destination:
    """Return the ssh way to the same repository, where people paste the address of the web page."""
    from sshwizard.hosts import book

    entry = book.find(place.host)
    path = (place.path or "").lstrip("/") or None
    if path is not None and not path.endswith(".git"):
        path += ".git"
    if entry is None:
        return Destination(scheme="ssh" if path else "plain", host=place.host, user="git", path=path)
    same = not entry.ssh_host or "*" in entry.ssh_host
    return Destination(
        scheme="ssh" if path else "plain",
        host=place.host if same else entry.ssh_host,
        user=entry.user,
        port=None if entry.port == 22 else entry.port,
        path=path,
    )


def ssh_command_flags(command: str) -> tuple[tuple[str, str], ...]:
    """Return the options in git's ssh command (`ssh -i key -o …`); () when it does not start ssh itself."""
    try:
        words = shlex.split(command)
    except ValueError:
        return ()
    if not words or os.path.basename(words[0]).lower().removesuffix(".exe") != "ssh":
        return ()
    found: list[tuple[str, str]] = []
    rest = iter(words[1:])
    for word in rest:
        if not word.startswith("-") or len(word) < 2:
            break
        letter = word[1]
        if letter not in FLAGS_WITH_VALUE:
            found += [(f"-{each}", "") for each in word[1:]]
            continue
        found.append((f"-{letter}", word[2:] or next(rest, "")))
    return tuple(found)


def _no_repository(typed: str) -> UsageError:
    return UsageError(
        _("{typed} is not a git repository, so there is no remote to check.").format(
            typed=visible(typed) or _("This folder")
        ),
        code="no-repository",
        hint=_("Name a host: `sshwizard doctor github.com`."),
    )
