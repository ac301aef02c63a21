"""Where Heroku's CLI keeps its token: the system's store under the account that `login.json` names, else netrc.

As its `credential-manager-core` does it (heroku/heroku-cli-command, 2026): `security` on macOS, `secret-tool` on
Linux, and on Windows the vault of web credentials, which only Windows PowerShell can read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sshwizard.providers.found_token import FoundToken
from sshwizard.providers.token_files import json_of, text_in
from sshwizard.providers.token_netrc import in_netrc
from sshwizard.secret import Secret
from sshwizard.text import one_line

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.machine.process import Finished

SERVICE = "heroku-cli"
VAULT = """
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [Text.Encoding]::UTF8
[void][Windows.Security.Credentials.PasswordVault,Windows.Security.Credentials,ContentType=WindowsRuntime]
$vault = New-Object Windows.Security.Credentials.PasswordVault
$vault.Retrieve('{service}', '{account}').Password
"""
"""Read by PowerShell from its standard input; a quote within the names is doubled."""


def in_store(machine: Machine, _host: str) -> Iterator[FoundToken]:
    """Yield the token of the account that is logged in, unless its CLI was told to use netrc only."""
    if machine.env.get("HEROKU_NETRC_WRITE", "").lower() == "true":
        return
    path = os.path.join(_data_folder(machine), "login.json")
    account = text_in(json_of(machine.files.look(path).data), "account")
    done = _asked(machine, account) if account else None
    if done and done.ok and done.out.strip():
        yield FoundToken(
            token=Secret(done.out.decode("utf-8-sig", "replace").strip()),
            where="Heroku's entry in the system's keychain",
            account=one_line(account),
        )


def in_heroku_netrc(machine: Machine, _host: str) -> Iterator[FoundToken]:
    """Yield the token that older versions of its CLI, and `HEROKU_NETRC_WRITE`, keep in netrc."""
    yield from in_netrc(machine, "api.heroku.com", "git.heroku.com")


def _data_folder(machine: Machine) -> str:
    """Return its data folder (oclif/core, `src/config/config.ts`)."""
    if machine.env.get("HEROKU_DATA_DIR"):
        return machine.env["HEROKU_DATA_DIR"]
    local = machine.env.get("LOCALAPPDATA") if _is_windows(machine) else None
    base = machine.env.get("XDG_DATA_HOME") or local or os.path.join(machine.home, ".local", "share")
    return os.path.join(base, "heroku")


def _asked(machine: Machine, account: str) -> Finished | None:
    if _is_windows(machine):
        names = {
            name: value.replace("'", "''") for name, value in (("service", SERVICE), ("account", account))
        }
        argv = ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "-"]
        return machine.run(argv, timeout=15, stdin=VAULT.format(**names).encode())
    if machine.platform == "darwin":
        return machine.run(
            ["security", "find-generic-password", "-a", account, "-s", SERVICE, "-w"], timeout=5
        )
    if machine.platform == "linux":
        return machine.run(["secret-tool", "lookup", "service", SERVICE, "account", account], timeout=5)
    return None


def _is_windows(machine: Machine) -> bool:
    return machine.platform in ("windows", "gitbash")
