"""`keys`: the keys on this machine, making one, and those on an account."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from servers.keys import KeyMaker

KEY = {
    "path", "public_path", "type", "bits", "fingerprint", "fingerprint_md5", "comment", "format", "has_private",
    "has_public", "encrypted", "permissions", "agents", "problems",
}  # fmt: skip


def test_every_key_is_listed_as_the_contract_says(run, home: Path, keys: KeyMaker, start_agent) -> None:
    ssh = home / ".ssh"
    plain = keys.make(ssh, "id_ed25519", comment="joe@laptop")
    keys.make(ssh, "locked", passphrase="open sesame")
    (ssh / "empty").write_text("")
    (ssh / "id_rsa").mkdir()
    agent = start_agent(plain.path)

    fields = run("keys", "list", "--json", env={"SSH_AUTH_SOCK": agent.socket}).object
    by_name = {os.path.basename(one["path"]): one for one in fields["keys"]}

    assert set(fields) == {"schema", "command", "keys", "agents"}
    assert all(set(one) == KEY for one in fields["keys"])
    assert by_name["id_ed25519"]["fingerprint"] == plain.fingerprint
    assert by_name["id_ed25519"]["permissions"] == "0600"
    assert by_name["id_ed25519"]["agents"] == [agent.socket]
    assert (by_name["id_ed25519"]["encrypted"], by_name["locked"]["encrypted"]) == (False, True)
    assert by_name["id_rsa"]["problems"][0]["id"] == "directory"
    assert set(fields["agents"][0]) == {"name", "where", "reachable", "keys", "problem"}


def test_show_and_export_find_a_key_by_path_name_and_fingerprint(run, home: Path, keys: KeyMaker) -> None:
    pair = keys.make(home / ".ssh", "work", comment="joe@work")

    for name in (str(pair.path), "work", "~/.ssh/work", pair.fingerprint, "joe@work"):
        assert run("keys", "show", name, "--json").object["key"]["fingerprint"] == pair.fingerprint
    assert run("keys", "export", "work").out.strip() == pair.line
    assert run("keys", "show", "nosuch").code == 2


def test_a_new_key_is_one_that_ssh_keygen_reads(run, home: Path) -> None:
    made = run("keys", "new", "mine", "--no-passphrase", "-C", "joe [x]", "--json")
    path = home / ".ssh" / "mine"
    said = subprocess.run(["ssh-keygen", "-l", "-f", path], capture_output=True, text=True, check=True).stdout

    assert made.code == 0
    assert made.object["key"]["fingerprint"] in said
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert run("keys", "new", "mine", "--no-passphrase").code == 2
    assert run("undo").code == 0 and not path.exists()


def test_a_passphrase_comes_over_a_descriptor_and_never_shows(run, home: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"open sesame\n")
    os.close(writer)
    made = run("keys", "new", "mine", "--passphrase-fd", str(reader), pass_fds=(reader,))
    os.close(reader)
    argv = ["ssh-keygen", "-y", "-P", "open sesame", "-f", str(home / ".ssh" / "mine")]

    assert made.code == 0
    assert "open sesame" not in made.out + made.err
    assert subprocess.run(argv, capture_output=True, check=False).returncode == 0


def test_without_a_terminal_a_new_key_names_the_flags(run, home: Path) -> None:
    answer = run("keys", "new")

    assert answer.code == 5
    assert "--passphrase-fd" in answer.err and "--no-passphrase" in answer.err
    assert not (home / ".ssh").exists()


def test_a_dry_run_makes_no_key(run, home: Path) -> None:
    answer = run("keys", "new", "--for", "git@bitbucket.org:a/b", "--no-passphrase", "--dry-run")

    assert answer.code == 0
    assert "ssh-keygen -t ed25519" in answer.out and "bitbucket_ed25519" in answer.out
    assert not (home / ".ssh").exists()


SCRIPT = """
S="$PYTHON -m sshwizard"
$S keys new mine --no-passphrase -C mia@test --json >new.json
$S keys add practice ~/.ssh/mine >refused.txt 2>&1; echo $? >refused.code
$S keys add practice ~/.ssh/mine.pub --title laptop --json >asked.json; echo $? >asked.code
$S keys add practice ~/.ssh/mine.pub --title laptop --dry-run --json >dry.json
$S keys add practice ~/.ssh/mine.pub --title laptop --yes --json >added.json
$S keys add practice ~/.ssh/mine.pub --title laptop --yes --json >again.json
$S keys list --remote practice --json >remote.json
$S keys remove practice nosuch --yes --json >absent.json; echo $? >absent.code
$S keys remove practice laptop --yes --json >removed.json
$S keys add practice ~/.ssh/mine.pub --yes --api-url http://127.0.0.1:1 --json >dead.json; echo $? >dead.code
"""


def test_keys_of_an_account_come_and_go(tmp_path: Path) -> None:
    words = ["practice", "--scenario", "fresh", "--", "bash", "-c", SCRIPT]
    env = {**os.environ, "PYTHON": sys.executable}
    subprocess.run(
        [sys.executable, "-m", "sshwizard", *words], cwd=tmp_path, env=env, timeout=100, capture_output=True
    )
    objects = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    codes = {path.stem: int(path.read_text()) for path in tmp_path.glob("*.code")}

    assert codes == {"refused": 2, "asked": 5, "absent": 2, "dead": 3}
    assert "private half" in (tmp_path / "refused.txt").read_text()
    assert objects["asked"]["error"]["code"] == "needs-confirmation"
    assert objects["dry"]["result"] == "dry_run"
    assert objects["added"]["result"] == "added" and objects["added"]["account"] == "mia"
    assert set(objects["added"]["key"]) == {"id", "title", "fingerprint"}
    assert objects["again"]["result"] == "already_there"
    remote = objects["remote"]["keys"][0]
    assert set(remote) >= {"id", "title", "fingerprint", "type", "created", "local_path"}
    assert remote["fingerprint"] == objects["new"]["key"]["fingerprint"]
    assert remote["local_path"] == objects["new"]["key"]["path"]
    assert objects["absent"]["error"]["code"] == "key-unknown"
    assert objects["removed"]["result"] == "removed"
    assert objects["dead"]["error"]["code"] == "service-unreachable"
