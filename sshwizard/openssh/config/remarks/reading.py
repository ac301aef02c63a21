"""What every remark is made from: the files as blocks, and the effective values of the hosts they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sshwizard.model.config import CommandLine, Effective, Environment
from sshwizard.model.files import FileView
from sshwizard.model.source import Source
from sshwizard.openssh.config.directives import Directive, Do
from sshwizard.openssh.config.match import Criteria
from sshwizard.openssh.config.named import names_in
from sshwizard.openssh.config.parse import Block, ParsedFile
from sshwizard.openssh.config.reader import Reader

HOST_LIMIT = 300
"""Named hosts whose effective values are looked at."""
BLOCK_LIMIT = 100_000
"""Blocks that are compared with hosts altogether: in a configuration of very many, fewer hosts are looked at."""


@dataclass(frozen=True)
class Line:
    """One directive in its place."""

    file: ParsedFile
    block: Block
    number: int
    directive: Directive

    @property
    def source(self) -> Source:
        """The place of the line."""
        return Source(self.file.path, self.number)


class Reading:
    """The configuration, ready to be remarked upon."""

    def __init__(self, environment: Environment, files: FileView, remotes: tuple[str, ...]) -> None:
        self.environment = environment
        self.view = files
        self.remotes = remotes
        self.reader = Reader(environment, files)
        self.files = self.reader.all_files()

    def lines(self) -> Iterator[Line]:
        """Go through all directives, `Host` and `Match` lines left out, in reading order."""
        for file in self.files:
            for block in file.blocks:
                for number, directive in block.directives:
                    yield Line(file, block, number, directive)

    def blocks(self) -> Iterator[tuple[ParsedFile, Block]]:
        """Go through all blocks that have a `Host` or `Match` line."""
        for file in self.files:
            for block in file.blocks:
                if block.header is not None:
                    yield file, block

    @cached_property
    def refused(self) -> Effective | None:
        """What ssh says to a host nobody names, when it refuses the configuration; None when it does not."""
        effective = self.reader.resolve(CommandLine(destination="host.invalid"))
        return effective if effective.fatal else None

    @cached_property
    def hosts(self) -> dict[str, Effective]:
        """The effective values of the named hosts; none when ssh refuses the configuration."""
        if self.refused:
            return {}
        names = [name for file, block in self.blocks() for name in host_names(block)]
        each = sum(len(file.blocks_for("")) for file in self.files) + 1
        limit = max(10, min(HOST_LIMIT, BLOCK_LIMIT // each))
        found = {}
        for name in list(dict.fromkeys([*self.remotes, *names]))[:limit]:
            effective = self.reader.resolve(CommandLine(destination=name))
            if not effective.fatal:
                found[name] = effective
        return found


def host_names(block: Block) -> list[str]:
    """Return the plain names of a `Host` or `Match host` line."""
    return [] if block.header is None else names_in(block.header.payload)


def patterns(block: Block) -> list[str]:
    """Return the patterns of a `Host` line; none for other blocks."""
    if block.header is None or block.header.action is not Do.HOST:
        return []
    return list(block.header.payload)


def matches_everything(block: Block) -> bool:
    """Say whether a block counts for every host: the head of a file, `Host *`, `Match all`."""
    if block.header is None:
        return True
    payload = block.header.payload
    if isinstance(payload, Criteria):
        return [part.name for part in payload.parts] == ["all"] and not payload.parts[0].negated
    return "*" in payload and not any(pattern.startswith("!") for pattern in payload)
