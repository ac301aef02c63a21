"""Changes as data: shown as a diff, printed as a command, refused when stale, executed only by `apply`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFile:
    """Replace a file's content, atomically; refused unless the file still holds `before`."""

    path: str
    before: bytes | None = field(repr=False)
    """None: the file must not exist yet."""
    after: bytes = field(repr=False)
    mode: int | None = None
    """For a new file; an existing one keeps its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeFolder:
    """Create a folder if it is missing."""

    path: str
    mode: int = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Chmod:
    """Change permission bits; refused unless they still are `before`."""

    path: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chown:
    """Give a file or folder below `within` to an account; refused unless it still belongs to `before`.

    No link is followed on the way from `within`, so that nothing outside it can be given away.
    """

    path: str
    within: str
    """The home folder."""
    before: tuple[int, int]
    """Numbers of user and group."""
    after: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateKey:
    """Make a new pair. Never overwrites; the passphrase travels beside the step, never in it."""

    path: str
    type: Literal["ed25519", "rsa", "ecdsa"]
    bits: int | None
    comment: str
    encrypted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertKey:
    """Write a PuTTY key anew in OpenSSH's format, under the same passphrase. The old file stays; never overwrites."""

    source: str
    path: str
    """Of the new private half; the public one lies beside it."""
    encrypted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToAgent:
    """Load a private key into the agent at `agent`."""

    path: str
    agent: str
    lifetime: int | None = None
    """Seconds; None: until the agent ends."""
    confirm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFromAgent:
    """Take a key out of the agent at `agent`; the file, if there is one, stays."""

    public_line: str
    agent: str
    path: str | None
    """The private half's file, from which the key can be loaded again; None: only the agent holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAgent:
    """Start ssh-agent at a socket of a fixed name; refused where something stands already."""

    socket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustHostKey:
    """Add (or replace) one known_hosts line."""

    path: str
    host: str
    """As it stands in known_hosts: `github.com` or `[host]:2222`."""
    key_line: str
    """`ssh-ed25519 AAAA…`"""
    fingerprint: str
    replaces: str | None
    """The exact old line, or None for an addition."""
    because: str
    """Where the fingerprint was checked, or that it could not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadKey:
    """Add a public half to an account."""

    provider: str
    api_url: str
    public_line: str
    """Re-serialised from the parsed key: `ssh-ed25519 AAAA… comment`."""
    title: str
    service: str = ""
    """What people call it; "" for `provider`."""
    usage: str = ""
    """What the key is to be good for, as `Wish.usage`."""
    expires: str = ""
    """When it is to end, as `Wish.expires`."""
    rsa_min: int | None = None
    """A user's own instance's least bits of an RSA key, in place of the host book's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveKey:
    """Take a public half off an account. The files here stay."""

    provider: str
    api_url: str
    id: str
    title: str
    public_line: str
    """What undo puts back; "" where the service does not give the key back."""
    usage: str = ""
    """What the service let the key do, as `RemoteKey.usage`; "" where it has no such thing."""
    expires: str = ""
    """When it would have ended, ISO 8601; "" for never, or where the service does not say."""
    service: str = ""
    """What people call it; "" for `provider`."""
    rsa_min: int | None = None
    """As in `UploadKey`, for putting it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallKey:
    """Append a public half to `authorized_keys` on a server, over the user's own ssh (the job of ssh-copy-id)."""

    destination: str
    """What ssh takes: `kim@box`."""
    flags: tuple[str, ...]
    """ssh's own: `-p 2222`."""
    public_line: str
    title: str
    private_path: str | None
    """Of the same key here: with it undo logs in; None where it is not in a file here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UninstallKey:
    """Take a public half out of `authorized_keys` on a server, over the user's own ssh."""

    destination: str
    """What ssh takes: `kim@box`."""
    flags: tuple[str, ...]
    """ssh's own: `-p 2222`."""
    public_line: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRemoteUrl:
    """Point a git remote elsewhere; refused unless it still is `before`."""

    folder: str
    remote: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCommand:
    """A command with an effect outside files (for instance `git config`), and the one that undoes it."""

    argv: tuple[str, ...]
    undo_argv: tuple[str, ...] | None
    cwd: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoByHand:
    """What the tool cannot do: sentences to follow."""

    instructions: tuple[str, ...]


Step = (
    WriteFile
    | MakeFolder
    | Chmod
    | Chown
    | GenerateKey
    | ConvertKey
    | AddToAgent
    | RemoveFromAgent
    | StartAgent
    | TrustHostKey
    | UploadKey
    | RemoveKey
    | InstallKey
    | UninstallKey
    | SetRemoteUrl
    | RunCommand
    | DoByHand
)
