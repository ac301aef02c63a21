"""The files of a sandbox home: keys, configuration, known_hosts, git's configuration, a launcher.

Writes below the folder it is given and nowhere else.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from sshwizard.openssh.keys.generate import generate
from sshwizard.practice.scenarios import ALIAS, SandboxKey, Scenario

DEFAULT_NAME = "id_ed25519"
"""The one default identity that a ground knows. ssh would list more, but a missing file that is named in
the configuration is a finding of its own, and no lesson here is about that."""

_WHY_DEFAULT = """\
# ssh looks for its default key in the home of the account database, which is not this sandbox. So it is named
# here: the real `ssh -F` and sshwizard then mean the same file. LogLevel keeps ssh quiet while it is missing.
"""


def write_key(folder: Path, key: SandboxKey) -> str:
    """Make an ed25519 pair without passphrase in `folder`; return the public line."""
    private, line = generate("ed25519", None, key.comment, None)
    write(folder / key.name, private, key.mode)
    write(folder / f"{key.name}.pub", line.encode() + b"\n", 0o644)
    return line


def ssh_config(scenario: Scenario, ssh: Path, port: int) -> str:
    """Return the sandbox's ssh_config."""

    def filled(lines: tuple[str, ...]) -> list[str]:
        return [f"    {line.format(ssh=quoted(ssh))}" for line in lines]

    lines = [f"Host {ALIAS}", "    HostName 127.0.0.1", f"    Port {port}", "    User git"]
    lines += [f"    UserKnownHostsFile {quoted(ssh / 'known_hosts')}", *filled(scenario.host_lines), ""]
    if scenario.later_lines:
        lines += ["Host *", *filled(scenario.later_lines), ""]
    text = "\n".join(lines)
    if "IdentityFile" in text:
        return text
    default = ["Host *", f"    IdentityFile {quoted(ssh / DEFAULT_NAME)}", "    LogLevel ERROR", ""]
    return text + "\n" + _WHY_DEFAULT + "\n".join(default)


def quoted(path: Path) -> str:
    """Write a path as an argument of ssh_config: percent signs doubled, in quotes if it has spaces."""
    text = str(path).replace("%", "%%")
    return f'"{text}"' if " " in text else text


def git_config() -> str:
    return "[user]\n\tname = Mia\n\temail = mia@example.org\n[init]\n\tdefaultBranch = main\n"


def write_launcher(folder: Path) -> None:
    """Put a `sshwizard` that runs this very package into `folder`."""
    import sshwizard

    package = Path(sshwizard.__file__).resolve().parent.parent
    folder.mkdir(mode=0o700)
    script = (
        "#!/bin/sh\n"
        f'PYTHONPATH={shlex.quote(str(package))}"${{PYTHONPATH:+:$PYTHONPATH}}" '
        f'exec {shlex.quote(sys.executable)} -m sshwizard "$@"\n'
    )
    write(folder / "sshwizard", script.encode(), 0o755)


def write(path: Path, data: bytes, mode: int) -> None:
    """Make a new file with exactly this mode."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    path.chmod(mode)
