"""Machine → Facts: configuration, keys, every agent, known_hosts, git, which ssh. Changes nothing.

Raises for nothing that it finds: what is missing, unreadable or broken is a fact with a `problem`.
`keys` finds key files, `target` understands what people type.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sshwizard.gather.keys import key_files, named_agents
from sshwizard.gather.owners import foreign_files, home_owner
from sshwizard.gather.target import environment_of, plain_target, target_of
from sshwizard.machine import agents, git
from sshwizard.machine.addresses import local_addresses
from sshwizard.model.config import CommandLine, Effective, Environment
from sshwizard.model.facts import Facts
from sshwizard.model.files import FileSeen
from sshwizard.model.identity import Agent
from sshwizard.openssh import known_hosts
from sshwizard.openssh.config import Reader
from sshwizard.openssh.keys import join
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

__all__ = ["configuration", "gather", "target_of"]


def gather(
    machine: Machine,
    command_line: CommandLine,
    *,
    typed: str = "",
    extra_keys: tuple[str, ...] = (),
    exec_results: Mapping[str, bool] | None = None,
) -> Facts:
    """Look at everything that decides which keys ssh offers. Raises nothing for what it finds.

    `typed`: what the user typed, for `Facts.target`; `extra_keys`: further key files to look at;
    `exec_results`: outcomes of `Match exec` commands, where the user had them run.
    """
    environment, effective = configuration(machine, command_line, exec_results)
    config = _config_files(machine, effective)
    found = key_files(environment, machine.files, effective, config, extra_keys)
    owner = home_owner(machine)
    held = _agents(machine, effective, named_agents(environment, config))
    return Facts(
        environment=environment,
        command_line=command_line,
        target=plain_target(typed or command_line.destination, command_line),
        files=machine.files,
        ssh_folder=machine.files.look(os.path.join(machine.home, ".ssh"))
        if machine.home
        else FileSeen(path="", kind="missing", problem=_("There is no home folder.")),
        key_files=found,
        identities=join(found, held),
        agents=held,
        config_files=config,
        known_hosts=_known_hosts(machine, effective),
        git=git.look(machine),
        ssh=machine.ssh,
        ssh_version=environment.ssh_version,
        platform=machine.platform,
        account_home=machine.account_home,
        shell_home=machine.shell_home,
        foreign=foreign_files(machine, owner),
        home_owner=owner,
        problems=_problems(machine),
    )


def configuration(
    machine: Machine, command_line: CommandLine, exec_results: Mapping[str, bool] | None = None
) -> tuple[Environment, Effective]:
    """Read the configuration alone; `exec_results` as in `gather`. Raises nothing for what it finds."""
    environment = replace(environment_of(machine), exec_results=exec_results or {})
    effective = Reader(environment, machine.files).resolve(command_line)
    if any(b"localnetwork" in seen.data.lower() for seen in _config_files(machine, effective)):
        environment = replace(environment, local_addresses=local_addresses(machine))
        effective = Reader(environment, machine.files).resolve(command_line)
    return environment, effective


def _config_files(machine: Machine, effective: Effective) -> tuple[FileSeen, ...]:
    return tuple(machine.files.look(path) for path in effective.files_read)


def _agents(machine: Machine, effective: Effective, named: tuple[str, ...]) -> tuple[Agent, ...]:
    """List SSH_AUTH_SOCK's agent, the well-known ones and those that the configuration names."""
    found = list(agents.find_agents(machine))
    wanted = () if effective.identity_agent in (None, "", "none") else (effective.identity_agent,)
    for where in dict.fromkeys((*wanted, *named)):
        if where is not None and all(agent.where != where for agent in found):
            found.append(agents.list_agent(machine, where))
    return tuple(found)


def _known_hosts(machine: Machine, effective: Effective) -> tuple[FileSeen, ...]:
    paths = (os.path.join(machine.cwd, path) for path in known_hosts.paths(effective))
    return tuple(machine.files.look(path) for path in paths)


def _problems(machine: Machine) -> tuple[str, ...]:
    found = []
    if not machine.home:
        found.append(_("There is no home folder, so there is no ~/.ssh to look at."))
    elif machine.files.look(machine.home).kind == "missing":
        found.append(_("The home folder {path} does not exist.").format(path=machine.home))
    if not machine.ssh:
        found.append(_("No ssh program was found; the newest version's rules are assumed."))
    return tuple(found)
