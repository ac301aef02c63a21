"""Defaults after reading, and what ssh refuses once everything is read (fill_default_options; ssh.c, main)."""

from __future__ import annotations

from collections.abc import Mapping

from sshwizard.model.config import ConfigProblem, ConfigValue, Environment
from sshwizard.model.files import FileView
from sshwizard.model.source import Source
from sshwizard.openssh.config import algorithms
from sshwizard.openssh.config.forwards import Jump
from sshwizard.openssh.config.known_tokens import Tokens
from sshwizard.openssh.config.messages import shown
from sshwizard.openssh.config.run import Pass, Stopped
from sshwizard.openssh.config.state import Given, State
from sshwizard.openssh.config.versions import Version
from sshwizard.openssh.patterns import ascii_lower

Values = tuple[ConfigValue, ...]
_CLEARED_BY_NONE = (
    "localcommand",
    "remotecommand",
    "proxycommand",
    "controlpath",
    "revokedhostkeys",
    "pkcs11provider",
    "securitykeyprovider",
    "knownhostscommand",
)
_C_NAMES = {
    "ciphers": "ciphers",
    "macs": "macs",
    "kexalgorithms": "kex_algorithms",
    "hostbasedacceptedalgorithms": "hostbased_accepted_algos",
    "pubkeyacceptedalgorithms": "pubkey_accepted_algos",
    "casignaturealgorithms": "ca_sign_algorithms",
}


