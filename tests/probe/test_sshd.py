"""Asking a real sshd: which keys it takes, what ssh would meet, and how few connections that needs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from probe import making
from servers.agent import Agent
from servers.keys import KeyMaker, Pair
from servers.running import wait_for
from servers.sshd import Sshd

from sshwizard.machine.agents import list_agent
from sshwizard.machine.machine import Machine
from sshwizard.model.events import AnswerCame, CheckDone, CheckStarted, Event, Note
from sshwizard.model.identity import KeyFile
from sshwizard.model.transcript import Check, Transcript
from sshwizard.openssh.keys import join
from sshwizard.probe import probe

StartSshd = Callable[..., Sshd]


def states(seen: Transcript) -> list[str]:
    return [answer.state for answer in seen.answers]


def check_of(seen: Transcript, layer: str) -> Check:
    return next(check for check in seen.checks if check.id == layer)


@pytest.fixture
def pairs(keys: KeyMaker, tmp_path: Path) -> tuple[Pair, ...]:
    return keys.several(tmp_path, [f"k{number}" for number in range(21)])


def test_the_accepted_key_is_found_without_a_login(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[1].line]})

    seen = probe(machine, making.facts(machine), making.plan(pairs[:2], server.port))

    assert states(seen) == ["refused", "accepted"]
    assert seen.ssh_outcome == "accepted"
    assert seen.ssh_key == making.public_of(pairs[1])
    assert seen.connections == 1
    assert "Accepted publickey" not in server.log()


def test_twenty_one_keys_need_one_connection_where_the_limit_allows(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[20].line]}, max_auth_tries=30)

    seen = probe(machine, making.facts(machine), making.plan(pairs, server.port))

    assert states(seen) == ["refused"] * 20 + ["accepted"]
    assert (seen.connections, seen.try_limit) == (1, None)


def test_the_try_limit_is_learnt_and_two_connections_are_enough(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[8].line]})

    seen = probe(machine, making.facts(machine), making.plan(pairs, server.port))

    assert (seen.ssh_outcome, seen.try_limit, seen.connections) == ("thrown_out", 6, 2)
    assert states(seen) == ["refused"] * 8 + ["accepted"] + ["refused"] * 4 + ["not_reached"] * 8
    assert check_of(seen, "userauth").code == "too-many-failures"
    assert seen.disconnect == "Too many authentication failures"


def test_other_keys_are_asked_about_behind_the_planned_ones(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[0].line], "ann": [pairs[2].line]})
    others = tuple(making.public_of(pair) for pair in pairs[:4])

    seen = probe(machine, making.facts(machine), making.plan(pairs[:1], server.port), others=others)

    assert [(answer.planned, answer.state) for answer in seen.answers] == [
        (1, "accepted"),
        (None, "refused"),
        (None, "accepted"),
        (None, "refused"),
    ]
    assert seen.ssh_key == making.public_of(pairs[0])
    assert seen.known == (making.public_of(pairs[0]), making.public_of(pairs[2]))


def test_a_key_that_ssh_cannot_use_is_passed_over_and_costs_no_try(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[0].line], "ann": [pairs[2].line]}, max_auth_tries=2)
    offers = [making.offer(1, pairs[0], usable=False), making.offer(2, pairs[1]), making.offer(3, pairs[2])]

    seen = probe(machine, making.facts(machine), making.plan(offers, server.port))

    assert (seen.ssh_outcome, seen.ssh_key) == ("accepted", making.public_of(pairs[2]))


def test_a_key_offered_twice_is_refused_twice(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[1].line]}, max_auth_tries=2)

    seen = probe(machine, making.facts(machine), making.plan([pairs[0], pairs[0], pairs[1]], server.port))

    assert (seen.ssh_outcome, seen.try_limit) == ("thrown_out", 2)


def test_a_private_file_without_public_half_leaves_the_outcome_open(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[1].line]})
    hidden = making.offer(1, pairs[0], public=None, kind="private")

    seen = probe(
        machine, making.facts(machine), making.plan([hidden, making.offer(2, pairs[1])], server.port)
    )

    assert seen.ssh_outcome == "unknown"
    assert states(seen) == ["accepted"]


def test_a_half_that_we_know_from_elsewhere_is_asked_about(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[0].line]})
    hidden = making.offer(1, pairs[0], public=None, kind="private")
    file = KeyFile(
        path=str(pairs[0].path),
        format="pem",
        public=making.public_of(pairs[0]),
        ssh_reads_public=False,
        has_private=True,
        encrypted=False,
        usable_private=True,
        comment="",
        mode=0o600,
        uid=0,
        mtime=0.0,
    )

    seen = probe(machine, making.facts(machine, key_files=[file]), making.plan([hidden], server.port))

    assert (seen.ssh_outcome, seen.ssh_key) == ("accepted", making.public_of(pairs[0]))


def test_rsa_is_asked_about_by_the_algorithm_that_the_host_takes(
    machine: Machine, start_sshd: StartSshd, keys: KeyMaker, tmp_path: Path
) -> None:
    rsa = keys.make(tmp_path, "rsa", type="rsa")
    server = start_sshd({"joe": [rsa.line]})
    plans = [
        making.plan([rsa], server.port, options={"pubkeyacceptedalgorithms": accepted})
        for accepted in ("rsa-sha2-256,rsa-sha2-512", "ssh-ed25519,rsa-sha2-512", "ssh-ed25519")
    ]

    seen = [probe(machine, making.facts(machine), plan) for plan in plans]

    assert [one.answers[0].algorithm for one in seen] == ["rsa-sha2-256", "rsa-sha2-512", ""]
    assert [one.ssh_outcome for one in seen] == ["accepted", "accepted", "no_key"]
    assert [one.connections for one in seen] == [1, 1, 1]
    assert seen[2].answers[0].state == "not_allowed"


def test_a_limit_on_the_servers_side_refuses_the_key(
    machine: Machine, start_sshd: StartSshd, keys: KeyMaker, tmp_path: Path
) -> None:
    ecdsa = keys.make(tmp_path, "ecdsa", type="ecdsa")
    server = start_sshd({"joe": [ecdsa.line]}, extra=["PubkeyAcceptedAlgorithms ssh-ed25519"])

    seen = probe(machine, making.facts(machine), making.plan([ecdsa], server.port))

    assert (seen.ssh_outcome, states(seen)) == ("refused", ["refused"])


def test_certificates_are_asked_about_as_such(
    machine: Machine, start_sshd: StartSshd, keys: KeyMaker, tmp_path: Path
) -> None:
    user, authority = keys.make(tmp_path, "user"), keys.make(tmp_path, "authority")
    argv = ["ssh-keygen", "-q", "-s", str(authority.path), "-I", "me", "-n", "git", str(user.public_path)]
    subprocess.run(argv, check=True, timeout=20)
    certificate = making.public_of((tmp_path / "user-cert.pub").read_text())
    server = start_sshd({}, extra=[f"TrustedUserCAKeys {authority.public_path}"])

    seen = probe(machine, making.facts(machine), making.plan([user, certificate], server.port))

    assert states(seen) == ["refused", "accepted"]
    assert seen.ssh_key == certificate


def test_a_host_that_takes_no_keys_says_which_methods_it_has(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({}, extra=["PubkeyAuthentication no", "PasswordAuthentication yes"])

    seen = probe(machine, making.facts(machine), making.plan(pairs[:1], server.port))

    assert seen.methods == ("password",)
    assert check_of(seen, "userauth").code == "no-publickey"


def test_the_banner_is_made_visible(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...], tmp_path: Path
) -> None:
    banner = tmp_path / "banner"
    banner.write_bytes(b"Hello \x1b]52;c;aGk=\x07 \x1b[2J you\n")
    server = start_sshd({"joe": [pairs[0].line]}, extra=[f"Banner {banner}"])

    seen = probe(machine, making.facts(machine), making.plan(pairs[:1], server.port))

    assert seen.ssh_outcome == "accepted"
    assert "Hello" in seen.banner and "\x1b" not in seen.banner and "\x07" not in seen.banner


def test_old_algorithms_only_are_named_as_such(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    old = [
        ("no-common-kex", "KexAlgorithms diffie-hellman-group14-sha1"),
        ("no-common-cipher", "Ciphers aes256-cbc"),
        ("no-common-mac", "MACs hmac-sha1-etm@openssh.com"),
    ]
    options = {
        "kexalgorithms": "curve25519-sha256",
        "ciphers": "aes128-ctr",
        "macs": "hmac-sha2-512",
        "hostkeyalgorithms": "ssh-ed25519,rsa-sha2-512",
    }
    plans = []
    for _code, line in old:
        server = start_sshd({}, extra=[line])
        plans.append(making.plan(pairs[:1], server.port, options=options))

    seen = [probe(machine, making.facts(machine), plan) for plan in plans]

    assert [check_of(one, "kex").code for one in seen] == [code for code, _line in old]


def test_what_only_our_own_transport_lacks_is_not_blamed_on_ssh(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({}, extra=["Ciphers chacha20-poly1305@openssh.com"])
    options = {"ciphers": "chacha20-poly1305@openssh.com,aes128-ctr"}

    seen = probe(machine, making.facts(machine), making.plan(pairs[:1], server.port, options=options))

    assert (check_of(seen, "kex").state, check_of(seen, "kex").code) == ("failed", "own-limit")
    assert "chacha20" in check_of(seen, "kex").detail
    assert seen.ssh_outcome == "not_reached"


def test_where_our_own_transport_ends_ssh_asks_with_public_halves_only(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...], tmp_path: Path
) -> None:
    lines = ["Ciphers chacha20-poly1305@openssh.com"]
    server = start_sshd({"joe": [pairs[2].line]}, extra=lines, max_auth_tries=3)
    known = tmp_path / "known_hosts"
    known.write_text(server.known_hosts_line)
    options = {"ciphers": "chacha20-poly1305@openssh.com,aes128-ctr", "userknownhostsfile": str(known)}
    facts = replace(making.facts(machine), identities=join(making.key_files(*pairs[:4]), ()))
    plan = making.plan(pairs[:3], server.port, options=options)

    seen = probe(machine, facts, plan, others=(making.public_of(pairs[3]),))

    assert check_of(seen, "kex").state == "warned"
    assert (seen.ssh_outcome, seen.ssh_key) == ("accepted", making.public_of(pairs[2]))
    assert states(seen) == ["refused", "refused", "accepted", "refused"]
    assert "Accepted publickey" not in server.log()


def test_a_login_names_the_account_and_tries_the_repository(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[1].line]})
    server.make_repository("app.git")
    plan = making.plan(pairs[:2], server.port, path="app.git")

    seen = probe(machine, making.facts(machine), plan, login=True)

    assert (seen.account, seen.access, seen.connections) == ("joe", "ok", 1)
    assert seen.greeting.startswith("Hi joe! ")
    assert check_of(seen, "session").state == "passed"


def test_a_repository_that_is_not_there_is_its_own_result(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[0].line]})
    plan = making.plan(pairs[:1], server.port, path="nobody/nothing.git")

    seen = probe(machine, making.facts(machine), plan, login=True)

    assert (seen.ssh_outcome, seen.account, seen.access) == ("accepted", "joe", "not_found")
    assert "nothing.git" in seen.access_detail


def test_the_agent_signs_where_it_holds_the_key(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[0].line]})
    with Agent() as agent:
        wait_for(lambda: list_agent(machine, agent.socket).reachable, "agent")
        agent.add(pairs[0].path)
        pairs[0].path.unlink()
        facts = making.facts(machine, agents=[list_agent(machine, agent.socket)])
        plan = making.plan([making.offer(1, pairs[0], via="agent", private_path=None)], server.port)
        seen = probe(machine, facts, plan, login=True)

    assert seen.account == "joe"


def test_an_encrypted_key_is_not_asked_to_sign(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[0].line]})
    plan = making.plan([making.offer(1, pairs[0], needs_passphrase=True)], server.port)

    seen = probe(machine, making.facts(machine), plan, login=True)

    assert (seen.ssh_outcome, seen.account) == ("accepted", None)
    assert check_of(seen, "session").state == "skipped"


def test_two_factors_are_told_from_a_login(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    two_keys = start_sshd(
        {"joe": [pair.line for pair in pairs[:2]]}, extra=["AuthenticationMethods publickey,publickey"]
    )

    alone = probe(machine, making.facts(machine), making.plan(pairs[:1], two_keys.port), login=True)
    both = probe(machine, making.facts(machine), making.plan(pairs[:2], two_keys.port), login=True)

    assert (alone.ssh_outcome, check_of(alone, "session").code) == ("unknown", "partial-success")
    assert (both.account, check_of(both, "session").state) == ("joe", "passed")


def test_every_layer_is_told_once_and_in_order(
    machine: Machine, start_sshd: StartSshd, pairs: tuple[Pair, ...]
) -> None:
    server = start_sshd({"joe": [pairs[0].line]}, max_auth_tries=2)
    events: list[Event] = []

    seen = probe(
        machine, making.facts(machine), making.plan(reversed(pairs[:4]), server.port), on_event=events.append
    )

    done = [event.check.id for event in events if isinstance(event, CheckDone)]
    started = [event.id for event in events if isinstance(event, CheckStarted)]
    assert sorted(done) == sorted({check.id for check in seen.checks})
    assert started == [layer for layer in done if layer in started]
    assert sum(isinstance(event, AnswerCame) for event in events) == 4
    assert any(isinstance(event, Note) for event in events)
    assert all(check.ms is not None for check in seen.checks if check.state == "passed")


AUDIT = """
import json, sys
sys.path.insert(0, {tests!r})
opened = []
sys.addaudithook(lambda name, args: opened.append(str(args[0])) if name == "open" else None)
from probe import making
from sshwizard.machine.machine import here
from sshwizard.probe import probe
machine = here(home={home!r}, env={{"PATH": "/usr/bin:/bin"}})
paths = {paths!r}
plan = making.plan([making.offer(n, open(p + ".pub").read(), private_path=p) for n, p in enumerate(paths, 1)], {port})
opened.clear()
seen = probe(machine, making.facts(machine), plan)
assert seen.ssh_outcome == "accepted", seen
print(json.dumps([path for path in opened if path in paths]))
"""


def test_a_probe_without_login_opens_no_private_key(
    start_sshd: StartSshd, pairs: tuple[Pair, ...], tmp_path: Path
) -> None:
    server = start_sshd({"joe": [pairs[1].line]})
    program = AUDIT.format(
        tests=str(Path(__file__).parent.parent),
        home=str(tmp_path),
        paths=[str(pair.path) for pair in pairs[:2]],
        port=server.port,
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env=dict(os.environ),
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == ("[]", "")
    assert "Accepted publickey" not in server.log()


def test_curve25519_is_known_under_its_rfc_name_too(
    machine: Machine, start_sshd: Callable[..., Sshd], keys: KeyMaker, tmp_path: Path
) -> None:
    pair = keys.make(tmp_path, "work")
    server = start_sshd({"joe": [pair.line]}, extra=["KexAlgorithms curve25519-sha256"])

    seen = probe(machine, making.facts(machine), making.plan([pair], server.port))

    assert (check_of(seen, "kex").state, seen.ssh_outcome) == ("passed", "accepted")
