"""The test servers themselves: real ssh and git against the real sshd, agent and dropbear."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from servers.agent import Agent
from servers.broken import Act, Broken, closing, garbage, http_answer, identified
from servers.dropbear import Dropbear
from servers.gitolite import Gitolite
from servers.http import Http, Reply
from servers.keys import KeyMaker
from servers.namespace import RealSsh
from servers.sshd import Sshd, make_repository


def configure(home: Path, *blocks: str) -> None:
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    (home / ".ssh" / "config").write_text("".join(blocks))


def trust(home: Path, line: str) -> None:
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    (home / ".ssh" / "known_hosts").write_text(line)


def test_sshd_greets_by_account(
    home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd], real_ssh: RealSsh
) -> None:
    key = keys.make(home / ".ssh", "id_ed25519")
    server = start_sshd({"joe": [key.line]})
    trust(home, server.known_hosts_line)
    configure(home, server.config_block("forge"))

    said = real_ssh.ssh("forge")

    assert (said.status, "Hi joe!" in said.err) == (1, True)


def test_sshd_serves_a_repository(
    home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd], real_ssh: RealSsh
) -> None:
    key = keys.make(home / ".ssh", "id_ed25519")
    server = start_sshd({"joe": [key.line]})
    server.make_repository()
    trust(home, server.known_hosts_line)
    configure(home, server.config_block("forge"))

    cloned = real_ssh.run(["git", "clone", "-q", "forge:app.git"])

    assert (cloned.err, (home / "app" / "README").exists()) == ("", True)


def test_sshd_hangs_up_at_its_try_limit(
    home: Path,
    keys: KeyMaker,
    start_sshd: Callable[..., Sshd],
    start_agent: Callable[..., Agent],
) -> None:
    strangers = keys.several(home / "strangers", [f"stranger{number}" for number in range(3)])
    agent = start_agent(*(pair.path for pair in strangers))
    server = start_sshd({}, max_auth_tries=3)
    trust(home, server.known_hosts_line)
    configure(home, server.config_block("forge"))

    said = RealSsh(home, {"SSH_AUTH_SOCK": agent.socket}).ssh("forge")

    assert "Too many authentication failures" in said.err


def test_dropbear_takes_a_key(tmp_path: Path, home: Path, keys: KeyMaker, real_ssh: RealSsh) -> None:
    key = keys.make(home / ".ssh", "id_ed25519")
    with Dropbear(tmp_path / "dropbear", [key.line]) as server:
        trust(home, server.known_hosts_line)
        said = real_ssh.ssh("-p", str(server.port), f"git@{server.host}")

    assert said.out == "Hi git, this is dropbear.\n"


def test_only_loopback_can_be_reached() -> None:
    with socket.socket() as sock, pytest.raises(OSError, match="loopback"):
        sock.connect(("192.0.2.1", 22))


def test_gitolite_knows_accounts_and_serves_what_they_may_read(
    tmp_path: Path, home: Path, keys: KeyMaker, real_ssh: RealSsh
) -> None:
    joe, jane = keys.make(home / ".ssh", "joe"), keys.make(home / ".ssh", "jane")
    rules = {"app": ["RW+ = joe"], "open": ["RW+ = joe", "R = jane"]}
    with Gitolite(tmp_path / "gitolite", {"joe": joe.line, "jane": jane.line}, rules) as server:
        trust(home, server.sshd.known_hosts_line)
        configure(
            home,
            *(
                server.sshd.config_block(
                    f"as-{pair.path.name}", f"IdentityFile {pair.path}", "IdentitiesOnly yes"
                )
                for pair in (joe, jane)
            ),
        )
        greeting = real_ssh.ssh("-T", "as-joe")
        seed = make_repository(tmp_path / "seed.git")
        pushed = real_ssh.run(["git", "-C", str(seed), "push", "-q", "as-joe:app", "main"])
        cloned = real_ssh.run(["git", "clone", "-q", "-b", "main", "as-joe:app"])
        refused = real_ssh.run(["git", "clone", "-q", "as-jane:app", "mine"])

    assert greeting.out.startswith("hello joe, this is ")
    assert (pushed.status, pushed.err) == (0, "")
    assert (cloned.err, (home / "app" / "README").exists()) == ("", True)
    assert "DENIED" in refused.err


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (closing, "kex_exchange_identification: Connection closed by remote host"),
        (http_answer(), "kex_exchange_identification"),
        (identified(), "closed"),
        (garbage, "Bad packet length"),
    ],
)
def test_broken_servers_break_as_named(real_ssh: RealSsh, act: Act, expected: str) -> None:
    with Broken(act) as server:
        said = real_ssh.ssh("-p", str(server.port), "git@127.0.0.1")

    assert (said.status, expected in said.err, server.accepted) == (255, True, 1)


def test_the_http_server_answers_as_told() -> None:
    with Http(lambda asked: Reply(status=418, body=asked.path.encode())) as server:
        reply = httpx.post(f"{server.url}/tea?hot=1", content=b"x", trust_env=False)

    assert (reply.status_code, reply.text) == (418, "/tea?hot=1")
    assert [(asked.method, asked.body) for asked in server.asked] == [("POST", b"x")]
