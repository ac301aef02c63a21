"""Every scenario against the real ssh and git: it fails as told, and the right edit by hand mends it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard.gather import gather
from sshwizard.model.config import CommandLine
from sshwizard.plan import make_plan
from sshwizard.practice.ground import Ground
from sshwizard.practice.scenarios import scenarios

NAMES = [scenario.name for scenario in scenarios()]
MEETS = {
    "refused": "Permission denied (publickey)",
    "thrown-out": "Too many authentication failures",
    "wrong-account": "Hi mia-home!",
    "hostkey-changed": "REMOTE HOST IDENTIFICATION HAS CHANGED",
}

ANY_HOST_KEY = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")


def run(ground: Ground, *argv: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        env=dict(ground.env),
        cwd=cwd or ground.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def ssh(ground: Ground, *options: str) -> str:
    return run(
        ground, "ssh", "-F", str(ground.config_path), "-o", "BatchMode=yes", *options, "practice"
    ).stderr


def edit(ground: Ground, change: Callable[[str], str]) -> None:
    ground.config_path.write_text(change(ground.config_path.read_text()))


def block_first(ground: Ground, *lines: str) -> None:
    block = "Host practice\n" + "".join(f"    {line}\n" for line in lines)
    edit(ground, lambda text: f"{block}\n{text}")


def name_the_key(ground: Ground) -> None:
    path = ground.home / ".ssh" / str(ground.scenario.wanted_key)
    block_first(ground, f"IdentityFile {path}", "IdentitiesOnly yes")


def make_and_upload(ground: Ground, keys: KeyMaker) -> None:
    pair = keys.make(ground.home / ".ssh", "id_ed25519")
    ground.accounts.add("mia", pair.line)


def upload(ground: Ground) -> None:
    ground.accounts.add("mia", (ground.home / ".ssh" / "id_ed25519.pub").read_text())


def keep_home_key_away(ground: Ground) -> None:
    name_the_key(ground)
    edit(ground, lambda text: text.replace("Host *\n", "Host * !practice\n", 1))


def close_the_file(ground: Ground) -> None:
    (ground.home / ".ssh" / "practice_ed25519").chmod(0o600)


def trust_the_new_key(ground: Ground) -> None:
    line = f"[127.0.0.1]:{ground.port} {ground.host.key_line}\n"
    (ground.home / ".ssh" / "known_hosts").write_text(line)


MEND: dict[str, Callable[[Ground], None]] = {
    "wrong-key": name_the_key,
    "not-uploaded": upload,
    "too-many-keys": lambda ground: block_first(ground, "IdentitiesOnly yes"),
    "wrong-account": name_the_key,
    "home-key-in-agent": keep_home_key_away,
    "key-perms-open": close_the_file,
    "hostkey-changed": trust_the_new_key,
}


@pytest.mark.parametrize("name", NAMES)
def test_it_fails_as_told_until_it_is_mended(name: str, keys: KeyMaker) -> None:
    with Ground.named(name) as ground:
        before = ssh(ground)
        clone_before = run(ground, "git", "clone", "-q", "practice:app.git", "early")
        MEND[name](ground) if name in MEND else make_and_upload(ground, keys)
        after = ssh(ground)
        clone_after = run(ground, "git", "clone", "-q", "practice:app.git", "late")

        assert MEETS[ground.scenario.meets] in before
        assert clone_before.returncode == 128
        assert f"Hi {ground.scenario.account}!" in after
        assert (clone_after.returncode, clone_after.stderr) == (0, "")


def test_the_textbook_block_does_not_keep_the_home_key_away() -> None:
    with Ground.named("home-key-in-agent") as ground:
        name_the_key(ground)

        assert "Hi mia-home!" in ssh(ground)


@pytest.mark.parametrize("name", NAMES)
def test_ssh_offers_the_same_keys_in_another_home(name: str, tmp_path: Path, keys: KeyMaker) -> None:
    """The real ssh never sees the default keys of the account that runs it."""
    from servers.namespace import RealSsh

    keys.make(tmp_path / ".ssh", "id_rsa", type="ed25519")
    with Ground.named(name) as ground:
        elsewhere = RealSsh(tmp_path, dict(ground.env)).run(
            ["ssh", "-v", "-F", str(ground.config_path), "-o", "BatchMode=yes", "practice"]
        )

        assert f"{tmp_path}/.ssh" not in elsewhere.err
        assert _attempts(ssh(ground, "-v")) == _attempts(elsewhere.err)


@pytest.mark.parametrize("name", NAMES)
def test_our_plan_is_what_ssh_does(name: str) -> None:
    with Ground.named(name) as ground:
        command_line = CommandLine(destination="practice")
        plan = make_plan(gather(ground.machine(), command_line))
        attempted = [re.findall(r"SHA256:\S+", line) for line in _attempts(ssh(ground, "-v", *ANY_HOST_KEY))]

    assert [[offer.fingerprint] if offer.fingerprint else [] for offer in plan.offers] == attempted


def _attempts(log: str) -> list[str]:
    return [line.rstrip("\r") for line in log.splitlines() if "Will attempt key" in line]


def test_push_fetch_and_pull_work_once_mended() -> None:
    with Ground.named("wrong-key") as ground:
        name_the_key(ground)
        (ground.work / "note").write_text("hello\n")
        commands = ("add note", "commit -q -m Note", "push -q origin main", "fetch -q", "pull -q")
        said = [run(ground, "git", *command.split(), cwd=ground.work).stderr for command in commands]
        run(ground, "git", "clone", "-q", "ssh://practice/anything/else", "copy")

        assert said == [""] * 5
        assert (ground.folder / "copy" / "note").read_text() == "hello\n"


def test_a_missing_repository_is_refused_as_forges_do() -> None:
    with Ground.named("wrong-key") as ground:
        name_the_key(ground)
        said = run(ground, "git", "clone", "-q", "practice:mia/missing.git")

        assert (said.returncode, said.stderr.splitlines()[0]) == (128, "ERROR: Repository not found.")
