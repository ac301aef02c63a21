"""ssh's own command line: flags and the destination, into the first state (ssh.c, main)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sshwizard.model.files import FileView
from sshwizard.openssh.config import numbers
from sshwizard.openssh.config.address import parse_ssh_uri, valid_host, valid_user
from sshwizard.openssh.config.directives import Do, Style
from sshwizard.openssh.config.forwards import Jump, parse_forward, parse_jump
from sshwizard.openssh.config.parse import Parser
from sshwizard.openssh.config.run import Pass, Stopped
from sshwizard.openssh.config.state import FROM_FLAG, FROM_USER, Rejected
from sshwizard.openssh.config.value_forms import shown_byte
from sshwizard.openssh.tokens import CannotExpand, expand_tilde

WHERE = "command-line"
"""How ssh names the command line in its messages; also the place of values that come from it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The destination after ssh took user and port off."""

    host: str
    user: str | None
    port: int | None


def split_destination(text: str, service: Callable[[str], int | None]) -> Typed | None:
    """Split a destination exactly as ssh does; None where ssh shows its usage."""
    if text.startswith("ssh://"):
        uri = parse_ssh_uri(text, service)
        if uri is None:
            return None
        user, host, port = uri
        return Typed(host, user, port if port > 0 else None)
    if "@" not in text:
        return Typed(text, None, None)
    user, _at, host = text.rpartition("@")
    return Typed(host, user, None) if user else None


class Flags:
    """Carries flags out, one after the other, into the state of a `Pass`."""

    def __init__(self, reading: Pass, parser: Parser, files: FileView, cwd: str) -> None:
        self.reading = reading
        self.parser = parser
        self.files = files
        self.cwd = cwd
        self.config: str | None = None
        """`-F`, as typed."""

    def carry_out(self, flags: Sequence[tuple[str, str]]) -> None:
        """Carry flags out, one after the other. Raises Stopped."""
        for flag, value in flags:
            if flag == "-F":
                self.config = value
            else:
                self._flag(flag, value)

    def _flag(self, flag: str, value: str) -> None:
        if flag == "-C":
            self._force("compression", "UNKNOWN" if self.parser.context.version.release >= (10, 0) else "yes")
        elif flag == "-q":
            self._force("loglevel", "SILENT" if self.parser.context.version.debian else "QUIET")
        elif flag in _FIXED:
            for key, text in _FIXED[flag]:
                self._force(key, text)
        elif flag in _HANDLERS:
            _HANDLERS[flag](self, value)

    def _force(self, key: str, payload: object) -> None:
        self.reading.state.given[key] = (payload, WHERE, 0)

    def _stop(self, message: str) -> Stopped:
        return self.reading.stop(message, code="config-value", path=WHERE)

    def option(self, text: str) -> None:
        """Carry out `-o`: one configuration line. Raises Stopped."""
        directive = self.parser.line(text)
        if directive is None:
            return
        reading = self.reading
        words = directive.words
        if directive.action in (Do.HOST, Do.MATCH, Do.INCLUDE):
            name = "Include" if directive.action is Do.INCLUDE else "Host"
            if directive.action is Do.MATCH and self.parser.context.version.release >= (10, 4):
                name = "Match"
            words = ((Style.BARE, f"{name} directive not supported as a command-line option"),)
        elif directive.action is Do.UNKNOWN:
            from sshwizard.openssh.patterns import match_list

            ignored = reading.state.first("ignoreunknown")
            if ignored is None or match_list(directive.keyword, ignored, lower=True) is not True:
                words = ((Style.COLON, f"Bad configuration option: {directive.keyword}"), *words)
            if not words:
                return
        elif directive.action is Do.REFUSE:
            words = ((Style.CUT, f"RefuseConnection: {directive.payload}"),)
        elif directive.action not in (Do.BAD, Do.BUT_BAD, Do.REPORT):
            if directive.action is Do.PROXY_JUMP and not self._takes_jump(directive.payload):
                wrong = (Style.CUT, f'Invalid ProxyJump "{directive.payload.text}"')
                reading.complain(wrong, WHERE, 0)
                raise Stopped(wrong[1])
            try:
                reading.state.carry_out(directive, WHERE, 0, FROM_USER)
            except Rejected as error:
                words = error.words
            else:
                return
        fatal = directive.action is not Do.REPORT
        code = "config-unsupported-option" if directive.action in (Do.UNKNOWN, Do.REPORT) else "config-value"
        for each in words:
            reading.complain(each, WHERE, 0, code=code, fatal=fatal)
        if fatal:
            raise Stopped(words[-1][1])

    def _identity(self, value: str) -> None:
        environment = self.reading.library.environment
        try:
            path = expand_tilde(value, environment.home, environment.homes)
        except CannotExpand as error:
            raise self._stop(error.messages[0]) from error
        within_cwd = path and not path.startswith("/")
        seen = self.files.look(f"{self.cwd.rstrip('/')}/{path}" if within_cwd else path)
        if seen.kind == "missing" or (seen.kind == "unreadable" and seen.mode is None):
            words = (Style.BARE, f"Warning: Identity file {path} not accessible: {seen.problem}.")
            self.reading.complain(words, WHERE, 0, code="config-missing", fatal=False)
            return
        if len(self.reading.state.files["identityfile"]) >= 100:
            raise self._stop("Too many identity files specified (max 100)")
        self.reading.state.add_file("identityfile", path, WHERE, 0, FROM_FLAG)

    def _port(self, value: str) -> None:
        if "port" in self.reading.state.given:
            return
        number = numbers.port(value, self.reading.library.service)
        if number is None or number <= 0:
            raise self._stop(f"Bad port '{value}'")
        self._force("port", str(number))

    def _user(self, value: str) -> None:
        if "user" not in self.reading.state.given:
            self._force("_typeduser", value)
        self.reading.state.set("user", value, WHERE, 0)

    def _tag(self, value: str) -> None:
        if self.parser.context.version.release >= (9, 4):
            self.reading.state.set("tag", value, WHERE, 0)

    def _jump(self, value: str) -> None:
        state = self.reading.state
        if "proxyjump" in state.given:
            raise self._stop(
                "Only a single -J option is permitted (use commas to separate multiple jump hops)"
            )
        if "proxycommand" in state.given:
            raise self._stop("Cannot specify -J with ProxyCommand")
        version = self.parser.context.version
        late_rules = version.late_jump_rules
        jump = parse_jump(
            value,
            self.reading.library.service,
            late_rules=late_rules,
            cuts_at_blank=version.cuts_jump_at_blank,
        )
        if jump is None or not self._takes_jump(jump):
            raise self._stop("Invalid -J argument")
        state.set_jump(jump, WHERE, 0)
        if not late_rules:
            self._force("proxycommand", "none")

    def _takes_jump(self, jump: Jump) -> bool:
        """Say whether the hops' names may come from a command line, and complain about the first that may not."""
        version = self.parser.context.version
        if not version.late_jump_rules:
            return True
        for user, host in jump.hops:
            wrong = ""
            if not valid_host(host, comma=not version.refuses_comma):
                wrong = f'parse_jump: invalid hostname "{host}"'
            elif user is not None and not valid_user(user, controls=version.allows_controls_in_user):
                wrong = f'parse_jump: invalid username "{user}"'
            if wrong:
                self.reading.complain((Style.BARE, wrong), WHERE, 0)
                return False
        return True

    def _ciphers(self, value: str) -> None:
        self._list("ciphers", value, "cipher")

    def _macs(self, value: str) -> None:
        self._list("macs", value, "mac")

    def _list(self, key: str, value: str, kind: str) -> None:
        from sshwizard.openssh.config.algorithms import unknown_name

        plain = value[1:] if kind == "cipher" and value[:1] in ("+", "^") else value
        known = self.parser.context.lists[key].known
        if not plain or unknown_name(plain, known) is not None:
            raise self._stop(f"Unknown {kind} type '{value}'")
        self._force(key, value)

    def _escape(self, value: str) -> None:
        data = value.encode("utf-8", "surrogateescape")
        if re.fullmatch(rb"\^[\x40-\x7f]", data):
            self._force("escapechar", shown_byte(data[1] & 31))
        elif len(data) == 1:
            self._force("escapechar", shown_byte(data[0]))
        elif value == "none":
            self._force("escapechar", "none")
        else:
            raise self._stop(f"Bad escape character '{value}'.")

    def _forward(self, value: str, kind: str) -> None:
        environment = self.reading.library.environment
        for dynamic in (False, True) if kind == "remote" else (kind == "dynamic",):
            found = parse_forward(
                value,
                dynamic=dynamic,
                remote=kind == "remote",
                env=environment.env,
                service=self.reading.library.service,
            )
            if found is not None:
                self.reading.state.add_forward(found, WHERE, 0, remote=kind == "remote")
                return
        raise self._stop(f"Bad {kind} forwarding specification '{value}'")

    def _tunnel(self, value: str) -> None:
        ends = numbers.tunnel_device(value)
        if ends is None:
            raise self._stop(f"Bad tun device '{value}'")
        self.reading.state.given.setdefault("tunnel", ("point-to-point", WHERE, 0))
        words = ("any" if end == numbers.ANY_TUNNEL else str(end) for end in ends)
        self._force("tunneldevice", ":".join(words))

    def _stdio(self, value: str) -> None:
        environment = self.reading.library.environment
        found = parse_forward(
            value, dynamic=True, remote=False, env=environment.env, service=self.reading.library.service
        )
        if found is None:
            raise self._stop(f"Bad stdio forwarding specification '{value}'")
        if "_stdio" in self.reading.state.given:
            raise self._stop("stdio forward already specified")
        self._force("_stdio", value)
        self._force("requesttty", "false")
        self._force("sessiontype", "none")

    def _no_session(self, value: str) -> None:
        if self.reading.state.first("sessiontype") not in (None, "none"):
            raise self._stop("Cannot specify -N with -s/SessionType")
        self._force("sessiontype", "none")
        self._force("requesttty", "false")

    def _subsystem(self, value: str) -> None:
        if self.reading.state.first("sessiontype") not in (None, "subsystem"):
            raise self._stop("Cannot specify -s with -N/SessionType")
        self._force("sessiontype", "subsystem")

    def _master(self, value: str) -> None:
        again = self.reading.state.first("controlmaster") == "true"
        self._force("controlmaster", "ask" if again else "true")

    def _terminal(self, value: str) -> None:
        again = self.reading.state.first("requesttty") == "true"
        self._force("requesttty", "force" if again else "true")

    def _verbose(self, value: str) -> None:
        steps = ("DEBUG", "DEBUG2", "DEBUG3")
        now = self.reading.state.first("_verbose")
        level = 0 if now is None else min(now + 1, 2)
        self._force("_verbose", level)
        self._force("loglevel", steps[level])


