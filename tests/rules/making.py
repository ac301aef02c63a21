"""Cases as values: a machine with a few keys, what ssh would offer, what the host said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sshwizard.machine.files import Files, Overlay
from sshwizard.model.config import CommandLine, ConfigProblem, ConfigValue, Effective, Environment
from sshwizard.model.facts import Facts, GitFacts
from sshwizard.model.files import FileSeen
from sshwizard.model.finding import Case, Fix
from sshwizard.model.identity import Identity, KeyFile, PublicKey
from sshwizard.model.plan import LeftOut, Offer, Plan, Target
from sshwizard.model.source import Source
from sshwizard.model.transcript import Answer, Check, Transcript
from sshwizard.openssh.keys import public_from_blob
from sshwizard.openssh.wire import string

HOME = "/nowhere/home"


def public(name: str) -> PublicKey:
    """Return an ed25519 public half that belongs to a name."""
    point = hashlib.sha256(name.encode()).digest()
    return public_from_blob(string(b"ssh-ed25519") + string(point), name)


def rsa(name: str) -> PublicKey:
    return replace(public(name), type="ssh-rsa", bits=3072)


def path(name: str) -> str:
    return f"{HOME}/.ssh/{name}"


def identity(name: str, **fields: Any) -> Identity:
    given: dict[str, Any] = {
        "public": public(name), "private_path": path(name), "public_path": f"{path(name)}.pub", "format": "openssh",
        "has_private": True, "encrypted": False, "usable_private": True, "mode": 0o600, "mtime": 0.0, "agents": (),
    }  # fmt: skip
    return Identity(**{**given, **fields})


def key_file(name: str, **fields: Any) -> KeyFile:
    given: dict[str, Any] = {
        "path": path(name), "format": "openssh", "public": public(name), "ssh_reads_public": True, "has_private": True,
        "encrypted": False, "usable_private": True, "comment": name, "mode": 0o600, "uid": 1000, "mtime": 0.0,
    }  # fmt: skip
    return KeyFile(**{**given, **fields})


def offer(position: int, name: str, **fields: Any) -> Offer:
    given: dict[str, Any] = {
        "public": public(name), "path": path(name), "kind": "query", "via": "file", "explicit": True,
        "certificate": False, "needs_passphrase": False, "private_path": path(name),
        "source": Source(f"{HOME}/.ssh/config", 2), "because": "Named by IdentityFile.",
    }  # fmt: skip
    return Offer(position=position, **{**given, **fields})


def answer(name: str, state: str, planned: int | None = None, **fields: Any) -> Answer:
    return Answer(**{"public": public(name), "state": state, "ms": 5.0, "planned": planned, **fields})


def check(id: str, state: str, code: str = "", detail: str = "") -> Check:
    return Check(id=id, title=id, state=state, ms=1.0, code=code, detail=detail)  # type: ignore[arg-type]


def effective(options: Mapping[str, str], **fields: Any) -> Effective:
    given: dict[str, Any] = {
        "host": "github.com", "hostname": "github.com", "port": 22, "user": "git",
        "options": {word: (ConfigValue(text, Source(f"{HOME}/.ssh/config", 3)),) for word, text in options.items()},
        "shadowed": {}, "identity_files": (), "certificate_files": (), "identity_agent": None, "identities_only": False,
        "problems": (), "conditions": (), "alternatives": (), "files_read": (), "blocks": (),
    }  # fmt: skip
    return Effective(**{**given, **fields})


def case(
    *,
    identities: tuple[Identity, ...] = (),
    offers: tuple[Offer, ...] = (),
    left_out: tuple[LeftOut, ...] = (),
    transcript: Transcript | None = None,
    options: Mapping[str, str] | None = None,
    config: str = "",
    files: Mapping[str, bytes | None] | None = None,
    target: Mapping[str, Any] | None = None,
    resolved: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    facts: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Case:
    """Return a case; by default a person at github.com as git."""
    where = {"typed": "github.com", "host": "github.com", "hostname": "github.com", "port": 22, "user": "git", "provider": "github"} | dict(target or {})  # fmt: skip
    goal = Target(**where)
    config_path = f"{HOME}/.ssh/config"
    view = Overlay(Files(), {config_path: config.encode(), **(files or {})})
    given_facts: dict[str, Any] = {
        "environment": Environment(
            home=HOME, user="joe", uid=1000, hostname="here", env=dict(env or {}), cwd=HOME,
            ssh_version="OpenSSH_9.2p1", user_config=config_path),
        "command_line": CommandLine(destination=goal.host), "target": goal, "files": view,
        "ssh_folder": FileSeen(path=f"{HOME}/.ssh", kind="directory"),
        "key_files": tuple(key_file(i.private_path.rsplit("/", 1)[-1], public=i.public) for i in identities if i.private_path),
        "identities": identities, "agents": (),
        "config_files": (FileSeen(path=config_path, kind="file", data=config.encode(), mode=0o600, uid=1000),),
        "known_hosts": (), "git": GitFacts(folder=None), "ssh": "/usr/bin/ssh", "ssh_version": "OpenSSH_9.2p1",
        "platform": "linux", "account_home": HOME, "shell_home": HOME,
    }  # fmt: skip
    seen = Facts(**{**given_facts, **(facts or {})})
    given_plan: dict[str, Any] = {
        "target": goal, "effective": effective(options or {}, **(resolved or {})), "offers": offers,
        "left_out": left_out, "ssh": "/usr/bin/ssh", "ssh_version": "OpenSSH_9.2p1", "agent": None,
    }  # fmt: skip
    return Case(facts=seen, plan=Plan(**{**given_plan, **(plan or {})}), transcript=transcript, **fields)


def reached(outcome: str, *answers: Answer, **fields: Any) -> Transcript:
    """Return a conversation that came as far as the keys."""
    return Transcript(checks=(check("userauth", "passed"),), answers=answers, methods=("publickey",), ssh_outcome=outcome, **fields)  # type: ignore[arg-type]  # fmt: skip


def stopped(*checks: Check, **fields: Any) -> Transcript:
    """Return a conversation that ended before the keys."""
    return Transcript(checks=checks, ssh_outcome="not_reached", **fields)


def problem(code: str, message: str = "words of ssh", line: int = 1, fatal: bool = True) -> ConfigProblem:
    return ConfigProblem(code=code, message=message, source=Source(f"{HOME}/.ssh/config", line), fatal=fatal)


def proposal() -> Fix:
    return Fix(title="Send work first", steps=(), command="sshwizard config add github.com -i work")
