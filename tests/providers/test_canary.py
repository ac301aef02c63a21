"""One home with a canary token in every place where tokens lie, and canary private halves: no command shows a piece.

Every command runs under strace, so that the arguments and the environment of every child are seen; what it prints
and every file it leaves are searched too. The service is on loopback; a second one is where nothing may arrive.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from providers.services import DIALECTS, TOKENS, Service
from servers.agent import Agent
from servers.keys import KeyMaker, Pair

CANARY = "canaryPLANTED0123456789abcdefTOKEN"
PLANTED = {
    ".netrc": "".join(
        f"machine {host} login kim@example.org password {CANARY}\n"
        for host in ("api.heroku.com", "git.heroku.com", "gitlab.com", "codeberg.org", "github.com")
    ),
    ".git-credentials": f"https://anna:{CANARY}@github.com\nhttps://kim%40example.org:{CANARY}@bitbucket.org\n",
    ".gitconfig": "[credential]\n\thelper = store\n[user]\n\tname = Kim\n\temail = kim@example.org\n",
    ".config/gh/hosts.yml": f"github.com:\n    users:\n        bot:\n            oauth_token: {CANARY}2\n"
    f"    user: anna\n    oauth_token: {CANARY}\n",
    ".config/glab-cli/config.yml": f"hosts:\n    gitlab.com:\n        token: {CANARY}\n        user: anna\n",
    ".config/clever-cloud/clever-tools.json": json.dumps(
        {"version": 1, "profiles": [{"alias": "a", "token": f"{CANARY}a", "secret": f"{CANARY}b"}]}
    ),
    ".config/scalingo/auth": json.dumps(
        {
            "auth_config_data": {
                "auth.scalingo.com": {"tokens": {"token": CANARY}, "user": {"username": "anna"}}
            }
        }
    ),
    ".config/tea/config.yml": f"logins:\n    - name: c\n      url: https://codeberg.org\n      token: {CANARY}\n      user: anna\n",
    ".config/hut/config": f'instance "sr.ht" {{\n    access-token "{CANARY}"\n}}\n',
    ".aws/credentials": f"[default]\naws_access_key_id = AKIDCANARY\naws_secret_access_key = {CANARY}\n",
    "data/login.json": '{"account": "kim@example.org"}',
    "bin/secret-tool": f"#!/bin/sh\necho {CANARY}\n",
    "log.txt": "debug1: Offering public key: /home/kim/.ssh/id_ed25519 ED25519 SHA256:x\n"
    f"Authorization: Bearer {CANARY}\nhttps://kim:{CANARY}@github.com/o/r.git\n"
    "git@github.com: Permission denied (publickey).\n",
}
PROVIDERS = ("heroku", "clevercloud", "scalingo", "github", "gitlab", "bitbucket", "codeberg", "codecommit", "sourcehut")  # fmt: skip
OTHERS = (
    ("doctor", "canary.test", "-vv"), ("doctor", "canary.test", "--json"), ("why", "canary.test", "-v"),
    ("test", "canary.test"), ("fix", "canary.test", "--dry-run"), ("whoami", "--json"), ("identity", "--json"),
    ("keys", "list", "-vv"), ("keys", "show", "id_ed25519"), ("keys", "export", "id_ed25519"),
    ("keys", "list", "--json"), ("keys", "new", "other", "--no-passphrase", "--dry-run"),
    ("keys", "add", "launchpad", "id_ed25519.pub"), ("keys", "add", "github", "id_ed25519", "--yes"), ("keys", "add", "kim@127.0.0.1", "id_ed25519"),
    ("agent", "list"), ("agent", "--json"), ("config", "show", "canary.test"), ("config", "lint"),
    ("config", "add", "canary.test", "-i", "id_ed25519", "--dry-run"), ("history", "--json"), ("undo",),
    ("log", "log.txt"), ("log", "log.txt", "--json"), ("log", "log.txt", "--reply"), ("report", "canary.test"),
    ("hosts", "heroku"), ("https://git.heroku.com/a.git",), ("doctor", "https://git.heroku.com/a.git", "--json"),
)  # fmt: skip


AT_LEAST = (
    "github", "clevercloud", "bitbucket", ("doctor", "canary.test", "--json"), ("whoami", "--json"),
    ("keys", "list", "--json"), ("keys", "export", "id_ed25519"), ("keys", "add", "github", "id_ed25519", "--yes"),
    ("log", "log.txt", "--json"), ("report", "canary.test"), ("agent", "--json"),
)  # fmt: skip
"""What every run of the tests goes through; the rest is `slow`: a minute under strace."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    home: Path
    secrets: tuple[bytes, ...]
    """The token, and every line of every private half."""
    agent: Agent

    def run(self, *words: str, env: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Run a command under strace; return its exit code and all that it, its children and files showed."""
        trace = self.home.parent / "trace"
        before = {path: path.stat().st_mtime_ns for path in self.home.rglob("*") if path.is_file()}
        whole = {
            "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}", "HOME": str(self.home), "LC_ALL": "C.UTF-8",
            "SSH_AUTH_SOCK": self.agent.socket, "HEROKU_DATA_DIR": str(self.home / "data"),
            "XDG_RUNTIME_DIR": str(self.home / "run"), "SSHWIZARD_NO_KEYCHAIN": "1", "HTTPS_PROXY": "http://127.0.0.1:1",
        }  # fmt: skip
        under = ["strace", "-f", "-v", "-s", "100000", "-e", "trace=execve", "-o", str(trace)]
        done = subprocess.run(
            [*under, sys.executable, "-m", "sshwizard", *words, "--home", str(self.home)],
            env=whole | (env or {}), stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
            cwd=self.home,
        )  # fmt: skip
        new = (path for path in self.home.rglob("*") if path.is_file())
        written = [path.read_bytes() for path in new if before.get(path) != path.stat().st_mtime_ns]
        assert b"execve" in trace.read_bytes()
        return done.returncode, b"\n".join([done.stdout, done.stderr, trace.read_bytes(), *written])

    def leaks(self, shown: bytes) -> list[bytes]:
        return [secret for secret in self.secrets if secret in shown]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("canary") / "home"
    for name, text in PLANTED.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / "bin" / "secret-tool").chmod(0o755)
    (home / "run").mkdir(mode=0o700)
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").write_text(
        "Host canary.test\n    HostName 127.0.0.1\n    Port 1\n    User git\nHost 127.0.0.1\n    Port 1\n"
    )
    (home / ".ssh" / "config").chmod(0o600)
    keys = KeyMaker(tmp_path_factory.mktemp("keys"))
    pairs = [
        keys.make(home / ".ssh", "id_ed25519"),
        keys.make(home / ".ssh", "id_rsa", type="rsa", bits=3072),
    ]
    pairs.append(keys.make(home / ".ssh", "locked", passphrase="canary-passphrase"))
    hidden = [secret for secret in _secrets(pairs[:1]) if b"canary" not in secret.lower()][1:4]
    mixed = b" ".join([pairs[0].line.encode(), *hidden])
    (home / ".ssh" / "mixed.pub").write_bytes(mixed + b"\n")
    subprocess.run(["git", "-C", str(home), "init", "-q"], check=True)
    with Agent(pairs[0].path) as agent:
        yield Stage(home=home, secrets=tuple(_secrets(pairs)), agent=agent)


def _secrets(pairs: list[Pair]) -> Iterator[bytes]:
    """Yield the token in its forms, and every 18 bytes of the private halves' bodies that are not public too."""
    yield from (CANARY.encode(), base64.b64encode(CANARY.encode())[:-4], b"canary-passphrase")
    for pair in pairs:
        body = b"".join(pair.path.read_bytes().splitlines()[1:-1])
        known = pair.blob + pair.line.split()[2].encode()
        for at in range(len(body) // 2 & ~3, len(body) - 28, 4):
            raw = base64.b64decode(body[at : at + 24])
            if raw[:6] not in known and raw[-6:] not in known:
                yield body[at : at + 24]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, marks=() if words in AT_LEAST else pytest.mark.slow, id=" ".join(words))
        for words in OTHERS
    ],
)
def test_no_command_shows_a_secret(words: tuple[str, ...], stage: Stage) -> None:
    status, shown = stage.run(*words)

    assert 70 != status
    assert [] == stage.leaks(shown)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in AT_LEAST else pytest.mark.slow) for name in PROVIDERS],
)
def test_no_account_command_shows_a_token_that_it_found(name: str, stage: Stage) -> None:
    token = {"bitbucket": f"kim@example.org:{CANARY}", "codecommit": f"AKIDCANARY:{CANARY}"}.get(name, CANARY)
    public = str(stage.home / ".ssh" / "id_rsa.pub")
    shown = []
    with Service(DIALECTS[name], token=token) as service, Service(DIALECTS[name]) as elsewhere:
        there = ("--api-url", service.url)
        if name == "clevercloud":
            service.override = lambda request: (
                (401, "application/json", b'{"id": 2001, "message": "no"}') if "OAuth" in request.headers["authorization"] else None
            )  # fmt: skip
        shown += [stage.run("keys", "list", "--remote", name, "-vv", *there)]
        shown += [stage.run("keys", "add", name, public, "--dry-run", "--json", *there)]
        shown += [stage.run("keys", "add", name, str(stage.home / ".ssh" / "mixed.pub"), "--yes", *there)]
        shown += [stage.run("keys", "add", name, public, "--title", "laptop", "--yes", "--json", *there)]
        service.override = lambda _request: (500, "text/plain", b"no")
        shown += [stage.run("keys", "remove", name, "laptop", "--yes", *there)]
        service.override = lambda _request: (302, "text/plain", b"")
        service.extra_headers["Location"] = f"{elsewhere.url}/steal"
        shown += [stage.run("keys", "list", "--remote", name, "--json", *there)]
        asked = list(service.requests)

    assert [] == elsewhere.requests
    token_of = asked[0].headers.get("private-token") or _unpacked(asked[0].headers["authorization"])
    assert CANARY in token_of or name == "codecommit"
    assert not any(line in request.body for request in asked for line in stage.secrets)
    assert [] == [leak for _status, text in shown for leak in stage.leaks(text)]
    assert not any(70 == status for status, _text in shown)


