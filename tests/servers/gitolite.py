"""gitolite on the real sshd: a git host with accounts of its own and another greeting than the forges'."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from servers.running import program
from servers.sshd import Sshd


class Gitolite:
    """`with Gitolite(folder, {"joe": line}, rules) as server:` — `server.sshd` is the sshd in front of it.

    `rules` maps repository names to gitolite's access lines (`{"app": ["RW+ = joe", "R = jane"]}`). Every
    repository starts empty; the first push fills it. Needs root, as the login user `git` is made up.
    """

    def __init__(
        self, folder: Path, accounts: Mapping[str, str], rules: Mapping[str, list[str]] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._home = folder / "home"
        self._accounts = dict(accounts)
        self._rules = dict(rules or {"app": [f"RW+ = {' '.join(accounts)}"]})
        self.sshd = Sshd(folder, extra=[f"AuthorizedKeysFile {self._home}/.ssh/authorized_keys"])

    def __enter__(self) -> Gitolite:
        self._home.mkdir(mode=0o700, exist_ok=True)
        self._run("setup", "-a", "nobody")
        settings = self._home / ".gitolite"
        (settings / "keydir").mkdir(exist_ok=True)
        for name, line in self._accounts.items():
            (settings / "keydir" / f"{name}.pub").write_text(line + "\n")
        blocks = (
            f"repo {name}\n" + "".join(f"    {r}\n" for r in rules) for name, rules in self._rules.items()
        )
        (settings / "conf" / "gitolite.conf").write_text("\n".join(blocks))
        self._run("compile")
        self._run("trigger", "POST_COMPILE")
        self.sshd.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sshd.__exit__(kind, error, trace)

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [program("gitolite", "gitolite3"), *arguments],
            env={"PATH": os.environ["PATH"], "HOME": str(self._home), "USER": "git", "LC_ALL": "C"},
            cwd=self._home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=True,
        )
