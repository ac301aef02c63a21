"""Keys on a PKCS#11 token (SoftHSM): known where an agent holds them, ssh's own business where it loads the token."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker
from servers.running import program

from sshwizard.gather import gather
from sshwizard.machine.machine import Machine
from sshwizard.model.config import CommandLine
from sshwizard.plan import make_plan
from sshwizard.probe import witness

LINE = CommandLine(destination="nowhere.invalid")
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token with one key, whose private and public objects are shown after the PIN only."""

    module: str
    env: dict[str, str]
    public: bytes
    """The `.pub` line of its key."""

    def load_into(self, agent: Agent) -> None:
        """Let an agent use it, as `ssh-add -s` does."""
        env = self.env | {"SSH_AUTH_SOCK": agent.socket}
        self._run(["ssh-add", "-s", self.module], env)

    def _run(self, argv: list[str], env: dict[str, str]) -> None:
        subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True)


@pytest.fixture
def token(tmp_path: Path, keys: KeyMaker, monkeypatch: pytest.MonkeyPatch) -> Token:
    tool = program("softhsm2-util", "softhsm2")
    folder = tmp_path / "tokens"
    folder.mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n")
    (tmp_path / "askpass").write_text("#!/bin/sh\necho 1234\n")
    (tmp_path / "askpass").chmod(0o700)
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    env = dict(os.environ) | {"SSH_ASKPASS": str(tmp_path / "askpass"), "SSH_ASKPASS_REQUIRE": "force"}
    pair = keys.make(tmp_path / "key", "on-token", type="rsa", bits=2048, form="PKCS8")
    found = Token(
        module=os.path.realpath(next(path for path in MODULES if os.path.exists(path))),
        env=env,
        public=pair.public_path.read_bytes(),
    )
    found._run([tool, "--init-token", "--free", "--label", "t", "--pin", "1234", "--so-pin", "1234"], env)
    words = ["--token", "t", "--label", "on token", "--id", "01", "--pin", "1234"]
    found._run([tool, "--import", str(pair.path), *words], env)
    return found


def test_a_token_s_key_in_an_agent_is_known_like_any_other(
    token: Token,
    keys: KeyMaker,
    home: Path,
    start_agent: Callable[..., Agent],
    make_machine: Callable[..., Machine],
) -> None:
    stranger = keys.make(home / ".ssh", "stranger")
    (home / ".ssh" / "card.pub").write_bytes(token.public)
    agent = start_agent(stranger.path)
    token.load_into(agent)
    config = home / ".ssh" / "config"
    config.write_text(f"IdentityFile {home}/.ssh/card.pub\nIdentityAgent {agent.socket}\n")
    machine = make_machine(config=str(config))

    plan = make_plan(gather(machine, LINE))

    assert [(offer.path.rsplit("/", 1)[-1], offer.via) for offer in plan.offers] == [
        ("card.pub", "agent"),
        (stranger.public_path.read_text().split(" ", 2)[2].strip(), "agent"),
    ]
    assert plan.offers[0].explicit and plan.offers[0].usable
    assert witness.compare(plan, witness.testimony(machine, LINE)) == ()


def test_a_token_that_ssh_itself_loads_is_said_to_be_unknown(
    token: Token, keys: KeyMaker, home: Path, make_machine: Callable[..., Machine]
) -> None:
    pair = keys.make(home / ".ssh", "work")
    config = home / ".ssh" / "config"
    config.write_text(f"PKCS11Provider {token.module}\nIdentityFile {pair.path}\n")
    machine = make_machine(config=str(config), env={"SOFTHSM2_CONF": token.env["SOFTHSM2_CONF"]})

    plan = make_plan(gather(machine, LINE))

    assert [offer.path for offer in plan.offers] == [str(pair.path)]
    assert any("PKCS11Provider" in note for note in plan.notes)
    assert witness.compare(plan, witness.testimony(machine, LINE)) == ()


def test_what_only_ssh_finds_on_a_token_is_no_difference() -> None:
    seen = witness.read_testimony(
        "debug1: Offering public key: on token RSA SHA256:" + "a" * 43 + " token agent\n"
        "debug1: Offering public key: /k ED25519 SHA256:" + "b" * 43 + " explicit\n"
    )

    assert [one.token for one in seen.offered] == [True, False]
    assert seen.offered[0].agent and seen.offered[1].explicit
