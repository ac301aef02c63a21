"""Which of the keys that a host takes is wished for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard import check, propose
from sshwizard.machine.machine import Machine
from sshwizard.model.facts import Facts
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Answer, Transcript

Look = Callable[..., tuple[Facts, Plan]]


@pytest.fixture
def look(home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]) -> Look:
    def looked(*names: str, host: str = "github.com", path: str | None = None) -> tuple[Facts, Plan]:
        for name in names:
            keys.make(home / ".ssh", name)
        facts, plan = check.run_plan(make_machine(), check.Request(typed=host))
        return replace(facts, target=replace(facts.target, path=path)), plan

    return looked


def heard(facts: Facts, *known: str, winner: str | None = None, access: str = "unknown") -> Transcript:
    keys = {identity.name: identity.public for identity in facts.identities}
    return Transcript(
        checks=(),
        answers=tuple(Answer(public=keys[name], state="accepted", ms=1, planned=None) for name in known),
        ssh_key=keys[winner] if winner else None,
        access=access,  # type: ignore[arg-type]
    )


def name(facts: Facts, wanted: PublicKey | None) -> str | None:
    return next((one.name for one in facts.identities if wanted and one.public.blob == wanted.blob), None)


@pytest.mark.parametrize(
    ("files", "known", "winner", "path", "wished"),
    [
        (("id_ed25519", "work"), ("work",), None, None, "work"),
        (("id_ed25519", "work"), (), None, None, None),
        (("id_ed25519",), ("id_ed25519",), "id_ed25519", None, None),
        (("id_ed25519", "work"), ("id_ed25519", "work"), "id_ed25519", None, None),
        (("id_ed25519", "acme"), ("id_ed25519", "acme"), "id_ed25519", "acme/app.git", "acme"),
        (("joe", "github"), ("joe", "github"), "joe", None, "github"),
        (("github", "joe"), ("github", "joe"), "github", None, None),
        (("github", "acme-laptop"), ("github", "acme-laptop"), "github", "acme/app.git", "acme-laptop"),
        (("a", "b", "github_b"), ("a", "b", "github_b"), None, None, "github_b"),
    ],
)
def test_the_names_decide(
    files: tuple[str, ...],
    known: tuple[str, ...],
    winner: str | None,
    path: str | None,
    wished: str | None,
    look: Look,
) -> None:
    facts, plan = look(*files, path=path)

    assert name(facts, propose.wanted_key(facts, plan, heard(facts, *known, winner=winner))) == wished


def test_an_account_that_may_not_use_the_repository_is_not_enough(look: Look) -> None:
    facts, plan = look("id_ed25519", "work")
    transcript = heard(facts, "id_ed25519", "work", winner="id_ed25519", access="denied")

    assert name(facts, propose.wanted_key(facts, plan, transcript)) == "work"


def test_a_key_without_private_half_is_not_wished_for(look: Look, home: Path) -> None:
    look("work")
    (home / ".ssh" / "work").unlink()
    facts, plan = look()
    public = facts.identities[0].public
    transcript = Transcript(checks=(), answers=(Answer(public=public, state="accepted", ms=1, planned=None),))

    assert propose.wanted_key(facts, plan, transcript) is None
