"""What is gathered from homes good and bad; nothing that is found raises."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker

from sshwizard.gather import gather
from sshwizard.machine.machine import Machine
from sshwizard.model.config import CommandLine
from sshwizard.model.facts import Facts
from sshwizard.plan import make_plan

LINE = CommandLine(destination="host")


def looked(machine: Machine, *extra: str) -> Facts:
    return gather(machine, LINE, extra_keys=extra)


def key_names(facts: Facts) -> list[str]:
    return sorted(os.path.relpath(file.path, f"{facts.environment.home}/.ssh") for file in facts.key_files)


def test_keys_are_found_by_content(keys: KeyMaker, home: Path, machine: Machine) -> None:
    folder = home / ".ssh"
    keys.make(folder, "work")
    keys.make(folder, "strange name.txt", type="rsa", bits=2048, form="PEM").public_path.unlink()
    keys.make(folder / "clients", "acme")
    keys.make(folder / "clients" / "deep", "hidden")
    for name in ("known_hosts", "config", "authorized_keys", "notes"):
        (folder / name).write_text("# nothing\n")

    assert key_names(looked(machine)) == [
        "clients/acme",
        "clients/acme.pub",
        "strange name.txt",
        "work",
        "work.pub",
    ]


def test_the_keys_of_hosts_are_nobodys_own_under_any_name(
    keys: KeyMaker, home: Path, machine: Machine
) -> None:
    folder = home / ".ssh"
    pair = keys.make(folder, "work")
    for name in ("hosts", "gone", "key-less"):
        (folder / name).write_text(f"{pair.line}\n")
    (folder / "config").write_text(
        f"UserKnownHostsFile {folder}/hosts\nRevokedHostKeys {folder}/gone\nIdentityFile {folder}/key-less\n"
    )

    assert key_names(looked(machine)) == ["key-less", "work", "work.pub"]


def test_pairs_and_agents_join_to_identities(
    keys: KeyMaker,
    home: Path,
    start_agent: Callable[..., Agent],
    make_machine: Callable[..., Machine],
    tmp_path: Path,
) -> None:
    pair = keys.make(home / ".ssh", "work", passphrase="secret", comment="joe")
    held = keys.make(tmp_path, "elsewhere")
    agent = start_agent(held.path)

    facts = looked(make_machine(env={"SSH_AUTH_SOCK": agent.socket}))

    work, elsewhere = facts.identities
    assert (work.private_path, work.public_path) == (str(pair.path), str(pair.public_path))
    assert (work.encrypted, work.usable_private, work.public.comment, work.agents) == (True, True, "joe", ())
    assert (elsewhere.private_path, elsewhere.agents) == (None, (agent.socket,))
    assert elsewhere.name == "elsewhere"


def test_an_encrypted_pem_key_is_joined_with_the_pub_beside_it(
    keys: KeyMaker, home: Path, machine: Machine
) -> None:
    keys.make(home / ".ssh", "old", type="rsa", bits=2048, form="PEM", passphrase="secret")

    (identity,) = looked(machine).identities

    assert (identity.has_private, identity.encrypted, identity.format) == (True, True, "pem")


def test_a_pub_of_another_pair_is_named(keys: KeyMaker, home: Path, machine: Machine) -> None:
    pair, other = keys.make(home / ".ssh", "work"), keys.make(home / ".ssh", "other")
    pair.public_path.write_text(other.line + "\n")

    found = {file.path: [problem.id for problem in file.problems] for file in looked(machine).key_files}

    assert found[str(pair.path)] == ["pair-mismatch"]
    assert found[str(other.path)] == []


def test_exchanged_halves_are_named(keys: KeyMaker, home: Path, machine: Machine) -> None:
    pair = keys.make(home / ".ssh", "work")
    private, public = pair.path.read_bytes(), pair.public_path.read_bytes()
    pair.path.write_bytes(public)
    pair.public_path.write_bytes(private)
    pair.public_path.chmod(0o600)

    ids = [problem.id for file in looked(machine).key_files for problem in file.problems]

    assert ids == ["public-in-private-file", "private-in-public-file"]


def test_files_and_agents_that_the_configuration_names_anywhere_are_looked_at(
    keys: KeyMaker,
    home: Path,
    start_agent: Callable[..., Agent],
    machine: Machine,
    tmp_path: Path,
) -> None:
    pair, held = keys.make(tmp_path, "work"), keys.make(tmp_path, "held")
    agent = start_agent(held.path)
    (home / ".ssh").mkdir()
    (home / ".ssh" / "config").write_text("Include more\nHost a\n")
    more = f"Host other\n  IdentityFile {pair.path}\n  IdentityAgent {agent.socket}\n"
    (home / ".ssh" / "more").write_text(more)

    facts = looked(machine)

    assert str(pair.path) in [file.path for file in facts.key_files]
    assert [agent.where for agent in facts.agents] == [agent.socket]
    assert {f"{home}/.ssh/config", f"{home}/.ssh/more"} <= {seen.path for seen in facts.config_files}


def test_a_key_named_by_the_user_is_looked_at(keys: KeyMaker, tmp_path: Path, machine: Machine) -> None:
    pair = keys.make(tmp_path, "away")

    facts = looked(machine, str(pair.path))

    assert [identity.private_path for identity in facts.identities] == [str(pair.path)]


def bad_homes() -> dict[str, Callable[[Path], None]]:
    def folder(home: Path) -> Path:
        (home / ".ssh").mkdir(mode=0o700)
        return home / ".ssh"

    return {
        "no .ssh": lambda home: None,
        ".ssh is a file": lambda home: (home / ".ssh").write_text("not a folder"),
        ".ssh is a dead link": lambda home: (home / ".ssh").symlink_to(home / "nowhere"),
        ".ssh is a loop": lambda home: (home / ".ssh").symlink_to(home / ".ssh"),
        "folder named id_rsa": lambda home: (folder(home) / "id_rsa").mkdir(),
        "empty key": lambda home: (folder(home) / "id_rsa").touch(),
        "FIFO": lambda home: os.mkfifo(folder(home) / "id_ed25519"),
        "link to itself": lambda home: (folder(home) / "id_rsa").symlink_to("id_rsa"),
        "link to /dev/zero": lambda home: (folder(home) / "id_rsa").symlink_to("/dev/zero"),
        "binary config": lambda home: (folder(home) / "config").write_bytes(bytes(range(256)) * 100),
        "config is a folder": lambda home: (folder(home) / "config").mkdir(),
        "config is a FIFO": lambda home: os.mkfifo(folder(home) / "config"),
        "odd names": lambda home: (folder(home) / b"id_\xff\n\x1b".decode(errors="surrogateescape")).touch(),
        "huge key": lambda home: (folder(home) / "id_rsa").write_bytes(b"x" * 9_000_000),
        "known_hosts is a folder": lambda home: (folder(home) / "known_hosts").mkdir(),
    }


@pytest.mark.parametrize("name", bad_homes())
def test_a_bad_home_is_a_fact(name: str, home: Path, machine: Machine) -> None:
    bad_homes()[name](home)

    facts = looked(machine)
    plan = make_plan(facts)

    assert facts.identities == ()
    assert all(offer.public is None for offer in plan.offers)


def test_no_home_at_all(make_machine: Callable[..., Machine]) -> None:
    facts = looked(make_machine(home="/nonexistent/home", cwd="/"))
    nobody = looked(dataclasses.replace(make_machine(cwd="/"), home="", account_home="", user_config=None))

    assert "does not exist" in facts.problems[0]
    assert "no home" in nobody.problems[0]
    assert nobody.ssh_folder.kind == "missing"


def test_neither_ssh_nor_git(make_machine: Callable[..., Machine], home: Path) -> None:
    (home / ".git").mkdir()

    facts = looked(make_machine(env={"PATH": str(home)}, ssh=""))

    assert facts.ssh_version == ""
    assert facts.git.problem
    assert any("newest" in problem for problem in facts.problems)


def test_gathering_changes_nothing(keys: KeyMaker, home: Path, machine: Machine) -> None:
    keys.make(home / ".ssh", "work")
    before = {path: (path.stat().st_mtime_ns, path.stat().st_mode) for path in home.rglob("*")}

    make_plan(looked(machine))

    assert {path: (path.stat().st_mtime_ns, path.stat().st_mode) for path in home.rglob("*")} == before


def test_own_addresses_are_asked_for_only_when_the_configuration_speaks_of_them(
    home: Path, machine: Machine
) -> None:
    (home / ".ssh").mkdir()
    without = looked(machine).environment.local_addresses
    (home / ".ssh" / "config").write_text("Match localnetwork 127.0.0.0/8\n")

    assert without == ()
    assert "127.0.0.1" in looked(machine.fresh()).environment.local_addresses


def repository(folder: Path, **remotes: str) -> Path:
    folder.mkdir(exist_ok=True)
    subprocess.run(["git", "init", "-q", folder], check=True, timeout=20)
    for name, url in remotes.items():
        subprocess.run(["git", "-C", folder, "remote", "add", name, url], check=True, timeout=20)
    return folder


def test_remotes_are_seen_after_instead_of(home: Path, make_machine: Callable[..., Machine]) -> None:
    folder = repository(home / "app", origin="gh:team/app.git", site="https://example.org/app.git")
    (home / ".gitconfig").write_text('[url "git@github.com:"]\n  insteadOf = gh:\n')

    git = looked(make_machine(cwd=folder)).git

    assert git.folder == str(folder)
    assert [(remote.name, remote.transport, remote.user, remote.host) for remote in git.remotes] == [
        ("origin", "ssh", "git", "github.com"),
        ("site", "https", None, "example.org"),
    ]


def test_the_ssh_that_git_runs(home: Path, make_machine: Callable[..., Machine]) -> None:
    folder = repository(home / "app", origin="git@github.com:team/app.git")
    subprocess.run(["git", "-C", folder, "config", "core.sshCommand", "ssh -i /k"], check=True, timeout=20)

    configured = looked(make_machine(cwd=folder)).git
    environment = looked(make_machine(cwd=folder, env={"GIT_SSH_COMMAND": "ssh -v"})).git

    assert configured.ssh_command == "ssh -i /k"
    assert str(configured.ssh_command_source) == f"{folder}/.git/config:{_line(folder, 'sshCommand')}"
    assert (environment.ssh_command, str(environment.ssh_command_source)) == ("ssh -v", "GIT_SSH_COMMAND")


def _line(folder: Path, word: str) -> int:
    lines = (folder / ".git" / "config").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if word in line)