class Filled:
    """The options of one finished `Pass`, with their defaults."""

    def __init__(
        self,
        reading: Pass,
        version: Version,
        lists: Mapping[str, algorithms.Algorithms],
        files: FileView,
        host: str,
        command: str,
    ) -> None:
        self.reading = reading
        self.state: State = reading.state
        self.environment: Environment = reading.library.environment
        self.version = version
        self.lists = lists
        self.files = files
        self.host = host
        """The remote host's name or address after canonicalization."""
        self.command = command
        self.user: str = self.state.first("user") or ""
        self.port: str = self.state.first("port") or "22"
        self.options: dict[str, Values | None] = dict(reading.library.template)
        self.tokens: Tokens | None = None

    def _put(self, key: str, text: str, given: Given | None) -> None:
        if key in self.options:
            source = None if given is None else Source(given[1], given[2] or None)
            self.options[key] = (ConfigValue(text, source),)

    def fill(self) -> None:
        """Fill what depends on other options (fill_default_options, with Debian's additions)."""
        given, first = self.state.given, self.state.first
        if "_stdio" in given:
            for key in ("exitonforwardfailure", "clearallforwardings"):
                given.setdefault(key, ("yes", given["_stdio"][1], 0))
        if first("clearallforwardings") == "yes":
            self.state.local_forwards.clear()
            self.state.remote_forwards.clear()
            given["tunnel"] = ("false", *given["clearallforwardings"][1:])
        if "updatehostkeys" not in given and self._keeps_host_keys_fixed():
            self.options["updatehostkeys"] = (ConfigValue("false", None),)
        if self.version.debian and first("batchmode") == "yes" and "serveraliveinterval" not in given:
            self.options["serveraliveinterval"] = (ConfigValue("300", self._source("batchmode")),)
        self._assemble()

    def _source(self, key: str) -> Source | None:
        given = self.state.given.get(key)
        return None if given is None else Source(given[1], given[2] or None)

    def _keeps_host_keys_fixed(self) -> bool:
        dns = self.state.first("verifyhostkeydns") not in (None, "false")
        hosts = self.state.first("userknownhostsfile")
        return dns or not (hosts is None or hosts == ("~/.ssh/known_hosts",))

    def _assemble(self) -> None:
        """Expand the algorithm lists; a list that ssh finds invalid ends the filling, but not ssh."""
        given = self.state.given
        for key, lists in self.lists.items():
            if key == "hostkeyalgorithms":
                continue
            text = self.state.first(key)
            result = algorithms.assemble(text, lists)
            if result is None:
                name = _C_NAMES[key]
                strict = self.version.release >= (10, 4)
                words = f"fill_default_options: {name}: invalid argument"
                self.reading.problems.append(problem_of(words, self._source(key), fatal=strict))
                if strict:
                    raise Stopped(words)
                del given[key]
                self.options[key] = None
                for later in _after(key):
                    self.options[later] = None
                return
            if text is None:
                self.options[key] = (ConfigValue(result, None),)
            else:
                given[key] = (result, *given[key][1:])
        self._clear()

    def _clear(self) -> None:
        given = self.state.given
        for key in _CLEARED_BY_NONE:
            text = self.state.first(key)
            if isinstance(text, str) and ascii_lower(text) == "none":
                del given[key]
                self.options[key] = None
        for key in ("revokedhostkeys", "channeltimeout"):
            words = self.state.first(key)
            if isinstance(words, tuple) and len(words) == 1 and ascii_lower(words[0]) == "none":
                del given[key]
        jump = self.state.first("proxyjump")
        if isinstance(jump, Jump) and jump.is_none:
            del given["proxyjump"]
        if no_aliases(self.state.first("canonicalizepermittedcnames")):
            given.pop("canonicalizepermittedcnames", None)

    def refuse(self) -> None:
        """Refuse what ssh refuses after reading everything. Raises Stopped."""
        first, stop = self.state.first, self.reading.stop
        jump = first("proxyjump")
        if isinstance(jump, Jump):
            user = first("user") or self.environment.user
            same_port = int(self.port) == (jump.port if jump.port > 0 else 22)
            if jump.host == self.host and same_port and user == (user if jump.user is None else jump.user):
                raise stop(
                    f"jumphost loop via {jump.host}", code="config-value", path=self._where("proxyjump")
                )
            command = first("proxycommand")
            if command is not None and not (self.version.late_jump_rules and ascii_lower(command) == "none"):
                raise stop("inconsistent options: ProxyCommand+ProxyJump", code="config-value")
            self.options["proxyusefdpass"] = (ConfigValue("no", None),)
            self.state.given.pop("proxyusefdpass", None)
        if first("proxycommand") == "-" and first("proxyusefdpass") == "yes":
            raise stop("ProxyCommand=- and ProxyUseFDPass are incompatible", code="config-value")
        self._asks_for_host_keys()
        if first("connectionattempts") == "0":
            raise stop(
                "Invalid number of ConnectionAttempts",
                code="config-value",
                path=self._where("connectionattempts"),
            )
        remote = first("remotecommand")
        if self.command and remote is not None:
            raise stop(
                "Cannot execute command-line and remote command.",
                code="config-value",
                path=self._where("remotecommand"),
            )
        if (
            first("forkafterauthentication") == "yes"
            and not self.command
            and remote is None
            and first("sessiontype") != "none"
        ):
            raise stop("Cannot fork into background without a command to execute.", code="config-value")

    def _where(self, key: str) -> str:
        given = self.state.given.get(key)
        return given[1] if given else ""

    def _asks_for_host_keys(self) -> None:
        """Switch `UpdateHostKeys ask` off where nobody could be asked."""
        first = self.state.first
        if first("updatehostkeys") != "ask":
            return
        persists = first("controlpersist") not in (None, "no") and first("controlpath") is not None
        runs = self.command or first("remotecommand") is not None or first("requesttty") == "false"
        quiet = first("loglevel") in ("SILENT", "QUIET", "FATAL", "ERROR")
        if persists or runs or quiet:
            self.state.given["updatehostkeys"] = ("false", *self.state.given["updatehostkeys"][1:])


def _after(key: str) -> list[str]:
    keys = list(_C_NAMES)
    return keys[keys.index(key) + 1 :]


def no_aliases(rules: tuple[str, ...] | None) -> bool:
    """Say whether CanonicalizePermittedCNAMEs is absent or `none`."""
    return not rules or (len(rules) == 1 and ascii_lower(rules[0]) == "none:")


def problem_of(words: str, source: Source | None, *, fatal: bool = False) -> ConfigProblem:
    """Make a problem of a value from ssh's words."""
    return ConfigProblem(code="config-value", message=shown(words), source=source, fatal=fatal)
