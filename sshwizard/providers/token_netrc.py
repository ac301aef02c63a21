"""Credentials in netrc files: `~/.netrc` and `~/_netrc`, and the encrypted `….gpg` that Heroku's CLI prefers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sshwizard.providers.found_token import FoundToken, from_login
from sshwizard.providers.token_files import netrc_entry

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


def in_netrc(machine: Machine, *hosts: str) -> Iterator[FoundToken]:
    """Yield the password of the first of some hosts, from the first file that names one."""
    for file_name in (".netrc", "_netrc"):
        path = os.path.join(machine.home, file_name)
        text = _text_of(machine, path)
        for host in hosts:
            login, password = netrc_entry(text, host)
            found = from_login(login, password, f"{machine.shown(path)}, machine {host}")
            if found:
                yield found
                return


def _text_of(machine: Machine, path: str) -> str:
    """Return a netrc's text; an encrypted one beside it comes first, as in Heroku's CLI."""
    if machine.files.look(path + ".gpg").kind == "file":
        done = machine.run(["gpg", "--batch", "--quiet", "--decrypt", path + ".gpg"], timeout=10)
        if done.ok:
            return done.out.decode("utf-8", "replace")
    return machine.files.look(path).data.decode("utf-8", "replace")
