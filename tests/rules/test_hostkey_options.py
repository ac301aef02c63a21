"""The findings about a host key where other options than known_hosts decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rules.making import answer, case, check, identity, offer, public, reached, stopped

from sshwizard.model.finding import Finding
from sshwizard.model.transcript import HostKeySeen
from sshwizard.rules import judge


def found(seen: HostKeySeen, **options: str) -> Finding:
    stops = seen.state in ("changed", "revoked")
    whole = reached("accepted", answer("work", "accepted", 1), ssh_key=public("work"), host_key=seen)
    cut = stopped(check("hostkey", "failed", f"hostkey-{seen.state}"), host_key=seen)
    made = case(
        identities=(identity("work"),),
        offers=(offer(1, "work"),),
        transcript=replace(cut if stops else whole, address="198.51.100.7:22"),
        options=options,
    )
    return next(finding for finding in judge(made) if finding.id.startswith("hostkey-"))


def shown(state: Any, **fields: Any) -> HostKeySeen:
    return HostKeySeen(
        public=public("host"), state=state, **{"where": "/home/joe/.ssh/known_hosts:3", **fields}
    )


@pytest.mark.parametrize(
    ("strict", "batch", "severity", "words"),
    [
        ("ask", "no", "warn", "asks first"),
        ("ask", "yes", "fail", "stops there"),
        ("yes", "no", "fail", "stops there"),
        ("accept-new", "no", "fail", "stops there"),
        ("no", "no", "warn", "goes on"),
    ],
)
def test_another_key_for_the_address(strict: str, batch: str, severity: str, words: str) -> None:
    finding = found(shown("known", because="other-at-address"), stricthostkeychecking=strict, batchmode=batch)

    assert (finding.id, finding.severity) == ("hostkey-changed", severity)
    assert words in finding.conclusion and "198.51.100.7" in finding.conclusion
    assert finding.fixes[0].command.startswith("ssh-keygen -R")


@pytest.mark.parametrize(
    ("because", "words"),
    [("list", "lists as revoked"), ("unreadable-list", "takes no host key at all"), ("", "marks as revoked")],
)
def test_who_revokes_a_key_is_said(because: Any, words: str) -> None:
    finding = found(shown("revoked", because=because, where="/home/joe/revoked"))

    assert (finding.id, finding.severity) == ("hostkey-revoked", "fail")
    assert words in finding.conclusion


@pytest.mark.parametrize(
    ("strict", "words"),
    [
        ("yes", "does not connect"),
        ("ask", "do not answer yes"),
        ("accept-new", "records it"),
        ("no", "it goes on"),
    ],
)
def test_a_key_revoked_without_the_port_is_a_finding_whatever_ssh_does(strict: str, words: str) -> None:
    state = "unknown" if strict == "accept-new" else "revoked"
    finding = found(shown(state, because="revoked-without-port"), stricthostkeychecking=strict)

    assert (finding.id, finding.severity) == ("hostkey-revoked", "fail")
    assert words in finding.conclusion and "known_hosts:3" in finding.conclusion


@pytest.mark.parametrize("strict", ["no", "accept-new"])
def test_no_question_is_promised_where_ssh_asks_none(strict: str) -> None:
    finding = found(shown("unknown"), stricthostkeychecking=strict)

    assert "without a question" in finding.conclusion


@pytest.mark.parametrize("state", ["unknown", "changed"])
def test_what_else_ssh_would_ask_is_named(state: Any) -> None:
    assert "ssh would also ask VerifyHostKeyDNS" in found(shown(state, unasked="VerifyHostKeyDNS")).conclusion


def test_a_changed_key_that_ssh_is_told_to_take() -> None:
    assert "it goes on" in found(shown("changed"), stricthostkeychecking="no").conclusion


@pytest.mark.parametrize(
    ("layer", "code", "id"),
    [
        ("kex", "hostkey-too-short", "alg-hostkey-mismatch"),
        ("kex", "protocol", "net-ssh-filtered"),
        ("banner", "old-protocol", "alg-kex-mismatch"),
        ("banner", "tls-answer", "wrong-host-reached"),
        ("banner", "max-startups", "server-busy"),
        ("kex", "own-limit", "own-limit"),
        ("userauth", "timeout", "login-breaks-off"),
        ("userauth", "closed", "login-breaks-off"),
        ("session", "timeout", "login-breaks-off"),
        ("session", "closed", "server-account-config"),
    ],
)
def test_the_layer_that_fails_first_has_its_finding(layer: str, code: str, id: str) -> None:
    made = case(
        identities=(identity("work"),),
        offers=(offer(1, "work"),),
        transcript=stopped(check(layer, "failed", code, "words")),
        options={"requiredrsasize": "4096"},
    )

    finding = judge(made)[0]

    assert (finding.id, finding.severity) == (id, "warn" if id == "own-limit" else "fail")
    assert "words" in finding.conclusion + finding.evidence[0].text
