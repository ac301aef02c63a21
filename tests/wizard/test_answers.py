"""What a person types is checked with a sentence, never with an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sshwizard.machine.files import Files
from sshwizard.secret import Secret
from sshwizard.wizard import answers


@pytest.mark.parametrize(
    "typed", ["github.com", "git@host:app.git", "ssh://git@host:2222/x", "work", "joe@h"]
)
def test_destinations_of_ssh_are_taken(typed: str) -> None:
    assert answers.check_host(typed) == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Type a host"), ("  ", "Type a host"), ("https://github.com/a/b", "does not use SSH")],
)
def test_other_destinations_are_told_why_not(typed: str, said: str) -> None:
    assert said in answers.check_host(typed)


@given(st.text(max_size=60))
def test_any_text_gets_a_sentence_and_no_exception(typed: str) -> None:
    said = (
        answers.check_host(typed),
        answers.check_comment(typed),
        answers.check_title(typed),
        answers.check_key_path(typed, home="/nonexistent", cwd="/", files=Files()),
        answers.check_passphrase(Secret(typed)),
        answers.check_token(Secret(typed)),
        answers.passphrase_strength(Secret(typed)),
    )

    assert all(isinstance(sentence, str) for sentence in said)
    assert not typed or len(typed) < 5 or typed not in said[-1]


def test_a_key_never_takes_the_place_of_a_file(home: Path) -> None:
    ssh = home / ".ssh"
    ssh.mkdir()
    (ssh / "mine").write_text("x")
    (ssh / "half.pub").write_text("x")
    (ssh / "folder").mkdir()

    def said(typed: str) -> str:
        return answers.check_key_path(typed, home=str(home), cwd=str(home), files=Files())

    assert said("~/.ssh/new") == said("new") == ""
    assert "never overwritten" in said("mine")
    assert "never overwritten" in said("half")
    assert "is a folder" in said("folder")
    assert "without `.pub`" in said("new.pub")
    assert "no folder" in said("~/nowhere/new")
    assert "quotes" in said("a%b")


def test_a_missing_ssh_folder_is_made_later(home: Path) -> None:
    assert answers.check_key_path("new", home=str(home), cwd="/", files=Files()) == ""


@pytest.mark.parametrize(
    ("first", "again", "said"),
    [
        ("", "", ""),
        ("abcd", "abcd", "at least 5"),
        ("abcde", "abcdf", "differ"),
        ("", "x", "differ"),
        ("abcde", "abcde", ""),
    ],
)
def test_passphrases_are_long_enough_and_alike(first: str, again: str, said: str) -> None:
    result = answers.check_passphrase(Secret(first), Secret(again))

    assert said in result and bool(said) == bool(result)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("abc", "too short"),
        ("aaaaaaaaaaaa", "weak"),
        ("password1", "weak"),
        ("Tr0ub4dor", "fair"),
        ("correct horse battery", "strong"),
        ("", "none"),
    ],
)
def test_strength_is_said_in_a_word(text: str, word: str) -> None:
    assert word in answers.passphrase_strength(Secret(text))