def _unpacked(header: str) -> str:
    """Return an Authorization header with what Basic packs."""
    kind, _, rest = header.partition(" ")
    return base64.b64decode(rest).decode() if kind == "Basic" else header


def test_the_search_has_teeth(stage: Stage) -> None:
    for name in PLANTED:
        if CANARY in PLANTED[name]:
            assert stage.leaks((stage.home / name).read_bytes())
    for name in ("id_ed25519", "id_rsa", "locked", "mixed.pub"):
        assert stage.leaks((stage.home / ".ssh" / name).read_bytes())


def test_a_proxy_sees_no_token(stage: Stage) -> None:
    with Service(DIALECTS["github"], token=TOKENS.get("github", CANARY)) as proxy:
        env = {"HTTPS_PROXY": proxy.url, "THE_TOKEN": CANARY}
        flags = ("--token-env", "THE_TOKEN", "--json")
        _status, shown = stage.run("keys", "list", "--remote", "github", *flags, env=env)
        heads = [f"{request.method} {request.path} {request.headers}" for request in proxy.requests]

    assert [] == stage.leaks(shown.replace(f"THE_TOKEN={CANARY}".encode(), b""))
    assert CANARY not in str(heads)


CRASH = """
import sys
from sshwizard.providers import github
from sshwizard.cli.main import run
def list_keys(self):
    token = self._session.secret_headers["Authorization"].reveal()
    raise ValueError(token) from KeyError(token)
github.GitHub.list_keys = list_keys
sys.exit(run(sys.argv[1:]))
"""


def test_a_crash_notes_no_token(stage: Stage) -> None:
    """A bug of ours with the token in its message and its locals, made in a process of its own."""
    with Service(DIALECTS["github"], token=CANARY) as service:
        words = ("keys", "list", "--remote", "github", "--api-url", service.url, "--home", str(stage.home))
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(stage.home),
            "XDG_RUNTIME_DIR": str(stage.home / "run"),
        }
        done = subprocess.run(
            [sys.executable, "-c", CRASH, *words], env=env, capture_output=True, timeout=60, check=False
        )
    notes = [path for path in (stage.home / "run").rglob("crash.txt")]

    assert (70, 1) == (done.returncode, len(notes))
    assert [] == stage.leaks(done.stdout + done.stderr + notes[0].read_bytes())
