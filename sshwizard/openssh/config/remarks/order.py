"""Lines that come too late: the first value wins, so what every host already has cannot be set again."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.lint import LintProblem
from sshwizard.model.source import Source
from sshwizard.openssh.config.directives import Do
from sshwizard.openssh.config.remarks.reading import Line, Reading, host_names, matches_everything
from sshwizard.text import _, visible

_FIRST_WINS = frozenset({Do.SET, Do.SET_LIST, Do.SET_ENV, Do.PROXY_COMMAND, Do.PROXY_JUMP})


def problems(reading: Reading) -> Iterator[LintProblem]:
    """Remark on lines that never count and on names that have two blocks."""
    yield from _unreachable(reading)
    yield from _duplicates(reading)


def _unreachable(reading: Reading) -> Iterator[LintProblem]:
    for_all: dict[str, Line] = {}
    in_block: dict[str, Line] = {}
    block = None
    for line in reading.lines():
        if line.directive.action not in _FIRST_WINS or line.directive.keyword == "ignoreunknown":
            continue
        if line.block is not block:
            block, in_block = line.block, {}
        key = (
            "proxy" if line.directive.action in (Do.PROXY_COMMAND, Do.PROXY_JUMP) else line.directive.keyword
        )
        earlier = for_all.get(key) or in_block.get(key)
        if earlier is not None:
            if not _says_the_same(earlier, line):
                yield _too_late(line, earlier, all_hosts=key in for_all)
        elif matches_everything(line.block) and _counts_always(reading, line):
            for_all[key] = line
        in_block.setdefault(key, line)


def _counts_always(reading: Reading, line: Line) -> bool:
    """Say whether the line's file is read for every host: only the first files are for certain."""
    top = (reading.environment.user_config, reading.environment.system_config)
    return line.file.path in top


def _says_the_same(one: Line, other: Line) -> bool:
    return bool(one.directive.payload == other.directive.payload)


def _too_late(line: Line, earlier: Line, *, all_hosts: bool) -> LintProblem:
    word = visible(line.directive.keyword)
    if all_hosts and not matches_everything(line.block):
        return LintProblem(
            id="order-trap",
            source=line.source,
            title=_("`{word}` comes too late here").format(word=word),
            text=_(
                "The first value wins, and {place} has set `{word}` for every host already. "
                "Move what is for all hosts to the end of the file."
            ).format(place=earlier.source, word=word),
            severity="warn",
        )
    return LintProblem(
        id="unreachable-line",
        source=line.source,
        title=_("This `{word}` never counts").format(word=word),
        text=_("The first value wins, and that is the one at {place}.").format(place=earlier.source),
        severity="warn",
    )


def _duplicates(reading: Reading) -> Iterator[LintProblem]:
    first: dict[str, Source] = {}
    for file, block in reading.blocks():
        assert block.header is not None
        if block.header.action is not Do.HOST:
            continue
        here = Source(file.path, block.line)
        for name in host_names(block):
            if name not in first:
                first[name] = here
            elif first[name] != here:
                yield LintProblem(
                    id="duplicate-host",
                    source=here,
                    title=_("`{name}` has a block already").format(name=visible(name)),
                    text=_(
                        "The one at {place} comes first. Both count: where both set an option the first value "
                        "wins, and identity files of both are used. One block is easier to read."
                    ).format(place=first[name]),
                    severity="info",
                )
