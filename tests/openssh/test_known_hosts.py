"""known_hosts is read as ssh does: held against `ssh-keygen -F` on generated files, and rule by rule."""

from __future__ import annotations

import base64
import random
import subprocess
from pathlib import Path

import pytest

from sshwizard.model.files import FileSeen
from sshwizard.model.identity import PublicKey
from sshwizard.openssh import known_hosts
from sshwizard.openssh.keys import read_public_line
from sshwizard.openssh.known_hosts import Verdict


def key_line(seed: int) -> str:
    """Return an Ed25519 public key line; any 32 bytes are one."""
    raw = random.Random(seed).randbytes(32)
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0 " + raw
    return "ssh-ed25519 " + base64.b64encode(blob).decode()


def key(seed: int) -> PublicKey:
    return read_public_line(key_line(seed))


def judge(
    text: str, shown: PublicKey, name: str = "host.example", port: int = 22, alias: str = ""
) -> Verdict:
    known = known_hosts.read([FileSeen(path="/kh", kind="file", data=text.encode())])
    return known_hosts.judge(known, shown, hostname=name, port=port, alias=alias)


@pytest.mark.parametrize(
    ("hosts", "state"),
    [
        ("host.example", "known"),
        ("HOST.Example", "known"),
        ("other,host.example", "known"),
        ("*.example", "known"),
        ("h?st.example", "known"),
        ("!host.example,*.example", "unknown"),
        ("*.example,!host.*", "unknown"),
        ("!host.example", "unknown"),
        ("[host.example]:22", "unknown"),
        ("host.example.org", "unknown"),
        ("", "unknown"),
        (known_hosts.hashed_name("host.example", b"s" * 20), "known"),
        (known_hosts.hashed_name("other.example", b"s" * 20), "unknown"),
        ("|1|bad|hash", "unknown"),
    ],
)
def test_names_are_matched_as_ssh_does(hosts: str, state: str) -> None:
    assert judge(f"{hosts} {key_line(1)} comment\n", key(1)).state == state


def test_another_key_is_changed_and_names_the_line() -> None:
    verdict = judge(f"# mine\nhost.example {key_line(2)}\n", key(1))

    assert (verdict.state, verdict.entry.where if verdict.entry else "") == ("changed", "/kh:2")
    assert [entry.public for entry in verdict.expected] == [key(2)]


def test_one_of_several_keys_is_enough() -> None:
    assert judge(f"host.example {key_line(2)}\nhost.example {key_line(1)}\n", key(1)).state == "known"


def test_a_revoked_key_is_refused_even_where_it_is_known() -> None:
    text = f"host.example {key_line(1)}\n@revoked * {key_line(1)}\n"

    assert judge(text, key(1)).state == "revoked"


def test_a_port_of_its_own_falls_back_on_the_plain_name_only_for_a_match() -> None:
    assert judge(f"host.example {key_line(1)}\n", key(1), port=2222).state == "known"
    assert judge(f"host.example {key_line(2)}\n", key(1), port=2222).state == "unknown"
    assert judge(f"[host.example]:2222 {key_line(2)}\n", key(1), port=2222).state == "changed"


def test_an_alias_is_looked_up_without_the_port() -> None:
    assert judge(f"bastion {key_line(1)}\n", key(1), port=2222, alias="bastion").state == "known"


def test_damaged_lines_are_reported_and_skipped() -> None:
    text = f"host.example\nhost.example ssh-ed25519 AAAA\n@owner host.example {key_line(1)}\nhost.example {key_line(1)}\n"
    known = known_hosts.read([FileSeen(path="/kh", kind="file", data=text.encode())])

    assert [bad.line for bad in known.bad] == [1, 2, 3]
    assert [entry.line for entry in known.entries] == [4]


