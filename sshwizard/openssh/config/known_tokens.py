"""What each percent token stands for, as far as it is known when it is needed (ssh.c, readconf.c)."""

from __future__ import annotations

from collections.abc import Mapping

from sshwizard.model.config import Environment
from sshwizard.openssh.config.forwards import Jump
from sshwizard.openssh.config.versions import Version
from sshwizard.openssh.patterns import ascii_lower


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
