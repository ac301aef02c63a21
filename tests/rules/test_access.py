"""What comes after the keys: single sign-on, deploy keys, no access, another error, no login after all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rules.making import answer, case, check, identity, offer, public, reached

from sshwizard.model.finding import Case, Finding
from sshwizard.rules import judge

WORK = public("work")


def visited(**fields: Any) -> Case:
    transcript = reached("accepted", answer("work", "accepted", 1), ssh_key=WORK, **fields)
    return case(
        identities=(identity("work"),),
        offers=(offer(1, "work"),),
        transcript=transcript,
        target={"path": "acme/app.git", "typed": "git@github.com:acme/app.git"},
    )


def first(made: Case) -> Finding:
    return judge(made)[0]


@pytest.mark.parametrize(
    ("fields", "id", "severity", "certainty"),
    [
        ({"access": "sso", "account": "joe"}, "saml-sso-required", "fail", "certain"),
        ({"access": "not_found", "account": "joe"}, "repository-no-access", "fail", "certain"),
        ({"access": "denied", "account": None}, "repository-no-access", "fail", "certain"),
        ({"access": "denied", "account": "acme/other"}, "wrong-account-key", "fail", "certain"),
        ({"access": "read_only", "account": "joe"}, "deploykey-readonly", "info", "certain"),
        ({"access": "unknown", "access_detail": "disk full"}, "auth-ok-other-error", "warn", "likely"),
    ],
)
def test_each_has_its_own_result(fields: dict[str, Any], id: str, severity: str, certainty: str) -> None:
    found = first(visited(**fields))

    assert (id, severity, certainty) == (found.id, found.severity, found.certainty)
    assert found.evidence and "acme/app.git" in found.conclusion or id == "saml-sso-required"


def test_good_access_is_nothing_to_speak_of() -> None:
    assert judge(visited(access="ok", account="joe")) == ()


def test_foreign_words_are_made_harmless() -> None:
    found = first(visited(access="denied", account="joe", access_detail="no\x1b[31m access"))

    assert all("\x1b" not in seen.text for seen in found.evidence)


@pytest.mark.parametrize("code", ["closed", "signature-refused"])
def test_a_login_that_does_not_follow_is_the_accounts_matter(code: str) -> None:
    made = visited()
    assert made.transcript is not None
    session = check("session", "failed", code, "the host hung up.")
    seen = replace(made.transcript, checks=(*made.transcript.checks, session), ssh_outcome="unknown")

    found = first(replace(made, transcript=seen))

    assert ("server-account-config", "fail", "likely") == (found.id, found.severity, found.certainty)
    assert "locked or expired" in found.conclusion
