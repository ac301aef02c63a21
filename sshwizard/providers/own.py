"""A user's own instances, from `~/.config/sshwizard/providers.toml`.

One table for each; only `name`, `kind` and `api_url` are needed:

    [[provider]]
    name = "work"                          # what `keys add work` takes
    kind = "gitlab"                        # gitlab, gitea, forgejo, github-enterprise, …
    api_url = "https://git.example.org"    # with or without `/api/v4`
    ssh_host = "git.example.org"           # else the host of api_url
    port = 2222                            # else 22
    user = "git"                           # else git
    key_page = "https://git.example.org/-/user_settings/ssh_keys"
    rsa_min = 2048                         # else what the kind has: bits of an RSA key

Reads that file and nothing else. Holds no token and takes none from it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sshwizard.errors import UsageError
from sshwizard.providers.catalogue import find_provider, provider_names
from sshwizard.text import _, one_line, visible

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

KINDS = {"forgejo": "gitea", "codeberg": "gitea", "github": "github-enterprise"}
"""Names of kinds that are spoken to as another provider."""
FIELDS = {
    "name": str,
    "kind": str,
    "api_url": str,
    "ssh_host": str,
    "port": int,
    "user": str,
    "key_page": str,
    "rsa_min": int,
}
KEY_PAGES = {
    "gitlab": "/-/user_settings/ssh_keys",
    "gitea": "/user/settings/keys",
    "github-enterprise": "/settings/ssh/new",
}
"""Where each kind has its page of keys, below the instance's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One instance."""

    name: str
    provider: str
    """The provider whose API it speaks, as `open_account` takes it."""
    api_url: str
    ssh_host: str
    port: int
    user: str
    key_page: str
    rsa_min: int | None


def path_of(machine: Machine) -> str:
    """Return where the file is (or would be): under XDG_CONFIG_HOME, else `.config` of the home."""
    own_home = machine.home == machine.account_home
    base = machine.env.get("XDG_CONFIG_HOME") if own_home else None
    return os.path.join(base or os.path.join(machine.home, ".config"), "sshwizard", "providers.toml")


def own_instances(machine: Machine) -> tuple[Own, ...]:
    """Return the user's instances; () without the file. Raises UsageError that names file and reason."""
    path = path_of(machine)
    seen = machine.files.look(path)
    if seen.kind == "missing":
        return ()
    if seen.kind != "file":
        raise _bad(path, seen.problem or seen.kind)
    import tomllib

    try:
        data = tomllib.loads(seen.data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad(path, one_line(str(error))) from error
    tables = data.get("provider", [])
    strange = sorted(set(data) - {"provider"})
    if strange or not isinstance(tables, list):
        raise _bad(path, _("each instance is a table `[[provider]]`"))
    found = tuple(_instance(path, table) for table in tables)
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise _bad(path, _("the name {name} is there twice").format(name=twice))
    return found


def describe(
    path: str, *, name: str, kind: str, api_url: str, ssh_host: str = "", port: int = 22, user: str = "git"
) -> Own:
    """Return an instance as the file at `path` would give it. Raises UsageError that names what is wrong."""
    host = {"ssh_host": ssh_host} if ssh_host else {}
    return _instance(
        path, {"name": name, "kind": kind, "api_url": api_url, "port": port, "user": user, **host}
    )


def table_of(one: Own, kind: str) -> str:
    """Write an instance as the table that is read back as the same; what is as usual is left out."""
    fields: dict[str, str | int] = {"name": one.name, "kind": kind, "api_url": one.api_url}
    if one.ssh_host != urlsplit(one.api_url).hostname:
        fields["ssh_host"] = one.ssh_host
    if one.port != 22:
        fields["port"] = one.port
    if one.user != "git":
        fields["user"] = one.user
    lines = [f"{name} = {_toml(value)}" for name, value in fields.items()]
    return "\n".join(["[[provider]]", *lines, ""])


def _toml(value: str | int) -> str:
    """Write a value; a TOML basic string has JSON's escapes (TOML 1.0, String)."""
    import json

    return str(value) if isinstance(value, int) else json.dumps(value)


def _instance(path: str, table: Any) -> Own:
    if not isinstance(table, dict):
        raise _bad(path, _("each instance is a table `[[provider]]`"))
    for field, value in table.items():
        if field not in FIELDS:
            raise _bad(path, _("there is no setting `{name}`").format(name=visible(field)))
        if not isinstance(value, FIELDS[field]) or isinstance(value, bool):
            raise _bad(path, _("`{name}` is not of the right kind").format(name=field))
    for field in ("name", "kind", "api_url"):
        if not table.get(field):
            raise _bad(path, _("`{name}` is missing").format(name=field))
    kind = KINDS.get(table["kind"], table["kind"])
    if kind not in provider_names():
        raise _bad(path, _("`{kind}` is no kind of service").format(kind=visible(table["kind"])))
    address = urlsplit(table["api_url"])
    if not address.hostname:
        raise _bad(path, _("`api_url` is not a web address"))
    if address.hostname.endswith(".ghe.com"):
        kind = "github"
    page, site = KEY_PAGES.get(kind), table["api_url"].rstrip("/")
    site = site.removesuffix(find_provider(kind).version_path).rstrip("/")
    return Own(
        name=visible(table["name"]),
        provider=kind,
        api_url=table["api_url"],
        ssh_host=table.get("ssh_host", address.hostname).lower(),
        port=table.get("port", 22),
        user=table.get("user", "git"),
        key_page=table.get("key_page") or (f"{site}{page}" if page else ""),
        rsa_min=table.get("rsa_min"),
    )


def _bad(path: str, why: str) -> UsageError:
    return UsageError(
        _("{path} cannot be used: {why}.").format(path=visible(path), why=why.rstrip(".")),
        where=path,
        hint=_(
            "Each `[[provider]]` has name, kind and api_url; ssh_host, port, user, key_page and rsa_min if need be."
        ),
    )
