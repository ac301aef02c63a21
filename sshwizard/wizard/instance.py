"""A forge of the user's own: where its pages are, what kind it is, and the lines that remember it. Asks nobody."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sshwizard.errors import UsageError
from sshwizard.machine.http import is_loopback
from sshwizard.model.choices import Choice, Option
from sshwizard.model.finding import Fix
from sshwizard.model.plan import Target
from sshwizard.model.steps import MakeFolder, Step, WriteFile
from sshwizard.providers import own
from sshwizard.providers.family import FAMILIES
from sshwizard.providers.place import Place, own_place
from sshwizard.text import _, one_line

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

TITLES = dict(FAMILIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One forge of the user's own, described and not yet remembered."""

    kind: str
    """As in providers.toml."""
    own: own.Own

    @property
    def place(self) -> Place:
        """Where its keys go."""
        return own_place(self.own)


def suggested_site(target: Target) -> str:
    """Return the most likely address of a host's web pages."""
    return f"https://{target.hostname}"


def check_site(typed: str) -> str:
    """Say what is wrong with a typed web address, or ""."""
    site = normal_site(typed)
    try:
        parts = urlsplit(site)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc:
        return _("Type the address of its web pages, for instance `https://git.example.org`.")
    if parts.scheme == "http" and not is_loopback(site):
        return _("That address is not encrypted: a token would be readable on the way. Use `https://`.")
    return ""


def normal_site(typed: str) -> str:
    """Return a web address with its scheme and without a slash at the end."""
    typed = typed.strip().rstrip("/")
    return typed if not typed or "://" in typed else f"https://{typed}"


def kind_choice() -> Choice:
    """Ask for the kind of a forge that does not say it."""
    return Choice(
        question=_("What kind of forge is it?"),
        options=tuple(Option(value=kind, label=title) for kind, title in FAMILIES),
        default=FAMILIES[0][0],
    )


def described(machine: Machine, target: Target, kind: str, site: str) -> Instance:
    """Return the instance that these answers describe. Raises UsageError that names what is wrong."""
    taken = {one.name for one in own.own_instances(machine)}
    name = suggested_name(target.hostname)
    number = 2
    while name in taken:
        name, number = f"{suggested_name(target.hostname)}-{number}", number + 1
    fields = {"name": name, "kind": kind, "api_url": normal_site(site)}
    one = own.describe(
        own.path_of(machine), ssh_host=target.hostname, port=target.port, user=target.user or "git", **fields
    )
    return Instance(kind=kind, own=one)


def suggested_name(host: str) -> str:
    """Return a short name for an instance: `git.example.org` is `example`."""
    labels = [label for label in host.lower().split(".") if label]
    if len(labels) < 2 or labels[-1].isdigit():
        return one_line(host)
    return labels[-2]


def remember(machine: Machine, instance: Instance) -> Fix:
    """Return the change that adds the instance to the user's file of providers. Raises UsageError when that is no file."""
    path = own.path_of(machine)
    seen = machine.fresh().files.look(path)
    if seen.kind not in ("file", "missing"):
        raise UsageError(_("{path} is no file.").format(path=machine.shown(path)), where=path)
    before = seen.data if seen.kind == "file" else None
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    after = (before or b"") + gap + own.table_of(instance.own, instance.kind).encode()
    folder = os.path.dirname(path)
    folders: list[Step] = [MakeFolder(path=one) for one in (os.path.dirname(folder), folder)]
    return Fix(
        title=_("Remember {name} in {path}").format(name=instance.own.name, path=machine.shown(path)),
        steps=(*folders, WriteFile(path=path, before=before, after=after, mode=0o644)),
        safe=True,
    )
