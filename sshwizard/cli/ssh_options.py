"""ssh's own options on our command line: as flags of a command, and as a whole command line after `--`.

Knows getopt(3) as ssh(1) uses it (bundled letters, attached values, options also after the host). The
result is what `CommandLine.flags` holds; -F is kept apart because it chooses files, not a value.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sshwizard.errors import UsageError
from sshwizard.text import _

_WITH_VALUE = frozenset("BbcDEeFIiJLlmOoPpQRSWw")
_ALONE = frozenset("1246AaCfGgKkMNnqsTtVvXxYy")
_CARRIED = frozenset("46iJloPp")
_AS_OPTIONS = {
    "A": ("ForwardAgent=yes",),
    "a": ("ForwardAgent=no",),
    "b": ("BindAddress={}",),
    "B": ("BindInterface={}",),
    "C": ("Compression=yes",),
    "c": ("Ciphers={}",),
    "f": ("ForkAfterAuthentication=yes", "StdinNull=yes"),
    "I": ("PKCS11Provider={}",),
    "k": ("GSSAPIDelegateCredentials=no",),
    "K": ("GSSAPIAuthentication=yes", "GSSAPIDelegateCredentials=yes"),
    "m": ("MACs={}",),
    "M": ("ControlMaster=yes",),
    "n": ("StdinNull=yes",),
    "N": ("SessionType=none",),
    "q": ("LogLevel=QUIET",),
    "S": ("ControlPath={}",),
    "s": ("SessionType=subsystem",),
    "T": ("RequestTTY=no",),
    "t": ("RequestTTY=yes",),
    "X": ("ForwardX11=yes",),
    "x": ("ForwardX11=no",),
    "Y": ("ForwardX11=yes", "ForwardX11Trusted=yes"),
}
"""Letters that ssh_config(5) has a keyword for; the others do not bear on keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshWords:
    """ssh's command line, taken apart."""

    flags: tuple[tuple[str, str], ...] = ()
    config: str | None = None
    """Of -F."""
    destination: str = ""
    command: str = ""
    """The remote command."""


class _Carry(argparse.Action):
    """Appends (option, value) to one list, so that the order among different options is kept."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        carried = [*getattr(namespace, "ssh_flags", []), (f"-{self.dest[-1]}", str(values or ""))]
        namespace.ssh_flags = carried


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add ssh's options to a command's parser; they arrive in `ssh_flags`, in order."""
    group = parser.add_argument_group(_("as ssh takes them"))
    group.set_defaults(ssh_flags=[])
    for letter, words in (
        ("i", (_("FILE"), _("an identity file"), "--identity")),
        ("l", (_("USER"), _("the login name"))),
        ("p", (_("PORT"), _("the port"), "--port")),
        ("o", (_("OPTION"), _("an ssh_config line"))),
        ("J", (_("HOST"), _("a jump host"))),
        ("P", (_("TAG"), _("a tag for Match tagged"))),
    ):
        group.add_argument(
            f"-{letter}", *words[2:], metavar=words[0], help=words[1], dest=f"ssh_{letter}", action=_Carry
        )
    for digit in "46":
        group.add_argument(
            f"-{digit}",
            help=_("IPv{digit} only").format(digit=digit),
            dest=f"ssh_{digit}",
            action=_Carry,
            nargs=0,
        )
    group.add_argument(
        "--run-match-exec",
        action="store_true",
        help=_("run the commands of `Match exec` lines, as ssh does; else both outcomes are carried"),
    )


def read_words(words: Sequence[str]) -> SshWords:
    """Take apart what follows `--`: ssh's own command line. Raises UsageError as ssh would refuse it."""
    if words and words[0].rsplit("/", 1)[-1] in ("ssh", "ssh.exe"):
        words = words[1:]
    flags: list[tuple[str, str]] = []
    config: str | None = None
    destination = ""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            destination = destination or (words[at] if at < len(words) else "")
            at += 1 if destination else 0
            break
        if not word.startswith("-") or word == "-":
            if destination:
                at -= 1
                break
            destination = word
            continue
        at, found = _bundle(words, at - 1)
        for letter, value in found:
            if letter == "F":
                config = value
            flags += _carried(letter, value)
    return SshWords(flags=tuple(flags), config=config, destination=destination, command=" ".join(words[at:]))


def _bundle(words: Sequence[str], at: int) -> tuple[int, list[tuple[str, str]]]:
    """Read one word of option letters; return the next index and the letters with their values."""
    found = []
    letters = words[at][1:]
    at += 1
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in _WITH_VALUE:
            if not letters:
                if at >= len(words):
                    raise UsageError(_("ssh wants a value after `-{letter}`.").format(letter=letter))
                letters, at = words[at], at + 1
            found.append((letter, letters))
            break
        if letter not in _ALONE:
            raise UsageError(_("ssh has no option `-{letter}`.").format(letter=letter))
        found.append((letter, ""))
    return at, found


def _carried(letter: str, value: str) -> list[tuple[str, str]]:
    if letter in _CARRIED:
        return [(f"-{letter}", value)]
    return [("-o", option.format(value)) for option in _AS_OPTIONS.get(letter, ())]
