"""A real dropbear on loopback, for behaviour that differs from OpenSSH's."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from servers.running import Running, free_port, program
from servers.sshd import with_users


class Dropbear:
    """`with Dropbear(folder, [line, …]) as server:` — takes these keys for the login user. Needs root."""

    def __init__(self, folder: Path, lines: Iterable[str], *, user: str = "git", tries: int = 10) -> None:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.folder = folder
        self.host = "127.0.0.1"
        self.port = free_port()
        self.user = user
        self._lines = tuple(lines)
        self._tries = tries
        self._running: Running | None = None

    def __enter__(self) -> Dropbear:
        key = self.folder / "host_key"
        make = [program("dropbearkey", "dropbear-bin"), "-t", "ed25519", "-f", str(key)]
        made = subprocess.run(make, capture_output=True, text=True, timeout=20, check=True).stdout
        self._host_key = next(line for line in made.splitlines() if line.startswith("ssh-ed25519"))
        namespace = with_users(self.folder, (self.user,))
        keys = self.folder / "home" / ".ssh" / "authorized_keys"
        keys.parent.mkdir(mode=0o700, exist_ok=True)
        keys.write_text("\n".join([*self._lines, ""]))
        keys.chmod(0o600)
        server = [program("dropbear", "dropbear-bin"), "-F", "-E", "-s", "-T", str(self._tries)]
        server += ["-r", str(key), "-p", f"{self.host}:{self.port}", "-P", str(self.folder / "pid")]
        server += ["-c", f"echo 'Hi {self.user}, this is dropbear.'"]
        self._running = Running([*namespace, *server], self.folder / "log")
        self._running.wait_until(lambda: "Not backgrounding" in self.log() and self._listens(), "dropbear")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            self._running.stop()

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    @property
    def known_hosts_line(self) -> str:
        return f"[{self.host}]:{self.port} " + " ".join(self._host_key.split()[:2]) + "\n"

    def _listens(self) -> bool:
        wanted = f"0100007F:{self.port:04X}"
        return any(wanted in line.split()[1:2] for line in Path("/proc/net/tcp").read_text().splitlines())
