"""Facts and plans as values, for asking a host without a home, a configuration or an agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from servers.keys import Pair

from sshwizard.machine.files import Files, look_at
from sshwizard.machine.machine import Machine
from sshwizard.model.config import CommandLine, ConfigValue, Effective, Environment
from sshwizard.model.facts import Facts, GitFacts
from sshwizard.model.files import FileSeen
from sshwizard.model.identity import Agent, KeyFile, PublicKey
from sshwizard.model.plan import Offer, Plan, Target
from sshwizard.model.source import Source
from sshwizard.openssh.keys import read_key_file, read_public_line


def public_of(key: Pair | PublicKey | str) -> PublicKey:
    """Return a key as a value."""
    if isinstance(key, PublicKey):
        return key
    return read_public_line(key.line if isinstance(key, Pair) else key)


def effective(
    port: int, *, host: str = "127.0.0.1", user: str = "git", options: Mapping[str, str] | None = None
) -> Effective:
    """Return what a configuration with these options would give for the server on `port`."""
    here = Source("config", 1)
    values = {word: (ConfigValue(text, here),) for word, text in (options or {}).items()}
    return Effective(
        host=host,
        hostname=host,
        port=port,
        user=user,
        options=values,
        shadowed={},
        identity_files=(),
        certificate_files=(),
        identity_agent=None,
        identities_only=True,
        problems=(),
        conditions=(),
        alternatives=(),
        files_read=(),
        blocks=(),
    )


def offer(position: int, key: Pair | PublicKey | str, **fields: Any) -> Offer:
    """Return one planned offer of a key in a file."""
    given: dict[str, Any] = {
        "public": public_of(key),
        "path": str(key.path) if isinstance(key, Pair) else f"key{position}",
        "kind": "query",
        "via": "file",
        "explicit": True,
        "certificate": False,
        "needs_passphrase": False,
        "private_path": str(key.path) if isinstance(key, Pair) else None,
    }
    return Offer(position=position, **{**given, **fields})


def plan(
    keys: Iterable[Pair | PublicKey | str | Offer],
    port: int,
    *,
    path: str | None = None,
    agent: str | None = None,
    **named: Any,
) -> Plan:
    """Return a plan that offers these keys in order."""
    resolved = effective(port, **named)
    offers = [key if isinstance(key, Offer) else offer(number, key) for number, key in enumerate(keys, 1)]
    target = Target(
        typed=resolved.host,
        host=resolved.host,
        hostname=resolved.hostname,
        port=port,
        user=resolved.user,
        path=path,
    )
    return Plan(
        target=target,
        effective=resolved,
        offers=tuple(offers),
        left_out=(),
        ssh="/usr/bin/ssh",
        ssh_version="OpenSSH_9.2p1",
        agent=agent,
    )


def facts(
    machine: Machine,
    *,
    known_hosts: Sequence[Path | FileSeen] = (),
    key_files: Sequence[KeyFile] = (),
    agents: Sequence[Agent] = (),
) -> Facts:
    """Return facts with these known_hosts files and nothing else of interest."""
    environment = Environment(
        home=machine.home,
        user="joe",
        uid=machine.uid,
        hostname="here",
        env=machine.env,
        cwd=machine.cwd,
        ssh_version="OpenSSH_9.2p1",
        user_config=None,
    )
    seen = [file if isinstance(file, FileSeen) else look_at(str(file)) for file in known_hosts]
    return Facts(
        environment=environment,
        command_line=CommandLine(destination="server"),
        target=Target(typed="server", host="server", hostname="server", port=22, user="git"),
        files=Files(),
        ssh_folder=look_at(f"{machine.home}/.ssh"),
        key_files=tuple(key_files),
        identities=(),
        agents=tuple(agents),
        config_files=(),
        known_hosts=tuple(seen),
        git=GitFacts(folder=None),
        ssh="/usr/bin/ssh",
        ssh_version="OpenSSH_9.2p1",
        platform="linux",
        account_home=machine.home,
        shell_home=machine.home,
    )


def key_files(*pairs: Pair) -> tuple[KeyFile, ...]:
    """Return both files of each pair as they are read from the disk."""
    paths = (path for pair in pairs for path in (pair.path, pair.public_path))
    return tuple(read_key_file(look_at(str(path))) for path in paths)


def known_hosts_file(text: str, path: str = "/home/joe/.ssh/known_hosts") -> FileSeen:
    """Return a known_hosts file with this text."""
    return FileSeen(path=path, kind="file", data=text.encode())
