"""The README names every finding, in the words of the catalogue."""

from __future__ import annotations

from rules.readme import README, with_table

from sshwizard.rules.catalogue import CATALOGUE


def test_the_table_is_that_of_the_catalogue() -> None:
    text = README.read_text(encoding="utf-8")

    assert text == with_table(text), "python tests/rules/readme.py writes it anew"


def test_every_id_is_there_once() -> None:
    text = README.read_text(encoding="utf-8")

    assert [text.count(f"| `{entry.id}` |") for entry in CATALOGUE] == [1] * len(CATALOGUE)
