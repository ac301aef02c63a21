"""Key pairs by the real ssh-keygen, made once per session and name, then copied."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A key pair on disk."""

    path: Path
    """The private half; mode 0600."""
    line: str
    """The public half, as in the `.pub` file, without the line's end."""

    @property
    def public_path(self) -> Path:
        return self.path.with_name(self.path.name + ".pub")

    @property
    def blob(self) -> bytes:
        return base64.b64decode(self.line.split()[1])

    @property
    def type(self) -> str:
        return self.line.split()[0]

    @property
    def fingerprint(self) -> str:
        """`SHA256:…` as ssh prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


class KeyMaker:
    """Makes pairs in a folder of the session and hands out copies. The same name gives the same key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(
        self,
        folder: Path,
        name: str,
        *,
        type: str = "ed25519",
        bits: int | None = None,
        comment: str | None = None,
        passphrase: str = "",
        form: str = "",
        key: str | None = None,
    ) -> Pair:
        """Put the pair `name` (and `name.pub`) into `folder`, which is made with mode 0700 if missing.

        `comment` defaults to the name; `form` is ssh-keygen's `-m` ("PEM", "PKCS8"); `key` names another
        key than `name`, for the same file name with different keys.
        """
        comment = name if comment is None else comment
        label = "-".join((key or name, type, str(bits), comment, passphrase, form))
        original = self._folder / hashlib.sha256(label.encode()).hexdigest()[:16]
        if not original.exists():
            argv = ["ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", comment, "-f", str(original)]
            argv += ["-b", str(bits)] if bits else []
            argv += ["-m", form] if form else []
            subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, timeout=60)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / name
        _write(path, original.read_bytes(), 0o600)
        public = original.with_name(original.name + ".pub").read_bytes()
        _write(path.with_name(name + ".pub"), public, 0o644)
        return Pair(path=path, line=public.decode().strip())

    def several(self, folder: Path, names: Iterable[str]) -> tuple[Pair, ...]:
        """Make one ed25519 pair for each name."""
        return tuple(self.make(folder, name) for name in names)


def _write(path: Path, data: bytes, mode: int) -> None:
    path.write_bytes(data)
    os.chmod(path, mode)
