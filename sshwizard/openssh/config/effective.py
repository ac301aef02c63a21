"""From what was collected to what is in force: defaults, expansion, and the last refusals (ssh.c, main)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any

from sshwizard.model.config import ConfigValue, NamedFile
from sshwizard.model.source import Source
from sshwizard.openssh.config import algorithms
from sshwizard.openssh.config.address import valid_user
from sshwizard.openssh.config.defaults import Filled, Values, problem_of
from sshwizard.openssh.config.forwards import Forward, Jump
from sshwizard.openssh.config.known_tokens import Tokens, command_tokens, jump_token
from sshwizard.openssh.config.run import Stopped
from sshwizard.openssh.config.state import FROM_SYSTEM
from sshwizard.openssh.patterns import ascii_lower
from sshwizard.openssh.tokens import CannotExpand, expand_both, expand_tilde, expand_tokens

Expand = Callable[[str], str]

_PUT = frozenset({"host", "user", "hostname"})
"""Printed from what was worked out, not as given."""


class Finish(Filled):
    """Turns one finished `Pass` into values in force."""

    def finish(self) -> None:
        """Work everything out. Raises Stopped where ssh refuses in the end."""
        self.fill()
        self.refuse()
        given = self.state.given
        self.user = self.state.first("user") if "user" in given else self.environment.user
        alias = self.state.first("hostkeyalias")
        jump = jump_token(self.state.first("proxyjump"), self.version)
        self.tokens = command_tokens(
            self.environment,
            self.host,
            self.reading.original_host,
            self.port,
            self.user,
            self.reading.original_host if alias is None else ascii_lower(alias),
            jump=jump,
        )
        self._expand_user()
        self._put("host", self.reading.original_host, None)
        self._put("user", self.user, given.get("user"))
        self._put("hostname", self.host, given.get("hostname"))
        for key, (payload, path, line) in given.items():
            if path and key in self.options and isinstance(payload, str) and key not in _PUT:
                self.options[key] = (ConfigValue(payload, Source(path, line or None)),)
        self._lists()
        self._expanded()
        self._joined()

    def _expand_user(self) -> None:
        """Expand a User line of a file or of `-o` (10.0). Raises Stopped."""
        given = self.state.given.get("user")
        assert self.tokens is not None
        if given is not None and self.state.first("_typeduser") == "" and self.version.checks_user_of_url:
            self._check_user(given[0], given[1])
        if given is None or self.version.release < (10, 0) or "_typeduser" in self.state.given:
            return
        tokens = Tokens(self.tokens, hidden="rC")
        try:
            user = expand_both(given[0], tokens, self.environment.env)
        except CannotExpand as error:
            raise self.reading.stop_expanding(error, "user") from error
        if user != given[0]:
            self._check_user(user, given[1])
        self.user = self.tokens["r"] = user

    def _check_user(self, user: str, path: str) -> None:
        if not valid_user(user, controls=self.version.allows_controls_in_user):
            message = "remote username contains invalid characters"
            raise self.reading.stop(message, code="config-value", path=path)

    def _lists(self) -> None:
        given = self.state.given
        for key in (
            "globalknownhostsfile",
            "canonicaldomains",
            "permitremoteopen",
            "setenv",
            "canonicalizepermittedcnames",
            "channeltimeout",
            "revokedhostkeys",
        ):
            if key in given and isinstance(given[key][0], tuple) and key in self.options:
                words, path, line = given[key]
                source = Source(path, line or None)
                self.options[key] = tuple(ConfigValue(word, source) for word in words)
        text = self.state.first("globalknownhostsfile")
        if text is not None and ascii_lower(text[0]) == "none":
            self._put("globalknownhostsfile", "none", given["globalknownhostsfile"])
        self.options["sendenv"] = (
            tuple(ConfigValue(word, Source(path, line or None)) for word, path, line in self.state.send_env)
            or None
        )
        for key, files in self.state.files.items():
            if files:
                self.options[key] = tuple(
                    ConfigValue(name, Source(path, line or None)) for name, path, line, _o in files
                )
        if "hostkeyalias" in given:
            self._put("hostkeyalias", ascii_lower(given["hostkeyalias"][0]), given["hostkeyalias"])
        result = algorithms.assemble(self.state.first("hostkeyalgorithms"), self.lists["hostkeyalgorithms"])
        if result is not None:
            self._put("hostkeyalgorithms", result, given.get("hostkeyalgorithms"))

    def _expanded(self) -> None:
        """Expand what ssh expands before it prints, in its order. Raises Stopped."""
        assert self.tokens is not None
        tokens = self.tokens
        first = self.state.first
        if first("remotecommand") is not None:
            self._replace("remotecommand", lambda text: expand_tokens(text, tokens))
        for key in ("controlpath", "identityagent"):
            if first(key) is not None:
                self._replace(key, self._path)
        if self.version.release >= (10, 3):
            self._replace_each("revokedhostkeys", self._path)
        elif self.version.release >= (9, 4) and first("revokedhostkeys") is not None:
            self._replace("revokedhostkeys", self._path)
        self._forwarded_agent()
        if first("versionaddendum") is not None:
            self._replace("versionaddendum", lambda text: expand_both(text, tokens, self.environment.env))
        self._known_hosts()
        if self.version.release >= (10, 0):
            self._replace_each("setenv", self._environment_value)
        self._forwards()
        if algorithms.assemble(first("hostkeyalgorithms"), self.lists["hostkeyalgorithms"]) is None:
            raise self.reading.stop(
                "dump_client_config: expand HostKeyAlgorithms: invalid argument",
                code="config-value",
                path=self._where("hostkeyalgorithms"),
            )

    def _path(self, text: str) -> str:
        """Expand tilde, tokens and `${ENV}`. Raises CannotExpand."""
        assert self.tokens is not None
        text = expand_tilde(text, self.environment.home, self.environment.homes)
        return expand_both(text, self.tokens, self.environment.env)

    def _replace(self, key: str, expand: Expand) -> None:
        given = self.state.given[key]
        try:
            text = expand(given[0])
        except CannotExpand as error:
            raise self.reading.stop_expanding(error, key) from error
        self._put(key, text, given)
        self.state.given[key] = (text, *given[1:])

    def _replace_each(self, key: str, expand: Expand) -> None:
        given = self.state.given.get(key)
        if given is None:
            return
        try:
            words = tuple(expand(word) for word in given[0])
        except CannotExpand as error:
            raise self.reading.stop_expanding(error, key) from error
        source = Source(given[1], given[2] or None)
        self.options[key] = tuple(ConfigValue(word, source) for word in words)

    def _environment_value(self, pair: str) -> str:
        assert self.tokens is not None
        name, _equals, value = pair.partition("=")
        return f"{name}={expand_both(value, self.tokens, self.environment.env)}"

    def _forwarded_agent(self) -> None:
        given = self.state.given.get("_forwardagentpath")
        if given is None:
            return
        self._replace("_forwardagentpath", self._path)
        path = self.state.first("_forwardagentpath")
        self._put("forwardagent", path, given)
        seen = self.files.look(posixpath.join(self.environment.cwd, path))
        if seen.kind == "missing" or (seen.kind == "unreadable" and seen.mode is None):
            words = f'Cannot forward agent socket path "{path}": {seen.problem}'
            fatal = self.state.first("exitonforwardfailure") == "yes"
            self.reading.problems.append(problem_of(words, Source(given[1], given[2] or None), fatal=fatal))
            if fatal:
                raise Stopped(words)

    def _known_hosts(self) -> None:
        given: Any = self.state.given.get("userknownhostsfile")
        names = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2") if given is None else given[0]
        if ascii_lower(names[0]) == "none":
            self._put("userknownhostsfile", "none", given)
            return
        try:
            paths = [self._path(name) for name in names]
        except CannotExpand as error:
            raise self.reading.stop_expanding(error, "userknownhostsfile") from error
        source = None if given is None else Source(given[1], given[2] or None)
        self.options["userknownhostsfile"] = tuple(ConfigValue(path, source) for path in paths)

    def _forwards(self) -> None:
        """Expand the tokens of socket paths, and print the forwards by kind."""
        local = [
            (self._forward(forward, path, line), path, line)
            for forward, (path, line) in self.state.local_forwards.items()
        ]
        remote = [
            (self._forward(forward, path, line), path, line)
            for forward, (path, line) in self.state.remote_forwards.items()
        ]
        kinds = (
            ("dynamicforward", [each for each in local if each[0].connect_host in (None, "socks")]),
            ("localforward", [each for each in local if not each[0].is_dynamic]),
            ("remoteforward", remote),
        )
        for key, found in kinds:
            self.options[key] = (
                tuple(
                    ConfigValue(
                        forward.shown(listen_only=key == "dynamicforward"), Source(path, line or None)
                    )
                    for forward, path, line in found
                )
                or None
            )

    def _forward(self, forward: Forward, path: str, line: int) -> Forward:
        assert self.tokens is not None
        try:
            listen = None if forward.listen_path is None else expand_tokens(forward.listen_path, self.tokens)
            connect = (
                None if forward.connect_path is None else expand_tokens(forward.connect_path, self.tokens)
            )
        except CannotExpand as error:
            for message in error.messages:
                self.reading.problems.append(problem_of(message, Source(path, line or None), fatal=True))
            raise Stopped(error.messages[-1]) from error
        return Forward(
            forward.listen_host,
            forward.listen_port,
            listen,
            forward.connect_host,
            forward.connect_port,
            connect,
        )

    def _joined(self) -> None:
        """Print what is one line of several parts."""
        given, first = self.state.given, self.state.first
        place = given.get("_rekeybytes") or given.get("_rekeyseconds")
        self._put("rekeylimit", f"{first('_rekeybytes') or 0} {first('_rekeyseconds') or 0}", place)
        jump = first("proxyjump")
        if isinstance(jump, Jump):
            self._put("proxyjump", jump.shown(), given["proxyjump"])
            self.options["proxycommand"] = None

    def named_files(self, key: str) -> tuple[NamedFile, ...]:
        """Return the IdentityFiles or CertificateFiles in force, expanded as ssh does when it connects."""
        files = self.state.files[key]
        if not files and key == "identityfile":
            defaults = self.reading.library.template["identityfile"] or ()
            return tuple(self._named(value.text, None, explicit=False, default=True) for value in defaults)
        return tuple(
            self._named(name, Source(path, line or None), explicit=origin != FROM_SYSTEM, default=False)
            for name, path, line, origin in files
            if ascii_lower(name) != "none" or key != "identityfile"
        )

    def _named(self, name: str, source: Source | None, *, explicit: bool, default: bool) -> NamedFile:
        problem = ""
        try:
            path = posixpath.join(self.environment.cwd, self._path(name))
        except CannotExpand as error:
            problem, path = error.messages[0], name
        return NamedFile(
            text=name, path=path, source=source, explicit=explicit, default=default, problem=problem
        )

    def agent(self) -> str | None:
        """Return the agent socket that ssh will use, "none", or None."""
        text = self.state.first("identityagent")
        environment = self.environment.env
        if text is None or text == "SSH_AUTH_SOCK":
            return environment.get("SSH_AUTH_SOCK") or None
        if text == "none":
            return "none"
        if text.startswith("$") and not text.startswith("${"):
            return environment.get(text[1:]) or None
        return str(text) or None

    def shadowed(self) -> dict[str, Values]:
        """Return the values that lost, by option."""
        found: dict[str, list[ConfigValue]] = {}
        for key, payload, path, line in self.state.shadowed:
            text = " ".join(payload) if isinstance(payload, tuple) else str(payload)
            found.setdefault(_PARTS.get(key, key), []).append(ConfigValue(text, Source(path, line or None)))
        return {key: tuple(values) for key, values in found.items()}


_PARTS = {"_rekeybytes": "rekeylimit", "_rekeyseconds": "rekeylimit", "_forwardagentpath": "forwardagent"}
