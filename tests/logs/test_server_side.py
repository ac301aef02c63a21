"""A server of one's own refuses: the real sshd's words beside the real ssh's, read as one story."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from logs.inducing import Bench
from servers.agent import Agent
from servers.keys import KeyMaker
from servers.namespace import RealSsh
from servers.sshd import Sshd

from sshwizard.logs import read_files, read_log
from sshwizard.model.log import LogDiagnosis
from sshwizard.rules import diagnose_log

NOISE = (
    "Invalid user oracle from 203.0.113.9 port 4711",
    "Connection closed by invalid user oracle 203.0.113.9 port 4711 [preauth]",
    "User backup from 203.0.113.10 not allowed because account is locked",
    "Authentication refused: bad ownership or modes for directory /home/backup",
)
"""What strangers leave in the log of any server on the internet, in processes of their own."""


@pytest.fixture
def bench(
    home: Path,
    keys: KeyMaker,
    start_sshd: Callable[..., Sshd],
    start_agent: Callable[..., Agent],
    real_ssh: RealSsh,
) -> Bench:
    return Bench(home, keys, start_sshd, start_agent, real_ssh)


def auth_log(server: Sshd) -> str:
    """Write sshd's lines as syslog does, after those of strangers."""
    stamp = "Nov 21 10:11:12 box sshd"
    noise = [f"{stamp}[{100 + number // 2}]: {line}" for number, line in enumerate(NOISE)]
    return "\n".join([*noise, *(f"{stamp}[4242]: {line}" for line in server.log().splitlines()), ""])


def poll(condition: Callable[[], bool]) -> None:
    """Wait until sshd has written what it writes after its client has gone."""
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def joined(client: str, server: str) -> LogDiagnosis:
    found = diagnose_log(
        read_files([("client.txt", iter([client.encode()])), ("auth.log", iter([server.encode()]))])
    )
    assert not [f for f in found.findings if f.id == "rule-crashed"], found.findings
    return found


def start(bench: Bench, *, option: str = "", known: bool = True, **more: object) -> Sshd:
    pair = bench.keys.make(bench.folder, "id_ed25519")
    line = f"{option},{pair.line}" if option else pair.line
    return bench.trust(bench.sshd({"joe": [line] if known else []}, **more))


def open_modes(bench: Bench) -> Sshd:
    server = start(bench, extra=["StrictModes yes"])
    (server.folder / "authorized_keys").chmod(0o666)
    return server


def not_listed(bench: Bench) -> Sshd:
    return start(bench, extra=["AllowUsers nobody-else"])


def denied_by_name(bench: Bench) -> Sshd:
    return start(bench, extra=["DenyUsers git"])


def from_elsewhere(bench: Bench) -> Sshd:
    server = start(bench)
    path = server.folder / "authorized_keys"
    path.write_text('from="192.0.2.1" ' + bench.folder.joinpath("id_ed25519.pub").read_text())
    return server


def expired(bench: Bench) -> Sshd:
    server = start(bench)
    path = server.folder / "authorized_keys"
    path.write_text('expiry-time="20200101" ' + bench.folder.joinpath("id_ed25519.pub").read_text())
    return server


def revoked(bench: Bench) -> Sshd:
    bench.keys.make(bench.folder, "id_ed25519")
    return start(bench, extra=[f"RevokedKeys {bench.folder / 'id_ed25519.pub'}"])


def other_kinds_only(bench: Bench) -> Sshd:
    return start(bench, extra=["PubkeyAcceptedAlgorithms rsa-sha2-512"])


def no_root(bench: Bench) -> Sshd:
    return start(bench, extra=["PermitRootLogin no"])


def unknown_key(bench: Bench) -> Sshd:
    return start(bench, known=False)


CAUSES: dict[str, tuple[Callable[[Bench], Sshd], str, bool]] = {
    "open modes": (open_modes, "server-authorized-keys-perms", True),
    "not in AllowUsers": (not_listed, "server-account-config", True),
    "in DenyUsers": (denied_by_name, "server-account-config", True),
    "key restricted to another address": (from_elsewhere, "server-account-config", True),
    "key past its time": (expired, "server-account-config", True),
    "key revoked": (revoked, "server-account-config", True),
    "kind of key not taken": (other_kinds_only, "server-account-config", False),
    "no login for root": (no_root, "server-account-config", True),
    "key not in authorized_keys": (unknown_key, "key-not-registered", False),
}


@pytest.mark.parametrize("name", CAUSES)
def test_the_server_s_reason_decides(name: str, bench: Bench) -> None:
    prepare, cause, certain = CAUSES[name]
    server = prepare(bench)
    client = bench.verbose(server)
    poll(lambda: "Connection closed" in server.log() or "Failed" in server.log())
    found = joined(client, auth_log(server))
    first = found.findings[0]

    assert first.id == cause, (auth_log(server), client, [(f.id, f.certainty) for f in found.findings])
    assert (first.certainty == "certain") is certain, first
    assert any(one.source == "auth.log" and one.line for one in first.evidence)
    assert not any("oracle" in one.text or "backup" in one.text for one in first.evidence)
    assert found.verdict == "problem"


def test_a_full_server_says_so_in_its_own_log(bench: Bench) -> None:
    server = start(bench, extra=["MaxStartups 1:100:1", "LoginGraceTime 20"])
    with socket.create_connection((server.host, server.port), timeout=5) as taken:
        taken.recv(64)
        client = bench.verbose(server)
    found = joined(client, auth_log(server))

    assert found.findings[0].id == "server-busy", (client, server.log())


def test_tries_used_up_are_named_by_the_server(bench: Bench) -> None:
    agent = bench.agent(
        *[pair.path for pair in bench.keys.several(bench.home / "other", ["a", "b", "c", "d"])]
    )
    server = bench.trust(bench.sshd({"joe": []}, max_auth_tries=2))
    client = bench.verbose(server, env={"SSH_AUTH_SOCK": agent.socket})

    assert joined(client, auth_log(server)).findings[0].id == "too-many-keys"


def test_a_login_name_that_the_server_lacks(bench: Bench) -> None:
    server = start(bench)
    client = bench.ssh.run(
        ["ssh", "-v", "-o", "BatchMode=yes", "-p", str(server.port), "nobody-here@127.0.0.1", "true"]
    ).said
    found = joined(client, auth_log(server))

    assert found.findings[0].id == "wrong-username", [(f.id, f.certainty) for f in found.findings]


@pytest.mark.parametrize("name", CAUSES)
def test_no_cut_of_the_server_s_log_is_surely_wrong(name: str, bench: Bench) -> None:
    prepare, cause, _certain = CAUSES[name]
    server = prepare(bench)
    bench.verbose(server)
    lines = [f"sshd[4242]: {line}" for line in server.log().splitlines()]
    for end in range(len(lines) + 1):
        for part in (lines[:end], lines[end:]):
            found = diagnose_log(read_log("\n".join(part)))
            assert {f.id for f in found.findings if f.certainty == "certain"} <= {cause}


@pytest.mark.parametrize("at", ["before", "after"])
def test_strangers_do_not_crowd_out_the_reason(at: str) -> None:
    noise = "".join(
        f"Nov 21 10:11:12 box sshd[{number}]: Invalid user u{number} from 203.0.113.9 port {number}\n"
        for number in range(1000, 4000)
    )
    reason = "Nov 21 10:11:13 box sshd[9]: Authentication refused: bad ownership or modes for directory /home/ria\n"
    found = diagnose_log(read_log(reason + noise if at == "before" else noise + reason))

    assert found.findings[0].id == "server-authorized-keys-perms"
    assert found.reading.left_out
