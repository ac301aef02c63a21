"""After a proposed edit the real ssh sends the wanted key first, and for every other host does as before."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker
from servers.namespace import RealSsh, account_home
from servers.sshd import Sshd

from sshwizard import apply, check
from sshwizard.errors import UsageError
from sshwizard.machine.machine import Machine

KEYS = ("home", "work", "third", "fourth")
HOSTS = ("github.com", "gitlab.com", "a.corp.example", "b.corp.example")
HEADERS = (
    "Host *",
    "Host github.com",
    "Host gitlab.com",
    "Host git*.com",
    "Host *.corp.example",
    "Host github.com gitlab.com",
    "Host * !b.corp.example",
    "Match originalhost github.com,*.corp.example",
    "Match all",
    "Match user git",
)
OPTIONS = (
    "Include config.d/*",
    *(f"IdentityFile ~/.ssh/{name}" for name in KEYS),
    "IdentitiesOnly yes",
    "IdentitiesOnly no",
    "ServerAliveInterval 60",
    "ForwardAgent no",
    "User git",
    "Compression yes",
    "# a comment",
    "",
)


@dataclass
class World:
    """A generated home."""

    home: Path
    machine: Machine
    ssh: RealSsh
    port: int
    stranger: str
    """Fingerprint of a key that is in no file of the home."""
    agent_has_stranger: bool

    def contents(self) -> dict[str, bytes]:
        folder = self.home / ".ssh"
        return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    @property
    def config(self) -> Path:
        return self.home / ".ssh" / "config"

    def offers(self, host: str) -> list[str]:
        """What the real ssh sends to `host`, in its order: fingerprints, or paths of keys it would sign with."""
        fixed = ("HostName=127.0.0.1", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")
        arguments = ["-p", str(self.port), *(word for option in fixed for word in ("-o", option))]
        said = self.ssh.ssh("-v", *arguments, host, "true").err
        attempts = [line.split() for line in re.findall(r"^debug1: Will attempt key: (.*)$", said, re.M)]
        return [sent for words in attempts if (sent := self._sent(words))]

    def _sent(self, words: list[str]) -> str:
        fingerprint = next((word for word in words if word.startswith("SHA256:")), "")
        path = words[0].replace(account_home(), str(self.home), 1)
        return fingerprint or (path if Path(path).exists() else "")

    def options(self, host: str) -> str:
        return self.ssh.ssh("-G", host).out


def a_config(random: random.Random) -> str:
    lines: list[str] = random.choices(OPTIONS, k=random.choice([0, 0, 1, 2]))
    for _number in range(random.randint(0, 4)):
        indent = random.choice(["    ", "\t", ""])
        lines += [random.choice(HEADERS)]
        lines += [indent + option for option in random.choices(OPTIONS, k=random.randint(0, 4))]
    eol = random.choice(["\n", "\n", "\r\n"])
    return eol.join(lines) + random.choice([eol, eol, ""])


@pytest.fixture
def worlds(
    tmp_path: Path,
    keys: KeyMaker,
    make_machine: Callable[..., Machine],
    start_sshd: Callable[..., Sshd],
    start_agent: Callable[..., Agent],
) -> Callable[[random.Random], World]:
    server = start_sshd({}, max_auth_tries=20)

    def make(random: random.Random) -> World:
        home = tmp_path / "home"
        shutil.rmtree(home, ignore_errors=True)
        folder = home / ".ssh"
        folder.mkdir(parents=True, mode=0o700)
        for name in KEYS:
            pair = keys.make(folder, name)
            if name != "work" and random.random() < 0.2:
                pair.public_path.unlink()
        loaded = a_choice(random)
        agent = start_agent(*(keys.make(tmp_path / "loaded", name).path for name in loaded))
        if random.random() < 0.3:
            (folder / "config.d").mkdir(mode=0o700)
            write(folder / "config.d" / "more", a_config(random))
        if random.random() < 0.9:
            write(folder / "config", a_config(random))
        if random.random() < 0.2:
            keys.make(folder, "third", form="PEM", type="ecdsa").public_path.unlink()
        env = {"SSH_AUTH_SOCK": agent.socket} if random.random() < 0.85 else {}
        return World(
            home=home,
            machine=make_machine(home=home, env=env),
            ssh=RealSsh(home, env),
            port=server.port,
            stranger=keys.make(tmp_path / "loaded", "stranger").fingerprint,
            agent_has_stranger=bool(env) and "stranger" in loaded,
        )

    return make


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
    path.chmod(0o600)


def a_choice(random: random.Random) -> list[str]:
    names = [*KEYS, "stranger", "foreigner"]
    return random.sample(names, random.randint(0, 4))


def seeds(count: int) -> Iterator[int]:
    start = int(os.environ.get("PYTEST_SEED", "20261121"))
    yield from range(start, start + count)


def walk(world: World, random: random.Random) -> None:
    """Propose, apply, look with the real ssh, take back."""
    host = random.choice(HOSTS)
    wanted = random.choice(("work", "work", "third", "stranger"))
    others = [name for name in HOSTS if name != host]
    before = world.contents()
    if wanted == "stranger":
        wanted = world.stranger if world.agent_has_stranger else "work"
    try:
        facts, _plan, fixes = check.propose_for(
            world.machine.fresh(), check.Request(typed=host, wanted=wanted)
        )
    except UsageError:
        assert world.ssh.ssh("-G", host).status == 255
        return
    mine = check.wanted_identity(world.machine, facts, wanted)
    assert mine is not None
    looked = {name: (world.options(name), world.offers(name)) for name in others}
    fix = fixes[0] if fixes else None
    announced = {effect.host for effect in fix.affects_hosts} if fix else set()

    if fix:
        apply.apply_fix(world.machine, fix)
    story = (before, host, wanted, world.contents())

    now = world.offers(host)
    assert now[:1] in ([mine.fingerprint], [str(world.home / ".ssh" / wanted)]), (*story, now)
    for name in others:
        if name not in announced:
            assert (world.options(name), world.offers(name)) == looked[name], (*story, name)
    if fix:
        apply.undo(world.machine)
    assert world.contents() == before


@pytest.mark.parametrize("seed", seeds(6))
def test_proposals_hold_for_generated_homes(seed: int, worlds: Callable[[random.Random], World]) -> None:
    chance = random.Random(seed)

    walk(worlds(chance), chance)


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(300))
def test_proposals_hold_for_many_generated_homes(seed: int, worlds: Callable[[random.Random], World]) -> None:
    chance = random.Random(seed * 7919)

    walk(worlds(chance), chance)
