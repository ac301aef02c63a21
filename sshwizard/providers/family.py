"""Which kind of forge an address belongs to, found out by asking it. No token and no key is sent.

Gitea and Forgejo name their version to everybody, GitHub Enterprise its `installed_version`; GitLab answers the
question for its version with 401 in words of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sshwizard.errors import CannotCheck, Refused
from sshwizard.machine.http import HttpReply, HttpRequest, send
from sshwizard.text import one_line

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine

FAMILIES: tuple[tuple[str, str], ...] = (
    ("gitlab", "GitLab"),
    ("gitea", "Gitea"),
    ("forgejo", "Forgejo"),
    ("github-enterprise", "GitHub Enterprise"),
)
"""`kind` in providers.toml, and what people call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an address turned out to be."""

    kind: str
    """As in providers.toml: one of `FAMILIES`."""
    version: str
    """As it says; "" when it does not."""


def find_family(machine: Machine, site: str, *, timeout: float = 8.0) -> Found | None:
    """Ask an address (`https://HOST`, without version path) what it is; None when it does not tell.

    Raises CannotCheck when it cannot be asked, Refused when it points to another host, UsageError for no address.
    """
    site = site.rstrip("/")
    version = _object(_ask(machine, f"{site}/api/v1/version", timeout)).get("version")
    if isinstance(version, str) and version:
        forgejo = "forgejo" in version.lower() or _has(machine, f"{site}/api/forgejo/v1/version", timeout)
        return Found(kind="forgejo" if forgejo else "gitea", version=one_line(version))
    version = _object(_ask(machine, f"{site}/api/v3/meta", timeout)).get("installed_version")
    if isinstance(version, str) and version:
        return Found(kind="github-enterprise", version=one_line(version))
    reply = _ask(machine, f"{site}/api/v4/version", timeout)
    told = _object(reply)
    if reply.status == 401 and str(told.get("message", "")).startswith("401"):
        return Found(kind="gitlab", version="")
    return None


def _ask(machine: Machine, url: str, timeout: float) -> HttpReply:
    return send(
        machine, HttpRequest(method="GET", url=url, headers={"Accept": "application/json"}), timeout=timeout
    )


def _has(machine: Machine, url: str, timeout: float) -> bool:
    try:
        reply = _ask(machine, url, timeout)
    except (CannotCheck, Refused):
        return False
    return reply.status == 200 and "version" in _object(reply)


def _object(reply: HttpReply) -> dict[str, Any]:
    try:
        data = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
