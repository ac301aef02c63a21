"""The practice host's one repository, made and served by the git that is installed. Knows no ssh."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Protocol

SERVICES = ("git-upload-pack", "git-receive-pack", "git-upload-archive")


class Pipe(Protocol):
    """The far end of a git service (paramiko's Channel is one)."""

    def recv(self, nbytes: int) -> bytes: ...

    def sendall(self, s: bytes) -> None: ...

    def sendall_stderr(self, s: bytes) -> None: ...


class Repositories:
    """One bare repository that answers to every name."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "app.git"
        self._git = shutil.which("git")
        self._env = git_environment(folder)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        if self._git:
            self._make()

    @property
    def served(self) -> bool:
        """Whether git is installed, so that cloning works."""
        return self._git is not None

    def serve(self, service: str, pipe: Pipe, env: Mapping[str, str]) -> int:
        """Run one of `SERVICES` with `pipe` as its other end until it ends; return its exit status."""
        assert self._git is not None
        process = subprocess.Popen(
            [self._git, service.removeprefix("git-"), str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self._env, **env},
            start_new_session=os.name == "posix",
        )
        with self._lock:
            self._running.add(process)
        try:
            return self._carry(process, pipe)
        finally:
            with self._lock:
                self._running.discard(process)

    def stop(self) -> None:
        """End every service that still runs."""
        with self._lock:
            for process in self._running:
                process.kill()

    def _carry(self, process: subprocess.Popen[bytes], pipe: Pipe) -> int:
        assert process.stdout and process.stderr
        threading.Thread(target=_feed, args=(pipe, process), name="practice-git-in", daemon=True).start()
        errors = threading.Thread(
            target=_drain, args=(process.stderr, pipe.sendall_stderr), name="practice-git-err", daemon=True
        )
        errors.start()
        _drain(process.stdout, pipe.sendall)
        errors.join()
        return process.wait()

    def _make(self) -> None:
        self._run("init", "-q", "--bare", str(self.path))
        self._run("symbolic-ref", "HEAD", "refs/heads/main", inside=True)
        text = "# app\n\nA repository to practise on. It disappears with the practice ground.\n"
        blob = self._run("hash-object", "-w", "--stdin", text=text, inside=True)
        tree = self._run("mktree", text=f"100644 blob {blob}\tREADME.md\n", inside=True)
        commit = self._run("commit-tree", tree, "-m", "First commit", inside=True)
        self._run("update-ref", "refs/heads/main", commit, inside=True)

    def clone_to(self, folder: Path, url: str) -> None:
        """Make a working copy whose `origin` is `url`, as if it had been cloned from there."""
        self._run("clone", "-q", str(self.path), str(folder))
        self._run("-C", str(folder), "remote", "set-url", "origin", url)

    def _run(self, *arguments: str, text: str = "", inside: bool = False) -> str:
        where = ["--git-dir", str(self.path)] if inside else []
        done = subprocess.run(
            [str(self._git), *where, *arguments],
            env=self._env,
            input=text,
            text=True,
            capture_output=True,
            timeout=20,
            check=True,
        )
        return done.stdout.strip()


def git_environment(home: Path) -> dict[str, str]:
    """Return an environment in which git sees no configuration of the user or the machine."""
    env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C"}
    env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "Practice", f"GIT_{who}_EMAIL": "practice@example.org"}
    return env


def _feed(pipe: Pipe, process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    try:
        while data := pipe.recv(65536):
            process.stdin.write(data)
            process.stdin.flush()
    except OSError:
        pass
    try:
        process.stdin.close()
    except OSError:
        pass


def _drain(source: IO[bytes], send: Callable[[bytes], None]) -> None:
    with source:
        try:
            while data := os.read(source.fileno(), 65536):
                send(data)
        except OSError:
            pass
