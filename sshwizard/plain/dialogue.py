"""Asking line by line: numbered choices with a spoken default, typed answers, hidden ones.

The only reader of standard input in this front end. An ended input raises NeedsAnswer, `q` raises Cancelled;
neither is ever a traceback. Knows no question of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from sshwizard.errors import Cancelled, NeedsAnswer
from sshwizard.model.choices import Choice, Option
from sshwizard.secret import Secret
from sshwizard.text import _
from sshwizard.wizard.choices import NO, YES

QUIT = ("q", "quit", "exit")
BACK = ("b", "back")


class Back(Exception):
    """The user wants to go back one question."""


class Dialogue:
    """Questions on standard output, answers from standard input."""

    def __init__(self, *, hidden_input: bool = True) -> None:
        self._hidden_input = hidden_input

    def say(self, *lines: str) -> None:
        """Write lines, at once."""
        for line in lines:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def choose(self, choice: Choice, *, back: bool = False) -> str:
        """Ask a question with numbered options; return the value chosen, or what was typed where that goes.

        Enter takes the default. Raises Back for `b` (where `back`), Cancelled for `q`, NeedsAnswer at the end.
        """
        self.say("", choice.question)
        for number, option in enumerate(choice.options, 1):
            self.say(f"  {number}  {_label(option)}")
        if choice.other:
            self.say("  " + _("or type {what}").format(what=choice.other))
        while True:
            typed = self._line(self._prompt(choice, back))
            if not typed and choice.default:
                return choice.default
            if typed.lower() in BACK and back:
                raise Back
            value = _picked(choice, typed)
            picked = choice.option(value) if value else None
            if picked and picked.disabled:
                self.say(_("That cannot be taken: {reason}.").format(reason=picked.disabled.rstrip(".")))
            elif picked:
                return picked.value
            elif choice.other and typed and not typed.isdigit():
                return typed
            else:
                self.say(_("Type a number from 1 to {last}.").format(last=len(choice.options)))

    def ask(self, question: str, default: str = "", check: Callable[[str], str] | None = None) -> str:
        """Ask for one line until `check` (a sentence about what is wrong, or "") is content."""
        prompt = _("{question} (default {default}): ") if default else _("{question}: ")
        while True:
            typed = self._line(prompt.format(question=question, default=default)) or default
            problem = check(typed) if check else ""
            if not problem:
                return typed
            self.say(problem)

    def yes_no(self, question: str, *, default: bool) -> bool:
        """Ask yes or no; Enter takes the default."""
        shown = _("Y/n") if default else _("y/N")
        while True:
            typed = self._line(f"{question} [{shown}] ").lower()
            if not typed:
                return default
            for option, words in ((YES, ("y", "yes")), (NO, ("n", "no"))):
                if typed in words:
                    return option == YES
            self.say(_("Type y or n."))

    def hidden(self, question: str, *, flag: str) -> Secret:
        """Ask for something that must not show. Raises NeedsAnswer where input cannot be hidden.

        `flag` names the way to hand it over without a question.
        """
        if not self._hidden_input or not sys.stdin.isatty():
            raise NeedsAnswer(
                _("This terminal cannot hide what is typed, so nothing secret is asked for here."),
                hint=_("Use {flag}, or run it in a terminal (in Git Bash: `winpty sshwizard`).").format(
                    flag=flag
                ),
            )
        import getpass

        try:
            return Secret(getpass.getpass(f"{question}: "))
        except EOFError as error:
            raise _ended() from error

    def several_lines(self, end: str) -> str:
        """Read lines until one that is `end`, or the end of input."""
        lines = []
        for line in sys.stdin:
            if line.rstrip("\r\n") == end:
                break
            lines.append(line)
        return "".join(lines)

    def _prompt(self, choice: Choice, back: bool) -> str:
        more = _(", b back, q quit") if back else _(", q quit")
        if choice.default_number:
            return _("Number (default {number}{more}): ").format(number=choice.default_number, more=more)
        return _("Number{more}: ").format(more=more)

    def _line(self, prompt: str) -> str:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        typed = sys.stdin.readline()
        if not typed:
            self.say("")
            raise _ended()
        if not sys.stdin.isatty():
            self.say("")
        typed = typed.strip()
        if typed.lower() in QUIT:
            raise Cancelled(_("Left by the user."))
        return typed


def _picked(choice: Choice, typed: str) -> str:
    if typed.isdigit() and 1 <= int(typed) <= len(choice.options):
        return choice.options[int(typed) - 1].value
    return typed if choice.option(typed) else ""


def _label(option: Option) -> str:
    words = f"{option.label}: {option.note}" if option.note else option.label
    return (
        _("{words} (not now: {reason})").format(words=words, reason=option.disabled)
        if option.disabled
        else words
    )


def _ended() -> NeedsAnswer:
    return NeedsAnswer(
        _("The input ended before this question was answered."),
        hint=_("Run it in a terminal, or use the commands: `sshwizard --help` lists them."),
    )
