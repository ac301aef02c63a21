"""Which files to look at for keys: everything in ~/.ssh, and what the configuration names anywhere.

Decides by content; names matter only where the content says nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sshwizard.model.config import Effective, Environment
from sshwizard.model.files import FileSeen, FileView
from sshwizard.model.identity import KeyFile
from sshwizard.openssh import known_hosts
from sshwizard.openssh.keys import mismatched, problem, read_key_file

MAX_FILES = 20_000
"""Files looked at in ~/.ssh; beyond that somebody keeps something else there."""
MAX_FOLDERS = 50

_NOT_KEYS = ("known_hosts", "authorized_keys", "config", "environment", "rc", "allowed_signers", "revoked")
_KEY_NAME = re.compile(r"(id_|identity$)|.*\.(pub|pem|key|ppk|pub\.txt)$", re.IGNORECASE)
_NAMING = re.compile(rb"^[ \t]*(identityfile2?|certificatefile|identityagent)[ \t=]+(.*)$", re.I | re.M)


def key_files(
    environment: Environment,
    files: FileView,
    effective: Effective,
    config: Iterable[FileSeen],
    extra: Iterable[str],
) -> tuple[KeyFile, ...]:
    """Inspect every file that may hold a key; those without any sign of a key are left out."""
    paths = dict.fromkeys(
        _in_folder(os.path.join(environment.home, ".ssh"), files) if environment.home else ()
    )
    named = dict.fromkeys(_named(environment, effective, config, extra))
    for path in named:
        paths.update(dict.fromkeys(_around(path, files)))
    hosts = {*known_hosts.paths(effective), *(v.text for v in effective.options.get("revokedhostkeys", ()))}
    found = []
    for path in paths:
        if path in hosts and path not in named:
            # Under a name of its own: its keys are those of hosts, and no host is asked about them.
            continue
        file = read_key_file(files.look(path), uid=environment.uid)
        if _is_key_like(file, path in named):
            found.append(file)
    return tuple(_with_pairs(found))


def named_agents(environment: Environment, config: Iterable[FileSeen]) -> tuple[str, ...]:
    """Return the sockets that IdentityAgent lines name, for any host, as far as they are plain paths."""
    found = []
    for keyword, value in _lines(config):
        path = _plain_path(environment, value)
        if keyword == b"identityagent" and path is not None:
            found.append(path)
    return tuple(dict.fromkeys(found))


def _in_folder(folder: str, files: FileView) -> Iterator[str]:
    """Yield the paths in the folder and one level below, keys' own order: by name."""
    below = []
    for name in (files.names(folder) or ())[:MAX_FILES]:
        if name.startswith(_NOT_KEYS) and not name.endswith(".pub"):
            continue
        path = f"{folder}/{name}"
        yield path
        if files.look(path).kind == "directory":
            below.append(path)
    for path in below[:MAX_FOLDERS]:
        for name in (files.names(path) or ())[:500]:
            if not name.startswith(_NOT_KEYS):
                yield f"{path}/{name}"


def _named(
    environment: Environment, effective: Effective, config: Iterable[FileSeen], extra: Iterable[str]
) -> Iterator[str]:
    for named in (*effective.identity_files, *effective.certificate_files):
        if named.path and named.text.lower() != "none":
            yield named.path
    for keyword, value in _lines(config):
        path = _plain_path(environment, value)
        if keyword != b"identityagent" and path is not None:
            yield path
    for path in extra:
        expanded = _plain_path(environment, path)
        if expanded is not None:
            yield expanded


def _around(path: str, files: FileView) -> Iterator[str]:
    """Yield a named path, when it is there, and what ssh looks for beside it."""
    for candidate in (path, path + ".pub", path + "-cert.pub", path + "-cert"):
        if files.look(candidate).kind != "missing":
            yield candidate
    if path.endswith(".pub") and files.look(path[:-4]).kind != "missing":
        yield path[:-4]


def _lines(config: Iterable[FileSeen]) -> Iterator[tuple[bytes, str]]:
    for seen in config:
        for match in _NAMING.finditer(seen.data):
            value = match[2].strip().strip(b'"').decode("utf-8", "surrogateescape")
            yield match[1].lower().removesuffix(b"2"), value


def _plain_path(environment: Environment, value: str) -> str | None:
    """Expand `~` and `%d`; None for what depends on the destination or is no path."""
    value = value.replace("%d", environment.home).replace("%u", environment.user).replace("%%", "\0")
    if not value or value.lower() in ("none", "ssh_auth_sock") or "%" in value or "$" in value:
        return None
    value = value.replace("\0", "%")
    if value.startswith("~/"):
        value = environment.home + value[1:]
    return os.path.join(environment.cwd, value)


def _is_key_like(file: KeyFile, named: bool) -> bool:
    if file.format is not None or file.has_private:
        return True
    name = file.path.rsplit("/", 1)[-1]
    return bool(file.problems) and (named or _KEY_NAME.match(name) is not None)


def _with_pairs(found: list[KeyFile]) -> Iterator[KeyFile]:
    """Mark private files whose `.pub` is another key's, and public keys lying where a private one belongs."""
    beside = {file.path: file for file in found}
    for file in found:
        ids = []
        if mismatched(file, beside.get(file.path + ".pub")):
            ids.append("pair-mismatch")
        if _stands_for_private(file, beside):
            ids.append("public-in-private-file")
        yield replace(file, problems=(*file.problems, *map(problem, ids))) if ids else file


def _stands_for_private(file: KeyFile, beside: dict[str, KeyFile]) -> bool:
    name = file.path.rsplit("/", 1)[-1]
    looks_private = file.path + ".pub" in beside or name.startswith("id_")
    return file.format == "public" and looks_private and not name.endswith((".pub", ".txt", "-cert"))
