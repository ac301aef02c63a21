"""Which command is meant by what was typed."""

from __future__ import annotations

import pytest

from sshwizard.cli import commands
from sshwizard.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", "wizard"),
        ("wizard", "wizard"),
        ("init", "setup"),
        ("login github", "setup"),
        ("check", "doctor"),
        ("diagnose x", "doctor"),
        ("ping", "test"),
        ("verify", "test"),
        ("which", "why"),
        ("match", "whoami"),
        ("keys", "keys list"),
        ("key ls", "keys list"),
        ("ssh-keys show k", "keys show"),
        ("ssh-key generate", "keys new"),
        ("keys create", "keys new"),
        ("keys upload github", "keys add"),
        ("keys rm github 1", "keys remove"),
        ("keys delete github 1", "keys remove"),
        ("repair", "fix"),
        ("rollback", "undo"),
        ("restore", "undo"),
        ("analyze -", "log"),
        ("analyse -", "log"),
        ("bundle", "report"),
        ("bugreport", "report"),
        ("bug-report", "report"),
        ("providers", "hosts"),
    ],
)
def test_synonyms_lead_to_the_command(typed: str, meant: str) -> None:
    command, _taken = commands.find(typed.split())

    assert meant == command.name


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        ("doctr", "sshwizard doctor"),
        ("keys lst", "sshwizard keys list"),
        ("keys uplod", "sshwizard keys add"),
        ("confg", "sshwizard config"),
        ("git.example.org", "sshwizard doctor git.example.org"),
    ],
)
def test_a_wrong_guess_says_what_was_meant(typed: str, guess: str) -> None:
    with pytest.raises(UsageError) as caught:
        commands.find(typed.split())

    assert guess in caught.value.hint
    assert caught.value.exit_code == 2


def test_every_command_has_its_functions() -> None:
    from importlib import import_module

    missing = [
        command.name
        for command in commands.COMMANDS
        if not hasattr(import_module(f"sshwizard.cli.{command.module}"), f"run_{command.function}")
    ]

    assert missing == []
