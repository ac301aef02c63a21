"""`config lint --fix`: only what changes nothing for any host, by the real ssh's word, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers.namespace import RealSsh

HOSTS = ("alpha", "beta", "elsewhere.invalid")
CONFIG = b"""# mine, \xe9 in Latin-1
Host alpha
    RSAAuthentication yes
    Port 2222
    Port 2200\r
    User joe

Host *
    UseRoaming no
    User everybody
    IdentityFile ~/.ssh/one
    IdentityFile ~/.ssh/two
    ForwardAgent no"""


@pytest.fixture
def config(home: Path) -> Path:
    path = home / ".ssh" / "config"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(CONFIG)
    path.chmod(0o600)
    return path


def said(home: Path) -> list[str]:
    return [RealSsh(home).ssh("-G", host).out for host in HOSTS]


def test_lines_without_effect_become_comments_and_nothing_else_moves(config: Path, home: Path, run) -> None:
    before = said(home)

    answer = run("config", "lint", "--fix", "--yes", "--json")

    assert answer.object["result"] == "applied", answer.out
    after = config.read_bytes()
    assert said(home) == before
    old, new = CONFIG.split(b"\n"), after.split(b"\n")
    changed = [line for line, other in zip(old, new, strict=True) if line != other]
    assert {line.split()[0] for line in changed} >= {b"RSAAuthentication", b"Port"}
    assert all(
        b == a or b == a[: len(a) - len(a.lstrip())] + b"# " + a.lstrip()
        for a, b in zip(old, new, strict=True)
    )
    for _one in answer.object["applied"]:
        assert run("undo").code == 0
    assert config.read_bytes() == CONFIG


def test_a_refused_file_is_put_right_first(config: Path, home: Path, run) -> None:
    config.write_bytes(b"\xef\xbb\xbf" + CONFIG)
    config.chmod(0o666)
    assert RealSsh(home).ssh("-G", "alpha").status == 255

    answer = run("config", "lint", "--fix", "--yes")

    assert answer.code == 0, answer.out + answer.err
    assert RealSsh(home).ssh("-G", "alpha").status == 0
    assert config.stat().st_mode & 0o022 == 0


def test_a_dry_run_changes_nothing_and_a_clean_file_needs_nothing(config: Path, run) -> None:
    shown = run("config", "lint", "--fix", "--dry-run")
    asked = run("config", "lint", "--fix")

    assert shown.code == 0 and "Nothing was changed." in shown.out and "# RSAAuthentication yes" in shown.out
    assert asked.code == 5
    assert config.read_bytes() == CONFIG
    config.write_bytes(b"Host alpha\n    User joe\n")
    assert "nothing that could be put right" in run("config", "lint", "--fix", "--yes").out


def test_a_proposal_is_compared_with_what_is_in_force(wrong_key, run) -> None:
    before = wrong_key.config.read_bytes()
    answer = run("config", "diff", "server", "-i", "work", "--json")
    both = run("config", "diff", "server", "other", "-i", "work")

    assert answer.object["same"] is False
    assert f"+identityfile {wrong_key.known.path}" in answer.object["diff"]
    assert both.code == 2
    assert wrong_key.config.read_bytes() == before
