"""The table of commands: names, synonyms, one line each, and where their two functions live.

Imports nothing of them; `find` turns what was typed into a row of the table, or says what was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sshwizard.errors import UsageError
from sshwizard.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as it is typed, `keys list` for instance."""

    name: str
    usage: str
    """What follows the name."""
    summary: str
    module: str
    """Below `sshwizard.cli`."""
    ssh_options: bool = False
    """Takes -4 -6 -i -J -l -o -P -p as ssh does."""

    @property
    def function(self) -> str:
        """The stem of its functions: `run_keys_list`, `keys_list_arguments`."""
        return self.name.replace(" ", "_")


COMMANDS: tuple[Command, ...] = (
    Command(
        name="wizard", usage="", summary=_("the guided way, full screen or line by line"), module="wizards"
    ),
    Command(
        name="setup", usage="[HOST]", summary=_("make a key, upload it, test it, settle it"), module="wizards"
    ),
    Command(
        name="doctor",
        usage="[HOST|URL|DIR]",
        summary=_("find out why ssh is refused, or that all is well"),
        module="doctor",
        ssh_options=True,
    ),
    Command(
        name="why",
        usage="[HOST]",
        summary=_("which keys ssh offers, in order, and why"),
        module="doctor",
        ssh_options=True,
    ),
    Command(
        name="test",
        usage="[HOST]",
        summary=_("the real thing: log in and read the account's name"),
        module="proof",
        ssh_options=True,
    ),
    Command(
        name="fix",
        usage="[ID…|HOST]",
        summary=_("apply what the doctor proposes, test again"),
        module="mend",
        ssh_options=True,
    ),
    Command(name="undo", usage="[N]", summary=_("take a change back"), module="past"),
    Command(name="history", usage="", summary=_("list the changes that were made"), module="past"),
    Command(
        name="whoami", usage="[HOST…]", summary=_("which key is known where, and as whom"), module="whoami"
    ),
    Command(
        name="identity",
        usage="[DIR]",
        summary=_("as whom a repository pushes and commits; give it another key"),
        module="identity",
    ),
    Command(
        name="keys list", usage="", summary=_("the keys on this machine, or on an account"), module="keys"
    ),
    Command(name="keys show", usage="KEY", summary=_("everything about one key"), module="keys"),
    Command(name="keys new", usage="[FILE]", summary=_("make a new key"), module="newkey"),
    Command(
        name="keys add", usage="[PROVIDER|HOST] [FILE]", summary=_("upload a public half"), module="accounts"
    ),
    Command(
        name="keys remove",
        usage="PROVIDER|HOST KEY|--all",
        summary=_("take a public half off an account"),
        module="accounts",
    ),
    Command(name="keys export", usage="KEY", summary=_("print a public half, for pasting"), module="keys"),
    Command(
        name="agent",
        usage="[list|start|add|remove|permanent] [KEY]",
        summary=_("which agents, holding what"),
        module="agent",
    ),
    Command(
        name="config show",
        usage="[HOST]",
        summary=_("the configuration in force, with its places"),
        module="config_show",
        ssh_options=True,
    ),
    Command(name="config lint", usage="", summary=_("what is odd in the configuration"), module="config"),
    Command(
        name="config add", usage="HOST -i KEY", summary=_("make ssh send a key to a host"), module="config"
    ),
    Command(
        name="config diff",
        usage="HOST [HOST2|-i KEY]",
        summary=_("two hosts, now and with a key added, or our reading and `ssh -G`"),
        module="config",
    ),
    Command(name="log", usage="[FILE…|-]", summary=_("explain the output of `ssh -v` or git"), module="log"),
    Command(
        name="explain", usage="WORD|ID", summary=_("a word or a finding, in plain words"), module="explain"
    ),
    Command(
        name="hosts", usage="[HOST]", summary=_("known services: host keys, ports, key rules"), module="hosts"
    ),
    Command(
        name="report",
        usage="[HOST]",
        summary=_("a redacted report to pass on"),
        module="report",
    ),
    Command(
        name="practice",
        usage="[-- COMMAND…]",
        summary=_("a safe ground with something to mend"),
        module="practice",
    ),
    Command(
        name="completion",
        usage="bash|zsh|fish|powershell",
        summary=_("print a completion script"),
        module="completion",
    ),
)

