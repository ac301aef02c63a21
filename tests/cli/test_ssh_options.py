"""ssh's own command line after `--`, as ssh's getopt reads it."""

from __future__ import annotations

import pytest

from sshwizard.cli.ssh_options import read_words
from sshwizard.errors import UsageError


def test_options_before_and_after_the_host_keep_their_order() -> None:
    words = read_words(["-p2222", "-o", "IdentitiesOnly=yes", "git@host", "-i", "k", "git-upload-pack", "-x"])

    assert words.destination == "git@host"
    assert words.flags == (("-p", "2222"), ("-o", "IdentitiesOnly=yes"), ("-i", "k"))
    assert words.late == 1
    assert words.command == "git-upload-pack -x"


def test_bundled_letters_are_taken_apart() -> None:
    words = read_words(["ssh", "-4TAl", "git", "-F", "none", "host"])

    assert words.flags == (("-4", ""), ("-T", ""), ("-A", ""), ("-l", "git"))
    assert words.config == "none"
    assert words.destination == "host"


@pytest.mark.parametrize("typed", [["-Z", "host"], ["host", "-p"]])
def test_what_ssh_would_refuse_is_refused(typed: list[str]) -> None:
    with pytest.raises(UsageError):
        read_words(typed)


def test_a_double_dash_ends_the_options() -> None:
    words = read_words(["-v", "--", "host", "ls", "-l"])

    assert (words.destination, words.command) == ("host", "ls -l")


def test_a_double_dash_after_the_host_begins_the_command() -> None:
    words = read_words(["host", "--", "-x", "y"])

    assert (words.destination, words.flags, words.command) == ("host", (), "-x y")
