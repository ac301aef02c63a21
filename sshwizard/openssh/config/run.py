"""One reading of the configuration for one host: files, blocks and includes in ssh's order (readconf.c).

Collects into a `State`, notes every complaint in ssh's words, and stops with `Stopped` where ssh stops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sshwizard.model.config import Condition, ConfigProblem, Environment
from sshwizard.model.files import FileSeen
from sshwizard.model.source import Source
from sshwizard.openssh.config.directives import Directive, Do, Style, Words
from sshwizard.openssh.config.forwards import Jump
from sshwizard.openssh.config.match import BadMatch, Criteria, Subject, matches
from sshwizard.openssh.config.parse import Block, ParsedFile
from sshwizard.openssh.config.state import FROM_SYSTEM, FROM_USER, Rejected, State
from sshwizard.openssh.config.versions import Version
from sshwizard.openssh.patterns import ascii_lower, match_list, match_pattern
from sshwizard.openssh.tokens import CannotExpand, expand_both, expand_tokens

DEPTH_LIMIT = 16


class Stopped(Exception):
    """ssh ends here with status 255; the problems are in the `Pass`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Where files come from: each is looked at and parsed once."""

    environment: Environment
    version: Version
    file: Callable[[str], tuple[FileSeen, ParsedFile | None]]
    glob: Callable[[str], tuple[str, ...]]
    allowed: Callable[[FileSeen], bool]
    """Whether owner and mode of a file satisfy ssh."""
    service: Callable[[str], int | None]
    answers: dict[str, bool]
    """Outcomes of `Match exec` commands that are assumed, beyond those the environment knows."""


class Pass:
    """The first or the final reading; the second one goes on with the first one's state."""

    def __init__(self, library: Library, state: State, *, command: str = "") -> None:
        self.library = library
        self.state = state
        self.command = command
        """The remote command, for `Match command`."""
        self.original_host = ""
        self.host = ""
        self.final = False
        self.wants_final = False
        self.problems: list[ConfigProblem] = []
        self.files_read: list[str] = []
        self.matched: list[Source] = []
        self.conditions: dict[str, Condition] = {}

    def read_file(self, path: str, *, user: bool, check: bool) -> FileSeen:
        """Read one configuration file; `check` its owner and mode. Raises Stopped."""
        return self._read(
            path, origin=FROM_USER if user else FROM_SYSTEM, check=check, never=False, active=True, depth=0
        )

    def complain(self, words: Words, path: str, line: int, *, code: str = "", fatal: bool = True) -> None:
        """Note what ssh says about a line."""
        style, text = words
        match style:
            case Style.CUT:
                text = f"{_cut(path)} line {line}: {text}"
            case Style.PLAIN:
                text = f"{path} line {line}: {text}"
            case Style.COLON:
                text = f"{path}: line {line}: {text}"
        source = Source(path, line or None)
        self.problems.append(
            ConfigProblem(code=code or "config-value", message=shown(text), source=source, fatal=fatal)
        )

    def stop(self, message: str, *, code: str, path: str = "", line: int | None = None) -> Stopped:
        """Note ssh's last words and return the exception to raise."""
        source = Source(path, line) if path else None
        self.problems.append(ConfigProblem(code=code, message=shown(message), source=source, fatal=True))
        return Stopped(message)

    def _read(
        self, path: str, *, origin: int, check: bool, never: bool, active: bool, depth: int
    ) -> FileSeen:
        if depth > DEPTH_LIMIT:
            raise self.stop(
                "Too many recursive configuration includes", code="config-include-depth", path=path
            )
        seen, parsed = self.library.file(path)
        if parsed is None:
            return seen
        if check and not self.library.allowed(seen):
            raise self.stop(f"Bad owner or permissions on {path}", code="config-perms", path=path)
        self.files_read.append(path)
        bad = _File(self, parsed, origin, never, depth).read(active)
        if bad:
            message = f"{path}: terminating, {bad} bad configuration options"
            raise self.stop(message, code="config-syntax", path=path)
        return seen

    def match_host(self) -> str:
        """Return what `Match host` looks at. Raises Stopped when HostName cannot be expanded."""
        hostname = self.state.first("hostname")
        if self.final:
            return str(hostname)
        if hostname is None:
            return self.host
        try:
            return expand_tokens(hostname, {"h": self.host})
        except CannotExpand as error:
            raise self.stop_expanding(error, "hostname") from error

    def stop_expanding(self, error: CannotExpand, key: str) -> Stopped:
        """Note why a value cannot be expanded, with the line that gave it."""
        given = self.state.given.get(key)
        path, line = (given[1], given[2]) if given else ("", 0)
        source = Source(path, line or None) if path else None
        for message in error.messages:
            self.problems.append(
                ConfigProblem(code="config-value", message=shown(message), source=source, fatal=True)
            )
        return Stopped(error.messages[-1])

    def subject(self, path: str, line: int) -> Subject:
        """Return what a `Match` line in this place is asked of."""
        host = self.match_host()
        user = self.state.first("user")
        return Subject(
            host=host,
            original_host=self.original_host,
            user=self.library.environment.user if user is None else user,
            local_user=self.library.environment.user,
            final=self.final,
            late_final=self.library.version.release >= (10, 1),
            release=self.library.version.name,
            tag=self.state.first("tag") or "",
            command=self.command,
            session=self._session(),
            addresses=self.library.environment.local_addresses,
            run=lambda command, needed: self._run(command, needed, host, path, line),
        )

    def _session(self) -> str:
        """Return the kind of session, for `Match sessiontype`."""
        kind = self.state.first("sessiontype")
        if kind in ("subsystem", "none"):
            return str(kind)
        return "exec" if self.command else "shell"

    def tokens(self, host: str) -> Tokens:
        """Return the percent tokens as far as they are known now."""
        environment, first = self.library.environment, self.state.first
        jump = first("proxyjump")
        return command_tokens(
            environment,
            host,
            self.original_host,
            first("port") or "22",
            first("user") or environment.user,
            first("hostkeyalias") or host,
            jump=jump_token(jump, self.library.version),
        )

    def _run(self, argument: str, needed: bool, host: str, path: str, line: int) -> bool:
        environment = self.library.environment
        try:
            command = expand_tokens(argument, self.tokens(host))
        except CannotExpand as error:
            for message in error.messages:
                self.complain((Style.BARE, message), path, line)
            raise Stopped(error.messages[-1]) from error
        if not needed:
            return False
        for known in (command, argument):
            if known in environment.exec_results:
                return environment.exec_results[known]
        outcome = self.library.answers.get(command, False)
        self.conditions.setdefault(
            command, Condition(command=command, source=Source(path, line), assumed=outcome)
        )
        return outcome


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
            place = f"{_cut(self.path)} line {block.line}"
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
                seen = self.reading._read(
                    path,
                    origin=self.origin,
                    check=True,
                    never=self.never or not active,
                    active=active,
                    depth=self.depth + 1,
                )
                if seen.kind in ("unreadable", "other", "too_big"):
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
            for message in error.messages[:-1]:
                reading.complain((Style.BARE, message), self.path, line)
            if error.messages[-1] != "invalid environment variable expansion":
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


