"""`identity`: as whom a repository pushes and commits, changed by each design and proved with git and sshd."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker
from servers.namespace import RealSsh
from servers.sshd import Sshd


class Desk:
    """Two accounts at one server; `forge` sends joe's key, and the repository belongs to acme."""

    def __init__(self, home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> None:
        self.home = home
        self.first, self.second = keys.make(home / ".ssh", "joe"), keys.make(home / ".ssh", "acme")
        self.server = start_sshd({"joe": [self.first.line], "acme": [self.second.line]})
        (self.server.repositories / "acme").mkdir()
        self.server.make_repository("acme/app.git")
        known = home / ".ssh" / "known_hosts"
        known.write_text(self.server.known_hosts_line)
        self.config = home / ".ssh" / "config"
        self.config.write_text(
            self.server.config_block("forge", f"IdentityFile {self.first.path}", known_hosts=known)
        )
        self.config.chmod(0o600)
        self.gitconfig = home / ".gitconfig"
        self.gitconfig.write_text("[user]\n\tname = Joe Doe\n\temail = joe@example.org\n")
        self.work = home / "work"
        self.work.mkdir()
        self.folder = self.work / "app"
        self.git("clone", "-q", "git@forge:acme/app.git", str(self.folder), cwd=home)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run git with ssh reading this home's configuration, whatever else git's own tells it."""
        own = subprocess.run(
            ["git", "config", "core.sshCommand"],
            cwd=cwd or self.folder,
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            timeout=10,
        )
        command = f"{own.stdout.strip() or 'ssh'} -F {self.config}"
        done = RealSsh(self.home).run(
            ["git", *arguments], cwd=cwd or self.folder, env={"GIT_SSH_COMMAND": command}
        )
        assert done.status == 0, done.said
        return done.out

    def pushes_as(self) -> str:
        """Push a commit and read in sshd's log as whom."""
        seen = len(self.server.log())
        self.git("commit", "-q", "--allow-empty", "-m", "next")
        self.git("push", "-q", "origin", "HEAD")
        log = self.server.log()[seen:]
        names = {self.first.line.split()[1]: "joe", self.second.line.split()[1]: "acme"}
        accepted = [line for line in log.splitlines() if "Accepted publickey" in line]
        assert accepted
        for blob, name in names.items():
            if fingerprint(blob) in accepted[-1]:
                return name
        return ""

    def state(self) -> list[bytes]:
        paths = (self.config, self.gitconfig, self.folder / ".git" / "config")
        return [path.read_bytes() for path in paths]


def fingerprint(blob: str) -> str:
    import base64
    import hashlib

    digest = hashlib.sha256(base64.b64decode(blob)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


@pytest.fixture
def desk(home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> Desk:
    return Desk(home, keys, start_sshd)


def test_the_table_says_key_and_committer(desk: Desk, run) -> None:
    shown = run("identity", str(desk.folder))
    fields = run("repo", "--json", cwd=desk.folder).object
    remote = fields["repositories"][0]["remotes"][0]

    assert shown.code == 0, shown.err
    assert "forge:acme/app.git" in shown.out and "Joe Doe <joe@example.org>" in shown.out
    assert (remote["key"], remote["account"], remote["host"]) == ("joe", None, "forge")
    assert fields["repositories"][0]["email"] == "joe@example.org"


def test_a_login_names_the_account(desk: Desk, run) -> None:
    answer = run("identity", "--login", "--json", cwd=desk.folder)

    assert answer.object["repositories"][0]["remotes"][0]["account"] == "joe"


def test_a_folder_of_repositories_is_listed(desk: Desk, run) -> None:
    desk.git("clone", "-q", "git@forge:acme/app.git", str(desk.work / "other"), cwd=desk.home)
    answer = run("identity", str(desk.work), "--json").object

    assert [Path(one["folder"]).name for one in answer["repositories"]] == ["app", "other"]


@pytest.mark.parametrize("design", ["alias", "command", "folder"])
def test_each_design_pushes_as_the_other_account_and_goes_back(design: str, desk: Desk, run) -> None:
    assert desk.pushes_as() == "joe"
    before = desk.state()
    words = ("identity", "--use", "acme", "--design", design)

    preview = run(*words, "--dry-run", "--json", cwd=desk.folder).object
    asked = run(*words, cwd=desk.folder)
    assert preview["diff"] and preview["changed"] is False
    assert asked.code == 5 and "--yes" in asked.err
    assert desk.state() == before
    done = run(*words, "--yes", cwd=desk.folder)

    assert done.code == 0, done.out + done.err
    assert desk.pushes_as() == "acme"
    assert run("identity", "--json", cwd=desk.folder).object["repositories"][0]["remotes"][0]["key"] == "acme"
    again = run(*words, "--yes", cwd=desk.folder)
    assert again.code == 0 and "already" in again.out
    assert run("undo", cwd=desk.folder).code == 0
    assert desk.state() == before
    assert desk.pushes_as() == "joe"


def test_a_folder_design_reaches_every_repository_in_it(desk: Desk, run) -> None:
    desk.git("clone", "-q", "git@forge:acme/app.git", str(desk.work / "other"), cwd=desk.home)
    done = run("identity", str(desk.work), "--use", "acme", "--design", "folder", "--yes")
    shown = run("identity", str(desk.work), "--json").object

    assert done.code == 0, done.out + done.err
    assert [one["remotes"][0]["key"] for one in shown["repositories"]] == ["acme", "acme"]


def test_a_design_that_another_setting_defeats_is_taken_back(desk: Desk, run) -> None:
    command = f"ssh -i {desk.first.path} -o IdentitiesOnly=yes"
    desk.git("config", "core.sshCommand", command)
    before = desk.state()
    done = run("identity", "--use", "acme", "--design", "alias", "--yes", "--json", cwd=desk.folder)

    assert (done.code, done.object["result"]) == (6, "rolled_back")
    assert desk.state() == before


def test_commits_are_signed_and_proved(desk: Desk, run) -> None:
    before = desk.state()
    heads = desk.git("rev-parse", "HEAD")
    done = run("identity", "--sign", "acme", "--yes", cwd=desk.folder)

    assert done.code == 0, done.out + done.err
    assert "Proved" in done.out
    assert desk.git("rev-parse", "HEAD") == heads
    assert (
        subprocess.run(["git", "status", "--porcelain"], cwd=desk.folder, capture_output=True).stdout == b""
    )
    desk_env = {"HOME": str(desk.home), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(
        ["git", "commit", "-q", "--allow-empty", "-m", "mine"], cwd=desk.folder, env=desk_env, check=True
    )
    subprocess.run(["git", "verify-commit", "HEAD"], cwd=desk.folder, env=desk_env, check=True)
    again = run("identity", "--sign", "acme", "--yes", cwd=desk.folder)
    assert again.code == 0 and "already" in again.out
    assert run("undo", cwd=desk.folder).code == 0
    assert desk.state() == before
    assert not (desk.home / ".ssh" / "allowed_signers").exists()


def test_signing_with_a_locked_key_is_taken_back(desk: Desk, keys: KeyMaker, run) -> None:
    keys.make(desk.home / ".ssh", "locked", passphrase="secret words")
    before = desk.state()
    done = run("identity", "--sign", "locked", "--yes", "--json", cwd=desk.folder)

    assert (done.code, done.object["result"]) == (6, "rolled_back")
    assert desk.state() == before


@pytest.mark.parametrize(
    "words",
    [
        ("identity",),
        ("identity", "/nonexistent"),
        ("identity", "--design", "alias"),
        ("identity", "--use", "acme", "--sign", "acme"),
    ],
)
def test_wrong_words_are_explained(words: tuple[str, ...], home: Path, run) -> None:
    answer = run(*words, cwd=home)

    assert answer.code == 2
    assert answer.err


def test_the_folder_design_goes_where_git_looks(desk: Desk, run, tmp_path: Path) -> None:
    other = tmp_path / "git.conf"
    other.write_bytes(desk.gitconfig.read_bytes())
    env = {"GIT_CONFIG_GLOBAL": str(other)}
    before, untouched = other.read_bytes(), desk.gitconfig.read_bytes()
    done = run("identity", "--use", "acme", "--design", "folder", "--yes", cwd=desk.folder, env=env)

    assert done.code == 0, done.out + done.err
    assert b"includeIf" in other.read_bytes()
    assert desk.gitconfig.read_bytes() == untouched
    assert run("undo", cwd=desk.folder, env=env).code == 0
    assert other.read_bytes() == before


@pytest.mark.parametrize("named", ["", "/dev/null"])
def test_without_a_global_configuration_the_folder_design_is_refused(named: str, desk: Desk, run) -> None:
    env = {"GIT_CONFIG_GLOBAL": named}
    done = run("identity", "--use", "acme", "--design", "folder", "--yes", cwd=desk.folder, env=env)

    assert done.code == 1
    assert "GIT_CONFIG_GLOBAL" in done.err


def test_another_home_is_another_git_configuration(desk: Desk, run, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Not Joe\n\temail = not@example.org\n")
    shown = run("identity", "--json", cwd=desk.folder, env={"HOME": str(tmp_path)}).object

    assert shown["repositories"][0]["email"] == "joe@example.org"


def test_an_alias_for_a_folder_moves_every_remote_there(desk: Desk, run) -> None:
    desk.git("clone", "-q", "git@forge:acme/app.git", str(desk.work / "other"), cwd=desk.home)
    urls = [desk.git("remote", "get-url", "origin", cwd=desk.work / name) for name in ("app", "other")]
    done = run("identity", str(desk.work), "--use", "acme", "--design", "alias", "--yes")
    shown = run("identity", str(desk.work), "--json").object

    assert done.code == 0, done.out + done.err
    assert [one["remotes"][0]["key"] for one in shown["repositories"]] == ["acme", "acme"]
    assert run("undo").code == 0
    assert urls == [
        desk.git("remote", "get-url", "origin", cwd=desk.work / name) for name in ("app", "other")
    ]


def test_one_key_for_all_is_a_design_too(desk: Desk, run) -> None:
    before = desk.state()
    done = run("identity", "--use", "acme", "--design", "all", "--yes", cwd=desk.folder)

    assert done.code == 0, done.out + done.err
    assert desk.pushes_as() == "acme"
    assert run("undo", cwd=desk.folder).code == 0
    assert desk.state()[:2] == before[:2]
