"""An address whose service takes git over HTTPS only: a good answer, and whether git will find its password."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

URL = "https://git.heroku.com/app.git"
HELPER = '[credential "https://git.heroku.com"]\n\thelper = !heroku git:credentials\n'


def run(home: Path, *words: str, path: str = "") -> tuple[int, str, str]:
    env = {
        "PATH": path + os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "sshwizard", *words, "--home", str(home)],
        env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False, cwd=home,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def as_json(home: Path, *words: str, path: str = "") -> tuple[int, dict[str, Any]]:
    status, out, _err = run(home, *words, "--json", path=path)
    return status, json.loads(out)


@pytest.fixture
def repository(home: Path) -> Path:
    for words in (["init", "-q"], ["remote", "add", "heroku", URL]):
        subprocess.run(["git", "-C", str(home), *words], check=True)
    return home


def heroku(home: Path) -> str:
    """Put a program called heroku on the path."""
    (home / "bin").mkdir()
    (home / "bin" / "heroku").write_text("#!/bin/sh\nexit 1\n")
    (home / "bin" / "heroku").chmod(0o755)
    return f"{home / 'bin'}:"


@pytest.mark.parametrize("command", ["doctor", "why", "test", "fix"])
@pytest.mark.parametrize("typed", ["", "heroku", URL])
def test_it_needs_no_key_and_that_is_well(command: str, typed: str, repository: Path) -> None:
    status, fields = as_json(repository, command, *([typed] if typed else []))

    assert (0, command, "healthy") == (status, fields["command"], fields["verdict"])
    assert ([], "heroku", "git.heroku.com") == (
        fields["offers"], fields["target"]["provider"], fields["target"]["host"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "program", "state", "said"),
    [
        (".netrc", "machine git.heroku.com login me password hidden-canary\n", False, "passed", "~/.netrc"),
        (".gitconfig", HELPER, True, "passed", "!heroku git:credentials"),
        (".gitconfig", HELPER, False, "warned", "no program `heroku`"),
        (".gitconfig", "[credential]\n\thelper = store\n", False, "passed", "`store`"),
        (".gitconfig", HELPER.replace("git.heroku", "*.heroku"), True, "passed", "!heroku git:credentials"),
        (".gitconfig", HELPER.replace("git.heroku", "example"), True, "warned", "heroku login"),
        ("nothing", "", True, "warned", "heroku login"),
    ],
)  # fmt: skip
def test_where_git_gets_its_password_is_looked_up(
    file: str, text: str, program: bool, state: str, said: str, repository: Path
) -> None:
    (repository / file).write_text(text)
    path = heroku(repository) if program else ""
    status, fields = as_json(repository, "doctor", path=path)
    (check,) = fields["checks"]

    assert (0, state) == (status, check["state"])
    assert said in check["detail"]
    assert "hidden-canary" not in json.dumps(fields)


def test_people_read_two_lines(repository: Path) -> None:
    (repository / ".gitconfig").write_text("[credential]\n\thelper = store\n")
    status, out, err = run(repository, "doctor")

    assert (0, 2, "") == (status, len(out.splitlines()), err)
    assert out.startswith("Nothing for ssh to do")


def test_a_password_that_git_would_ask_for_counts_where_warnings_do(repository: Path) -> None:
    assert 1 == run(repository, "doctor", "--fail-on", "warn")[0]
