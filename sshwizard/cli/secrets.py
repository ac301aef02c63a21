"""How a passphrase or a token reaches us: a file descriptor, a named variable, a hidden question. Never argv."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sshwizard import apply
from sshwizard.cli.desk import Desk
from sshwizard.errors import NeedsAnswer, Refused, UsageError
from sshwizard.model.finding import Fix
from sshwizard.model.steps import AddToAgent, ConvertKey, GenerateKey, UploadKey
from sshwizard.plain import asking
from sshwizard.plain.dialogue import Dialogue
from sshwizard.secret import Secret
from sshwizard.text import _
from sshwizard.wizard import answers

if TYPE_CHECKING:
    from sshwizard.model.change import Change
    from sshwizard.providers.tokens import FoundToken

_LONGEST = 4096
Result = TypeVar("Result")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that hand over a passphrase or a token."""
    group = parser.add_argument_group(_("secrets"))
    group.add_argument(
        "--passphrase-fd", type=int, metavar="N", help=_("read the passphrase from file descriptor N")
    )
    group.add_argument("--no-passphrase", action="store_true", help=_("make keys without a passphrase"))
    group.add_argument("--token-env", metavar="VAR", help=_("the variable that holds the API token"))


def apply_with(desk: Desk, fix: Fix) -> Change:
    """Apply a fix with the secrets that its steps need, and note what was done."""
    passphrase = token = None
    for step in fix.steps:
        if isinstance(step, GenerateKey) and step.encrypted:
            passphrase = new_passphrase(desk)
        elif isinstance(step, ConvertKey) and step.encrypted:
            passphrase = old_passphrase(desk, step.source)
        elif isinstance(step, AddToAgent) and asking.is_locked(desk.machine, step.path):
            passphrase = passphrase or old_passphrase(desk, step.path)
        elif isinstance(step, UploadKey):
            token = account_token(desk, step.provider, api_url=step.api_url or None)
    change = apply.apply_fix(desk.machine, fix, passphrase=passphrase, token=token)
    desk.done.append(change.title)
    return change


def new_passphrase(desk: Desk) -> Secret:
    """Get the passphrase for a new key, typed twice. Raises UsageError and NeedsAnswer."""
    if desk.args.passphrase_fd is not None:
        secret = from_descriptor(desk.args.passphrase_fd)
        problem = answers.check_passphrase(secret) or ("" if secret else _("The passphrase is empty."))
        if problem:
            raise UsageError(problem, hint=_("`--no-passphrase` makes a key without one."))
        return secret
    if not desk.may_ask():
        raise NeedsAnswer(
            _("A new key needs a passphrase, or the decision to go without."),
            hint=_("`--passphrase-fd N` hands one over, `--no-passphrase` goes without."),
        )
    return asking.new_passphrase(_dialogue(desk))


def old_passphrase(desk: Desk, path: str) -> Secret:
    """Get the passphrase of an existing key."""
    if desk.args.passphrase_fd is not None:
        return from_descriptor(desk.args.passphrase_fd)
    if not desk.may_ask():
        raise NeedsAnswer(
            _("{path} is locked with a passphrase.").format(path=desk.machine.shown(path)),
            hint=_("`--passphrase-fd N` hands it over."),
        )
    return asking.old_passphrase(_dialogue(desk), desk.machine.shown(path))


def account_token(desk: Desk, provider: str, *, api_url: str | None = None) -> Secret:
    """Get the API token for a provider; see `chosen_token`."""
    return chosen_token(desk, provider, api_url=api_url).token


