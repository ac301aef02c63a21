"""Reading configuration files into a `Pass`: blocks, includes, owners and modes, in ssh's order (readconf.c)."""

from __future__ import annotations

import re

from sshwizard.model.files import FileSeen
from sshwizard.model.source import Source
from sshwizard.openssh.config.directives import Directive, Do, Style, Words
from sshwizard.openssh.config.match import BadMatch, Criteria, matches
from sshwizard.openssh.config.messages import cut_path
from sshwizard.openssh.config.parse import Block, ParsedFile
from sshwizard.openssh.config.run import Library, Pass, Stopped
from sshwizard.openssh.config.state import FROM_SYSTEM, FROM_USER, Rejected
from sshwizard.openssh.patterns import match_list, match_pattern
from sshwizard.openssh.tokens import CannotExpand, expand_both

DEPTH_LIMIT = 16


def opened(seen: FileSeen) -> bool:
    """Say whether ssh can open a path; a directory and a device such as /dev/null have no lines."""
    return seen.kind in ("file", "directory") or (seen.kind == "other" and not seen.problem)


def read_file(reading: Pass, path: str, *, user: bool, check: bool) -> FileSeen:
    """Read one configuration file; `check` its owner and mode. Raises Stopped."""
    return _read(
        reading,
        path,
        origin=FROM_USER if user else FROM_SYSTEM,
        check=check,
        never=False,
        active=True,
        depth=0,
    )


def _read(
    reading: Pass, path: str, *, origin: int, check: bool, never: bool, active: bool, depth: int
) -> FileSeen:
    if depth > DEPTH_LIMIT:
        raise reading.stop(
            "Too many recursive configuration includes", code="config-include-depth", path=path
        )
    seen, parsed = reading.library.file(path)
    if parsed is None:
        return seen
    if check and not reading.library.allowed(seen):
        raise reading.stop(f"Bad owner or permissions on {path}", code="config-perms", path=path)
    reading.files_read.append(path)
    bad = _File(reading, parsed, origin, never, depth).read(active)
    if bad:
        message = f"{path}: terminating, {bad} bad configuration options"
        raise reading.stop(message, code="config-syntax", path=path)
    return seen


