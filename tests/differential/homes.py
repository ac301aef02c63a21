"""Random homes: keys of all kinds and states, certificates, agents, configuration. Seeded, hence repeatable.

A home is data; `write` puts it on disk. Nothing here knows what ssh makes of it.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from differential.key_pool import PooledKey

HOST_NAMES = ("web", "git.example.org", "bastion", "db1")
DEFAULT_NAMES = ("id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa")
OTHER_NAMES = ("work", "deploy.pem", "old key", "sub/key", "id_ed25519_work", "identity", "a%b", "schlüssel")


@dataclass(slots=True, kw_only=True)
class Home:
    """What lies in a home, what an agent lists and how ssh is called."""

    files: dict[str, tuple[bytes | None, int]] = field(default_factory=dict)
    """Path below the home → content (None: a folder) and mode."""
    system_config: str = ""
    agents: list[list[tuple[bytes, bytes]]] = field(default_factory=list)
    """Lists of two agents: that at SSH_AUTH_SOCK and another."""
    env: dict[str, str] = field(default_factory=dict)
    """`@0`, `@1`: the sockets of the agents."""
    flags: list[tuple[str, str]] = field(default_factory=list)
    destination: str = "web"
    about: list[str] = field(default_factory=list)

    @property
    def config(self) -> str:
        content = self.files.get(".ssh/config", (b"", 0))[0]
        return (content or b"").decode("utf-8", "replace")


def make_home(seed: int, pool: Sequence[PooledKey], account_home: str) -> Home:
    """Make the home of a seed."""
    return _Maker(seed, pool, account_home).make()


def write(home: Home, folder: Path) -> None:
    """Put a home on disk, below an empty folder."""
    (folder / ".ssh").mkdir(mode=0o700)
    for name, (content, mode) in home.files.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if content is None:
            path.mkdir(mode=0o700, exist_ok=True)
        elif not path.exists():
            path.write_bytes(content)
            path.chmod(mode)


def _short_rsa() -> bytes:
    blob = b"\0\0\0\x07ssh-rsa\0\0\0\x03\1\0\1\0\0\0\x41\0" + b"\xc3" * 64
    return b"ssh-rsa " + base64.b64encode(blob) + b" short\n"


class _Maker:
    def __init__(self, seed: int, pool: Sequence[PooledKey], account_home: str) -> None:
        self.random = random.Random(seed)
        self.pool = pool
        self.account_home = account_home
        self.home = Home()
        self.names: list[str] = []

    def make(self) -> Home:
        if self._chance(0.6):
            self.pool = self.random.sample(self.pool, 3)
        for _number in range(self.random.randint(0, 6)):
            self._key()
        self._agents()
        self._config()
        self._command_line()
        return self.home

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _key(self) -> None:
        names = DEFAULT_NAMES if self._chance(0.45) else OTHER_NAMES
        name = self.random.choice(names)
        key = self.random.choice(self.pool)
        other = self.random.choice(self.pool)
        self.names.append(name)
        place = f".ssh/{name}"
        private, words = self._private(key)
        if private != b"missing":
            mode = self.random.choice((0o600, 0o600, 0o600, 0o400, 0o644, 0o666))
            self.home.files[place] = (private, mode)
        public, more = self._public(key, other)
        if public != b"missing":
            self.home.files[place + ".pub"] = (public, 0o644)
        certificate, most = self._certificate(key, other)
        if certificate is not None:
            suffix = self.random.choice(("-cert.pub",) * 5 + ("-cert", "-cert.pub.pub", ".pub-cert.pub"))
            self.home.files[place + suffix] = (certificate, 0o644)
        self.home.about.append(f"{name}: {key.name} {words}, pub {more}, certificate {most}")

    def _private(self, key: PooledKey) -> tuple[bytes | None, str]:
        forms: dict[str, bytes | None] = {
            "plain": key.private,
            "encrypted": key.encrypted,
            "missing": b"missing",
            "pem": key.pem or key.private,
            "pem encrypted": key.pem_encrypted or key.encrypted,
            "pkcs8": key.pkcs8 or key.private,
            "crlf": key.private.replace(b"\n", b"\r\n"),
            "bom": b"\xef\xbb\xbf" + key.private,
            "no final newline": key.private.rstrip(b"\n"),
            "leading text": b"my key\n" + key.private,
            "truncated": key.private[: len(key.private) // 2],
            "empty": b"",
            "garbage": b"\x00\x01not a key\xff\n",
            "directory": None,
            "public": key.public,
            "twice": key.private + key.private,
            "trailing text": key.private + b"\nnote\n",
            "pem crlf": (key.pem or key.private).replace(b"\n", b"\r\n"),
            "public first": key.public + key.private,
            "mutated": self._mutated_text(key.private),
            "blank line inside": key.private.replace(b"\n", b"\n\n", 4),
            "carriage return inside": key.private[:90] + b"\r" + key.private[90:],
            "blanks at line ends": key.private.replace(b"\n", b" \n", 5),
            "pem leading text": b"text\n" + (key.pem or key.private),
        }
        common = ("plain",) * 8 + ("encrypted",) * 4 + ("missing",) * 2 + ("pem", "pem encrypted", "pkcs8")
        word = self.random.choice(common) if self._chance(0.75) else self.random.choice(tuple(forms))
        return forms[word], word

    def _public(self, key: PooledKey, other: PooledKey) -> tuple[bytes | None, str]:
        line = key.public
        kind, text, *_comment = line.split()
        forms: dict[str, bytes | None] = {
            "right": line,
            "missing": b"missing",
            "another key's": other.public,
            "crlf": line.replace(b"\n", b"\r\n"),
            "empty": b"",
            "garbage": b"no key here\n",
            "comment first": b"# made by me\n\n  \t" + line,
            "options": b"no-pty " + line,
            "options, then right": b"no-pty " + other.public + line,
            "truncated": line[: len(line) // 2] + b"\n",
            "wrapped": kind + b" " + text[:40] + b"\n" + text[40:] + b"\n",
            "bom": b"\xef\xbb\xbf" + line,
            "certificate": key.certificate,
            "private": key.private,
            "two": other.public + line,
            "wrong word": b"ssh-rsa " + text + b"\n",
            "no comment": kind + b" " + text,
            "tabs": kind + b"\t" + text + b"\t\tcomment",
            "directory": None,
            "quoted": b'"' + line.strip() + b'"\n',
            "no padding": kind + b" " + text.rstrip(b"=") + b"\n",
            "trailing bytes": kind + b" " + base64.b64encode(base64.b64decode(text) + b"x") + b"\n",
            "utf16": line.decode().encode("utf-16"),
            "mutated": self._mutated(line),
            "zero byte": line[:30] + b"\0" + line[30:],
            "old Mac line ends": line.replace(b"\n", b"\r") + b"# end\r",
            "short RSA": _short_rsa(),
            "signature name": line.replace(b"ssh-rsa ", b"rsa-sha2-512 ", 1),
            "long first line": b"x" * 9000 + b"\n" + line,
            "indented": b"   " + line,
            "begin mark first": b"-----BEGIN nothing-----\n" + line,
            "known_hosts line": b"github.com " + line,
        }
        common = ("right",) * 8 + ("missing",) * 4 + ("another key's",)
        word = self.random.choice(common) if self._chance(0.7) else self.random.choice(tuple(forms))
        return forms[word], word

    def _certificate(self, key: PooledKey, other: PooledKey) -> tuple[bytes | None, str]:
        if not self._chance(0.25):
            return None, "none"
        damaged = bytearray(base64.b64decode(key.certificate.split()[1]))
        damaged[-5] ^= 1
        forms = {
            "right": key.certificate,
            "expired": key.expired,
            "of a host": key.host_certificate,
            "another key's": other.certificate,
            "a plain key": key.public,
            "garbage": b"nothing\n",
            "mutated": self._mutated(key.certificate),
            "wrong signature": key.certificate.split()[0] + b" " + base64.b64encode(damaged) + b"\n",
        }
        word = self.random.choice(("right", "right", "right", *forms))
        return forms[word], word

    def _mutated(self, line: bytes) -> bytes:
        """Change one byte of the key inside a public line."""
        kind, text, *rest = line.split(maxsplit=2)
        blob = bytearray(base64.b64decode(text))
        blob[self.random.randrange(len(blob))] ^= 1 << self.random.randrange(8)
        return b" ".join((kind, base64.b64encode(blob), *rest))

    def _mutated_text(self, data: bytes) -> bytes:
        """Change, drop or double one byte of a file."""
        at = self.random.randrange(len(data))
        middle = self.random.choice((b"", b"A", b"\n", data[at : at + 1] * 2, b" ", b"="))
        return data[:at] + middle + data[at + 1 :]

    def _agents(self) -> None:
        for _number in range(2):
            held = []
            for _key in range(self.random.randint(0, 6)):
                held.append(self._held())
            self.home.agents.append(held)
        choice = self.random.random()
        if choice < 0.65:
            self.home.env["SSH_AUTH_SOCK"] = "@0"
        elif choice < 0.75:
            self.home.env["SSH_AUTH_SOCK"] = "/nonexistent/agent"
        elif choice < 0.8:
            self.home.env["SSH_AUTH_SOCK"] = ""
        if self._chance(0.3):
            self.home.env["OTHER_AGENT"] = "@1"
        if self._chance(0.1):
            self.home.env["KEYS"] = self.random.choice((f"{self.account_home}/.ssh", ".ssh", "~/.ssh"))

    def _held(self) -> tuple[bytes, bytes]:
        key = self.random.choice(self.pool)
        comment = self.random.choice(
            (b"me@laptop", f"key {key.name}".encode(), f"{self.account_home}/.ssh/{key.name}".encode(), b"")
        )
        blob = key.certificate_blob if self._chance(0.15) else key.blob
        if self._chance(0.02):
            blob = b"\0\0\0\x0bssh-unknown\0\0\0\x01x"
        if self._chance(0.01):
            blob = key.blob + b"tail"
        if self._chance(0.02):
            blob = base64.b64decode(key.host_certificate.split()[1])
        if self._chance(0.01):
            blob = base64.b64decode(self._mutated(key.public).split()[1])
        return blob, comment

    def _spelled(self, name: str) -> str:
        home = self.account_home
        form = self.random.choice(
            (f"~/.ssh/{name}",) * 7
            + (f"{home}/.ssh/{name}", f"%d/.ssh/{name}", f".ssh/{name}", f"~root/.ssh/{name}")
            + (f"${{KEYS}}/{name}" if "KEYS" in self.home.env else f"~/.ssh//{name}",)
        )
        if "a%b" in form:
            form = form.replace("a%b", "a%%b")
        return f'"{form}"' if " " in form else form

    def _any_name(self) -> str:
        name = self.random.choice(self.names or ["id_ed25519", "nothing"])
        if self._chance(0.12):
            name = "missing"
        if self._chance(0.2):
            name += self.random.choice((".pub", "-cert.pub", "-cert", ""))
        return name

    def _config(self) -> None:
        if self._chance(0.85):
            lines = self._lines(self.random.randint(0, 10))
            end = "\r\n" if self._chance(0.05) else "\n"
            mode = self.random.choice((0o600,) * 20 + (0o644, 0o664, 0o666))
            self.home.files[".ssh/config"] = (end.join([*lines, ""]).encode(), mode)
        if self._chance(0.3):
            lines = self._lines(self.random.randint(1, 4))
            self.home.files[".ssh/more.conf"] = ("\n".join([*lines, ""]).encode(), 0o600)
        if self._chance(0.25):
            self.home.system_config = "\n".join([*self._lines(self.random.randint(1, 5)), ""])

    def _lines(self, count: int) -> list[str]:
        lines = []
        for _number in range(count):
            lines.append(self._line())
        return lines

    def _line(self) -> str:
        options = (
            (14, lambda: f"IdentityFile {self._spelled(self._any_name())}"),
            (5, lambda: f"Host {self._pattern()}"),
            (3, lambda: f"Match {self._criteria()}"),
            (3, lambda: f"IdentitiesOnly {self.random.choice(('yes', 'no', 'yes'))}"),
            (3, lambda: f"CertificateFile {self._spelled(self._any_name())}"),
            (2, lambda: f"IdentityAgent {self._agent_name()}"),
            (1, lambda: f"IdentityFile {self.random.choice(('none', 'None', '~/.ssh/none'))}"),
            (1, lambda: f"identityfile={self._spelled(self._any_name())} # note"),
            (
                1,
                lambda: f"IdentityFile ~/.ssh/{self.random.choice(('%u_key', '%r', '%n', '%h', '%L', '%p'))}",
            ),
            (1, lambda: f"PubkeyAcceptedKeyTypes {self._algorithms()}"),
            (1, lambda: f"CanonicalizeHostname {self.random.choice(('no', 'always'))}"),
            (
                0.3,
                lambda: f"IdentityFile {self.random.choice(('${NOPE}/x', '~/.ssh/%z', '~nobody-there/x'))}",
            ),
            (0.3, lambda: "NoSuchOption yes"),
            (1, lambda: f"AddKeysToAgent {self.random.choice(('yes', 'confirm'))}"),
            (1, lambda: f"User {self.random.choice(('joe', 'git'))}"),
            (1, lambda: f"PubkeyAcceptedAlgorithms {self._algorithms()}"),
            (1, lambda: f"RequiredRSASize {self.random.choice((1024, 2048, 3072))}"),
            (1, lambda: f"SecurityKeyProvider {self.random.choice(('none', 'internal'))}"),
            (1, lambda: "Include more.conf"),
            (1, lambda: "PubkeyAuthentication no"),
            (1, lambda: f"PreferredAuthentications {self.random.choice(('publickey', 'password'))}"),
        )
        weights = [weight for weight, _make in options]
        return self.random.choices([make for _weight, make in options], weights)[0]()

    def _pattern(self) -> str:
        return self.random.choice(("*", "web", "w* !web", "git.* web", "* !db1", "other", "127.0.0.1"))

    def _criteria(self) -> str:
        return self.random.choice(
            (
                "all",
                "host web",
                "originalhost web,db1",
                "user joe",
                "final all",
                "host 127.*",
                "!host web all",
            )
            if self._chance(0.9)
            else ("localuser root", "canonical all")
        )

    def _agent_name(self) -> str:
        return self.random.choice(
            ("none", "SSH_AUTH_SOCK", "$OTHER_AGENT", "@1", "@0", "/nonexistent/socket")
        )

    def _algorithms(self) -> str:
        return self.random.choice(
            (
                "+ssh-rsa",
                "-ssh-ed25519*",
                "ssh-ed25519,rsa-sha2-512",
                "+ssh-dss",
                "^ssh-rsa",
                "-rsa*,*-cert-*",
            )
        )

    def _command_line(self) -> None:
        home = self.home
        for _number in range(self.random.choice((0, 0, 0, 1, 2))):
            flag = self.random.choice(("-i", "-i", "identity", "only", "certificate", "agent", "config"))
            name = f"{self.account_home}/.ssh/{self._any_name()}".replace("a%b", "a%%b")
            if flag == "-i":
                home.flags.append(("-i", name))
            elif flag == "identity":
                home.flags.append(("-o", f'IdentityFile="{name}"'))
            elif flag == "only":
                home.flags.append(("-o", "IdentitiesOnly=yes"))
            elif flag == "certificate":
                home.flags.append(("-o", f'CertificateFile="{name}"'))
            elif flag == "agent":
                home.flags.append(
                    ("-o", f"IdentityAgent={self.random.choice(('none', '@1', 'SSH_AUTH_SOCK'))}")
                )
            elif self._chance(0.5) and not any(name == "-F" for name, _value in home.flags):
                home.flags.append(("-F", self.random.choice(("none", f"{self.account_home}/.ssh/config"))))
        user = self.random.choice(("", "", "joe@"))
        home.destination = user + self.random.choice(HOST_NAMES)