_FIXED: dict[str, tuple[tuple[str, str], ...]] = {
    "-4": (("addressfamily", "inet"),),
    "-6": (("addressfamily", "inet6"),),
    "-n": (("stdinnull", "yes"),),
    "-f": (("forkafterauthentication", "yes"), ("stdinnull", "yes")),
    "-x": (("forwardx11", "no"),),
    "-X": (("forwardx11", "yes"),),
    "-Y": (("forwardx11", "yes"), ("forwardx11trusted", "yes")),
    "-g": (("gatewayports", "yes"),),
    "-a": (("forwardagent", "no"),),
    "-A": (("forwardagent", "yes"),),
    "-k": (("gssapidelegatecredentials", "no"),),
    "-K": (("gssapiauthentication", "yes"), ("gssapidelegatecredentials", "yes")),
    "-T": (("requesttty", "false"),),
}
_HANDLERS: dict[str, Callable[[Flags, str], None]] = {
    "-o": Flags.option,
    "-i": Flags._identity,
    "-p": Flags._port,
    "-l": Flags._user,
    "-J": Flags._jump,
    "-P": Flags._tag,
    "-c": Flags._ciphers,
    "-m": Flags._macs,
    "-e": Flags._escape,
    "-L": lambda flags, value: flags._forward(value, "local"),
    "-R": lambda flags, value: flags._forward(value, "remote"),
    "-D": lambda flags, value: flags._forward(value, "dynamic"),
    "-w": Flags._tunnel,
    "-W": Flags._stdio,
    "-M": Flags._master,
    "-N": Flags._no_session,
    "-s": Flags._subsystem,
    "-t": Flags._terminal,
    "-v": Flags._verbose,
    "-b": lambda flags, value: flags._force("bindaddress", value),
    "-B": lambda flags, value: flags._force("bindinterface", value),
    "-S": lambda flags, value: flags._force("controlpath", value),
    "-I": lambda flags, value: flags._force("pkcs11provider", value),
}
