"""CanonicalizeHostname and CanonicalizePermittedCNAMEs (ssh.c, resolve_canonicalize)."""

from __future__ import annotations

from collections.abc import Mapping

from sshwizard.openssh.config.defaults import no_aliases
from sshwizard.openssh.config.run import Pass
from sshwizard.openssh.patterns import ascii_lower, match_list


class Canonical:
    """CanonicalizeHostname, answered from what somebody asked the DNS (ssh.c, resolve_canonicalize)."""

    def __init__(self, reading: Pass, answers: Mapping[str, str]) -> None:
        self.reading = reading
        self.state = reading.state
        self.answers = answers

    def name(self, host: str) -> str:
        """Return the canonical name of a host, or the host itself. Raises Stopped."""
        direct = self._is_direct()
        wanted = self.state.first("canonicalizehostname") or "false"
        if wanted != "false" and (direct or wanted == "always"):
            found = self._by_domains(host, direct)
            if found is not None:
                return found
        if self._follows_aliases() and (direct or wanted == "always") and host in self.answers:
            return self._alias(host, self.answers[host], direct)
        return host

    def _is_direct(self) -> bool:
        command = self.state.first("proxycommand")
        jump = self.state.first("proxyjump")
        jumps = jump is not None and not (self.reading.library.version.release >= (9, 4) and jump.is_none)
        return (command is None or ascii_lower(command) == "none") and not jumps

    def _by_domains(self, host: str, direct: bool) -> str | None:
        if host.endswith("."):
            if host[:-1] in self.answers or host in self.answers:
                plain = host[:-1]
                return self._alias(plain, self.answers.get(plain) or self.answers[host], direct)
            return self._not_found(host)
        if host.count(".") > int(self.state.first("canonicalizemaxdots") or "1"):
            return None
        for domain in self.state.first("canonicaldomains") or ():
            if domain == "none":
                break
            full = f"{host}.{domain}"
            if full in self.answers:
                return self._alias(full, self.answers[full], direct)
        return self._not_found(host)

    def _not_found(self, host: str) -> str | None:
        if self.state.first("canonicalizefallbacklocal") == "no" and self.answers:
            message = f'ssh: Could not resolve host "{host}"'
            raise self.reading.stop(message, code="config-value")
        return None

    def _follows_aliases(self) -> bool:
        return not no_aliases(self.state.first("canonicalizepermittedcnames"))

    def _alias(self, name: str, canonical: str, direct: bool) -> str:
        wanted = self.state.first("canonicalizehostname") or "false"
        if not self._follows_aliases() or wanted == "false" or name == canonical or not canonical:
            return name
        for rule in self.state.first("canonicalizepermittedcnames"):
            sources, _colon, targets = rule.partition(":")
            if (
                match_list(name, sources, lower=True) is True
                and match_list(canonical, targets, lower=True) is True
            ):
                return canonical
        return name
