"""One identity per repository, proved with the real git and ssh."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker, Pair
from servers.namespace import RealSsh
from servers.sshd import Sshd

from sshwizard import apply, check, plan, propose
from sshwizard.machine.machine import Machine


class Desk:
    """A home with two accounts' keys at one server, the first named for it, and a repository that uses it."""

    def __init__(
        self, home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd], make: Callable[..., Machine]
    ) -> None:
        self.home, self._make, self.env = home, make, dict[str, str]()
        self.first, self.second = keys.make(home / ".ssh", "joe"), keys.make(home / ".ssh", "acme")
        self.server = start_sshd({"joe": [self.first.line], "acme": [self.second.line]})
        (self.server.repositories / "acme").mkdir()
        self.server.make_repository("acme/app.git")
        known = home / ".ssh" / "known_hosts"
        known.write_text(self.server.known_hosts_line)
        self.config = home / ".ssh" / "config"
        self.config.write_text(
            self.server.config_block("forge", f"IdentityFile {self.first.path}", known_hosts=known)
        )
        self.config.chmod(0o600)
        self.folder = home / "app"
        self.git("clone", "-q", "git@forge:acme/app.git", str(self.folder), cwd=home)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run git with the home bound over the account's, so paths under it are seen in both places."""
        real = RealSsh(self.home, self.env)
        command = f"ssh -F {self.config}"
        done = real.run(["git", *arguments], cwd=cwd or self.folder, env={"GIT_SSH_COMMAND": command})

        assert done.status == 0, done.said
        return done.out

    def machine(self) -> Machine:
        return self._make(cwd=self.folder, env=self.env)

    def who(self, url_host: str) -> str:
        said = RealSsh(self.home, self.env).ssh("-F", str(self.config), f"git@{url_host}").err
        return said.split("Hi ")[-1].split("!")[0]


@pytest.fixture
def desk(
    home: Path,
    keys: KeyMaker,
    start_sshd: Callable[..., Sshd],
    make_machine: Callable[..., Machine],
) -> Desk:
    return Desk(home, keys, start_sshd, make_machine)


def test_an_alias_for_a_second_account_leaves_the_first_alone(desk: Desk) -> None:
    machine = desk.machine()
    before = desk.config.read_bytes(), (desk.folder / ".git" / "config").read_bytes()
    _facts, _plan, fixes = check.propose_for(machine, check.Request(typed="origin", wanted="acme"))
    fix = fixes[-1]

    assert "forge-acme" in fix.title
    apply.apply_fix(machine, fix)
    assert desk.git("remote", "get-url", "origin").strip() == "git@forge-acme:acme/app.git"
    assert (desk.who("forge"), desk.who("forge-acme")) == ("joe", "acme")
    desk.git("fetch", "-q")
    apply.undo(machine)
    assert (desk.config.read_bytes(), (desk.folder / ".git" / "config").read_bytes()) == before


@pytest.mark.parametrize("loaded", [False, True])
def test_a_repository_gets_its_own_ssh_command(
    loaded: bool, desk: Desk, start_agent: Callable[..., Agent]
) -> None:
    if loaded:
        desk.env["SSH_AUTH_SOCK"] = start_agent(desk.first.path).socket
    machine = desk.machine()
    facts, _plan = check.run_plan(machine, check.Request(typed="origin"))
    mine = check.wanted_identity(machine, facts, "acme")
    assert mine is not None
    fix = propose.own_ssh_command(facts, mine, lambda line: plan.make_plan(facts, command_line=line), now={})
    assert fix is not None

    apply.apply_fix(machine, fix)

    command = desk.git("config", "core.sshCommand").split()
    assert ("IdentityAgent=none" in command) == loaded
    said = RealSsh(desk.home, desk.env).run([*command, "-F", str(desk.config), "git@forge"]).err
    assert "Hi acme!" in said
    apply.undo(machine)
    assert "sshCommand" not in (desk.folder / ".git" / "config").read_text()


def test_a_folder_of_repositories_gets_one_ssh_command(desk: Desk) -> None:
    machine = desk.machine()
    facts, _plan = check.run_plan(machine, check.Request(typed="origin"))
    mine = check.wanted_identity(machine, facts, "acme")
    assert mine is not None
    (desk.home / ".gitconfig").write_text("[user]\n\tname = Joe")
    fix = propose.own_ssh_command(
        facts,
        mine,
        lambda line: plan.make_plan(facts, command_line=line),
        now={},
        global_file=str(desk.home / ".gitconfig"),
        folder=str(desk.folder.parent / "app"),
    )
    assert fix is not None

    apply.apply_fix(machine, fix)

    env = {"HOME": str(desk.home), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"}
    seen = subprocess.run(
        ["git", "config", "core.sshCommand"], cwd=desk.folder, env=env, capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    assert seen.split()[:3] == ["ssh", "-i", str(desk.second.path)]
    apply.undo(machine)
    assert (desk.home / ".gitconfig").read_text() == "[user]\n\tname = Joe"


def test_commits_are_signed_and_verified(
    home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]
) -> None:
    pair: Pair = keys.make(home / ".ssh", "sign")
    folder = home / "app"
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    folder.mkdir()
    git("init", "-q")
    git("config", "user.name", "Joe")
    git("config", "user.email", "joe@example.org")
    before = (folder / ".git" / "config").read_bytes()
    machine = make_machine(cwd=folder, env={"HOME": str(home)})
    facts, _plan = check.run_plan(machine, check.Request(typed="host.invalid"))
    identity = next(one for one in facts.identities if one.private_path == str(pair.path))
    fix = propose.commit_signing(
        facts,
        identity,
        now={},
        allowed_signers=str(home / ".ssh" / "allowed_signers"),
        email="joe@example.org",
    )
    assert fix is not None

    apply.apply_fix(machine, fix)

    git("commit", "-q", "--allow-empty", "-m", "signed")
    assert 'Good "git" signature for joe@example.org' in git("log", "--show-signature", "-1")
    apply.undo(machine)
    assert (folder / ".git" / "config").read_bytes() == before
    assert not (home / ".ssh" / "allowed_signers").exists()
