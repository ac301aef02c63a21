"""One reading of the configuration for one host: what is known of it, and what ssh says meanwhile.

Collects into a `State`; `files` reads the files. `Stopped` is raised where ssh stops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sshwizard.model.config import Condition, ConfigProblem, ConfigValue, Environment
from sshwizard.model.files import FileSeen
from sshwizard.model.source import Source
from sshwizard.openssh.config.directives import Style, Words
from sshwizard.openssh.config.known_tokens import Tokens, command_tokens, jump_token
from sshwizard.openssh.config.match import Subject
from sshwizard.openssh.config.messages import cut_path, shown
from sshwizard.openssh.config.parse import ParsedFile
from sshwizard.openssh.config.state import State
from sshwizard.openssh.config.versions import Version
from sshwizard.openssh.tokens import CannotExpand, expand_tokens


class Stopped(Exception):
    """ssh ends here with status 255; the problems are in the `Pass`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Where files come from: each is looked at and parsed once."""

    environment: Environment
    version: Version
    template: Mapping[str, tuple[ConfigValue, ...] | None]
    """Every option in printing order with its default."""
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

    def complain(self, words: Words, path: str, line: int, *, code: str = "", fatal: bool = True) -> None:
        """Note what ssh says about a line."""
        style, text = words
        match style:
            case Style.CUT:
                text = f"{cut_path(path)} line {line}: {text}"
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
