"""Each failure that this machine can produce is named from its log alone, and never wrongly with certainty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from logs.inducing import INDUCED, Bench, everything_works
from servers.agent import Agent
from servers.keys import KeyMaker
from servers.namespace import RealSsh
from servers.sshd import Sshd

from sshwizard.logs import read_log
from sshwizard.model.log import LogDiagnosis
from sshwizard.rules import diagnose_log


@pytest.fixture
def bench(
    home: Path,
    keys: KeyMaker,
    start_sshd: Callable[..., Sshd],
    start_agent: Callable[..., Agent],
    real_ssh: RealSsh,
) -> Bench:
    return Bench(home, keys, start_sshd, start_agent, real_ssh)


def diagnose(text: str) -> LogDiagnosis:
    found = diagnose_log(read_log(text))
    assert not [f for f in found.findings if f.id == "rule-crashed"], found.findings
    return found


@pytest.mark.parametrize("name", INDUCED)
def test_the_cause_is_named_and_no_cut_makes_it_surely_wrong(name: str, bench: Bench) -> None:
    induce, cause, certain = INDUCED[name]
    text = induce(bench)
    whole = diagnose(text)

    first = whole.findings[0]
    assert cause == first.id, (text, [(f.id, f.certainty) for f in whole.findings])
    assert ("certain" == first.certainty) is certain, first
    assert first.evidence and all(e.line for e in first.evidence if e.source == "log")
    assert first.fixes
    lines = text.splitlines(keepends=True)
    for end in range(len(lines)):
        for part in ("".join(lines[:end]), "".join(lines[end:])):
            surely = {f.id for f in diagnose(part).findings if f.certainty == "certain"}
            assert surely <= {cause}, (part, surely)


def test_a_login_that_works_is_healthy(bench: Bench) -> None:
    found = diagnose(everything_works(bench))

    assert "healthy" == found.verdict
    assert not [f for f in found.findings if f.severity != "info"]
    assert found.accepted and found.accepted.startswith("SHA256:")


def test_a_log_that_ends_too_early_asks_for_more(bench: Bench) -> None:
    text = INDUCED["unknown key"][0](bench)
    early = text[: text.index("Offering public key")]
    found = diagnose(early)

    assert "cannot_tell" == found.verdict
    assert found.missing and found.ask_for
