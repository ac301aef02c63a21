"""Blocks that never match, or not what they seem to: commas, users and ports in names, missed remotes."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.lint import LintProblem
from sshwizard.model.source import Source
from sshwizard.openssh.config.directives import Do
from sshwizard.openssh.config.parse import Block
from sshwizard.openssh.config.remarks.reading import Reading, host_names, patterns
from sshwizard.openssh.patterns import ascii_lower, match_pattern
from sshwizard.text import _, visible


def problems(reading: Reading) -> Iterator[LintProblem]:
    """Remark on `Host` lines and on HostName."""
    for file, block in reading.blocks():
        source = Source(file.path, block.line)
        found = patterns(block)
        if found and all(pattern.startswith("!") for pattern in found):
            yield _never(
                source,
                _("A block of exclusions alone matches no host. Write `Host * {words}`.").format(
                    words=visible(" ".join(found))
                ),
            )
        for pattern in found:
            yield from _odd_pattern(source, pattern)
        yield from _missed_remote(reading, source, block)
    for line in reading.lines():
        if line.directive.keyword == "hostname" and line.directive.action is Do.SET:
            yield from _odd_hostname(line.source, line.directive.payload)


def _never(source: Source, text: str) -> LintProblem:
    return LintProblem(
        id="block-never-matches",
        source=source,
        title=_("This block never matches"),
        text=text,
        severity="warn",
    )


def _odd_pattern(source: Source, pattern: str) -> Iterator[LintProblem]:
    plain = pattern.lstrip("!")
    shown = visible(plain, keep="")
    if "," in plain:
        yield _never(
            source,
            _("In `Host` a comma is an ordinary character: `{name}` is one name. Use blanks.").format(
                name=shown
            ),
        )
    elif "://" in plain:
        yield _never(
            source, _("`{name}` is an address. ssh compares the host's name alone.").format(name=shown)
        )
    elif "@" in plain:
        yield _never(
            source,
            _(
                "`{name}` holds a user. ssh compares what follows the `@` alone; the user goes to a line of its own, `User`."
            ).format(name=shown),
        )
    elif plain.count(":") == 1 and plain.rpartition(":")[2].isdigit():
        yield _never(
            source,
            _(
                "`{name}` holds a port. ssh compares the name alone; the port goes to a line of its own, `Port`."
            ).format(name=shown),
        )


def _odd_hostname(source: Source, name: str) -> Iterator[LintProblem]:
    shown = visible(name, keep="")
    if "@" in name or "/" in name or (name.count(":") == 1):
        yield LintProblem(
            id="hostname-not-a-name",
            source=source,
            title=_("`{name}` is not the name of a host").format(name=shown),
            text=_(
                "HostName takes a name or an address alone. User and port have lines of their own, `User` and `Port`."
            ),
            severity="warn",
        )


def _missed_remote(reading: Reading, source: Source, block: Block) -> Iterator[LintProblem]:
    """Remark on a block that means a remote's host but does not match it."""
    if not any(directive.action is Do.ADD_FILE for _line, directive in block.directives):
        return
    names = host_names(block)
    if not names or any(
        match_pattern(remote, pattern) for remote in reading.remotes for pattern in patterns(block)
    ):
        return
    target = next(
        (str(directive.payload) for _line, directive in block.directives if directive.keyword == "hostname"),
        "",
    )
    for remote in reading.remotes:
        if ascii_lower(target) == remote or any(_resembles(name, remote) for name in names):
            yield LintProblem(
                id="config-host-mismatch",
                source=source,
                title=_("No remote here matches this block"),
                text=_(
                    "The remotes of this folder name `{remote}`; the block is for `{names}`. Its key is not used "
                    "for them unless a remote's address names `{alias}` as host, or the block `{remote}`."
                ).format(remote=visible(remote), names=visible(" ".join(names)), alias=visible(names[0])),
                severity="info",
            )
            return


def _resembles(name: str, remote: str) -> bool:
    lower = ascii_lower(name)
    return name != remote and (
        lower == remote
        or lower.rpartition("@")[2] == remote
        or (len(lower) > 3 and remote.startswith(lower + "."))
    )
