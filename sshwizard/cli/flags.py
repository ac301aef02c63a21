"""Parsing of one command's arguments: the flags that every command takes, and argparse's manners mended.

Loaded only when a command was chosen. A wrong flag raises UsageError with "did you mean"; nothing exits.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from sshwizard.cli.commands import Command
from sshwizard.errors import UsageError
from sshwizard.text import _

VALUED = frozenset(
    {"--home", "-F", "--ssh", "--lang", "--output", "-o", "-i", "-p", "-l", "-J", "-P", "--timeout"}
)
"""Flags with a value that may stand before the command's name."""


class Parser(argparse.ArgumentParser):
    """Raises instead of exiting, and says what was probably meant."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError in place of argparse's exit."""
        hint = _("`{program} --help` shows what it takes.").format(program=self.prog)
        if "unrecognized arguments:" in message:
            unknown = message.split(":", 1)[1].split()[0]
            message = _("There is no option `{typed}` here.").format(typed=unknown)
            if not unknown.startswith("-"):
                message = _("`{typed}` is one word too many.").format(typed=unknown)
            guess = self._nearest(unknown)
            if guess:
                hint = _("Did you mean `{guess}`?").format(guess=guess)
        raise UsageError(message[:1].upper() + message[1:], hint=hint)

    def _nearest(self, typed: str) -> str:
        import difflib

        found = difflib.get_close_matches(typed.split("=", 1)[0], list(self._option_string_actions), n=1)
        return found[0] if found and typed.startswith("--") else ""


def parser_for(command: Command) -> Parser:
    """Return a parser with the common flags; the command's own are added by its module."""
    parser = Parser(
        prog=f"sshwizard {command.name}",
        description=command.summary[:1].upper() + command.summary[1:] + ".",
        allow_abbrev=False,
        add_help=False,
    )
    parser.usage = f"sshwizard {command.name} {command.usage} [options]".replace("  ", " ")
    group = parser.add_argument_group(_("everywhere"))
    group.add_argument("-h", "--help", action="store_true", help=_("show this help"))
    group.add_argument("--json", action="store_true", help=_("write one JSON object; never ask"))
    group.add_argument("--home", metavar=_("DIR"), help=_("take DIR for the home of everything"))
    group.add_argument(
        "-F", dest="config", metavar=_("FILE"), help=_("the user's ssh configuration, as in ssh")
    )
    group.add_argument(
        "--ssh",
        metavar=_("PATH"),
        help=_("the ssh program to speak for: its version's rules hold, and --witness runs it"),
    )
    group.add_argument("-y", "--yes", action="store_true", help=_("answer yes to safe questions"))
    group.add_argument(
        "-n", "--dry-run", action="store_true", help=_("show what would change; change nothing")
    )
    group.add_argument(
        "--plain",
        action="store_true",
        help=_("line by line, no full screen (SSHWIZARD_UI=plain or =full, too)"),
    )
    group.add_argument("--no-color", "--no-colour", action="store_true", help=_("no colours (also NO_COLOR)"))
    group.add_argument("-q", "--quiet", action="store_true", help=_("say only what is wrong"))
    group.add_argument("-v", "--verbose", action="count", default=0, help=_("say more (-vv: all)"))
    group.add_argument("--lang", metavar=_("LANG"), help=_("language of sentences (en)"))
    return parser


def parse(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """Parse a command's words, options and arguments in any order. Raises UsageError."""
    if "-h" in words or "--help" in words:
        return argparse.Namespace(help=True)
    return parser.parse_intermixed_args(list(words))


def add_target(parser: argparse.ArgumentParser) -> None:
    """Add the optional destination and how long to wait for it."""
    parser.add_argument(
        "destination",
        nargs="?",
        default="",
        metavar="HOST",
        help=_(
            "alias, user@host, git address, remote, folder, or a service's name; else this repository's remote"
        ),
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=20.0,
        metavar=_("SECONDS"),
        help=_("for the whole conversation with the host (20)"),
    )


def add_account(parser: argparse.ArgumentParser) -> None:
    """Add the flags of every command that speaks to an account."""
    group = parser.add_argument_group(_("the account"))
    group.add_argument(
        "--api-url", metavar="URL", help=_("the address of its API, for an instance of your own")
    )
    group.add_argument("--token-env", metavar="VAR", help=_("the variable that holds the API token"))
    group.add_argument(
        "--otp-env", metavar="VAR", help=_("the variable that holds the code of a second factor")
    )
    group.add_argument(
        "--keep-token", action="store_true", help=_("store the token in the system's keychain afterwards")
    )
    group.add_argument(
        "--timeout",
        type=seconds,
        default=20.0,
        metavar=_("SECONDS"),
        help=_("for each answer of the service (20)"),
    )


def seconds(text: str) -> float:
    """Read a positive number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 3600:
        raise argparse.ArgumentTypeError(_("{text} is no number of seconds").format(text=repr(text)))
    return value
