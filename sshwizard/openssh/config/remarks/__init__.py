"""Mistakes in a configuration, found without connecting: refused, unreachable, misleading and dangling lines.

Each module holds the remarks of one area as functions from a `Reading` to `LintProblem`s; this one puts
them in the order of the files. Looks at files only through the `FileView`.
"""

from __future__ import annotations

from sshwizard.model.config import Environment
from sshwizard.model.files import FileView
from sshwizard.model.lint import LintProblem
from sshwizard.openssh.config.remarks import hosts, keys, order, refused
from sshwizard.openssh.config.remarks.reading import Reading


def find(environment: Environment, files: FileView, remotes: tuple[str, ...]) -> tuple[LintProblem, ...]:
    """Return the remarks about all configuration files, in the order of files and lines."""
    reading = Reading(environment, files, remotes)
    found = [
        *refused.problems(reading),
        *order.problems(reading),
        *hosts.problems(reading),
        *keys.problems(reading),
    ]
    places = {parsed.path: at for at, parsed in enumerate(reading.files)}

    def place(problem: LintProblem) -> tuple[int, int]:
        source = problem.source
        return (places.get(source.where, -1), source.line or 0) if source else (-1, 0)

    return tuple(sorted(dict.fromkeys(found), key=place))
