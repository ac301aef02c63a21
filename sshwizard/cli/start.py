"""From a chosen command and its words to the `Desk` it works at. Loaded only when a command runs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from types import ModuleType

from sshwizard.cli import flags, ssh_options, terminal
from sshwizard.cli.commands import Command
from sshwizard.cli.desk import Desk
from sshwizard.cli.output import Output
from sshwizard.errors import UsageError
from sshwizard.machine.machine import here
from sshwizard.report.columns import Style
from sshwizard.text import _


def parser(command: Command, module: ModuleType) -> flags.Parser:
    """Return the parser of one command: common flags, its own, and ssh's where it takes them."""
    made = flags.parser_for(command)
    add_own = getattr(module, f"{command.function}_arguments", None)
    if add_own:
        add_own(made)
    if command.ssh_options:
        ssh_options.add_flags(made)
    return made


parse = flags.parse
count_late = ssh_options.count_late


def desk(command: Command, args: argparse.Namespace, tail: Sequence[str] | None, late: int = 0) -> Desk:
    """Put the machine, the terminal and the arguments together. Raises UsageError.

    `late`: how many of ssh's options among `args` stood after the destination.
    """
    _check_language(args.lang)
    words = ssh_options.SshWords()
    if tail is not None and command.ssh_options:
        words = ssh_options.read_words(tail)
    elif tail and command.name != "practice":
        raise UsageError(_("`{command}` takes nothing after `--`.").format(command=command.name))
    typed = getattr(args, "destination", "")
    if typed and words.destination is not None:
        raise UsageError(
            _("Two destinations: {first} and {second}.").format(first=typed, second=words.destination)
        )
    machine = here(home=args.home, config=words.config or args.config, ssh=args.ssh)
    if args.home and machine.files.look(machine.home).kind != "directory":
        raise UsageError(_("There is no folder {path}.").format(path=args.home), where=machine.home)
    seen = terminal.look(machine.env, plain=args.plain, no_color=args.no_color)
    return Desk(
        args=args,
        machine=machine,
        terminal=seen,
        out=Output(
            json=args.json,
            quiet=args.quiet,
            style=Style(
                width=seen.width,
                colour=seen.colour and not args.json,
                options=_options(args.home, args.config),
            ),
        ),
        flags=(*getattr(args, "ssh_flags", ()), *words.flags),
        late_flags=late + len(words.flags) if typed else words.late,
        destination=typed or words.destination or "",
        verbatim=words.destination is not None,
        remote_command=words.command,
        tail=tuple(tail or ()),
    )


def _options(home: str | None, config: str | None) -> str:
    from sshwizard.wizard import strip

    words = [*(["--home", home] if home else []), *(["-F", config] if config else [])]
    return strip.line(*words)


def _check_language(lang: str | None) -> None:
    if lang and lang.split("_", 1)[0].split("-", 1)[0].lower() not in ("en", "c", "posix"):
        raise UsageError(
            _("There is no translation for {lang}; there is: en.").format(lang=repr(lang)),
            hint=_("Leave `--lang` out."),
        )
