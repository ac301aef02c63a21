"""The configuration in force as lines, each with its place. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.config import Effective


def placed(effective: Effective, shown: Callable[[str], str], *, defaults: bool) -> Iterator[str]:
    """Write `keyword value  # file:line` for each value; those built in only with `defaults`."""
    for name, values in effective.options.items():
        for value in values:
            if value.source:
                line = f":{value.source.line}" if value.source.line else ""
                yield f"{name} {value.text}  # {shown(value.source.where)}{line}"
            elif defaults:
                yield f"{name} {value.text}  # {_('default')}"
