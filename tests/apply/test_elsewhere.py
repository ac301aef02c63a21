"""Keys taken off an account and put on a server: journaled, and taken back with the same credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from servers.keys import KeyMaker, Pair
from servers.passwords import LINES, PASSWORD, AccountSshd

from sshwizard import apply
from sshwizard.errors import CannotApply, CannotCheck, Refused
from sshwizard.machine.askpass import Askpass
from sshwizard.machine.machine import Machine
from sshwizard.model.change import Change
from sshwizard.model.finding import Fix
from sshwizard.model.steps import InstallKey, RemoveKey
from sshwizard.practice.account_api import AccountApi
from sshwizard.practice.accounts import Accounts
from sshwizard.secret import Secret


@pytest.fixture
def pair(home: Path, keys: KeyMaker) -> Pair:
    return keys.make(home / ".ssh", "joe", comment="joe@laptop")


def removal(api: AccountApi, id: str, line: str) -> Fix:
    step = RemoveKey(provider="github", api_url=api.url, id=id, title="laptop", public_line=line)
    return Fix(title="Remove laptop", steps=(step,))


def test_a_removed_key_is_put_back_with_the_token(
    accounts: Accounts, api: AccountApi, pair: Pair, machine: Machine
) -> None:
    key = accounts.add("joe", pair.line, "laptop")
    token = Secret(accounts.new_token("joe"))
    done = apply.apply_fix(machine, removal(api, str(key.id), pair.line), token=token)
    gone = accounts.keys_of("joe")
    undone = apply.undo(machine, token=token)

    assert gone == ()
    assert [("removed", "laptop")] == [(one.kind, one.title) for one in done.on_accounts]
    assert ("undone", ()) == (undone.state, undone.on_accounts)
    assert [("laptop", pair.blob)] == [(one.title, one.public.blob) for one in accounts.keys_of("joe")]


def test_without_a_token_the_removal_stays_open_and_names_the_command(
    accounts: Accounts, api: AccountApi, pair: Pair, machine: Machine
) -> None:
    key = accounts.add("joe", pair.line, "laptop")
    token = Secret(accounts.new_token("joe"))
    apply.apply_fix(machine, removal(api, str(key.id), pair.line), token=token)
    with pytest.raises(CannotApply) as caught:
        apply.undo(machine)

    assert "token-missing" == caught.value.code
    assert "sshwizard keys add github FILE.pub" in caught.value.message
    assert "done" == apply.history(machine)[-1].state


def test_a_key_whose_line_is_not_known_cannot_be_put_back_and_undo_says_so(
    accounts: Accounts, api: AccountApi, pair: Pair, machine: Machine
) -> None:
    key = accounts.add("joe", pair.line, "laptop")
    token = Secret(accounts.new_token("joe"))
    done = apply.apply_fix(machine, removal(api, str(key.id), ""), token=token)
    undone = apply.undo(machine)

    assert () == done.on_accounts
    assert "cannot be put on the account again" in undone.notes[0]


def test_a_refused_removal_leaves_the_key_and_no_change(
    accounts: Accounts, api: AccountApi, pair: Pair, machine: Machine
) -> None:
    key = accounts.add("joe", pair.line, "laptop")
    with pytest.raises(Refused) as caught:
        apply.apply_fix(machine, removal(api, str(key.id), pair.line), token=Secret("wrong"))

    assert "token-refused" == caught.value.code
    assert "failed" == apply.history(machine)[-1].state
    assert 1 == len(accounts.keys_of("joe"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AccountSshd]:
    with AccountSshd(tmp_path / "sshd", users=("kim",), extra=LINES) as running:
        yield running


@pytest.fixture
def near(server: AccountSshd, home: Path, make_machine: Callable[..., Machine]) -> Machine:
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    config = server.write_config(home / ".ssh", "box", "IdentitiesOnly yes")
    return make_machine(config=str(config))


def install(pair: Pair) -> Fix:
    step = InstallKey(
        destination="box", flags=(), public_line=pair.line, title="joe@laptop", private_path=str(pair.path)
    )
    return Fix(title="Add it to box", steps=(step,))


def apply_asked(machine: Machine, fix: Fix, answer: Callable[[str], Secret | None]) -> Change:
    with Askpass(answer) as asking:
        asked = replace(machine, env={**machine.env, **asking.env})
        return apply.apply_fix(asked, fix, attached=False)


def test_a_password_is_answered_hidden_and_the_line_is_taken_back_with_the_key_itself(
    server: AccountSshd, near: Machine, pair: Pair
) -> None:
    questions: list[str] = []

    def answer(question: str) -> Secret:
        questions.append(question)
        return Secret(PASSWORD)

    done = apply_asked(near, install(pair), answer)
    there = server.file.read_text()
    undone = apply.undo(near)

    assert len(questions) == 1 and "password" in questions[0]
    assert ("Added to .ssh/authorized_keys of box.",) == done.steps
    assert f"{pair.line}\n" == there
    assert ("undone", "") == (undone.state, server.file.read_text())
    kept = "".join(path.read_text() for path in Path(done.recipe).parent.rglob("*") if path.is_file())
    assert PASSWORD not in kept


def test_a_line_that_cannot_be_taken_back_stays_open(server: AccountSshd, near: Machine, pair: Pair) -> None:
    apply_asked(near, install(pair), lambda _question: Secret(PASSWORD))
    pair.path.unlink()
    left = apply.undo(near)

    assert "interrupted" == left.state
    assert ["server"] == [one.kind for one in left.on_accounts]
    assert "sshwizard keys remove box FILE.pub" in left.notes[0]
    assert f"{pair.line}\n" == server.file.read_text()


def test_declining_to_answer_writes_nothing(server: AccountSshd, near: Machine, pair: Pair) -> None:
    with pytest.raises(CannotCheck):
        apply_asked(near, install(pair), lambda _question: None)

    assert not server.file.exists()
