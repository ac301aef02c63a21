"""The whole road in the practice ground: named cause, fix, real ssh and git as witnesses, undo.

Each scenario runs as a user would run it: one shell in the ground, our commands and the real ones in turn.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker
from servers.sshd import Sshd

SCRIPT = r"""
set -u
S="$PYTHON -m sshwizard"
cp "$SSHWIZARD_PRACTICE_CONFIG" "$OUT/config.before"
ssh_to_host() { ssh -F "$SSHWIZARD_PRACTICE_CONFIG" -o BatchMode=yes practice >"$OUT/$1.txt" 2>&1; }
clone() { rm -rf "$OUT/clone"; git clone -q "$SSHWIZARD_PRACTICE_REPO" "$OUT/clone" >"$OUT/$1.txt" 2>&1; echo $? >"$OUT/$1.status"; }
ssh_to_host before; clone clone_before
ssh -v -F "$SSHWIZARD_PRACTICE_CONFIG" -o BatchMode=yes practice >"$OUT/ssh_v.txt" 2>&1
$S doctor practice --json >"$OUT/doctor.json" 2>"$OUT/doctor.err"; echo $? >"$OUT/doctor.status"
$S fix practice --yes >"$OUT/fix.txt" 2>&1; echo $? >"$OUT/fix.status"
cp "$SSHWIZARD_PRACTICE_CONFIG" "$OUT/config.after"
ssh_to_host after; clone clone_after
$S doctor practice --json >"$OUT/doctor_after.json" 2>"$OUT/doctor_after.err"; echo $? >"$OUT/doctor_after.status"
$S undo --yes >"$OUT/undo.txt" 2>&1; echo $? >"$OUT/undo.status"
cp "$SSHWIZARD_PRACTICE_CONFIG" "$OUT/config.undone"
ssh_to_host undone
exit 0
"""

CAUSES = {
    "wrong-key": "key-nondefault-name",
    "wrong-account": "wrong-account-key",
    "too-many-keys": "too-many-keys",
    "home-key-in-agent": "wrong-account-key",
}


def walk(scenario: str, folder: Path, script: str = SCRIPT) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "sshwizard", "practice", "--scenario", scenario, "--", "bash", "-c", script],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "OUT": str(folder), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=110,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def attempted(log: str) -> list[str]:
    """The fingerprints of ssh's "Will attempt key" lines, in order; "" for a file without public half."""
    lines = re.findall(r"^debug1: Will attempt key: (.*)$", log, re.M)
    return [found[0] if (found := re.findall(r"SHA256:\S+", line)) else "" for line in lines]


@pytest.mark.parametrize("scenario", CAUSES)
def test_from_permission_denied_to_a_clone_and_back(scenario: str, tmp_path: Path) -> None:
    out = walk(scenario, tmp_path)
    doctor = json.loads((out / "doctor.json").read_text())
    read = {path.stem: path.read_text() for path in out.glob("*.txt")}

    first = doctor["findings"][0]
    assert CAUSES[scenario] == first["id"]
    assert first["evidence"] and first["remedies"][0]["diff"]
    assert [offer["fingerprint"] or "" for offer in doctor["offers"]] == attempted(read["ssh_v"])
    assert (out / "doctor.status").read_text().strip() == "1"
    assert (out / "fix.status").read_text().strip() == "0", read["fix"]
    assert (out / "clone_after.status").read_text().strip() == "0", read["clone_after"]
    assert "successfully authenticated" in read["after"]
    assert read["after"] != read["before"]
    assert json.loads((out / "doctor_after.json").read_text())["verdict"] == "healthy"
    assert (out / "config.undone").read_bytes() == (out / "config.before").read_bytes()
    assert read["undone"] == read["before"]


SET_UP = r"""
set -u
S="$PYTHON -m sshwizard"
ls -A "$SSHWIZARD_HOME/.ssh" >"$OUT/files_before.txt"
$S setup practice --yes --upload --no-passphrase >"$OUT/setup.txt" 2>&1 </dev/null; echo $? >"$OUT/setup.status"
ls -A "$SSHWIZARD_HOME/.ssh" >"$OUT/files_after.txt"
ssh -F "$SSHWIZARD_PRACTICE_CONFIG" -o BatchMode=yes practice >"$OUT/ssh.txt" 2>&1
git clone -q "$SSHWIZARD_PRACTICE_REPO" "$OUT/clone" >"$OUT/clone.txt" 2>&1; echo $? >"$OUT/clone.status"
exit 0
"""


def test_a_newcomer_gets_a_key_an_upload_and_a_clone(tmp_path: Path) -> None:
    out = walk("fresh", tmp_path, SET_UP)

    assert (out / "setup.status").read_text().strip() == "0", (out / "setup.txt").read_text()
    assert "practice_ed25519" in (out / "files_after.txt").read_text()
    assert "successfully authenticated" in (out / "ssh.txt").read_text()
    assert (out / "clone.status").read_text().strip() == "0"


def test_a_key_that_ssh_sends_already_is_uploaded_and_none_is_made(tmp_path: Path) -> None:
    out = walk("not-uploaded", tmp_path, SET_UP)

    assert (out / "setup.status").read_text().strip() == "0", (out / "setup.txt").read_text()
    assert (out / "files_before.txt").read_text() == (out / "files_after.txt").read_text()
    assert (out / "clone.status").read_text().strip() == "0"


def test_no_key_is_made_for_a_host_that_is_not_itself(tmp_path: Path) -> None:
    out = walk("hostkey-changed", tmp_path, SET_UP)

    assert (out / "setup.status").read_text().strip() == "1"
    assert (out / "files_before.txt").read_text() == (out / "files_after.txt").read_text()
    assert "Nothing was changed" in (out / "setup.txt").read_text()


def sshwizard(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "sshwizard", *arguments, "--home", str(home)]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, env=env)


def test_the_same_road_with_a_real_sshd_and_another_home(
    start_sshd: Callable[..., Sshd], keys: KeyMaker, home: Path, tmp_path: Path
) -> None:
    folder = home / ".ssh"
    keys.make(folder, "id_ed25519")
    work = keys.make(folder, "work")
    server = start_sshd({"joe-work": [work.line]})
    server.make_repository("app.git")
    known, config = folder / "known_hosts", folder / "config"
    known.write_text(server.known_hosts_line)
    config.write_text(server.config_block("box", known_hosts=known))
    config.chmod(0o600)
    before = config.read_bytes()
    real = ["ssh", "-F", str(config), "-o", "BatchMode=yes", "box"]

    doctor = sshwizard(home, "doctor", "box", "--json")
    said = json.loads(doctor.stdout)
    assert (1, "key-nondefault-name") == (doctor.returncode, said["findings"][0]["id"])
    assert [work.fingerprint] == said["known"]

    assert 0 == sshwizard(home, "fix", "--yes").returncode
    assert "Hi joe-work" in subprocess.run(real, capture_output=True, text=True, timeout=30).stderr
    clone = subprocess.run(
        ["git", "clone", "-q", "box:app.git", str(tmp_path / "clone")],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "GIT_SSH_COMMAND": f"ssh -F {config}"},
        timeout=60,
    )
    assert 0 == clone.returncode

    assert 0 == sshwizard(home, "undo", "--yes").returncode
    assert before == config.read_bytes()
    assert 255 == subprocess.run(real, capture_output=True, timeout=30).returncode
