"""Logs as people send them: the cause comes first, and nothing wrong is ever called certain."""

from __future__ import annotations

import pytest
from rules.stories import STORIES

from sshwizard.logs import read_log
from sshwizard.rules import diagnose_log


@pytest.mark.parametrize("name", STORIES)
def test_the_cause_comes_first(name: str) -> None:
    causes, text = STORIES[name]
    found = diagnose_log(read_log(text))
    ids = [one.id for one in found.findings]

    assert ids[:1] == [] if not causes else ids[0] in causes, ids
    assert (
        found.ask_for
        or any(one.certainty == "certain" for one in found.findings)
        or found.verdict == "healthy"
    )


@pytest.mark.parametrize("name", STORIES)
def test_no_cut_leads_to_a_wrong_certainty(name: str) -> None:
    causes, text = STORIES[name]
    lines = text.splitlines(keepends=True)
    for at in range(len(lines) + 1):
        for part in ("".join(lines[:at]), "".join(lines[at:])):
            found = diagnose_log(read_log(part)).findings
            assert {one.id for one in found if one.certainty == "certain"} <= causes, part
