"""Asking for what must not show: passphrases and tokens. Keeps none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard import apply
from sshwizard.model.steps import AddToAgent, ConvertKey, GenerateKey, UploadKey
from sshwizard.text import _
from sshwizard.wizard import answers

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.model.change import Change
    from sshwizard.model.finding import Fix
    from sshwizard.plain.dialogue import Dialogue
    from sshwizard.secret import Secret
    from sshwizard.wizard.credentials import Login

PASSPHRASE_FLAG = "`--passphrase-fd N` or `--no-passphrase`"
TOKEN_FLAG = "`--token-env VAR`"


def apply_asking(machine: Machine, dialogue: Dialogue, fix: Fix, login: Login | None = None) -> Change:
    """Apply a fix, asking for the secrets that its steps need; `login` is one that was given already."""
    passphrase: Secret | None = None
    token, otp = (login.token, login.otp) if login else (None, None)
    for step in fix.steps:
        if isinstance(step, GenerateKey) and step.encrypted:
            passphrase = new_passphrase(dialogue)
        elif isinstance(step, ConvertKey) and step.encrypted:
            passphrase = old_passphrase(dialogue, machine.shown(step.source))
        elif isinstance(step, AddToAgent) and passphrase is None and is_locked(machine, step.path):
            passphrase = old_passphrase(dialogue, machine.shown(step.path))
        elif isinstance(step, UploadKey) and token is None:
            token = token_for(machine, dialogue, step.provider)
    return apply.apply_fix(machine, fix, passphrase=passphrase, token=token, otp=otp)


def is_locked(machine: Machine, path: str) -> bool:
    """Whether a private half asks for a passphrase, as far as the file tells."""
    from sshwizard.openssh.keys import read_key_file

    return read_key_file(machine.files.look(path)).encrypted is not False


def new_passphrase(dialogue: Dialogue) -> Secret:
    """Ask for the passphrase of a new key, twice; an empty one is an answer too."""
    while True:
        dialogue.say(_("Nothing shows while you type. Enter alone means: no passphrase."))
        first = dialogue.hidden(_("Passphrase"), flag=PASSPHRASE_FLAG)
        dialogue.say(answers.passphrase_strength(first))
        again = dialogue.hidden(_("The same again"), flag=PASSPHRASE_FLAG)
        problem = answers.check_passphrase(first, again)
        if not problem:
            return first
        dialogue.say(problem)


def old_passphrase(dialogue: Dialogue, shown: str) -> Secret:
    """Ask for the passphrase of an existing key."""
    return dialogue.hidden(_("Passphrase of {path}").format(path=shown), flag="`--passphrase-fd N`")


def token_for(machine: Machine, dialogue: Dialogue, provider: str) -> Secret:
    """Return a token that is on the machine already, saying where from, or ask for one."""
    from sshwizard.providers.tokens import find_tokens

    for found in find_tokens(machine, provider)[:1]:
        dialogue.say(_("Using the token found in {where}.").format(where=found.where))
        return found.token
    return ask_token(dialogue, provider)


def ask_token(dialogue: Dialogue, provider: str) -> Secret:
    """Ask for an API token, hidden."""
    from sshwizard.providers.catalogue import find_provider

    known = find_provider(provider)
    if known.token_page:
        dialogue.say(_("A token is made here: {page}").format(page=known.token_page))
    if known.login:
        dialogue.say(
            _("Or leave, log in with `{command}`, and come back: what that keeps is found.").format(
                command=known.login
            )
        )
    while True:
        token = dialogue.hidden(_("{what} (hidden)").format(what=known.token_words), flag=TOKEN_FLAG)
        problem = answers.check_token(token)
        if not problem:
            return token
        dialogue.say(problem)
