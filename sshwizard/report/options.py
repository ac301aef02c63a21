"""The configuration in force as lines, each with its place. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.config import Effective

Changes = dict[str, list[str]]
"""Keyword → values."""


def placed(effective: Effective, shown: Callable[[str], str], *, defaults: bool) -> Iterator[str]:
    """Write `keyword value  # file:line` for each value; those built in only with `defaults`."""
    for name, values in effective.options.items():
        for value in values:
            if value.source:
                line = f":{value.source.line}" if value.source.line else ""
                yield f"{name} {value.text}  # {shown(value.source.where)}{line}"
            elif defaults:
                yield f"{name} {value.text}  # {_('default')}"


def assumed_true(other: Effective) -> list[str]:
    """Return the `Match exec` commands that succeed in an alternative."""
    return [condition.command for condition in other.conditions if condition.assumed]


def changed(effective: Effective, other: Effective) -> Changes:
    """Return the options that have other values in an alternative; a lost one has none."""
    found: Changes = {}
    for name in {**effective.options, **other.options}:
        values = [value.text for value in other.options.get(name, ())]
        if values != [value.text for value in effective.options.get(name, ())]:
            found[name] = values
    return found


def conditions(effective: Effective) -> Iterator[str]:
    """Say what would be otherwise if a `Match exec` command that was not run succeeded."""
    for other in effective.alternatives:
        commands = ", ".join(f"`{command}`" for command in assumed_true(other))
        if other.fatal:
            yield _("If {commands} succeeds, ssh refuses this: {words}").format(
                commands=commands, words=other.fatal.message
            )
            continue
        lines = [
            f"{name} {value}"
            for name, values in changed(effective, other).items()
            for value in values or [_("(not set)")]
        ]
        if lines:
            yield _("If {commands} (Match exec, not run) succeeds: {lines}").format(
                commands=commands, lines="; ".join(lines)
            )