SYNONYMS: dict[str, str] = {
    "init": "setup",
    "login": "setup",
    "check": "doctor",
    "diagnose": "doctor",
    "ping": "test",
    "verify": "test",
    "which": "why",
    "match": "whoami",
    "who": "identity",
    "repo": "identity",
    "key": "keys",
    "ssh-keys": "keys",
    "ssh-key": "keys",
    "repair": "fix",
    "rollback": "undo",
    "restore": "undo",
    "analyze": "log",
    "analyse": "log",
    "bundle": "report",
    "bugreport": "report",
    "bug-report": "report",
    "providers": "hosts",
    "practise": "practice",
}
SECOND_SYNONYMS: dict[str, str] = {
    "generate": "new",
    "create": "new",
    "upload": "add",
    "rm": "remove",
    "delete": "remove",
    "ls": "list",
}
GROUPS: dict[str, str] = {"keys": "list", "config": ""}
"""First words of two-word commands, with the second word that is meant when there is none."""


def names() -> tuple[str, ...]:
    """Return every command's name."""
    return tuple(command.name for command in COMMANDS)


def by_name(name: str) -> Command:
    """Return the row with this name."""
    return next(command for command in COMMANDS if command.name == name)


def find(words: Sequence[str]) -> tuple[Command, int]:
    """Find the command that the leading words name; return it and how many words it took.

    Raises UsageError with "did you mean".
    """
    if not words:
        return by_name("wizard"), 0
    first = SYNONYMS.get(words[0], words[0])
    if first in GROUPS:
        return _in_group(first, words)
    if first in names():
        return by_name(first), 1
    raise _unknown(words[0])


def _in_group(group: str, words: Sequence[str]) -> tuple[Command, int]:
    if len(words) < 2:
        if GROUPS[group]:
            return by_name(f"{group} {GROUPS[group]}"), 1
        raise UsageError(_("What of `{group}`?").format(group=group), hint=verbs(group))
    second = SECOND_SYNONYMS.get(words[1], words[1])
    if f"{group} {second}" in names():
        return by_name(f"{group} {second}"), 2
    second_words = [name.split(" ", 1)[1] for name in names() if name.startswith(f"{group} ")]
    guess = _nearest(words[1], [*second_words, *SECOND_SYNONYMS])
    raise UsageError(
        _("There is no command `{typed}`.").format(typed=f"{words[0]} {words[1]}"),
        hint=_("Did you mean `sshwizard {guess}`?").format(
            guess=f"{group} {SECOND_SYNONYMS.get(guess, guess)}"
        )
        if guess
        else verbs(group),
    )


def verbs(group: str) -> str:
    """Return the sentence that names a group's commands."""
    found = ", ".join(name for name in names() if name.startswith(f"{group} "))
    return _("There are: {commands}.").format(commands=found)


def _unknown(word: str) -> UsageError:
    message = _("There is no command `{typed}`.").format(typed=word)
    guess = _nearest(word, [*names(), *GROUPS, *SYNONYMS, "help"])
    if guess:
        return UsageError(
            message,
            code="unknown-command",
            hint=_("Did you mean `sshwizard {guess}`?").format(guess=SYNONYMS.get(guess, guess)),
        )
    if any(char in word for char in ".@:/"):
        return UsageError(
            message,
            code="unknown-command",
            hint=_("For a host: `sshwizard doctor {typed}`.").format(typed=word),
        )
    return UsageError(message, code="unknown-command", hint=_("`sshwizard --help` lists the commands."))


def _nearest(word: str, known: Sequence[str]) -> str:
    import difflib

    found = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return found[0] if found else ""
