"""`whoami`: the matrix of keys and hosts, asked of real servers; nobody is shown a key without consent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from probe import making
from probe.misbehaving import hold, serving
from servers.keys import KeyMaker, Pair
from servers.running import free_port
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine
from sshwizard.machine.network import Address
from sshwizard.model.identity import Identity
from sshwizard.probe.matrix import strangers, who_knows
from sshwizard.report import matrix
from sshwizard.report.columns import Style


@dataclass(frozen=True)
class Two:
    """Two hosts in the configuration: `alpha` knows `work` as joe, `beta` knows both keys as two accounts."""

    home: Path
    work: Pair
    old: Pair
    alpha: Sshd
    beta: Sshd
    config: Path


@pytest.fixture
def two(home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> Two:
    work, old = keys.make(home / ".ssh", "work"), keys.make(home / ".ssh", "id_ed25519")
    alpha = start_sshd({"joe": [work.line]})
    beta = start_sshd({"jane": [old.line], "joe": [work.line]})
    known = home / ".ssh" / "known_hosts"
    known.write_text(alpha.known_hosts_line + beta.known_hosts_line)
    config = home / ".ssh" / "config"
    named = f"IdentityFile {work.path}"
    blocks = (
        alpha.config_block("alpha", named, known_hosts=known),
        beta.config_block("beta", known_hosts=known),
    )
    config.write_text("\n".join(blocks))
    config.chmod(0o600)
    return Two(home, work, old, alpha, beta, config)


def test_every_key_is_asked_at_every_host_of_this_machine(run, two: Two) -> None:
    answer = run("whoami", "--json")
    hosts = {one["host"]: one for one in answer.object["hosts"]}

    assert answer.code == 0
    assert list(hosts) == ["alpha", "beta"]
    assert hosts["alpha"]["keys"] == {two.work.fingerprint: "accepted", two.old.fingerprint: "refused"}
    assert hosts["beta"]["keys"] == {two.work.fingerprint: "accepted", two.old.fingerprint: "accepted"}
    assert [one["account"] for one in hosts.values()] == ["joe", "jane"]
    assert [one["accepted"] for one in hosts.values()] == [two.work.fingerprint, two.old.fingerprint]
    assert {key["path"] for key in answer.object["keys"]} == {str(two.work.path), str(two.old.path)}
    assert "1 host to go" in answer.err and "all asked" in answer.err


def test_the_table_fits_a_page(run, two: Two) -> None:
    answer = run("whoami")
    lines = answer.out.splitlines()

    assert answer.code == 0
    assert max(map(len, lines)) <= 80
    assert any(line.split() == ["1", "alpha", "joe", "work"] for line in lines), answer.out
    assert any(line.split() == ["2", "beta", "jane", "id_ed25519"] for line in lines), answer.out
    assert any(line.split() == ["work", "uses", "yes"] for line in lines), answer.out
    assert any(line.split() == ["id_ed25519", "no", "uses"] for line in lines), answer.out


def test_without_a_login_no_account_is_known_and_nothing_is_signed(run, two: Two) -> None:
    answer = run("whoami", "alpha", "--no-login", "--json")

    assert answer.object["hosts"][0]["account"] is None
    assert answer.object["hosts"][0]["accepted"] == two.work.fingerprint
    assert "Accepted publickey" not in two.alpha.log()


def test_a_host_that_is_down_does_not_hide_the_others(run, two: Two) -> None:
    with two.config.open("a") as config:
        config.write(f"\nHost gamma\n  HostName 127.0.0.1\n  Port {free_port()}\n")

    both, alone = run("whoami", "--json"), run("whoami", "gamma", "--json")

    gamma = both.object["hosts"][-1]
    assert (both.code, gamma["answered"], gamma["failure"]["code"]) == (0, False, "refused")
    assert alone.code == 3


def test_strangers_are_asked_with_consent_only(run_here, two: Two) -> None:
    with two.config.open("a") as config:
        config.write("\nHost forge\n  HostName forge.example\n")

    refused, agreed = run_here("whoami", "--json"), run_here("whoami", "--yes", "--no-login", "--json")

    assert refused.code == 5
    assert refused.object["error"]["code"] == "needs-confirmation"
    assert "--yes" in refused.object["error"]["hint"] and "forge" in refused.object["error"]["message"]
    assert "alpha" not in refused.object["error"]["message"]
    assert agreed.code == 0
    assert [one["host"] for one in agreed.object["hosts"]] == ["alpha", "beta", "forge"]


def test_a_service_in_known_hosts_is_asked_under_its_login_name(run_here, two: Two) -> None:
    with (two.home / ".ssh" / "known_hosts").open("a") as known:
        known.write(f"github.com,140.82.121.3 {two.old.line}\n[ssh.github.com]:443 {two.old.line}\n")

    hosts = {one["host"]: one for one in run_here("whoami", "--json").object["hosts"]}

    assert hosts["github.com"]["user"] == "git"
    assert "140.82.121.3" not in hosts and "ssh://ssh.github.com:443" not in hosts


def test_ctrl_c_ends_it_at_once(home: Path, tmp_path: Path, keys: KeyMaker) -> None:
    keys.make(home / ".ssh", "id_ed25519")
    reached = threading.Event()

    def behave(connection: socket.socket) -> None:
        reached.set()
        hold(connection)

    with serving(behave) as port:
        (home / ".ssh" / "config").write_text(f"Host dumb\n  HostName 127.0.0.1\n  Port {port}\n")
        process = subprocess.Popen(
            [sys.executable, "-m", "sshwizard", "whoami"],
            env={**os.environ, "SSHWIZARD_HOME": str(home), "XDG_RUNTIME_DIR": str(tmp_path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert reached.wait(20)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=10)

    assert code == 130
    assert time.monotonic() - began < 1.0


def test_nobody_is_asked_without_a_key(run, home: Path) -> None:
    answer = run("whoami", "github", "--json")

    assert (answer.code, answer.object["error"]["code"]) == (3, "key-missing")


def routed(make_machine: Callable[..., Machine], server: Sshd, ip: str = "20.0.0.1") -> Machine:
    def resolve(_host: str, port: int, _family: int) -> tuple[Address, ...]:
        return (Address(socket.AF_INET, ip, port),)

    def connect(_address: Address, seconds: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", server.port), seconds)

    return make_machine(resolve=resolve, connect=connect)


def test_a_host_that_takes_any_key_is_shown_as_such(
    make_machine: Callable[..., Machine], keys: KeyMaker, start_sshd: Callable[..., Sshd], tmp_path: Path
) -> None:
    pair = keys.make(tmp_path, "work")
    machine = routed(make_machine, start_sshd({"joe": [pair.line]}))
    plan = making.plan([pair], 22, host="ssh.dev.azure.com")

    (row,) = who_knows(machine, making.facts(machine), [plan], keys=[making.public_of(pair)])
    met = matrix.Met(name="azure", plan=plan, transcript=row.transcript)

    assert matrix.cell(met, making.public_of(pair)) == "any"
    assert matrix.fields(met, [identity(pair)])["accepts_any_key"] is True
    page = "\n".join(matrix.page([met], [identity(pair)], Style(width=80)))
    assert "azure says yes to any key at first" in page


def test_private_places_and_services_are_no_strangers(
    make_machine: Callable[..., Machine], start_sshd: Callable[..., Sshd]
) -> None:
    server = start_sshd({})
    plans = [making.plan([], 22, host=host) for host in ("github.com", "forge.example")]
    behind = making.plan([], 22, host="inner.example", options={"proxyjump": "bastion"})

    outside = strangers(routed(make_machine, server), [*plans, behind])
    inside = strangers(routed(make_machine, server, "10.1.2.3"), [*plans, behind])

    assert outside == (plans[1], behind)
    assert inside == (behind,)


def test_many_hosts_and_long_names_stay_on_the_page(
    make_machine: Callable[..., Machine], keys: KeyMaker, start_sshd: Callable[..., Sshd], tmp_path: Path
) -> None:
    pair = keys.make(tmp_path, "a-key-with-a-name-that-goes-on-and-on-for-more-than-a-line-of-a-page")
    machine = make_machine()
    plan = making.plan([pair], start_sshd({"joe": [pair.line]}).port)
    (row,) = who_knows(machine, making.facts(machine), [plan])
    met = [
        matrix.Met(name=f"host-{n}.a-long-domain.example", plan=plan, transcript=row.transcript)
        for n in range(19)
    ]

    lines = list(matrix.page(met, [identity(pair)], Style(width=80)))

    assert max(map(len, lines)) <= 80


def identity(pair: Pair) -> Identity:
    return Identity(
        public=making.public_of(pair),
        private_path=str(pair.path),
        public_path=str(pair.public_path),
        format="openssh",
        has_private=True,
        encrypted=False,
        usable_private=True,
        mode=0o600,
        mtime=0.0,
        agents=(),
    )
