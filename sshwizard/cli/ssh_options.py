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
from sshwizard.model.config import FLAGS_WITH_VALUE
from sshwizard.text import _

_ALONE = frozenset("1246AaCfGgKkMNnqsTtVvXxYy")


@dataclass(frozen=True, slots=True, kw_only=True)
class SshWords:
    """ssh's command line, taken apart."""

    flags: tuple[tuple[str, str], ...] = ()
    late: int = 0
    """How many of them stood after the destination."""
    config: str | None = None
    """Of -F."""
    destination: str | None = None
    """"" is a destination too: ssh takes it."""
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


def count_late(parser: argparse.ArgumentParser, words: Sequence[str], args: argparse.Namespace) -> int:
    """Count the flags in `args.ssh_flags` that stood after the destination, which argparse does not tell."""
    flags, destination = getattr(args, "ssh_flags", []), getattr(args, "destination", "")
    for at, word in enumerate(words if flags and destination else ()):
        if word != destination:
            continue
        try:
            before = parser.parse_intermixed_args(list(words[:at]))
        except UsageError:
            continue  # the word is the value of the option before it
        return len(flags) - len(before.ssh_flags)
    return 0


def read_words(words: Sequence[str]) -> SshWords:
    """Take apart what follows `--`: ssh's own command line. Raises UsageError as ssh would refuse it."""
    if words and words[0].rsplit("/", 1)[-1] in ("ssh", "ssh.exe"):
        words = words[1:]
    flags: list[tuple[str, str]] = []
    config: str | None = None
    destination: str | None = None
    late = 0
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            if destination is None and at < len(words):
                destination, at = words[at], at + 1
            break
        if not word.startswith("-") or word == "-":
            if destination is not None:
                at -= 1
                break
            destination = word
            continue
        at, found = _bundle(words, at - 1)
        for letter, value in found:
            if letter == "F":
                config = value
            else:
                flags.append((f"-{letter}", value))
                late += destination is not None
    return SshWords(
        flags=tuple(flags),
        late=late,
        config=config,
        destination=destination,
        command=" ".join(words[at:]),
    )


def _bundle(words: Sequence[str], at: int) -> tuple[int, list[tuple[str, str]]]:
    """Read one word of option letters; return the next index and the letters with their values."""
    found = []
    letters = words[at][1:]
    at += 1
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in FLAGS_WITH_VALUE:
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
