"""Damaged homes: the doctor names the damage, `fix` mends it, the real ssh then works, `undo` gives it back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers.keys import KeyMaker, Pair
from servers.namespace import RealSsh
from servers.person import Person
from servers.sshd import Sshd


@dataclass(frozen=True)
class Desk:
    """A home whose key `work` logs in to `server`; the test damages it."""

    ssh: Path
    pair: Pair
    config: Path
    server: Sshd
    real: RealSsh

    def works(self) -> bool:
        done = self.real.ssh("server")
        return "Hi joe!" in done.said

    def state(self) -> dict[str, tuple[bytes, int]]:
        """Every file with its content and mode, and the folder's mode."""
        files = {path.name: (path.read_bytes(), path.stat().st_mode) for path in self.ssh.iterdir()}
        return files | {".": (b"", self.ssh.stat().st_mode)}


@pytest.fixture
def desk(home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> Desk:
    ssh = home / ".ssh"
    ssh.mkdir(mode=0o700)
    pair = keys.make(ssh, "work")
    server = start_sshd({"joe": [pair.line]})
    config = server.write_config(ssh, "server", f"IdentityFile {pair.path}")
    return Desk(ssh, pair, config, server, RealSsh(home))


def crlf(desk: Desk, keys: KeyMaker) -> None:
    desk.pair.path.write_bytes(desk.pair.path.read_bytes().replace(b"\n", b"\r\n"))


def byte_order_mark(desk: Desk, keys: KeyMaker) -> None:
    desk.pair.path.write_bytes(b"\xef\xbb\xbf" + desk.pair.path.read_bytes())


def lost_newline(desk: Desk, keys: KeyMaker) -> None:
    desk.pair.path.write_bytes(desk.pair.path.read_bytes().rstrip(b"\n"))


def escaped(desk: Desk, keys: KeyMaker) -> None:
    desk.pair.path.write_bytes(desk.pair.path.read_bytes().replace(b"\n", b"\\n"))


def utf16(desk: Desk, keys: KeyMaker) -> None:
    desk.pair.path.write_bytes(b"\xff\xfe" + desk.pair.path.read_text().encode("utf-16-le"))


def open_key(desk: Desk, keys: KeyMaker) -> None:
    desk.pair.path.chmod(0o644)


def open_config(desk: Desk, keys: KeyMaker) -> None:
    desk.config.chmod(0o666)


def config_with_mark(desk: Desk, keys: KeyMaker) -> None:
    desk.config.write_bytes(b"\xef\xbb\xbf" + desk.config.read_bytes())


def other_public_half(desk: Desk, keys: KeyMaker) -> None:
    other = keys.make(desk.ssh.parent, "other")
    desk.pair.public_path.write_bytes(other.public_path.read_bytes())


BLOCKING = {
    "key-file-corrupt": (crlf, byte_order_mark, lost_newline, escaped, utf16),
    "key-perms-open": (open_key,),
    "config-perms": (open_config,),
    "config-encoding-bom": (config_with_mark,),
    "key-pair-mismatch": (other_public_half,),
}


@pytest.mark.parametrize(
    ("id", "damage"), [(id, damage) for id, damages in BLOCKING.items() for damage in damages]
)
def test_what_stops_ssh_is_named_mended_and_given_back(
    id: str, damage: Callable[[Desk, KeyMaker], None], desk: Desk, keys: KeyMaker, run
) -> None:
    damage(desk, keys)
    before = desk.state()
    assert not desk.works()

    found = run("doctor", "server", "--json").object
    fixed = run("fix", "server", "--yes")

    remedies = [one["remedies"] for one in found["findings"] if one["id"] == id and one["severity"] == "fail"]
    assert remedies and remedies[0][0]["reversible"], found["findings"]
    assert fixed.code == 0, fixed.out + fixed.err
    assert desk.works()
    undone = run("undo")
    assert undone.code == 0, undone.err
    assert desk.state() == before


def lone_private_half(desk: Desk, keys: KeyMaker) -> None:
    desk.pair.public_path.unlink()


def open_folder(desk: Desk, keys: KeyMaker) -> None:
    desk.ssh.chmod(0o777)


def text_name(desk: Desk, keys: KeyMaker) -> None:
    keys.make(desk.ssh, "deploy").public_path.rename(desk.ssh / "deploy.pub.txt")


def private_under_public_name(desk: Desk, keys: KeyMaker) -> None:
    pair = keys.make(desk.ssh, "spare")
    pair.path.replace(pair.public_path)
    pair.public_path.chmod(0o600)


HARMLESS = {
    "public-half-missing": (lone_private_half, lambda desk: desk.pair.public_path.exists()),
    "ssh-folder-perms": (open_folder, lambda desk: desk.ssh.stat().st_mode & 0o777 == 0o700),
    "public-half-misnamed": (text_name, lambda desk: (desk.ssh / "deploy.pub").exists()),
    "private-half-misnamed": (
        private_under_public_name,
        lambda desk: b"PRIVATE" in (desk.ssh / "spare").read_bytes(),
    ),
}


@pytest.mark.parametrize("id", HARMLESS)
def test_what_does_not_stop_ssh_is_mended_by_name(id: str, desk: Desk, keys: KeyMaker, run) -> None:
    damage, mended = HARMLESS[id]
    damage(desk, keys)
    before = desk.state()

    found = run("doctor", "server", "--json").object
    fixed = run("fix", id, "server", "--yes")

    assert found["verdict"] == "healthy"
    assert id in [one["id"] for one in found["findings"]]
    assert fixed.code == 0, fixed.out + fixed.err
    assert mended(desk)
    assert desk.works()
    run("undo")
    assert desk.state() == before


def test_fix_all_mends_everything_that_is_safe_one_by_one(desk: Desk, keys: KeyMaker, run) -> None:
    crlf(desk, keys)
    open_key(desk, keys)
    open_config(desk, keys)
    open_folder(desk, keys)
    text_name(desk, keys)
    private_under_public_name(desk, keys)
    before = desk.state()

    fixed = run("fix", "--all", "server", "--yes", "--json").object

    assert fixed["after"] == "healthy", fixed
    assert desk.works()
    ids = {one["id"] for one in fixed["applied"]}
    assert {"config-perms", "key-perms-open", "key-file-corrupt", "ssh-folder-perms"} <= ids
    assert {"public-half-misnamed", "private-half-misnamed"} <= ids
    for _change in fixed["applied"]:
        assert run("undo").code == 0
    assert desk.state() == before


def test_fix_all_in_a_healthy_home_changes_nothing(desk: Desk, run) -> None:
    before = desk.state()

    answer = run("fix", "--all", "server", "--yes")

    assert answer.code == 0
    assert "Nothing was changed." in answer.out
    assert desk.state() == before


def test_an_unknown_host_key_is_written_only_when_it_is_named(desk: Desk, run) -> None:
    known_hosts = desk.ssh / "known_hosts"
    known_hosts.write_text("elsewhere.invalid " + desk.server.host_key_line() + "\n")
    desk.config.write_text(desk.config.read_text() + "    StrictHostKeyChecking yes\n")
    before = desk.state()
    found = run("doctor", "server", "--json").object
    fingerprint = found["host"]["host_key"]["fingerprint"]

    refused = run("fix", "server", "--yes")
    wrong = run("fix", "server", "--yes", "--trust", "SHA256:" + "A" * 43)

    assert "hostkey-unknown-noninteractive" in [one["id"] for one in found["findings"]]
    assert refused.code == 5 and f"--trust {fingerprint}" in refused.err
    assert wrong.code != 0
    assert desk.state() == before
    trusted = run("fix", "server", "--yes", "--trust", fingerprint)
    assert trusted.code == 0, trusted.out + trusted.err
    assert desk.works()
    run("undo")
    assert desk.state() == before


def test_a_changed_host_key_that_nobody_published_is_never_proposed(desk: Desk, keys: KeyMaker, run) -> None:
    other = keys.make(desk.ssh.parent, "host")
    place = desk.server.known_hosts_line.split()[0]
    (desk.ssh / "known_hosts").write_text(f"{place} {' '.join(other.line.split()[:2])}\n")
    before = desk.state()
    found = run("doctor", "server", "--json").object
    fixed = run("fix", "--all", "server", "--yes")

    changed = next(one for one in found["findings"] if one["id"] == "hostkey-changed")
    assert not any(one["diff"] for one in changed["remedies"])
    assert fixed.code != 0
    assert desk.state() == before


@pytest.mark.parametrize("passphrase", ["", "secret words"])
def test_a_putty_key_is_written_anew_for_ssh_and_taken_back(
    passphrase: str, desk: Desk, tmp_path: Path, run
) -> None:
    words = tmp_path / "words"
    words.write_text(passphrase)
    desk.pair.public_path.unlink()
    putty = desk.ssh / "work.ppk"
    argv = ["puttygen", str(desk.pair.path), "-q", "-O", "private", "-o", str(putty)]
    subprocess.run([*argv, "--new-passphrase", str(words)], check=True, capture_output=True, timeout=30)
    desk.pair.path.unlink()
    putty.chmod(0o600)
    before = desk.state()
    assert not desk.works()
    found = run("doctor", "server", "--json").object
    assert "key-format-unsupported" in [one["id"] for one in found["findings"]]

    refused = run("fix", "key-format-unsupported", "server", "--yes") if passphrase else None
    with words.open() as file:
        flag = ("--passphrase-fd", str(file.fileno())) if passphrase else ()
        done = run("fix", "key-format-unsupported", "server", "--yes", *flag, pass_fds=(file.fileno(),))

    assert refused is None or (refused.code == 5 and "--passphrase-fd" in refused.err)
    assert "change 1" in run("undo", "--dry-run").out, done.out + done.err
    derived = subprocess.run(
        ["ssh-keygen", "-y", "-P", passphrase, "-f", str(desk.pair.path)],
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert derived.stdout.split()[:2] == desk.pair.line.split()[:2], derived.stderr
    assert passphrase or desk.works()
    assert run("undo").code == 0
    assert desk.state() == before


def test_of_all_repairs_one_can_be_declined(desk: Desk, keys: KeyMaker, tmp_path: Path) -> None:
    open_folder(desk, keys)
    text_name(desk, keys)
    words = [sys.executable, "-m", "sshwizard", "fix", "--all", "server"]
    env = {**os.environ, "SSHWIZARD_HOME": str(desk.ssh.parent), "XDG_RUNTIME_DIR": str(tmp_path)}
    with Person(words, env=env, cwd=desk.ssh.parent) as person:
        person.sees("Apply this?")
        person.types("n")
        person.sees("Apply this?")
        person.types("y")
        code = person.leaves()

    assert code == 0, person.screen
    assert desk.ssh.stat().st_mode & 0o777 == 0o777
    assert (desk.ssh / "deploy.pub").exists()
