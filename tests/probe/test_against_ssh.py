"""Which key ssh logs in with, or after how many it is thrown out: generated scenarios, the real ssh as oracle."""

from __future__ import annotations

import random
import re
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker, Pair
from servers.namespace import RealSsh
from servers.running import wait_for
from servers.sshd import Sshd

from sshwizard import check
from sshwizard.machine.machine import Machine
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Transcript
from sshwizard.probe import probe

MakeMachine = Callable[..., Machine]

DEFAULTS = {"ed25519": "id_ed25519", "ecdsa": "id_ecdsa", "rsa": "id_rsa"}
STATES = ("pair", "pair", "pair", "pair", "no pub", "pub only", "open mode", "encrypted", "pem", "gone")
PASSPHRASE = "correct horse"


class Scenario:
    """One generated home, agent and server."""

    def __init__(self, seed: int, keys: KeyMaker, folder: Path) -> None:
        self.rng = rng = random.Random(seed)
        self.home = folder / f"home{seed}"
        self.ssh_folder = self.home / ".ssh"
        self.ssh_folder.mkdir(mode=0o700, parents=True)
        names = rng.sample([f"key{number}" for number in range(9)], rng.randint(1, 8))
        self.pairs = [self._make(keys, name) for name in names]
        self.accepted = rng.sample(self.pairs, min(len(self.pairs), rng.choice((0, 1, 1, 1, 2))))
        self.in_agent = [pair for pair in self.pairs if rng.random() < 0.35] if rng.random() < 0.6 else []
        self.max_tries = rng.randint(2, 8)
        self.named = [pair for pair in self.pairs if rng.random() < 0.8]
        rng.shuffle(self.named)
        self.identities_only = rng.random() < 0.4

    def _make(self, keys: KeyMaker, name: str) -> Pair:
        kind = self.rng.choice(("ed25519", "ed25519", "ed25519", "ecdsa", "rsa"))
        return keys.make(self.ssh_folder, name, type=kind, key=f"{name}-{kind}", comment="")

    def spoil(self, keys: KeyMaker) -> None:
        """Bring the files into the states that people have; after the agent was filled."""
        for pair in self.pairs:
            kind = pair.type.removeprefix("ssh-").split("-")[0]
            match self.rng.choice(STATES):
                case "no pub":
                    pair.public_path.unlink()
                case "pub only":
                    pair.path.unlink()
                case "open mode":
                    pair.path.chmod(0o644)
                case "encrypted":
                    self._with_passphrase(pair, "RFC4716")
                case "pem" if kind in ("rsa", "ecdsa"):
                    self._with_passphrase(pair, "PEM", "")
                    pair.public_path.unlink()
                case "gone":
                    pair.path.unlink()
                    pair.public_path.unlink()

    def _with_passphrase(self, pair: Pair, form: str, phrase: str = PASSPHRASE) -> None:
        argv = ["ssh-keygen", "-q", "-p", "-P", "", "-N", phrase, "-m", form, "-f", str(pair.path)]
        subprocess.run(argv, check=True, capture_output=True, timeout=30)

    def write_config(self, server: Sshd, agent: str) -> None:
        lines = [f"IdentityFile ~/.ssh/{pair.path.name}" for pair in self.named]
        lines += ["IdentitiesOnly yes"] if self.identities_only else []
        lines += [f"IdentityAgent {agent or 'none'}"]
        known = self.ssh_folder / "known_hosts"
        known.write_text(server.known_hosts_line)
        (self.ssh_folder / "config").write_text(server.config_block("server", *lines))


def ssh_meets(scenario: Scenario) -> str:
    """Return what the real ssh, with somebody who knows the passphrases, ends with."""
    askpass = scenario.home / "askpass"
    askpass.write_text(f"#!/bin/sh\necho '{PASSPHRASE}'\n")
    askpass.chmod(0o755)
    env = {"SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force"}
    said = RealSsh(scenario.home, env).run(["ssh", "-v", "-T", "server", "true"]).said
    if "Authenticated to" in said:
        sent = re.findall(
            r"^debug1: (?:Server accepts key: .*(SHA256:\S+)|Trying private key: (\S+))", said, re.M
        )
        fingerprint, path = sent[-1]
        return f"logged in with {fingerprint or Path(path).name}"
    return "thrown out" if "Too many authentication failures" in said else "denied"


def we_say(plan: Plan, seen: Transcript) -> str:
    if seen.ssh_outcome == "accepted" and seen.ssh_key is not None:
        answer = next(a for a in seen.answers if a.public == seen.ssh_key and a.state == "accepted")
        offer = next(offer for offer in plan.offers if offer.position == answer.planned)
        # ssh names a key that it had to open by its file, not by its fingerprint.
        return f"logged in with {Path(offer.path).name if offer.kind == 'private' else answer.public.fingerprint}"
    words = {"thrown_out": "thrown out", "refused": "denied", "no_key": "denied"}
    return words.get(seen.ssh_outcome, seen.ssh_outcome)


def listens(agent: Agent) -> bool:
    with socket.socket(socket.AF_UNIX) as trial:
        return trial.connect_ex(agent.socket) == 0


def differences(seeds: range, keys: KeyMaker, make_machine: MakeMachine, folder: Path) -> list[str]:
    wrong = []
    for seed in seeds:
        scenario = Scenario(seed, keys, folder)
        allowed = {pair.path.name: [pair.line] for pair in scenario.accepted}
        server = Sshd(folder / f"sshd{seed}", allowed, max_auth_tries=scenario.max_tries)
        with server, Agent() as agent:
            wait_for(lambda: listens(agent), "agent listening")
            agent.add(*(pair.path for pair in scenario.in_agent))
            scenario.spoil(keys)
            scenario.write_config(server, agent.socket if scenario.in_agent else "")
            machine = make_machine(home=scenario.home)
            facts, plan = check.run_plan(machine, check.Request(typed="server"))
            seen = probe(machine, facts, plan)
            ours, theirs = we_say(plan, seen), ssh_meets(scenario)
            if "Trying" in theirs or ours != theirs:
                offers = [(offer.path, offer.kind, offer.via, offer.usable) for offer in plan.offers]
                answers = [(answer.planned, answer.state) for answer in seen.answers]
                wrong.append(f"seed {seed}: we {ours}; ssh {theirs}; {seen.try_limit=} {offers} {answers}")
    return wrong


def test_the_outcome_is_the_one_that_ssh_meets(
    keys: KeyMaker, make_machine: MakeMachine, tmp_path: Path
) -> None:
    assert differences(range(12), keys, make_machine, tmp_path) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_outcome_is_the_one_that_ssh_meets_in_many_scenarios(
    keys: KeyMaker, make_machine: MakeMachine, tmp_path: Path
) -> None:
    assert differences(range(1000, 1300), keys, make_machine, tmp_path) == []
