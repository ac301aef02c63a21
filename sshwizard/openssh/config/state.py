"""The options while ssh collects them: the first value wins, some accumulate, each remembers its line.

Carries directives out (readconf.c, process_config_line_depth); knows no files, hosts or passes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sshwizard.openssh.config.directives import Directive, Do, Style, Words
from sshwizard.openssh.config.forwards import Forward, Jump
from sshwizard.openssh.config.versions import Version
from sshwizard.openssh.patterns import match_pattern

FILE_LIMIT = 100
"""IdentityFiles, and CertificateFiles (SSH_MAX_IDENTITY_FILES)."""
HOSTS_FILE_LIMIT = 32
DOMAIN_LIMIT = 32

FROM_FLAG = 1
FROM_USER = 2
FROM_SYSTEM = 0
"""Where a file name comes from: equal names are dropped only within one of these."""

Given = tuple[Any, str, int]
"""A payload with the file and line that gave it."""


class Rejected(Exception):
    """ssh counts the line as bad, because of what was set before."""

    def __init__(self, *words: Words) -> None:
        super().__init__(words[0][1])
        self.words = words


class State:
    """What is set so far."""

    def __init__(self, version: Version) -> None:
        self._late_jump_rules = version.late_jump_rules
        self._limits_lists = version.release < (9, 7)
        self.given: dict[str, Given] = {}
        """Option → payload and place. Names with `_` are parts that `ssh -G` joins or does not print."""
        self.shadowed: list[tuple[str, Any, str, int]] = []
        self.files: dict[str, list[tuple[str, str, int, int]]] = {"identityfile": [], "certificatefile": []}
        """Option → (name, file, line, where it comes from)."""
        self.local_forwards: dict[Forward, tuple[str, int]] = {}
        self.remote_forwards: dict[Forward, tuple[str, int]] = {}
        self.send_env: list[tuple[str, str, int]] = []

    def first(self, key: str) -> Any:
        """Return the payload of an option, or None."""
        given = self.given.get(key)
        return None if given is None else given[0]

    def carry_out(self, directive: Directive, path: str, line: int, origin: int) -> None:
        """Carry out one line of a matching block. Raises Rejected."""
        if directive.action is Do.SET:
            self.set(directive.keyword, directive.payload, path, line)
        else:
            _ACTIONS[directive.action](self, directive, path, line, origin)

    def set(self, key: str, payload: Any, path: str, line: int) -> None:
        """Set an option unless it is set."""
        if key in self.given:
            self.shadowed.append((key, payload, path, line))
        else:
            self.given[key] = (payload, path, line)

    def _set_many(self, directive: Directive, path: str, line: int, origin: int) -> None:
        for key, text in directive.payload:
            self.set(key, text, path, line)

    def _set_list(self, directive: Directive, path: str, line: int, origin: int) -> None:
        key, words = directive.keyword, directive.payload
        if not words:
            return
        if key not in self.given:
            complaint = _too_many(key, len(words), domains_too=self._limits_lists)
            if complaint:
                raise Rejected(complaint)
        self.set(key, words, path, line)

    def _add_file(self, directive: Directive, path: str, line: int, origin: int) -> None:
        self.add_file(directive.keyword, directive.payload, path, line, origin)

    def add_file(self, key: str, name: str, path: str, line: int, origin: int) -> None:
        """Add an IdentityFile or CertificateFile. Raises Rejected beyond the hundredth."""
        files = self.files[key]
        if len(files) >= FILE_LIMIT:
            kind = "identity" if key == "identityfile" else "certificate"
            raise Rejected((Style.CUT, f"Too many {kind} files specified (max {FILE_LIMIT})."))
        for other in files:
            if other[0] == name and other[3] == origin:
                self.shadowed.append((key, name, path, line))
                return
        files.append((name, path, line, origin))

    def _add_forward(self, directive: Directive, path: str, line: int, origin: int) -> None:
        self.add_forward(directive.payload, path, line, remote=directive.keyword == "remoteforward")

    def add_forward(self, forward: Forward, path: str, line: int, *, remote: bool) -> None:
        """Add a forward unless there is an equal one."""
        forwards = self.remote_forwards if remote else self.local_forwards
        forwards.setdefault(forward, (path, line))

    def _proxy_command(self, directive: Directive, path: str, line: int, origin: int) -> None:
        if "proxyjump" in self.given and not self._late_jump_rules:
            self.shadowed.append(("proxycommand", directive.payload, path, line))
        else:
            self.set("proxycommand", directive.payload, path, line)

    def _proxy_jump(self, directive: Directive, path: str, line: int, origin: int) -> None:
        self.set_jump(directive.payload, path, line)

    def set_jump(self, jump: Jump, path: str, line: int) -> None:
        """Set ProxyJump, which any earlier ProxyCommand or ProxyJump keeps out."""
        other = "proxycommand" in self.given and not (jump.is_none and self._late_jump_rules)
        if other or "proxyjump" in self.given:
            self.shadowed.append(("proxyjump", jump.shown(), path, line))
            return
        self.given["proxyjump"] = (jump, path, line)
        if not jump.is_none:
            self.given["proxycommand"] = ("none", path, line)

    def _send_env(self, directive: Directive, path: str, line: int, origin: int) -> None:
        for word in directive.payload:
            if word.startswith("-"):
                self.send_env = [sent for sent in self.send_env if not match_pattern(sent[0], word[1:])]
            else:
                self.send_env.append((word, path, line))

    def _set_env(self, directive: Directive, path: str, line: int, origin: int) -> None:
        if directive.payload:
            self.set("setenv", directive.payload, path, line)

    def always(self, directive: Directive, path: str, line: int) -> None:
        """Carry out a line that counts whether or not its block matches."""
        if directive.action is Do.ALWAYS:
            self.given[directive.keyword] = (directive.payload, path, line)
        else:
            self.set(directive.keyword, directive.payload, path, line)

    def _always(self, directive: Directive, path: str, line: int, origin: int) -> None:
        self.always(directive, path, line)

    def _nothing(self, directive: Directive, path: str, line: int, origin: int) -> None:
        pass


def _too_many(key: str, count: int, *, domains_too: bool) -> Words | None:
    if key in ("globalknownhostsfile", "userknownhostsfile") and count > HOSTS_FILE_LIMIT:
        return Style.PLAIN, f"too many {key} entries."
    if not domains_too:
        return None
    if key == "canonicaldomains" and count > DOMAIN_LIMIT:
        return Style.PLAIN, "too many hostname suffixes."
    if key == "canonicalizepermittedcnames" and count > DOMAIN_LIMIT:
        return Style.PLAIN, "too many permitted CNAMEs."
    return None


_ACTIONS: dict[Do, Callable[[State, Directive, str, int, int], None]] = {
    Do.NOTHING: State._nothing,
    Do.SET_MANY: State._set_many,
    Do.SET_LIST: State._set_list,
    Do.ADD_FILE: State._add_file,
    Do.ADD_FORWARD: State._add_forward,
    Do.PROXY_COMMAND: State._proxy_command,
    Do.PROXY_JUMP: State._proxy_jump,
    Do.SEND_ENV: State._send_env,
    Do.SET_ENV: State._set_env,
    Do.ALWAYS: State._always,
    Do.ALWAYS_FIRST: State._always,
}