def jump_token(jump: Jump | None, version: Version) -> str | None:
    """Return what `%j` stands for; None where ssh does not know it (before 9.6)."""
    if version.release < (9, 6):
        return None
    return "" if jump is None or ascii_lower(jump.host) == "none" else jump.host


def command_tokens(
    environment: Environment,
    host: str,
    original: str,
    port: str,
    user: str,
    key_alias: str,
    *,
    jump: str | None = None,
) -> Tokens:
    """Return the percent tokens that most keywords know."""
    return Tokens(
        {
            **({} if jump is None else {"j": jump}),
            "L": environment.hostname.split(".", 1)[0],
            "d": environment.home,
            "h": host,
            "i": str(environment.uid),
            "k": key_alias,
            "l": environment.hostname,
            "n": original,
            "p": port,
            "r": user,
            "u": environment.user,
        }
    )


class Tokens(dict[str, str]):
    """The tokens, with `%C` worked out when it is asked for; those in `hidden` are unknown here."""

    def __init__(self, tokens: Mapping[str, str], *, hidden: str = "") -> None:
        super().__init__(tokens)
        self._hidden = hidden

    def __contains__(self, letter: object) -> bool:
        if isinstance(letter, str) and letter in self._hidden:
            return False
        return letter == "C" or super().__contains__(letter)

    def __missing__(self, letter: str) -> str:
        import hashlib

        text = self["l"] + self["h"] + self["p"] + self["r"] + self.get("j", "")
        return hashlib.sha1(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def shown(text: str) -> str:
    """Write a message as ssh's log does: what is not printable ASCII becomes octal escapes.

    ssh lets bells, backspaces and carriage returns through; here they are escaped too.
    """
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text[:1023]
    data = text.encode("utf-8", "surrogateescape")[:1023]
    return "".join(_shown_byte(byte) for byte in data)


def _shown_byte(byte: int) -> str:
    if byte == ord("\\"):
        return "\\\\"
    return chr(byte) if 0x20 <= byte < 0x7F or byte == ord("\t") else f"\\{byte:03o}"


def _cut(path: str) -> str:
    return (
        path
        if len(path) <= 50
        else path.encode("utf-8", "surrogateescape")[:200].decode("utf-8", "surrogateescape")
    )