def test_plain_names_are_listed_without_patterns_and_hashes() -> None:
    text = (
        f"a.example,[b.example]:2222 {key_line(1)}\n*.example {key_line(1)}\n@revoked c {key_line(1)}\n"
        f"{known_hosts.hashed_name('d')} {key_line(1)}\n[2001:db8::1]:22022 {key_line(1)}\n"
    )

    assert known_hosts.names(text.encode()) == (
        "a.example",
        "ssh://b.example:2222",
        "ssh://[2001:db8::1]:22022",
    )


def test_a_written_line_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "kh"
    lines = [
        known_hosts.line_for("[Host.example]:2222", key(1)),
        known_hosts.line_for("hashed.example", key(2), salt=b"0123456789abcdefghij"),
    ]
    file.write_text("\n".join(lines) + "\n")

    assert [found_by_keygen(file, name) for name in ("[host.example]:2222", "hashed.example")] == [[1], [2]]


HOSTS = (
    "host.example",
    "a.b.example",
    "[host.example]:2222",
    "10.0.0.7",
    "[10.0.0.7]:22022",
    "2001:db8::1",
    "x",
)


def generated_file(rng: random.Random) -> str:
    lines = [generated_line(rng) for _number in range(rng.randint(1, 12))]
    return "".join(line + rng.choice(("\n", "\n", "\r\n")) for line in lines) + rng.choice(("", "last"))


def generated_line(rng: random.Random) -> str:
    hosts = ",".join(generated_pattern(rng) for _number in range(rng.randint(1, 3)))
    if rng.random() < 0.25:
        hosts = known_hosts.hashed_name(rng.choice(HOSTS), rng.randbytes(20))
    marker = rng.choice(
        ("", "", "", "", "@cert-authority ", "@revoked ", "@revoked\t", "@other ", "@revoked @revoked ")
    )
    whole = key_line(rng.randint(1, 4))
    damaged = rng.choice(
        (whole[:40], "ssh-ed25519", "ssh-rsa " + whole.split()[1], "2048 35 1234567", "# x", "")
    )
    blank = rng.choice((" ", " ", "\t", "  "))
    comment = rng.choice(("", " me@here", " a b c", "\t# x"))
    lead = rng.choice(("", "", "", " ", "\t", "#"))
    return f"{lead}{marker}{hosts}{blank}{damaged if rng.random() < 0.15 else whole + comment}"


def generated_pattern(rng: random.Random) -> str:
    pattern = rng.choice(
        (*HOSTS, "*", "*.example", "host.*", "h?st.example", "[*]:2222", "10.0.*", "?", "*:*")
    )
    if rng.random() < 0.2:
        pattern = pattern.upper()
    return f"!{pattern}" if rng.random() < 0.15 else pattern


def found_by_keygen(file: Path, name: str) -> list[int]:
    """Return the numbers of the lines that `ssh-keygen -F` finds; with `-l` it also reads their keys."""
    said = subprocess.run(
        ["ssh-keygen", "-l", "-F", name, "-f", str(file)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    marks = (line for line in said.stdout.splitlines() if line.startswith("# Host "))
    return [int(mark.split("found: line ")[1].split()[0]) for mark in marks]


def differences(seeds: range, tmp_path: Path) -> list[str]:
    wrong = []
    for seed in seeds:
        rng = random.Random(seed)
        file = tmp_path / f"known_hosts_{seed}"
        file.write_bytes(generated_file(rng).encode())
        name = rng.choice(HOSTS)
        known = known_hosts.read([FileSeen(path=str(file), kind="file", data=file.read_bytes())])
        ours = [entry.line for entry in known.of(name)]
        theirs = found_by_keygen(file, name)
        if ours != theirs:
            wrong.append(f"seed {seed}, {name}: we {ours}, ssh-keygen {theirs}")
    return wrong


def test_generated_files_agree_with_ssh_keygen(tmp_path: Path) -> None:
    assert differences(range(60), tmp_path) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_thousand_generated_files_agree_with_ssh_keygen(tmp_path: Path) -> None:
    assert differences(range(1000, 2000), tmp_path) == []
