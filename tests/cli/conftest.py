"""Running the command line as a user does: a process of its own, in the test's home and environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from servers.keys import KeyMaker, Pair
from servers.sshd import Sshd


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        fields = json.loads(self.out)
        assert isinstance(fields, dict)
        return fields


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Callable[..., Answer]:
    """Return `run(*words, stdin="", env=…, cwd=…, with_home=True)`: sshwizard with the test's home."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)

    def call(
        *words: str,
        stdin: str = "",
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        with_home: bool = True,
        pass_fds: tuple[int, ...] = (),
    ) -> Answer:
        whole = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), **(env or {})}
        if with_home:
            whole["SSHWIZARD_HOME"] = str(home)
        done = subprocess.run(
            [sys.executable, "-m", "sshwizard", *words],
            env=whole,
            cwd=cwd or tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            pass_fds=pass_fds,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    return call


@dataclass(frozen=True)
class Place:
    """A home with two keys, of which the host `server` knows the one with a name of its own."""

    home: Path
    server: Sshd
    stranger: Pair
    known: Pair
    config: Path


@pytest.fixture
def wrong_key(home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd]) -> Place:
    """ssh offers `stranger` to the host `server`, which knows only `work`."""
    ssh = home / ".ssh"
    ssh.mkdir(mode=0o700)
    stranger = keys.make(ssh, "stranger")
    known = keys.make(ssh, "work")
    server = start_sshd({"joe": [known.line]})
    config = server.write_config(ssh, "server", f"IdentityFile {stranger.path}")
    return Place(home, server, stranger, known, config)


@pytest.fixture
def make_repo() -> Callable[[Path, str], None]:
    """Return `make(folder, url)`: a git repository whose `origin` is `url`."""

    def make(folder: Path, url: str) -> None:
        for words in (["init", "-q", str(folder)], ["-C", str(folder), "remote", "add", "origin", url]):
            subprocess.run(["git", *words], check=True, capture_output=True, timeout=20)

    return make


@pytest.fixture
def run_here(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Answer]:
    """Return `run_here(*words)`: like `run`, in this process, for what needs no process of its own."""
    from sshwizard.cli.main import run as run_it

    monkeypatch.setenv("SSHWIZARD_HOME", str(home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Answer:
        capfd.readouterr()
        code = run_it(words)
        said = capfd.readouterr()
        return Answer(code, said.out, said.err)

    return call
