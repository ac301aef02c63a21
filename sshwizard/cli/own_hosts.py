"""`hosts` of the user's own: the instances in providers.toml, beside what the host book has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sshwizard.errors import UsageError
from sshwizard.providers.catalogue import find_provider
from sshwizard.providers.own import Own, own_instances, path_of
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.cli.desk import Desk


def look(desk: Desk) -> tuple[Own, ...]:
    """Return the instances; () where their file cannot be read, which is said beside the answer."""
    try:
        return own_instances(desk.machine)
    except UsageError as error:
        desk.out.aside(error.message)
        return ()


def named(desk: Desk, typed: str) -> Own | None:
    """Return the instance of that name or at that host."""
    found = look(desk)
    by_name = next((one for one in found if one.name == typed), None)
    return by_name or next((one for one in found if one.ssh_host == typed.lower().rstrip(".")), None)


def rows(desk: Desk, found: Sequence[Own]) -> list[list[str]]:
    """Return a table of them, with where they come from."""
    where = desk.machine.shown(path_of(desk.machine))
    heading = [_("yours"), _("speaks like"), _("ssh"), _("from")]
    return [heading, *([one.name, _kind(one), address(one), where] for one in found)]


def facts(desk: Desk, one: Own) -> list[tuple[str, str]]:
    """Return what is known of one, label by label."""
    least = _("{n} bits or more").format(n=one.rsa_min) if one.rsa_min else ""
    return [
        (_("yours"), _("from {path}").format(path=desk.machine.shown(path_of(desk.machine)))),
        (_("speaks like"), _kind(one)),
        (_("ssh"), address(one)),
        (_("rsa keys"), least),
        (_("key page"), one.key_page),
        (_("api"), one.api_url),
    ]


def fields(desk: Desk, one: Own) -> dict[str, Any]:
    """Return one as the JSON contract has it."""
    return {
        "name": one.name,
        "kind": one.provider,
        "ssh_host": one.ssh_host,
        "user": one.user,
        "port": one.port,
        "rsa_min": one.rsa_min,
        "key_page": one.key_page or None,
        "api_url": one.api_url,
        "where": path_of(desk.machine),
    }


def address(one: Own) -> str:
    """Write whom ssh logs in as, and where."""
    return f"{one.user}@{one.ssh_host}:{one.port}"


def _kind(one: Own) -> str:
    return find_provider(one.provider).title
