"""A public half goes to an account and, with the token, away from it again."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers.keys import KeyMaker, Pair

from sshwizard import apply
from sshwizard.errors import CannotApply, SshwizardError
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.steps import UploadKey, WriteFile
from sshwizard.practice.account_api import AccountApi
from sshwizard.practice.accounts import Accounts
from sshwizard.secret import Secret


@pytest.fixture
def pair(home: Path, keys: KeyMaker) -> Pair:
    return keys.make(home / ".ssh", "joe")


def upload(api: AccountApi, pair: Pair, *before: WriteFile) -> Fix:
    step = UploadKey(provider="heroku", api_url=api.url, public_line=pair.line, title="laptop")
    return Fix(title="Add the key", steps=(*before, step))


def test_a_key_is_added_and_removed_with_the_token(
    accounts: Accounts, api: AccountApi, pair: Pair, machine: Machine
) -> None:
    token = Secret(accounts.new_token("joe"))
    done = apply.apply_fix(machine, upload(api, pair), token=token)

    assert accounts.account_with(pair.blob) == "joe"
    assert token.reveal() not in "".join(
        path.read_text() for path in Path(done.recipe).parent.rglob("*") if path.is_file()
    )
    apply.undo(machine, token=token)
    assert accounts.account_with(pair.blob) is None


def test_without_a_token_an_upload_is_not_called_taken_back(
    accounts: Accounts, api: AccountApi, pair: Pair, machine: Machine
) -> None:
    apply.apply_fix(machine, upload(api, pair), token=Secret(accounts.new_token("joe")))
    with pytest.raises(CannotApply) as caught:
        apply.undo(machine)

    assert "token-missing" == caught.value.code
    assert "sshwizard keys remove heroku" in caught.value.message
    assert "done" == apply.history(machine)[-1].state
    assert accounts.account_with(pair.blob) == "joe"


def test_the_rest_is_taken_back_and_the_change_stays_open_until_the_key_is_gone(
    accounts: Accounts, api: AccountApi, pair: Pair, home: Path, machine: Machine
) -> None:
    new = WriteFile(path=str(home / ".ssh" / "config"), before=None, after=b"Host b\n")
    token = Secret(accounts.new_token("joe"))
    apply.apply_fix(machine, upload(api, pair, new), token=token)
    partly = apply.undo(machine)
    assert not (home / ".ssh" / "config").exists()
    assert ("interrupted", 1) == (partly.state, len(partly.on_accounts))
    assert any("sshwizard keys remove heroku" in note for note in partly.notes)
    assert accounts.account_with(pair.blob) == "joe"
    whole = apply.undo(machine, token=token)

    assert ("undone", ()) == (whole.state, whole.on_accounts)
    assert accounts.account_with(pair.blob) is None


def test_a_wrong_token_leaves_the_change_open(
    accounts: Accounts, api: AccountApi, pair: Pair, machine: Machine
) -> None:
    apply.apply_fix(machine, upload(api, pair), token=Secret(accounts.new_token("joe")))
    left = apply.undo(machine, token=Secret("wrong"))

    assert "interrupted" == left.state
    assert accounts.account_with(pair.blob) == "joe"


@pytest.mark.parametrize("token", [None, Secret("wrong")])
def test_a_refused_upload_takes_the_steps_before_it_back(
    token: Secret | None, api: AccountApi, pair: Pair, home: Path, machine: Machine
) -> None:
    new = WriteFile(path=str(home / ".ssh" / "config"), before=None, after=b"Host b\n")
    with pytest.raises(SshwizardError) as caught:
        apply.apply_fix(machine, upload(api, pair, new), token=token)

    assert caught.value.code in ("token-missing", "token-refused")
    assert isinstance(caught.value, CannotApply) == (token is None)
    assert not (home / ".ssh" / "config").exists()
