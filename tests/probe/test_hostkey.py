"""The host key: what ssh itself decides for the same known_hosts file is the oracle."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from probe import making
from servers.keys import KeyMaker, Pair
from servers.sshd import Sshd

from sshwizard.hosts import book
from sshwizard.machine.machine import Machine
from sshwizard.machine.network import Address
from sshwizard.model.identity import PublicKey
from sshwizard.model.transcript import Transcript
from sshwizard.openssh import known_hosts
from sshwizard.probe import hostkey, probe

StartSshd = Callable[..., Sshd]


@dataclass(frozen=True)
class Ground:
    """A server with host keys of three types and a host certificate, and keys that are not its own."""

    server: Sshd
    own: tuple[Pair, ...]
    foreign: tuple[Pair, ...]
    authority: Pair
    user_key: Pair


@pytest.fixture(scope="module")
def ground(keys: KeyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("hostkeys")
    own = tuple(keys.make(folder, f"host_{kind}", type=kind) for kind in ("ed25519", "ecdsa", "rsa"))
    foreign = tuple(keys.make(folder, f"other_{kind}", type=kind) for kind in ("ed25519", "ecdsa", "rsa"))
    authority = keys.make(folder, "authority")
    argv = ["ssh-keygen", "-q", "-s", str(authority.path), "-h", "-I", "host", "-n", "127.0.0.1,alias"]
    subprocess.run([*argv, str(own[0].public_path)], check=True, timeout=20)
    extra = [f"HostKey {pair.path}" for pair in own]
    extra.append(f"HostCertificate {own[0].path}-cert.pub")
    with Sshd(folder / "sshd", {}, extra=extra, host_key_types=()) as server:
        yield Ground(server, own, foreign, authority, keys.make(folder, "user"))


def ask(machine: Machine, ground: Ground, file: Path, options: dict[str, str] | None = None) -> Transcript:
    plan = making.plan([ground.user_key], ground.server.port, options=options)
    return probe(machine, making.facts(machine, known_hosts=[file]), plan)


def ssh_says(ground: Ground, file: Path, options: dict[str, str] | None = None) -> str:
    """Return the log of the real ssh."""
    given = {"UserKnownHostsFile": str(file), "GlobalKnownHostsFile": "/dev/null"}
    given |= {"StrictHostKeyChecking": "yes", **(options or {})}
    given |= {"BatchMode": "yes", "IdentityFile": "none", "IdentityAgent": "none"}
    argv = ["ssh", "-v", "-F", "none", "-p", str(ground.server.port)]
    for name, value in given.items():
        argv += ["-o", f"{name}={value}"]
    return subprocess.run(
        [*argv, "git@127.0.0.1", "true"], capture_output=True, text=True, timeout=20, check=False
    ).stderr


def ssh_decides(ground: Ground, file: Path, options: dict[str, str] | None = None) -> str:
    """Return what the real ssh finds: known, unknown, changed or revoked."""
    said = ssh_says(ground, file, options)
    if re.search(r"is known and matches|found matching key w/out port", said) and "SERVICE_ACCEPT" in said:
        return "known"
    # A certificate may be refused first and its plain key looked up then: the last word counts.
    revoked, changed = said.rfind("REVOKED HOST KEY"), said.rfind("IDENTIFICATION HAS CHANGED")
    if max(revoked, changed) >= 0:
        return "revoked" if revoked > changed else "changed"
    assert "host key is known for" in said, said
    return "unknown"


def generated_file(ground: Ground, rng: random.Random) -> str:
    port = ground.server.port
    names = (
        f"[127.0.0.1]:{port}",
        f"[127.0.0.1]:{port}",
        "127.0.0.1",
        "[*]:*",
        "alias",
        "[127.0.0.1]:1",
        "other",
    )
    pairs = (*ground.own, *ground.foreign, ground.authority)
    lines = []
    for _number in range(rng.randint(0, 5)):
        name = rng.choice(names)
        if rng.random() < 0.3 and "*" not in name:
            name = known_hosts.hashed_name(name, rng.randbytes(20))
        elif rng.random() < 0.1:
            name = f"!{name},*"
        pair = rng.choice(pairs)
        marker = rng.choice(("", "", "", "", "", "@revoked "))
        if pair is ground.authority:
            marker = rng.choice(("@cert-authority ", "@cert-authority ", "@revoked ", ""))
        lines.append(f"{marker}{name} {' '.join(pair.line.split()[:2])}\n")
    return "".join(lines)


def differences(machine: Machine, ground: Ground, seeds: range, tmp_path: Path) -> list[str]:
    wrong = []
    for seed in seeds:
        rng = random.Random(seed)
        file = tmp_path / f"known_hosts_{seed}"
        file.write_text(generated_file(ground, rng))
        options = {"HostKeyAlias": "alias"} if rng.random() < 0.2 else {}
        seen = ask(machine, ground, file, {name.lower(): value for name, value in options.items()})
        ours = seen.host_key.state if seen.host_key else "not seen"
        theirs = ssh_decides(ground, file, options)
        if ours != theirs:
            wrong.append(f"seed {seed}: we {ours}, ssh {theirs}\n{file.read_text()}")
    return wrong


def test_generated_files_are_judged_as_ssh_judges(machine: Machine, ground: Ground, tmp_path: Path) -> None:
    assert differences(machine, ground, range(15), tmp_path) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_generated_files_are_judged_as_ssh_judges(
    machine: Machine, ground: Ground, tmp_path: Path
) -> None:
    assert differences(machine, ground, range(1000, 1300), tmp_path) == []


@pytest.mark.parametrize(
    ("strict", "goes_on", "records", "check"),
    [
        ("yes", False, False, "failed"),
        ("ask", False, False, "failed"),
        ("accept-new", True, True, "warned"),
        ("no", True, False, "failed"),
    ],
)
def test_a_key_revoked_without_the_port_alone_is_warned_of_as_ssh_does(
    machine: Machine, ground: Ground, tmp_path: Path, strict: str, goes_on: bool, records: bool, check: str
) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("".join(f"@revoked 127.0.0.1 {pair.line}\n" for pair in ground.own))

    seen = ask(machine, ground, file, {"stricthostkeychecking": strict})
    log = ssh_says(ground, file, {"StrictHostKeyChecking": strict})

    assert "REVOKED HOST KEY DETECTED" in log
    assert ("SERVICE_ACCEPT received" in log, "Permanently added" in log) == (goes_on, records)
    layer = next(layer for layer in seen.checks if layer.id == "hostkey")
    assert (layer.state, layer.code) == (check, "hostkey-revoked-without-port")
    assert seen.host_key is not None and seen.host_key.where.startswith(f"{file}:")
    assert seen.host_key.state == ("unknown" if records else "revoked")


@pytest.mark.parametrize("where", ["authority", "key"])
def test_a_known_key_without_the_port_is_known_though_its_authority_is_revoked(
    machine: Machine, ground: Ground, tmp_path: Path, where: str
) -> None:
    pair = ground.authority if where == "authority" else ground.own[0]
    file = tmp_path / "known_hosts"
    file.write_text(f"@revoked 127.0.0.1 {pair.line}\n127.0.0.1 {ground.own[0].line}\n")
    options = {"HostKeyAlgorithms": "ssh-ed25519-cert-v01@openssh.com,ssh-ed25519"}

    seen = ask(machine, ground, file, {name.lower(): value for name, value in options.items()})

    assert seen.host_key is not None
    assert seen.host_key.public.certificate is not None
    assert seen.host_key.state == ssh_decides(ground, file, options)


def test_a_changed_host_key_ends_the_road_before_any_key_is_shown(
    machine: Machine, ground: Ground, tmp_path: Path
) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(
        known_hosts.line_for(f"[127.0.0.1]:{ground.server.port}", making.public_of(ground.foreign[0]))
    )
    before = ground.server.log()

    seen = ask(machine, ground, file)

    assert seen.first_failure is not None and seen.first_failure.code == "hostkey-changed"
    assert seen.host_key is not None and seen.host_key.where == f"{file}:1"
    assert [answer.state for answer in seen.answers] == ["not_reached"]
    assert "publickey" not in ground.server.log()[len(before) :]


def test_the_known_type_is_asked_for_first(machine: Machine, ground: Ground, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(
        known_hosts.line_for(f"[127.0.0.1]:{ground.server.port}", making.public_of(ground.own[2]))
    )

    seen = ask(machine, ground, file)

    assert seen.host_key is not None
    assert (seen.host_key.state, seen.host_key.public.type) == ("known", "ssh-rsa")


def test_an_unknown_host_on_a_public_address_is_not_asked_without_consent(
    machine: Machine, ground: Ground, make_machine: Callable[..., Machine], tmp_path: Path
) -> None:
    def resolve(_host: str, port: int, _family: int) -> tuple[Address, ...]:
        return (Address(2, "140.82.121.3", port),)

    def connect(address: Address, timeout: float) -> object:
        import socket

        return socket.create_connection(("127.0.0.1", address.port), timeout)

    elsewhere = make_machine(resolve=resolve, connect=connect)
    plan = making.plan([ground.user_key], ground.server.port, host="host.example")

    seen = probe(elsewhere, making.facts(elsewhere), plan, trust_unknown=False)
    willing = probe(elsewhere, making.facts(elsewhere), plan)

    assert [answer.state for answer in seen.answers] == ["not_reached"]
    assert [answer.state for answer in willing.answers] == ["refused"]
    assert [check.state for check in willing.checks if check.id == "hostkey"] == ["warned"]


def book_key(status: str) -> PublicKey | None:
    for key in book.host_keys("github.com"):
        if key.blob and key.status == status:
            return making.public_of(f"{key.type} {key.blob}")
    return None


def test_a_published_key_is_vouched_for_by_the_book(machine: Machine) -> None:
    published = book_key("current")
    assert published is not None

    seen = hostkey.look_up(making.facts(machine), making.effective(22, host="github.com"), published)

    assert seen.state == "published"
    assert published.fingerprint in seen.expected


def test_a_withdrawn_key_is_never_trusted(machine: Machine, tmp_path: Path) -> None:
    old = next(key for key in book.host_keys("github.com") if key.withdrawn)
    shown = making.public_of(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINelbTz8+aRNxxZpGs2robipEmRlQ8aXelpDrCdTzxAX"
    )
    assert old.fingerprint is not None
    import dataclasses

    shown = dataclasses.replace(shown, fingerprint=old.fingerprint)

    seen = hostkey.look_up(making.facts(machine), making.effective(22, host="github.com"), shown)

    assert seen.state == "withdrawn"
    assert hostkey.verdict_words(seen, "github.com")[0] == "failed"