def chosen_token(desk: Desk, provider: str, *, api_url: str | None = None) -> FoundToken:
    """Get the API token for a provider: the named variable, one already here, or a hidden question.

    Where several were found and somebody can be asked, they choose by place and account; nothing is shown of them.
    """
    from sshwizard.providers.tokens import FoundToken, find_tokens

    variable = getattr(desk.args, "token_env", None)
    if variable:
        value = desk.machine.env.get(variable, "").strip()
        if not value:
            raise UsageError(
                _("The variable {name} is empty or not set.").format(name=variable),
                code="token-missing",
                hint=_("Set and export it first; it holds the token itself."),
            )
        return FoundToken(token=Secret(value), where=_("the variable {name}").format(name=variable))
    from sshwizard.providers.catalogue import find_provider

    known = find_provider(provider)
    found = find_tokens(desk.machine, provider, api_url=api_url)
    if found:
        one = found[0] if len(found) == 1 or not desk.may_ask() or desk.args.yes else _picked(desk, found)
        desk.out.aside(_("Using the token found in {where}.").format(where=one.place))
        return one
    if not desk.may_ask():
        hint = _("Name a variable that holds it with `--token-env VAR`.")
        if known.login:
            hint += " " + _("Or log in with `{command}`: what that keeps is found here.").format(
                command=known.login
            )
        raise NeedsAnswer(
            _("{title} asks for {what}, and none was found.").format(
                title=known.title, what=known.token_words
            ),
            code="token-missing",
            hint=hint,
        )
    return FoundToken(token=asking.ask_token(_dialogue(desk), provider), where="")


def _picked(desk: Desk, found: tuple[FoundToken, ...]) -> FoundToken:
    dialogue = _dialogue(desk)
    dialogue.say(_("Several tokens are on this machine:"))
    dialogue.say(*(f"  {number} {one.place}" for number, one in enumerate(found, 1)))

    def check(typed: str) -> str:
        known = typed.isdecimal() and 1 <= int(typed) <= len(found)
        return "" if known else _("Type a number from 1 to {n}.").format(n=len(found))

    return found[int(dialogue.ask(_("Which one"), default="1", check=check)) - 1]


def with_code(desk: Desk, attempt: Callable[[Secret | None], Result]) -> Result:
    """Do something that may want a second factor: with the code that was named, else once more with one that is asked.

    Raises what the service says.
    """
    named = _code(desk)
    try:
        return attempt(named)
    except Refused as error:
        if error.code != "two-factor-required" or named or not desk.may_ask():
            raise
    return attempt(_dialogue(desk).hidden(_("Code of the second factor"), flag="`--otp-env VAR`"))


def _code(desk: Desk) -> Secret | None:
    name = desk.args.otp_env
    if not name:
        return None
    value = desk.machine.env.get(name, "").strip()
    if not value:
        raise UsageError(
            _("The variable {name} is empty or not set.").format(name=name), code="two-factor-required"
        )
    return Secret(value)


def keep(desk: Desk, provider: str, api_url: str | None, account: str, token: Secret) -> None:
    """Store a token in the system's keychain, as asked; say so, or that there is none."""
    from sshwizard.providers.tokens import keep_token, service_name

    if keep_token(service_name(provider, api_url), account, token):
        desk.out.aside(_("The token is now in the system's keychain; `--forget-token` takes it out."))
    else:
        desk.out.aside(_("This system has no keychain that could keep the token; it was not stored."))


def forget(provider: str, api_url: str | None) -> bool:
    """Take a kept token out of the system's keychain; say whether there was one."""
    from sshwizard.providers.tokens import forget_token, service_name

    return forget_token(service_name(provider, api_url))


def from_descriptor(number: int) -> Secret:
    """Read one line from a file descriptor. Raises UsageError when it cannot be read."""
    try:
        data = os.read(number, _LONGEST)
    except OSError as error:
        raise UsageError(
            _("File descriptor {n} cannot be read: {words}.").format(n=number, words=error.strerror)
        ) from error
    return Secret(data.split(b"\n", 1)[0].rstrip(b"\r").decode("utf-8", "surrogateescape"))


def _dialogue(desk: Desk) -> Dialogue:
    return Dialogue(hidden_input=desk.terminal.hidden_input)
