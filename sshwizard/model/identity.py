"""Keys as values: public halves, the files and agents that hold them, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sshwizard.disguise import shown_comment

KeyFormat = Literal["openssh", "pem", "pkcs8", "ppk2", "ppk3", "ssh2", "sshcom", "public"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate part of an OpenSSH certificate (PROTOCOL.certkeys)."""

    kind: Literal["user", "host"]
    key_id: str
    serial: int
    principals: tuple[str, ...]
    """Empty: valid for any principal before OpenSSH 10.3, for none since."""
    valid_after: int
    """Seconds since the epoch."""
    valid_before: int | None
    """Seconds since the epoch; None: for ever."""
    critical_options: tuple[str, ...]
    extensions: tuple[str, ...]
    ca_type: str
    ca_fingerprint: str
    signature: str = ""
    """Algorithm with which the authority signed: `ssh-ed25519`, `rsa-sha2-512`, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public half. Two are the same key when their blobs are equal."""

    blob: bytes
    """The SSH wire blob (RFC 4253 §6.6); for a certificate the whole certificate."""
    type: str
    """The key type as on the wire: `ssh-ed25519`, `ssh-rsa-cert-v01@openssh.com`, …"""
    bits: int | None
    comment: str
    """Untrusted, already visible; may be empty. For people there is `shown_comment`."""
    fingerprint: str
    """`SHA256:` and unpadded base64; for a certificate that of its plain key, as ssh prints it."""
    fingerprint_md5: str
    """`MD5:` and colon-separated hex."""
    certificate: Certificate | None = None

    @property
    def shown_comment(self) -> str:
        """The comment for people and reports: `…` where it looks like a piece of a private half."""
        return shown_comment(self.comment)

    @property
    def called(self) -> str:
        """What people call it: its comment, else its fingerprint; the latter too where the comment cannot be shown."""
        named = self.comment and self.shown_comment == self.comment
        return self.comment if named else self.fingerprint

    @property
    def is_security_key(self) -> bool:
        return self.type.startswith("sk-")

    @property
    def kind(self) -> str:
        """The key type as `ssh-keygen -t` names it, with its size where that varies: `rsa 2048`, `ed25519-sk`."""
        name = self.type.split("@", 1)[0].removesuffix("-cert-v01")
        token = "-sk" if self.is_security_key else ""
        name = name.removeprefix("sk-").removeprefix("ssh-")
        name = "ecdsa" if name.startswith("ecdsa-sha2-") else {"dss": "dsa"}.get(name, name)
        size = f" {self.bits}" if self.bits and name in ("rsa", "dsa", "ecdsa") and not token else ""
        return f"{name}{token}{size}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProblem:
    """Something wrong with a key file, as a fact (a `Finding` is made of it by the rules)."""

    id: str
    """kebab-case: `key-perms-open`, `crlf`, `bom`, `no-final-newline`, `truncated`, `wrapped`,
    `public-in-private-file`, `private-in-public-file`, `pair-mismatch`, `pub-txt`, `ppk`, `empty`,
    `directory`, `unreadable`, `damaged`, `key-too-short`, `unknown-type`."""
    title: str
    """One sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What one file says about a key, by its content alone. Never needs a passphrase."""

    path: str
    format: KeyFormat | None
    """None: not a key, or too damaged to say."""
    public: PublicKey | None
    """The public half as far as this file alone shows it to `ssh` or to us."""
    ssh_reads_public: bool
    """Whether OpenSSH itself gets the public half from this file without a passphrase: false for PEM and
    PKCS#8 private keys and for PuTTY files even when we can read it."""
    has_private: bool
    encrypted: bool | None
    """None when there is no private half or it cannot be told."""
    usable_private: bool
    """Whether ssh could load the private half (format known to ssh, undamaged), its mode aside."""
    comment: str
    mode: int | None
    uid: int | None
    mtime: float
    problems: tuple[KeyProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One agent and the keys it lists, in its own order (the order matters to ssh)."""

    name: str
    """For people: `ssh-agent`, `1Password`, `gpg-agent`, … or the socket's name."""
    where: str
    """The socket or pipe."""
    reachable: bool
    problem: str = ""
    keys: tuple[PublicKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One key of the user, joined from every file and agent that holds it."""

    public: PublicKey
    private_path: str | None
    public_path: str | None
    """The file that shows the public half: `x.pub`, or the private file itself."""
    format: KeyFormat | None
    has_private: bool
    """A private half is in a file (an agent may hold one although this is false)."""
    encrypted: bool | None
    usable_private: bool
    mode: int | None
    """Permission bits of the private file (else of the public one)."""
    mtime: float
    agents: tuple[str, ...]
    """`Agent.where` of each agent that holds it."""
    problems: tuple[KeyProblem, ...] = ()

    @property
    def name(self) -> str:
        """What people call it: the private file's name, else the public one's, else the comment."""
        path = self.private_path or self.public_path
        return path.rsplit("/", 1)[-1] if path else self.public.called
