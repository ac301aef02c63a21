"""What decides about a host key besides known_hosts, beside the real ssh with the same options."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from probe import making
from servers.keys import KeyMaker
from servers.sshd import Sshd

from sshwizard.machine.machine import Machine, here
from sshwizard.model.transcript import Transcript
from sshwizard.openssh import known_hosts
from sshwizard.probe import hostkey, probe

OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 42 + "E"


def both(tmp_path: Path, server: Sshd, *lines: str) -> tuple[Transcript, str]:
    """Return what we see, and what ssh logs, with these lines in the configuration."""
    from sshwizard import check

    file = tmp_path / "config"
    file.write_text("".join(f"{line}\n" for line in ("GlobalKnownHostsFile none", *lines)))
    machine = here(home=str(tmp_path), config=str(file), env={"PATH": "/usr/bin:/bin"})
    argv = [
        "ssh",
        "-v",
        "-F",
        str(file),
        "-o",
        "BatchMode=yes",
        "-p",
        str(server.port),
        f"git@{server.host}",
        "true",
    ]
    said = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False).stderr
    flags = (("-p", str(server.port)), ("-l", "git"))
    found = check.run(machine, check.Request(typed=server.host, flags=flags)).case.transcript
    assert found is not None
    return found, said


def at_hostkey(seen: Transcript) -> tuple[str, str]:
    return next((check.state, check.code) for check in seen.checks if check.id == "hostkey")


@pytest.mark.parametrize("name", ["known hosts", "known_%h", "known_%k"])
def test_a_known_hosts_file_under_any_name(
    start_sshd: Callable[..., Sshd], tmp_path: Path, name: str
) -> None:
    server = start_sshd()
    written = name.replace("%h", server.host).replace("%k", server.host)
    (tmp_path / written).write_text(server.known_hosts_line)

    seen, said = both(tmp_path, server, f'UserKnownHostsFile "{tmp_path}/{name}"')

    assert "is known and matches" in said
    assert at_hostkey(seen) == ("passed", "")


def test_this_computer_itself_needs_no_known_key(start_sshd: Callable[..., Sshd], tmp_path: Path) -> None:
    server = start_sshd()
    (tmp_path / "known").write_text(f"[{server.host}]:{server.port} {OTHER}\n")
    lines = (f"UserKnownHostsFile {tmp_path}/known", "NoHostAuthenticationForLocalhost yes")

    seen, said = both(tmp_path, server, *lines)

    assert "Forcing accepting of host key" in said
    assert at_hostkey(seen) == ("passed", "hostkey-local")


@pytest.mark.parametrize("kind", ["list", "krl", "missing"])
def test_a_key_on_a_list_of_revoked_ones_is_refused(
    start_sshd: Callable[..., Sshd], tmp_path: Path, kind: str
) -> None:
    server = start_sshd()
    (tmp_path / "known").write_text(server.known_hosts_line)
    if kind == "list":
        (tmp_path / "revoked").write_text(f"{OTHER}\n{server.host_key_line()}\n")
    elif kind == "krl":
        public = server.host_key_path().with_suffix(".pub")
        subprocess.run(["ssh-keygen", "-q", "-k", "-f", str(tmp_path / "revoked"), str(public)], check=True)
    lines = (f"UserKnownHostsFile {tmp_path}/known", f"RevokedHostKeys {tmp_path}/revoked")

    seen, said = both(tmp_path, server, *lines)

    assert ("revoked keys file" if kind == "missing" else "revoked by file") in said
    code = "hostkey-revoked-unreadable" if kind == "missing" else "hostkey-revoked"
    assert at_hostkey(seen) == ("failed", code)
    assert {answer.state for answer in seen.answers} <= {"not_reached"}


def test_a_host_key_shorter_than_asked_for(start_sshd: Callable[..., Sshd], tmp_path: Path) -> None:
    server = start_sshd(host_key_types=("rsa",))
    (tmp_path / "known").write_text(server.known_hosts_line)

    seen, said = both(tmp_path, server, f"UserKnownHostsFile {tmp_path}/known", "RequiredRSASize 4096")

    assert "Invalid key length" in said
    assert seen.first_failure is not None
    assert (seen.first_failure.id, seen.first_failure.code) == ("kex", "hostkey-too-short")


def test_a_type_whose_known_key_is_revoked_is_not_asked_for_first(
    start_sshd: Callable[..., Sshd], tmp_path: Path
) -> None:
    server = start_sshd(host_key_types=("ed25519", "ecdsa"))
    place = f"[{server.host}]:{server.port}"
    revoked, good = server.host_key_line("ed25519"), server.host_key_line("ecdsa")
    (tmp_path / "known").write_text(f"{place} {good}\n{place} {revoked}\n@revoked {place} {revoked}\n")

    seen, said = both(tmp_path, server, f"UserKnownHostsFile {tmp_path}/known")

    assert "is known and matches the ECDSA host key" in said
    assert at_hostkey(seen) == ("passed", "")
    assert seen.host_key is not None and seen.host_key.public.type == "ecdsa-sha2-nistp256"


@pytest.mark.parametrize(
    ("principals", "ca_algorithms", "release", "state"),
    [
        ("*.example", "", (9, 2), "unknown"),
        ("*.example", "", (10, 3), "known"),
        ("", "", (9, 2), "known"),
        ("", "", (10, 3), "unknown"),
        ("a.example", "rsa-sha2-*", (9, 2), "unknown"),
        ("a.example", "ssh-ed*", (9, 2), "known"),
    ],
)
def test_a_host_certificate_is_judged_by_the_rules_of_the_release(
    keys: KeyMaker, tmp_path: Path, principals: str, ca_algorithms: str, release: tuple[int, int], state: str
) -> None:
    authority, host = keys.make(tmp_path, "ca"), keys.make(tmp_path, "host")
    names = ["-n", principals] if principals else []
    argv = ["ssh-keygen", "-q", "-s", str(authority.path), "-h", "-I", "x", *names, str(host.public_path)]
    subprocess.run(argv, check=True, timeout=20)
    certificate = making.public_of((tmp_path / "host-cert.pub").read_text())
    known = known_hosts.read([making.known_hosts_file(f"@cert-authority * {authority.line}\n")])
    rules = known_hosts.ForCertificates(
        now=1.7e9 * 2, release=release, ca_algorithms=tuple(ca_algorithms.split(",")) if ca_algorithms else ()
    )

    verdict = known_hosts.judge(known, certificate, hostname="a.example", port=22, rules=rules)

    assert verdict.state == state


@pytest.mark.parametrize(
    ("name", "at_address", "strict", "check"),
    [
        ("own", "other", "ask", ("warned", "hostkey-ip-differs")),
        ("own", "other", "yes", ("failed", "hostkey-ip-differs")),
        ("own", "other", "accept-new", ("failed", "hostkey-ip-differs")),
        ("own", "other", "no", ("warned", "hostkey-ip-differs")),
        ("own", "own", "yes", ("passed", "")),
        ("own", "", "yes", ("passed", "")),
        ("", "other", "ask", ("warned", "hostkey-unknown")),
        ("", "other", "accept-new", ("failed", "hostkey-ip-differs")),
        ("other", "other", "ask", ("failed", "hostkey-changed")),
    ],
)
def test_another_key_for_the_address_counts_with_checkhostip(
    machine: Machine,
    keys: KeyMaker,
    tmp_path: Path,
    name: str,
    at_address: str,
    strict: str,
    check: tuple[str, str],
) -> None:
    own = keys.make(tmp_path, "host")
    line = {"own": own.line, "other": OTHER}
    text = f"host.example {line[name]}\n" if name else ""
    text += f"198.51.100.7 {line[at_address]}\n" if at_address else ""
    facts = making.facts(machine, known_hosts=[making.known_hosts_file(text)])
    options = {"checkhostip": "yes", "stricthostkeychecking": strict}
    effective = making.effective(22, host="host.example", options=options)

    seen = hostkey.look_up(facts, effective, making.public_of(own), "198.51.100.7")

    state, _detail, code = hostkey.verdict_words(seen, "host.example", strict)
    assert (state, code) == check


@pytest.mark.parametrize(("named", "state"), [("host.example", "failed"), ("[host.example]:2222", "passed")])
def test_the_address_is_compared_without_the_port_where_the_name_was(
    machine: Machine, keys: KeyMaker, tmp_path: Path, named: str, state: str
) -> None:
    own = keys.make(tmp_path, "host")
    known = making.known_hosts_file(f"{named} {own.line}\n198.51.100.7 {OTHER}\n")
    effective = making.effective(2222, host="host.example", options={"checkhostip": "yes"})

    seen = hostkey.look_up(
        making.facts(machine, known_hosts=[known]), effective, making.public_of(own), "198.51.100.7"
    )

    assert hostkey.verdict_words(seen, "host.example", "yes")[0] == state


@pytest.mark.parametrize("keyword", ["KnownHostsCommand", "VerifyHostKeyDNS"])
def test_what_ssh_would_ask_besides_is_named_where_it_decides(
    machine: Machine, keys: KeyMaker, tmp_path: Path, keyword: str
) -> None:
    own = keys.make(tmp_path, "host")
    options = {keyword.lower(): "yes" if keyword.startswith("Verify") else "/usr/bin/keys %H"}
    effective = making.effective(22, host="host.example", options=options)
    known = making.known_hosts_file(f"host.example {own.line}\n")

    unknown = hostkey.look_up(making.facts(machine), effective, making.public_of(own))
    settled = hostkey.look_up(making.facts(machine, known_hosts=[known]), effective, making.public_of(own))

    assert keyword in hostkey.verdict_words(unknown, "host.example")[1]
    assert keyword not in hostkey.verdict_words(settled, "host.example")[1]


def test_in_batch_mode_a_locked_key_is_passed_over(
    start_sshd: Callable[..., Sshd], keys: KeyMaker, make_machine: Callable[..., Machine], tmp_path: Path
) -> None:
    locked, plain = keys.make(tmp_path, "locked", passphrase="correct horse"), keys.make(tmp_path, "plain")
    server = start_sshd({"joe": [locked.line, plain.line]})
    offers = [making.offer(1, locked, needs_passphrase=True), making.offer(2, plain)]
    machine = make_machine()

    asking = probe(machine, making.facts(machine), making.plan(offers, server.port))
    quiet = probe(
        machine, making.facts(machine), making.plan(offers, server.port, options={"batchmode": "yes"})
    )
    shut = probe(
        machine, making.facts(machine), making.plan(offers[:1], server.port, options={"batchmode": "yes"})
    )

    assert asking.ssh_key == making.public_of(locked)
    assert quiet.ssh_key == making.public_of(plain)
    assert (shut.ssh_outcome, shut.ssh_key) == ("refused", None)


def test_the_default_order_is_that_of_the_ssh_at_hand(
    machine: Machine, keys: KeyMaker, tmp_path: Path
) -> None:
    """OpenSSH 10.5 has further algorithms among its own: its list is no list of the user's."""
    own = "ssh-ed25519,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,ecdsa-sha2-nistp256"
    known = making.known_hosts_file(f"host.example {keys.make(tmp_path, 'host', type='ecdsa').line}\n")
    facts = making.facts(machine, known_hosts=[known])
    effective = making.effective(22, host="host.example", options={"hostkeyalgorithms": own})
    environment = replace(facts.environment, builtin={"hostkeyalgorithms": (own,)})
    supported = ("ssh-ed25519", "ecdsa-sha2-nistp256")

    by_default = hostkey.algorithms_to_ask(replace(facts, environment=environment), effective, supported)
    by_the_user = hostkey.algorithms_to_ask(facts, effective, supported)

    assert by_default == ("ecdsa-sha2-nistp256", "ssh-ed25519")
    assert by_the_user == ("ssh-ed25519", "ecdsa-sha2-nistp256")
