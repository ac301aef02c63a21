"""Prose is passed over fast; nothing that another reader would take may be lost on that way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sshwizard.logs import recognise, surroundings
from sshwizard.logs.lines import tidy

WORDS = st.sampled_from(
    [
        "the", "build", "was", "finished", "because", "of", "a", "host", "Host", "key", "user", "User=git", "port", "22",
        "$", "#", "git", "push", "ssh", "ssh.exe", "sudo", "ls", "id_rsa.pub", "127.0.0.1", "::1", "0.0.0.0", "github.com", "a@b.c:d/e",
        "https://x.org/y", "-rw-------", "drwx------", "-----BEGIN", "PRIVATE", "KEY-----", "SHA256:" + "A" * 43, "MD5:" + "0" * 47,
        "OpenSSH_9.2p1", "PuTTY_Release_0.78", "Using", "username", '"joe"', "login", "as:", "debug1:", "sshd:", "sshd[12]:", "(fetch)", "(push)",
        "&gt;", "<br>", "\x1b[31m", "[...]", "...", "Invalid", "Failed", "Permission", "denied", "(publickey).", "Nov", "21", "12:00:33", "\r",
    ]
)  # fmt: skip
LINES = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)


@given(line=LINES)
def test_a_line_passed_over_as_prose_means_nothing_to_the_slow_readers(line: str) -> None:
    words = line.split()
    if not words or not recognise._is_plain(line, words):
        return

    tidied = tidy(line)

    assert tidied == line.rstrip("\r")
    assert surroundings.read(tidied, words) == []
    assert recognise._rest(tidied, words, remarks=False) is None
    assert recognise._by_anchor(recognise.ANCHORS, tidied, words) is None
    assert recognise._by_anchor(recognise.SERVER_ANCHORS, tidied, words) is None
    assert recognise._CLIENT.search(tidied) is None


@given(line=LINES)
def test_prose_gives_the_same_remark_as_the_slow_way(line: str) -> None:
    found = recognise.recognise(line, remarks=True)
    without = recognise.recognise(line, remarks=False)

    remarked = found is not None and ("remark", {}) in found[1]
    rest = [event for event in (found[1] if found else []) if event != ("remark", {})]
    assert rest == (without[1] if without else [])
    if remarked and not rest:
        assert surroundings.remark(tidy(line)[:400])


def test_sentences_are_plain_and_log_lines_are_not() -> None:
    sentences = ["It worked for me until last week.", "Nobody here knows what to do, sorry."]
    lines = [
        "debug1: Offering public key: x",
        "$ git push",
        "Host github.com\tand more",
        "see joe@example.com for it",
    ]

    assert all(recognise._is_plain(line, line.split()) for line in sentences)
    assert not any(recognise._is_plain(line, line.split()) for line in lines)
