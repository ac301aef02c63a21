"""A real sshd with one account that has a password and a home of its own, for the job of ssh-copy-id."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from servers.namespace import prefix
from servers.sshd import Sshd

PASSWORD = "two old words"


LINES = ("AuthorizedKeysFile .ssh/authorized_keys", "PasswordAuthentication yes")


class AccountSshd(Sshd):
    """An sshd with one account, `kim`, that has a password and a home of its own."""

    def _namespace(self) -> list[str]:
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        hashed = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, text=True, capture_output=True, check=True
        ).stdout.strip()
        entry = f"kim:{hashed}:0:0:test account:{self.home}:{self.shell}"
        passwd = self.folder / "passwd"
        passwd.write_text(Path("/etc/passwd").read_text().rstrip("\n") + f"\n{entry}\n")
        return prefix([(passwd, "/etc/passwd")])

    shell = "/bin/sh"

    @property
    def home(self) -> Path:
        folder = self.folder / "kim"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def file(self) -> Path:
        return self.home / ".ssh" / "authorized_keys"
