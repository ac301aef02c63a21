"""Which hosts a configuration speaks of by name."""

from __future__ import annotations

from sshwizard.model.config import Environment
from sshwizard.model.files import FileView
from sshwizard.openssh.config.match import Criteria
from sshwizard.openssh.config.reader import Reader
from sshwizard.openssh.patterns import is_wild

_ODD = frozenset("@,/ ")
"""What no host has in its name, though a pattern may."""


def hosts_named(environment: Environment, files: FileView) -> tuple[str, ...]:
    """Return the plain names in `Host` and `Match host` lines of all files, included ones too, in order."""
    names: dict[str, None] = {}
    for parsed in Reader(environment, files).all_files():
        for block in parsed.blocks:
            if block.header is not None:
                for name in names_in(block.header.payload):
                    names[name] = None
    return tuple(names)


def hosts_sampled(environment: Environment, files: FileView) -> tuple[str, ...]:
    """Return a made-up name for each pattern that is no plain name: `any.corp.example` for `*.corp.example`."""
    names: dict[str, None] = {}
    for parsed in Reader(environment, files).all_files():
        for block in parsed.blocks:
            for pattern in _patterns(block.header.payload) if block.header is not None else ():
                if (
                    pattern[:1] not in "!-"
                    and is_wild(pattern)
                    and pattern.strip("*?")
                    and not _ODD & set(pattern)
                ):
                    names[pattern.replace("*", "any").replace("?", "x")] = None
    return tuple(names)


def names_in(payload: list[str] | Criteria) -> list[str]:
    """Return the plain names of one `Host` or `Match` line."""
    return [
        name
        for name in _patterns(payload)
        if name and name[0] not in "!-" and not is_wild(name) and not _ODD & set(name)
    ]


def _patterns(payload: list[str] | Criteria) -> list[str]:
    if not isinstance(payload, Criteria):
        return payload
    return [
        pattern
        for part in payload.parts
        if part.name in ("host", "originalhost") and not part.negated
        for pattern in part.argument.split(",")
    ]