class _File:
    """One file being read at one depth."""

    def __init__(self, reading: Pass, parsed: ParsedFile, origin: int, never: bool, depth: int) -> None:
        self.reading = reading
        self.parsed = parsed
        self.path = parsed.path
        self.origin = origin
        self.never = never
        self.depth = depth
        self.bad = 0

    def read(self, active: bool) -> int:
        """Carry the file out; returns how many lines ssh rejects."""
        parsed = self.parsed
        numbers = parsed.blocks_without_match() if self.never else parsed.blocks_for(self.reading.host)
        last = -1
        for number in numbers:
            block = parsed.blocks[number]
            active = active and number == last + 1 and not self.never
            last = number
            if block.header is not None:
                active = self._enter(block, block.header, active)
            if active:
                self._all(block)
            else:
                self._always(block)
        return self.bad

    def _enter(self, block: Block, header: Directive, before: bool) -> bool:
        """Say whether a block counts; `before` is what held for the one above it."""
        if header.action is Do.HOST:
            active = self._host_matches(block, header)
        else:
            active = self._match_matches(block, header.payload, before)
        if active:
            self.reading.matched.append(Source(self.path, block.line))
        return active

    def _host_matches(self, block: Block, header: Directive) -> bool:
        host = self.reading.host
        active = False
        for pattern in header.payload:
            if not pattern:
                self._reject((Style.PLAIN, f"keyword {header.keyword} empty argument"), block.line)
                return active
            if self.never:
                return False
            if pattern[0] == "!":
                if match_pattern(host, pattern[1:]):
                    return False
            elif match_pattern(host, pattern):
                active = True
        return active

    def _match_matches(self, block: Block, criteria: Criteria, before: bool) -> bool:
        reading = self.reading
        subject = reading.subject(self.path, block.line)
        try:
            active = matches(criteria, subject, self._want_final)
        except BadMatch as error:
            place = f"{cut_path(self.path)} line {block.line}"
            words = str(error)
            message = words.replace("{place}", place, 1) if words.startswith("{place}") else words
            reading.complain((Style.BARE, message), self.path, block.line)
            self._reject((Style.CUT, "Bad Match condition"), block.line)
            return before
        if criteria.left_over:
            self._reject((Style.CUT, "keyword match extra arguments at end of line"), block.line)
        return active and not self.never

    def _want_final(self) -> None:
        if not self.reading.final:
            self.reading.wants_final = True

    def _reject(self, words: Words, line: int, *, code: str = "") -> None:
        self.reading.complain(words, self.path, line, code=code)
        self.bad += 1

    def _all(self, block: Block) -> None:
        state, path, origin = self.reading.state, self.path, self.origin
        given = state.given
        for line, directive in block.directives:
            if directive.action is Do.SET:
                key = directive.keyword
                if key in given:
                    state.shadowed.append((key, directive.payload, path, line))
                else:
                    given[key] = (directive.payload, path, line)
            elif not self._special(directive, line, active=True):
                try:
                    state.carry_out(directive, path, line, origin)
                except Rejected as error:
                    for words in error.words:
                        self._reject(words, line)

    def _always(self, block: Block) -> None:
        for line, directive in block.always:
            if not self._special(directive, line, active=False):
                self.reading.state.always(directive, self.path, line)

    def _special(self, directive: Directive, line: int, *, active: bool) -> bool:
        match directive.action:
            case Do.INCLUDE:
                self._include(directive.payload, line, active=active)
            case Do.UNKNOWN:
                self._unknown(directive, line)
            case Do.BAD:
                self._bad(directive, line)
            case Do.BUT_BAD:
                self._but_bad(directive, line, active=active)
            case Do.REPORT:
                for words in directive.words:
                    self.reading.complain(
                        words, self.path, line, code="config-unsupported-option", fatal=False
                    )
            case Do.REFUSE:
                if active:
                    words = (Style.CUT, f"RefuseConnection: {directive.payload}")
                    self.reading.complain(words, self.path, line)
                    raise Stopped(words[1])
            case _:
                return False
        return True

    def _bad(self, directive: Directive, line: int) -> None:
        code = "config-syntax" if directive.words[-1][1] == "invalid quotes" else "config-value"
        for words in directive.words:
            self.reading.complain(words, self.path, line, code=code)
        if directive.fatal:
            raise Stopped(directive.words[-1][1])
        self.bad += 1

    def _but_bad(self, directive: Directive, line: int, *, active: bool) -> None:
        """Carry out what can be understood of a line, then reject it."""
        inner: Directive = directive.payload
        if inner.action is Do.REFUSE:
            self._special(inner, line, active=active)
        elif active:
            self.reading.state.carry_out(inner, self.path, line, self.origin)
        elif inner.action in (Do.ALWAYS, Do.ALWAYS_FIRST):
            self.reading.state.always(inner, self.path, line)
        self._bad(directive, line)

    def _unknown(self, directive: Directive, line: int) -> None:
        ignored = self.reading.state.first("ignoreunknown")
        known = ignored is not None and match_list(directive.keyword, ignored, lower=True) is True
        if not known:
            code = (
                "config-encoding-bom"
                if directive.keyword.startswith("\ufeff")
                else "config-unsupported-option"
            )
            words = (Style.COLON, f"Bad configuration option: {directive.keyword}")
            self.reading.complain(words, self.path, line, code=code)
        for more in directive.words:
            self.reading.complain(more, self.path, line, code="config-syntax")
        if not known or directive.words:
            self.bad += 1

    def _include(self, names: list[str], line: int, *, active: bool) -> None:
        user = self.origin == FROM_USER
        for name in names:
            if not name:
                self._reject((Style.PLAIN, "keyword include empty argument"), line)
                return
            expanded = self._expanded(name, line)
            if not expanded:
                continue
            name = expanded
            if name[0] == "~" and not user:
                self._reject((Style.CUT, f"bad include path {name}."), line)
                return
            for path in found_files(self.reading.library, name, user=user):
                seen = _read(
                    self.reading,
                    path,
                    origin=self.origin,
                    check=True,
                    never=self.never or not active,
                    active=active,
                    depth=self.depth + 1,
                )
                if seen.kind != "missing" and not opened(seen):
                    message = f"Can't open user config file {path[:100]}: {seen.problem[:100]}"
                    style = Style.CUT if self.reading.library.version.release >= (9, 9) else Style.BARE
                    self._reject((style, message), line, code="config-missing")
                    return

    def _expanded(self, name: str, line: int) -> str | None:
        """Expand tokens and variables of an Include's word (9.9). Raises Stopped."""
        reading = self.reading
        if reading.library.version.release < (9, 9):
            return name
        tokens = reading.tokens(reading.match_host())
        try:
            return expand_both(name, tokens, reading.library.environment.env)
        except CannotExpand as error:
            passed_over = error.messages[-1] == "invalid environment variable expansion"
            for message in error.messages[:-1]:
                reading.complain((Style.BARE, message), self.path, line, fatal=not passed_over)
            if not passed_over:
                reading.complain((Style.BARE, error.messages[-1]), self.path, line)
                raise Stopped(error.messages[-1]) from error
            words = (Style.CUT, f"Unable to expand user config file '{name[:100]}'")
            reading.complain(words, self.path, line, fatal=False)
            return None


def found_files(library: Library, name: str, *, user: bool) -> tuple[str, ...]:
    """Return the files that an Include's word names; glob(3) takes `~` from $HOME where it is set."""
    environment = library.environment
    if name[0] not in "/~":
        name = f"~/.ssh/{name}" if user else f"/etc/ssh/{name}"
    if name[0] == "~":
        account, slash, rest = name[1:].partition("/")
        home = environment.homes.get(account) if account else environment.env.get("HOME") or environment.home
        if home is None:
            return ()
        name = home + slash + rest
    return library.glob(_python_pattern(name))


def _python_pattern(pattern: str) -> str:
    """Write a glob(3) pattern for a `FileView`: without backslash escapes, with `!` for `^`."""
    if "\\" in pattern:
        pattern = re.sub(
            r"\\(.?)", lambda match: f"[{match[1]}]" if match[1] in ("*", "?", "[") else match[1], pattern
        )
    return pattern.replace("[^", "[!")
