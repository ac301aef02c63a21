"""Files that exist only in a test, and the environment they are read in."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Any

from sshwizard.model.config import CommandLine, Effective, Environment
from sshwizard.model.files import FileSeen
from sshwizard.openssh.config import resolve

HOME = "/home/me"
CONFIG = f"{HOME}/.ssh/config"
DEBIAN = "OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19"


class Shown:
    """A `FileView` of given contents; counts what is looked at."""

    def __init__(self, contents: Mapping[str, bytes | str]) -> None:
        self.contents = {
            path: text.encode() if isinstance(text, str) else text for path, text in contents.items()
        }
        self.looked: list[str] = []

    def look(self, path: str) -> FileSeen:
        self.looked.append(path)
        data = self.contents.get(path)
        if data is None:
            return FileSeen(path=path, kind="missing", problem="No such file or directory")
        return FileSeen(path=path, kind="file", data=data, mode=0o600, uid=1000, size=len(data))

    def names(self, folder: str) -> tuple[str, ...] | None:
        return tuple(
            path.removeprefix(f"{folder}/") for path in self.contents if path.startswith(f"{folder}/")
        )

    def glob(self, pattern: str) -> tuple[str, ...]:
        return tuple(sorted(path for path in self.contents if fnmatch.fnmatchcase(path, pattern)))


def environment(**fields: Any) -> Environment:
    """Describe an ordinary account on Debian 12."""
    given: dict[str, Any] = {
        "home": HOME,
        "user": "me",
        "uid": 1000,
        "hostname": "box.example.com",
        "env": {},
        "cwd": "/there",
        "ssh_version": DEBIAN,
        "user_config": CONFIG,
    }
    return Environment(**given | fields)


def effective(config: str, *flags: tuple[str, str], destination: str = "web1", **fields: Any) -> Effective:
    """Resolve one destination against one file."""
    files = Shown({CONFIG: config, **fields.pop("files", {})})
    return resolve(CommandLine(destination=destination, flags=flags), environment(**fields), files)
