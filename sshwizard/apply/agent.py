"""Steps about agents: loading a key, taking one out, starting one; and their way back.

What cannot be reversed (a key that only the agent held, a passphrase that is needed) becomes an error or a
note that says what to do.
"""

from __future__ import annotations

import shlex
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from sshwizard.apply.journal import Record
from sshwizard.errors import CannotApply
from sshwizard.machine import write
from sshwizard.machine.files import look_at
from sshwizard.model.steps import AddToAgent, RemoveFromAgent, StartAgent
from sshwizard.secret import Secret
from sshwizard.text import _, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def record_add(machine: Machine, step: AddToAgent) -> Record:
    return {
        "kind": "add_to_agent",
        "sentence": _("Loaded {path} into the agent.").format(
            path=visible(machine.shown(step.path), keep="")
        ),
        "paths": [],
        "path": step.path,
        "agent": step.agent,
        "restore": [f"SSH_AUTH_SOCK={shlex.quote(step.agent)} ssh-add -d {shlex.quote(step.path)}"],
    }


def add(machine: Machine, step: AddToAgent, record: Record, passphrase: Secret | None) -> None:
    """Load the key, and note which key that was unless the agent held it already."""
    from sshwizard.machine import agents

    seen = look_at(step.path)
    if seen.kind != "file":
        write.require_content(step.path, b"")
    held = {key.blob for key in agents.list_agent(machine, step.agent).keys}
    agents.agent_add(machine, step.agent, seen.data, passphrase, lifetime=step.lifetime, confirm=step.confirm)
    now = agents.list_agent(machine, step.agent).keys
    record["blobs"] = [b64encode(key.blob).decode() for key in now if key.blob not in held]


def undo_add(machine: Machine, record: Record) -> list[str]:
    """Take out of the agent what was put in; an agent that is gone took the key with it."""
    from sshwizard.machine import agents
    from sshwizard.openssh.keys import public_from_blob

    agent = agents.list_agent(machine, record["agent"])
    held = {key.blob for key in agent.keys}
    for blob in map(b64decode, record.get("blobs", ())):
        if blob in held:
            agents.agent_remove(machine, record["agent"], public_from_blob(blob))
    return []


def record_remove(machine: Machine, step: RemoveFromAgent) -> Record:
    from sshwizard.openssh.keys import read_public_line

    public = read_public_line(step.public_line)
    name = machine.shown(step.path) if step.path else public.called
    load = f"SSH_AUTH_SOCK={shlex.quote(step.agent)} ssh-add {shlex.quote(step.path)}" if step.path else ""
    gone = _("# only the agent held {name}; load it again from where it came from").format(name=visible(name))
    return {
        "kind": "remove_from_agent",
        "sentence": _("Took {name} out of the agent.").format(name=visible(name, keep="")),
        "paths": [],
        "path": step.path,
        "agent": step.agent,
        "public_line": step.public_line,
        "restore": [load or gone],
    }


def remove(machine: Machine, step: RemoveFromAgent) -> None:
    from sshwizard.machine import agents
    from sshwizard.openssh.keys import read_public_line

    agents.agent_remove(machine, step.agent, read_public_line(step.public_line))


def undo_remove(machine: Machine, record: Record) -> list[str]:
    """Load the key again from its file; a locked one is left to the user, who has its passphrase."""
    from sshwizard.machine import agents
    from sshwizard.openssh.keys import read_public_line

    blob = read_public_line(record["public_line"]).blob
    if any(key.blob == blob for key in agents.list_agent(machine, record["agent"]).keys):
        return []
    by_hand = _("The key is put back by hand: {command}").format(command=record["restore"][0])
    seen = look_at(record["path"]) if record["path"] else None
    if seen is None or seen.kind != "file":
        return [by_hand]
    try:
        agents.agent_add(machine, record["agent"], seen.data)
    except CannotApply:
        return [by_hand]
    return []


def record_start(machine: Machine, step: StartAgent) -> Record:
    return {
        "kind": "start_agent",
        "sentence": _("Started ssh-agent at {socket}.").format(
            socket=visible(machine.shown(step.socket), keep="")
        ),
        "paths": [],
        "socket": step.socket,
        "restore": [f"pkill -xf {shlex.quote(f'ssh-agent -s -a {step.socket}')}"],
    }


def start(machine: Machine, step: StartAgent) -> None:
    from sshwizard.machine import agent_program

    agent_program.start(machine, step.socket)


def undo_start(machine: Machine, record: Record) -> list[str]:
    """End the agent that was started, if it still is that one; the keys it holds go with it."""
    from sshwizard.machine import agent_program

    if agent_program.end(machine, record["socket"]):
        return []
    return [_("The agent that was started is gone already.")]
