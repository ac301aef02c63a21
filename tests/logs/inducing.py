"""Failures induced for real: the real ssh against a real (or broken) server on loopback, and what it printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from servers.agent import Agent
from servers.broken import Broken, closing, saying
from servers.keys import KeyMaker
from servers.namespace import RealSsh
from servers.running import free_port
from servers.sshd import Sshd


@dataclass(frozen=True, slots=True)
class Bench:
    """What an induction may use."""

    home: Path
    keys: KeyMaker
    sshd: Callable[..., Sshd]
    agent: Callable[..., Agent]
    ssh: RealSsh

    @property
    def folder(self) -> Path:
        return self.home / ".ssh"

    def config(self, text: str | bytes, mode: int = 0o600) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        path = self.folder / "config"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)

    def trust(self, server: Sshd) -> Sshd:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        (self.folder / "known_hosts").write_text(server.known_hosts_line)
        return server

    def verbose(
        self,
        server: Sshd | None,
        *options: str,
        host: str = "127.0.0.1",
        port: int = 0,
        env: dict[str, str] | None = None,
    ) -> str:
        where = ["-p", str(server.port if server else port or 22)]
        run = self.ssh.run(
            ["ssh", "-v", "-o", "BatchMode=yes", *where, *options, f"git@{host}", "true"], env=env
        )
        return run.said


def key_of_another_name(bench: Bench) -> str:
    bench.keys.make(bench.folder, "github_work")
    log = bench.verbose(bench.trust(bench.sshd({"joe": []})))
    return f"$ ls ~/.ssh\ngithub_work  github_work.pub  known_hosts\n{log}"


def no_key_at_all(bench: Bench) -> str:
    log = bench.verbose(bench.trust(bench.sshd({"joe": []})))
    return f"$ ssh-add -l\nThe agent has no identities.\n{log}"


def unknown_key(bench: Bench) -> str:
    bench.keys.make(bench.folder, "id_ed25519")
    return bench.verbose(bench.trust(bench.sshd({"joe": []})))


def agent_full_of_keys(bench: Bench) -> str:
    agent = bench.agent(
        *[pair.path for pair in bench.keys.several(bench.home / "other", [f"k{n}" for n in range(8)])]
    )
    return bench.verbose(bench.trust(bench.sshd({"joe": []})), env={"SSH_AUTH_SOCK": agent.socket})


def open_private_key(bench: Bench) -> str:
    pair = bench.keys.make(bench.folder, "id_ed25519")
    pair.path.chmod(0o644)
    return bench.verbose(bench.trust(bench.sshd({"joe": [pair.line]})))


def open_configuration(bench: Bench) -> str:
    bench.config("Host *\n", mode=0o666)
    return bench.verbose(None)


def unknown_option(bench: Bench) -> str:
    bench.config("Host *\n  UseKeychains yes\n")
    return bench.verbose(None)


def byte_order_mark(bench: Bench) -> str:
    bench.config(b"\xef\xbb\xbfHost *\n  User git\n")
    return bench.verbose(None)


def blank_in_path(bench: Bench) -> str:
    bench.config("Host *\n  IdentityFile /tmp/my keys/id\n")
    return bench.verbose(None)


def windows_variable(bench: Bench) -> str:
    bench.config("Host *\n  IdentityFile %USERPROFILE%\\.ssh\\id_ed25519\n")
    return bench.verbose(bench.trust(bench.sshd({"joe": []})))


def host_key_changed(bench: Bench) -> str:
    server = bench.sshd({"joe": []})
    other = bench.keys.make(bench.home / "other", "host")
    bench.trust(server)
    name = server.known_hosts_line.split()[0]
    (bench.folder / "known_hosts").write_text(f"{name} {' '.join(other.line.split()[:2])}\n")
    return bench.verbose(server)


def host_key_unknown(bench: Bench) -> str:
    return bench.verbose(bench.sshd({"joe": []}))


def closed_port(bench: Bench) -> str:
    return bench.verbose(None, port=free_port())


def no_such_name(bench: Bench) -> str:
    return bench.verbose(None, host="no-such-host.invalid")


def no_final_line_break(bench: Bench) -> str:
    pair = bench.keys.make(bench.folder, "id_ed25519")
    pair.path.write_bytes(pair.path.read_bytes().rstrip(b"\n"))
    pair.public_path.unlink()
    return bench.verbose(bench.trust(bench.sshd({"joe": [pair.line]})))


def public_named_as_private(bench: Bench) -> str:
    pair = bench.keys.make(bench.folder, "work")
    pair.path.unlink()
    pair.public_path.chmod(0o600)
    return bench.verbose(bench.trust(bench.sshd({"joe": [pair.line]})), "-i", str(pair.public_path))


def halves_of_two_pairs(bench: Bench) -> str:
    pair = bench.keys.make(bench.folder, "id_ed25519")
    other = bench.keys.make(bench.home / "other", "id_ed25519", key="other")
    pair.public_path.write_text(other.line + "\n")
    return bench.verbose(bench.trust(bench.sshd({"joe": [other.line]})))


def passphrase_nobody_can_type(bench: Bench) -> str:
    pair = bench.keys.make(bench.folder, "id_ed25519", passphrase="correct horse")
    return bench.verbose(bench.trust(bench.sshd({"joe": [pair.line]})))


def old_key_exchange(bench: Bench) -> str:
    server = bench.sshd({"joe": []}, extra=["KexAlgorithms diffie-hellman-group14-sha1"])
    return bench.verbose(server, "-o", "KexAlgorithms=curve25519-sha256")


def old_host_key(bench: Bench) -> str:
    server = bench.sshd({"joe": []}, extra=["HostKeyAlgorithms ssh-rsa"], host_key_types=["rsa"])
    return bench.verbose(server, "-o", "HostKeyAlgorithms=rsa-sha2-512")


def dead_proxy(bench: Bench) -> str:
    return bench.verbose(None, "-o", "ProxyCommand=false", host="git.example.com")


def web_server_answers(bench: Bench) -> str:
    with Broken(saying(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n")) as server:
        return bench.verbose(None, port=server.port)


def closed_before_the_banner(bench: Bench) -> str:
    with Broken(closing) as server:
        return bench.verbose(None, port=server.port)


def key_file_not_there(bench: Bench) -> str:
    return bench.verbose(bench.trust(bench.sshd({"joe": []})), "-i", "/nowhere/id_work")


def everything_works(bench: Bench) -> str:
    pair = bench.keys.make(bench.folder, "id_ed25519")
    return bench.verbose(bench.trust(bench.sshd({"joe": [pair.line]})))


def server_with_open_folder(bench: Bench) -> str:
    pair = bench.keys.make(bench.folder, "id_ed25519")
    server = bench.trust(bench.sshd({"joe": [pair.line]}, extra=["StrictModes yes"]))
    (server.folder / "authorized_keys").chmod(0o666)
    bench.verbose(server)
    return f"sshd[4242]: {server.log()}".replace("\n", "\nsshd[4242]: ")


def server_without_this_user(bench: Bench) -> str:
    pair = bench.keys.make(bench.folder, "id_ed25519")
    server = bench.trust(bench.sshd({"joe": [pair.line]}, extra=["AllowUsers nobody-else"]))
    log = bench.verbose(server)
    return f"{log}\nserver:\nsshd[4242]: {server.log()}".replace("\nUser ", "\nsshd[4242]: User ")


INDUCED: dict[str, tuple[Callable[[Bench], str], str, bool]] = {
    "key of another name": (key_of_another_name, "key-nondefault-name", False),
    "no key at all": (no_key_at_all, "key-missing", False),
    "unknown key": (unknown_key, "key-not-registered", False),
    "agent full of keys": (agent_full_of_keys, "too-many-keys", True),
    "open private key": (open_private_key, "key-perms-open", True),
    "open configuration": (open_configuration, "config-perms", True),
    "unknown option": (unknown_option, "config-unsupported-option", True),
    "byte-order mark": (byte_order_mark, "config-encoding-bom", True),
    "blank in a path": (blank_in_path, "config-syntax", True),
    "windows variable": (windows_variable, "identityfile-path", True),
    "host key changed": (host_key_changed, "hostkey-changed", True),
    "host key unknown": (host_key_unknown, "hostkey-unknown-noninteractive", False),
    "closed port": (closed_port, "net-port-blocked", False),
    "no such name": (no_such_name, "net-dns-wrong", True),
    "no final line break": (no_final_line_break, "key-file-corrupt", False),
    "public named as private": (public_named_as_private, "pubkey-used-as-private", False),
    "halves of two pairs": (halves_of_two_pairs, "key-pair-mismatch", True),
    "passphrase nobody can type": (passphrase_nobody_can_type, "passphrase-no-prompt", False),
    "old key exchange": (old_key_exchange, "alg-kex-mismatch", True),
    "old host key": (old_host_key, "alg-hostkey-mismatch", True),
    "dead proxy": (dead_proxy, "net-proxy-misconfig", False),
    "web server answers": (web_server_answers, "net-proxy-misconfig", False),
    "closed before the banner": (closed_before_the_banner, "net-ssh-filtered", False),
    "key file not there": (key_file_not_there, "identityfile-path", False),
    "server with open folder": (server_with_open_folder, "server-authorized-keys-perms", True),
    "server without this user": (server_without_this_user, "server-account-config", True),
}
"""Name → how to induce it, its cause, whether a line states the cause so that "certain" is due."""
