"""How an IdentityFile line can name a key: by its private file, by a public half, or by one yet to be written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sshwizard.model.facts import Facts
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.model.plan import Plan
from sshwizard.openssh.keys.public import public_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """One way to name the wanted key."""

    identity: Identity
    path: str
    """The file that the line names."""
    text: str
    """The same as it is written in the configuration."""
    signs_from_file: bool
    """ssh can sign with the private half in that file, without an agent."""
    new_file: tuple[str, bytes] | None = None
    """A public half that has to be written first: path and content."""
    agent: str = ""
    """The agent that holds the key, as written in the configuration, when ssh would ask another one."""


def namings(
    facts: Facts, plan: Plan, wanted: PublicKey, config_path: Callable[[str], str]
) -> Iterator[Naming]:
    """Yield the ways to name a key, the plainest first. Nothing when it is neither in a file nor an agent."""
    for identity in facts.identities:
        if identity.public.blob == wanted.blob:
            yield from _of(facts, plan, identity, config_path)


def _of(facts: Facts, plan: Plan, identity: Identity, config_path: Callable[[str], str]) -> Iterator[Naming]:
    private, public = identity.private_path, identity.public_path
    in_agent = plan.agent in identity.agents
    agent = "" if in_agent or not identity.agents else config_path(identity.agents[0])
    if private and identity.usable_private:
        yield Naming(identity=identity, path=private, text=config_path(private), signs_from_file=True)
        beside = f"{private}.pub"
        if facts.files.look(beside).kind == "missing":
            new = (beside, _line(identity.public))
            text = config_path(private)
            yield Naming(identity=identity, path=private, text=text, signs_from_file=True, new_file=new)
    if not identity.agents:
        return
    if public and public != private:
        yield Naming(
            identity=identity, path=public, text=config_path(public), signs_from_file=False, agent=agent
        )
    elif not private:
        path = _free_name(facts, identity.public)
        yield Naming(
            identity=identity,
            path=path,
            text=config_path(path),
            signs_from_file=False,
            new_file=(path, _line(identity.public)),
            agent=agent,
        )


def _line(public: PublicKey) -> bytes:
    return public_line(public).encode("utf-8", "backslashreplace") + b"\n"


def _free_name(facts: Facts, public: PublicKey) -> str:
    """Choose a file name in ~/.ssh after the key's comment that nothing uses yet."""
    folder = facts.ssh_folder.path
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", public.comment.rsplit("/", 1)[-1])[:60].strip("-.")
    name = plain or f"agent-{public.type.removeprefix('ssh-').split('@')[0]}"
    number, path = 1, f"{folder}/{name}.pub"
    while facts.files.look(path).kind != "missing":
        number += 1
        path = f"{folder}/{name}-{number}.pub"
    return path
