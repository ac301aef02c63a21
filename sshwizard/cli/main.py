"""From words to an exit code: choose a command, load only that, run it, and turn every error into words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from sshwizard.cli import commands, exits
from sshwizard.cli.output import complain, explain_error, give_up_stdout, prepare, write_json, write_raw
from sshwizard.errors import Cancelled, SshwizardError, UsageError
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.cli.commands import Command
    from sshwizard.cli.desk import Desk

_VALUED = ("--home", "-F", "--ssh", "--lang")


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code. Raises nothing."""
    prepare()
    state = _Run(argv)
    try:
        return state.go()
    except BrokenPipeError:
        give_up_stdout()
        return exits.DONE
    except KeyboardInterrupt:
        return state.interrupted()
    except SshwizardError as error:
        return state.failed(error)
    except Exception as error:
        return state.crashed(error)


class _Run:
    """One command line on its way; keeps what an error message needs to know."""

    def __init__(self, argv: Sequence[str]) -> None:
        words = list(argv)
        cut = words.index("--") if "--" in words else len(words)
        self.head, self.tail = words[:cut], words[cut + 1 :]
        self.has_tail = cut < len(words)
        self.json = "--json" in self.head
        self.name = ""
        self.desk: Desk | None = None

    def go(self) -> int:
        """Choose the command and carry it out; return its exit code."""
        before, words = _before_command(self.head)
        if not words and ({"-h", "--help"} & set(before) or (before and before[-1] in ("--version", "-V"))):
            return _help_or_version(before)
        words = _meant(words)
        if words[:1] == ["help"]:
            return _help(words[1:])
        command, taken = commands.find(words)
        self.name = command.name
        return self._carry_out(command, before + words[taken:])

    def _carry_out(self, command: Command, words: list[str]) -> int:
        from sshwizard.cli import start

        module = import_module(f"sshwizard.cli.{command.module}")
        parser = start.parser(command, module)
        args = start.parse(parser, words)
        if args.help:
            write_raw(parser.format_help())
            return exits.DONE
        late = start.count_late(parser, words, args)
        self.desk = start.desk(command, args, self.tail if self.has_tail else None, late)
        return int(getattr(module, f"run_{command.function}")(self.desk))

    def failed(self, error: SshwizardError) -> int:
        """Say an error, as text or as JSON."""
        try:
            if self.json:
                from sshwizard.report import contract

                write_json(contract.error(self.name, error))
            else:
                explain_error(error)
                if isinstance(error, Cancelled) and self.desk is not None:
                    self._say_what_changed()
        except BrokenPipeError:
            give_up_stdout()
        return exits.of_error(error)

    def interrupted(self) -> int:
        """Say after Ctrl+C what was changed."""
        if self.json:
            from sshwizard.report import contract

            error = SshwizardError(_("Interrupted."), code="interrupted", hint=self._changed()[0])
            write_json(contract.error(self.name, error))
        else:
            complain("")
            self._say_what_changed()
        return exits.INTERRUPTED

    def crashed(self, error: Exception) -> int:
        """Say that this is our bug, and where the note lies."""
        from sshwizard.cli import crash

        try:
            place = crash.leave(self.desk.machine if self.desk else None, error, self.name)
        except Exception:  # the note is a comfort; the sentence below must come in any case
            place = None
        message = _("sshwizard has a bug here ({kind}); nothing more was done.").format(
            kind=type(error).__name__
        )
        hint = _("A note without anything of yours lies in {path}.").format(path=place) if place else ""
        if self.json:
            from sshwizard.report import contract

            write_json(contract.error(self.name, SshwizardError(message, code="internal", hint=hint)))
        else:
            complain(f"sshwizard: {message} {hint}".rstrip())
        return exits.BUG

    def _changed(self) -> tuple[str, ...]:
        from sshwizard.wizard import road

        return road.leaving(self.desk.done if self.desk else ())

    def _say_what_changed(self) -> None:
        for line in self._changed():
            complain(line)


def _before_command(words: list[str]) -> tuple[list[str], list[str]]:
    """Split off the global flags that stand before the command's name."""
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        at += 2 if words[at] in _VALUED else 1
    return words[:at], words[at:]


def _meant(words: list[str]) -> list[str]:
    """Settle the words with two meanings: `explain HOST` is `why`, `help TOPIC` is `explain`."""
    if words[:1] == ["doctor"] and "--fix" in words:
        return ["fix", *(word for word in words[1:] if word != "--fix")]
    if words[:1] not in (["explain"], ["help"]) or len(words) < 2:
        return words
    topics = [word for word in words[1:] if not word.startswith("-")]
    if words[0] == "help":
        known = set(commands.names()) | set(commands.GROUPS) | set(commands.SYNONYMS)
        return words if topics and topics[0] in known else ["explain", *words[1:]]
    from sshwizard.cli.explain import names_a_topic

    return words if names_a_topic(words[1:]) else ["why", *words[1:]]


def _help_or_version(words: list[str]) -> int:
    from sshwizard import __version__

    if words[-1] in ("--version", "-V"):
        write_raw(f"sshwizard {__version__}\n")
        return exits.DONE
    return _help([])


def _help(topic: list[str]) -> int:
    topic = [word for word in topic if not word.startswith("-")]
    if topic:
        if commands.SYNONYMS.get(topic[0], topic[0]) in commands.GROUPS and len(topic) == 1:
            raise UsageError(_("What of `{group}`?").format(group=topic[0]), hint=commands.verbs(topic[0]))
        return run([*topic, "--help"])
    width = max(len(f"{command.name} {command.usage}") for command in commands.COMMANDS)
    lines = [
        _('sshwizard finds out why a host says "Permission denied (publickey)", and mends it.'),
        "",
        _("usage: sshwizard [COMMAND] [options]"),
        "",
    ]
    for command in commands.COMMANDS:
        lines.append(f"  {command.name + ' ' + command.usage:<{width}}  {command.summary}")
    lines += [
        "",
        _("  Without a command: the wizard. HOST is what you have: a name from ~/.ssh/config, user@host,"),
        _("  a git address, a remote's name, a folder, `github`. `sshwizard COMMAND --help` says more."),
        _("  --json on every command; --dry-run shows a change without making it; undo takes one back."),
        "",
    ]
    write_raw("\n".join(lines))
    return exits.DONE


def main() -> int:
    """Run the process's own command line."""
    return run(sys.argv[1:])
