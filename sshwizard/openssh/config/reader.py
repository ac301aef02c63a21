"""Resolving destinations: ssh's sequence from the command line to the values in force (ssh.c, main).

A `Reader` looks at each file once, through a `FileView`, and answers for as many destinations as asked.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from sshwizard.model.config import CommandLine, Condition, Effective, Environment
from sshwizard.model.files import FileSeen, FileView
from sshwizard.model.source import Source
from sshwizard.openssh.config import algorithms
from sshwizard.openssh.config.address import canonical_address, looks_like_address, valid_host, valid_user
from sshwizard.openssh.config.canonical import Canonical
from sshwizard.openssh.config.directives import Context, Do
from sshwizard.openssh.config.effective import Finish
from sshwizard.openssh.config.files import found_files, opened, read_file
from sshwizard.openssh.config.flags import WHERE, Flags, Typed, split_destination
from sshwizard.openssh.config.output import template_as_built
from sshwizard.openssh.config.parse import ParsedFile, Parser
from sshwizard.openssh.config.run import Library, Pass, Stopped
from sshwizard.openssh.config.state import State
from sshwizard.openssh.config.versions import as_built, parse_version
from sshwizard.openssh.patterns import ascii_lower
from sshwizard.openssh.tokens import CannotExpand, expand_tokens

CONDITION_LIMIT = 4
"""Unknown `Match exec` outcomes whose combinations are all tried; more are tried one by one."""
ALONE_LIMIT = 16
"""Outcomes that are tried one by one; of those beyond it is not known whether they matter."""


FILE_LIMIT = 5000
"""Files that `all_files` lists at most."""


_EARLY_DEFAULTS = (
    ("canonicalizemaxdots", "1"),
    ("canonicalizefallbacklocal", "yes"),
    ("canonicalizehostname", "false"),
)
"""Set before a second pass, which therefore cannot change them (fill_default_options_for_canonicalization)."""


class Reader:
    """The configuration of one machine, ready for many destinations."""

    def __init__(self, environment: Environment, files: FileView) -> None:
        self.environment = environment
        self.files = files
        self.version = as_built(parse_version(environment.ssh_version), environment.builtin)
        self._template = template_as_built(self.version, environment.builtin)
        self.lists: Mapping[str, algorithms.Algorithms] = algorithms.lists_as_built(
            self.version, environment.builtin
        )
        self._services: dict[str, int] | None = None
        self._parser = Parser(
            Context(version=self.version, env=environment.env, service=self._service, lists=self.lists)
        )
        self._parsed: dict[str, tuple[FileSeen, ParsedFile | None]] = {}
        self._globs: dict[str, tuple[str, ...]] = {}

    def resolve(self, command_line: CommandLine) -> Effective:
        """Return what is in force for one destination. Raises nothing: refusals are `Effective.problems`."""
        main = self._resolve(command_line, {})
        if not main.conditions:
            return main
        met = self._conditions(command_line, main)
        unknown = list(met)
        results = {
            frozenset(true): self._resolve(command_line, dict.fromkeys(true, True))
            for true in _subsets(unknown)
        }
        results[frozenset()] = main
        others: list[Effective] = []
        for other in results.values():
            if all(not _same(other, known) for known in (main, *others)):
                others.append(other)
        matter = {command for command in unknown if _matters(command, results)} | set(unknown[ALONE_LIMIT:])
        conditions = tuple(condition for command, condition in met.items() if command in matter)
        return replace(main, conditions=conditions, alternatives=tuple(others))

    def _conditions(self, command_line: CommandLine, main: Effective) -> dict[str, Condition]:
        """Collect the unknown commands, also those that ssh runs only once another one was true."""
        found = {condition.command: condition for condition in main.conditions}
        known = 0
        while known < len(found):
            known = len(found)
            for condition in self._resolve(command_line, dict.fromkeys(found, True)).conditions:
                found.setdefault(condition.command, condition)
        return found

    def file(self, path: str) -> tuple[FileSeen, ParsedFile | None]:
        """Look at a file and parse it, once; None where there is nothing to read.

        A relative path (of `-F`) is looked up from the current directory and keeps its spelling.
        """
        known = self._parsed.get(path)
        if known is None:
            seen = self.files.look(posixpath.join(self.environment.cwd, path) if path else path)
            parsed = self._parser.parse(path, seen.data) if opened(seen) else None
            known = self._parsed[path] = (seen, parsed)
        return known

    def all_files(self) -> tuple[ParsedFile, ...]:
        """Return the user's and the system's files and everything they may include, in reading order."""
        found: dict[str, ParsedFile] = {}
        environment = self.environment
        tops = [(environment.user_config, True)]
        if not environment.user_config_is_flag:
            tops.append((environment.system_config, False))
        for path, user in tops:
            if path is not None:
                self._collect(path, user, found)
        return tuple(found.values())

    def _collect(self, path: str, user: bool, found: dict[str, ParsedFile]) -> None:
        parsed = self.file(path)[1]
        if path in found or parsed is None or len(found) > FILE_LIMIT:
            return
        found[path] = parsed
        for block in parsed.blocks:
            for _line, directive in block.directives:
                if directive.action is Do.INCLUDE:
                    for included in self.included(directive.payload, user):
                        self._collect(included, user, found)

    def included(self, names: list[str], user: bool) -> list[str]:
        """Return the files that the words of an Include find, in a user's or a system's file."""
        library = self._library({})
        return [path for name in names if name for path in found_files(library, name, user=user)]

    def _glob(self, pattern: str) -> tuple[str, ...]:
        if pattern not in self._globs:
            self._globs[pattern] = self.files.glob(pattern)
        return self._globs[pattern]

    def _allowed(self, seen: FileSeen) -> bool:
        if seen.mode is None:
            return True
        if seen.uid not in (None, 0, self.environment.uid) or seen.mode & 0o002:
            return False
        if not seen.mode & 0o020:
            return True
        if not self.environment.private_group:
            return False
        return seen.gid in (None, self.environment.uid, self.files.look(self.environment.home).gid)

    def _service(self, name: str) -> int | None:
        """Return the port of a TCP service, as /etc/services names it."""
        if self._services is None:
            self._services = _services(self.files.look("/etc/services").data)
        return self._services.get(name)

    def _library(self, answers: dict[str, bool]) -> Library:
        return Library(
            environment=self.environment,
            version=self.version,
            template=self._template,
            file=self.file,
            glob=self._glob,
            allowed=self._allowed,
            service=self._service,
            answers=answers,
        )

    def _resolve(self, command_line: CommandLine, answers: dict[str, bool]) -> Effective:
        reading = Pass(self._library(answers), State(self.version), command=command_line.command)
        finish: Finish | None = None
        try:
            finish = self._read_all(reading, command_line)
            finish.finish()
        except Stopped:
            return _refused(reading, command_line)
        return _effective(reading, finish)

    def _read_all(self, reading: Pass, command_line: CommandLine) -> Finish:
        flags = Flags(reading, self._parser, self.files, self.environment.cwd)
        before = max(0, len(command_line.flags) - command_line.late)
        flags.carry_out(command_line.flags[:before])
        typed = self._take_destination(reading, command_line.destination)
        flags.carry_out(command_line.flags[before:])
        self._check_names(reading, typed)
        self._check_session(reading, command_line.command)
        self._files(reading, flags.config)
        state = reading.state
        for key, default in _EARLY_DEFAULTS:
            state.given.setdefault(key, (default, "", 0))
        self._take_hostname(reading)
        host = self._canonical(reading)
        if state.first("canonicalizehostname") not in (None, "false") or reading.wants_final:
            place = state.given.get("hostname")
            state.given["hostname"] = (host, *(place[1:] if place else (WHERE, 0)))
            reading.host, reading.final = host, True
            self._files(reading, flags.config)
            if place is None:
                del state.given["hostname"]
        return Finish(reading, self.version, self.lists, self.files, host, command_line.command)

    def _take_destination(self, reading: Pass, destination: str) -> Typed:
        typed = split_destination(destination, self._service)
        if typed is None:
            raise reading.stop(f'"{destination}" makes ssh show its usage', code="usage-shown", path=WHERE)
        state = reading.state
        if destination.startswith("ssh://") and "user" not in state.given:
            state.given["_typeduser"] = ("", WHERE, 0)
        if typed.user is not None and "user" not in state.given:
            state.set("user", typed.user, WHERE, 0)
            state.given["_typeduser"] = (typed.user, WHERE, 0)
        if typed.port is not None and "port" not in state.given:
            state.set("port", str(typed.port), WHERE, 0)
        reading.original_host = reading.host = typed.host
        return typed

    def _check_session(self, reading: Pass, command: str) -> None:
        if reading.state.first("sessiontype") == "subsystem" and not command:
            reading.stop("You must specify a subsystem to invoke.", code="usage", path=WHERE)
            raise reading.stop("ssh shows its usage", code="usage-shown", path=WHERE)

    def _check_names(self, reading: Pass, typed: Typed) -> None:
        if not self.version.checks_names:
            return
        user = reading.state.first("user")
        wrong_host = not valid_host(typed.host, comma=not self.version.refuses_comma)
        wrong_user = user is not None and not valid_user(user, controls=self.version.allows_controls_in_user)
        if wrong_host and not (wrong_user and self.version.checks_user_first):
            raise reading.stop("hostname contains invalid characters", code="usage", path=WHERE)
        if wrong_user:
            raise reading.stop("remote username contains invalid characters", code="usage", path=WHERE)

    def _files(self, reading: Pass, flag: str | None) -> None:
        """Read the file of `-F` alone, else the user's and the system's. Raises Stopped."""
        environment = self.environment
        if flag is not None or environment.user_config_is_flag:
            self._flag_file(reading, environment.user_config if flag is None else flag)
            return
        if environment.user_config is not None:
            read_file(reading, environment.user_config, user=True, check=True)
        if environment.system_config is not None:
            read_file(reading, environment.system_config, user=False, check=self.version.windows)

    def _flag_file(self, reading: Pass, named: str | None) -> None:
        if named is None or ascii_lower(named) == "none":
            return
        seen = read_file(reading, named, user=True, check=False)
        if not opened(seen):
            words = f"Can't open user config file {named[:100]}: {seen.problem[:100]}"
            raise reading.stop(words, code="config-missing", path=named)

    def _take_hostname(self, reading: Pass) -> None:
        """Take HostName into use, and lower-case what is no address."""
        given = reading.state.given.get("hostname")
        if given is not None:
            try:
                reading.host = expand_tokens(given[0], {"h": reading.host})
            except CannotExpand as error:
                raise reading.stop_expanding(error, "hostname") from error
            reading.state.given["hostname"] = (reading.host, *given[1:])

    def _canonical(self, reading: Pass) -> str:
        host = reading.host
        family = reading.state.first("addressfamily")
        address = canonical_address(host, None if family == "any" else family)
        if address is not None:
            return host if ascii_lower(address) == ascii_lower(host) else address
        if looks_like_address(host):
            return host
        host = ascii_lower(host)
        return Canonical(reading, self.environment.canonical_hosts).name(host)


def resolve(command_line: CommandLine, environment: Environment, files: FileView) -> Effective:
    """Return what is in force for one destination; for many, keep a `Reader`."""
    return Reader(environment, files).resolve(command_line)


def _services(data: bytes) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        words = line.split("#", 1)[0].split()
        if len(words) < 2:
            continue
        number, _slash, protocol = words[1].partition("/")
        if protocol == "tcp" and number.isascii() and number.isdigit():
            for name in (words[0], *words[2:]):
                found.setdefault(name, int(number))
    return found


def _subsets(commands: list[str]) -> list[list[str]]:
    """Return the sets of commands that are tried as true: all, or beyond the limit each alone and all at once."""
    if len(commands) > CONDITION_LIMIT:
        return [[command] for command in commands[:ALONE_LIMIT]] + [commands]
    return [
        [command for at, command in enumerate(commands) if bits >> at & 1]
        for bits in range(1, 1 << len(commands))
    ]


def _matters(command: str, results: Mapping[frozenset[str], Effective]) -> bool:
    """Say whether flipping one outcome changes something, whatever the others are."""
    return any(
        not _same(effective, results[true ^ {command}])
        for true, effective in results.items()
        if true ^ {command} in results
    )


def _same(one: Effective, other: Effective) -> bool:
    def visible(effective: Effective) -> object:
        texts = {key: tuple(value.text for value in values) for key, values in effective.options.items()}
        return texts, effective.identity_files, effective.certificate_files, effective.problems

    return visible(one) == visible(other)


def _refused(reading: Pass, command_line: CommandLine) -> Effective:
    first = reading.state.first
    host = reading.original_host or command_line.destination
    return Effective(
        host=host,
        hostname=reading.host or host,
        port=int(first("port") or "22"),
        user=first("user") or reading.library.environment.user,
        options={},
        shadowed={},
        identity_files=(),
        certificate_files=(),
        identity_agent=None,
        identities_only=False,
        problems=tuple(reading.problems),
        conditions=tuple(reading.conditions.values()),
        alternatives=(),
        files_read=tuple(dict.fromkeys(reading.files_read)),
        blocks=_unique(reading.matched),
    )


def _effective(reading: Pass, finish: Finish) -> Effective:
    return Effective(
        host=reading.original_host,
        hostname=finish.host,
        port=int(finish.port),
        user=finish.user,
        options={key: values for key, values in finish.options.items() if values is not None},
        shadowed=finish.shadowed(),
        identity_files=finish.named_files("identityfile"),
        certificate_files=finish.named_files("certificatefile"),
        identity_agent=finish.agent(),
        identities_only=reading.state.first("identitiesonly") == "yes",
        problems=tuple(reading.problems),
        conditions=tuple(reading.conditions.values()),
        alternatives=(),
        files_read=tuple(dict.fromkeys(reading.files_read)),
        blocks=_unique(reading.matched),
    )


def _unique(places: list[Source]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(places))
