"""The small readers: patterns, tokens, lines, numbers, addresses."""

from __future__ import annotations

import time

import pytest

from sshwizard.openssh.config.address import canonical_address, in_network
from sshwizard.openssh.config.lines import keyword_and_rest, split_words, trim_end
from sshwizard.openssh.config.numbers import NotANumber, decimal_seconds, seconds, size
from sshwizard.openssh.config.versions import default_identities, parse_version
from sshwizard.openssh.patterns import match_list, match_pattern
from sshwizard.openssh.tokens import CannotExpand, expand_both, expand_tilde, expand_tokens


@pytest.mark.parametrize(
    ("text", "pattern", "matches"),
    [
        ("web1", "web?", True),
        ("web", "web?", False),
        ("a.b.c", "*.c", True),
        ("", "*", True),
        ("", "?", False),
        ("abc", "a**c", True),
        ("[a]", "[a]", True),
        ("a", "[a]", False),
        ("\u00e9", "??", True),
        ("abcabd", "*ab?", True),
        ("mississippi", "m*iss*ip?i", True),
    ],
)
def test_pattern(text: str, pattern: str, matches: bool) -> None:
    assert match_pattern(text, pattern) is matches


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    start = time.perf_counter()
    match_pattern("a" * 5000, "*a" * 200 + "b")

    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("patterns", "result"),
    [
        ("a,b", True),
        ("!a,*", None),
        ("*,!a", None),
        ("!b,a", True),
        ("!b", False),
        ("", False),
        ("x" * 1100 + ",a", False),
    ],
)
def test_pattern_list(patterns: str, result: bool | None) -> None:
    assert match_list("a", patterns) is result


def test_tokens_are_expanded_once() -> None:
    assert expand_tokens("%h-%%h", {"h": "%h"}) == "%h-%h"
    assert expand_both("${A}%h", {"h": "x"}, {"A": "%h"}) == "%hx"


@pytest.mark.parametrize("text", ["%", "a%", "%z", "${A", "${}", "${NOPE}"])
def test_what_cannot_be_expanded_is_refused(text: str) -> None:
    with pytest.raises(CannotExpand):
        expand_both(text, {"h": "x"}, {})


def test_tilde() -> None:
    assert expand_tilde("~", "/h", {}) == "/h/"
    assert expand_tilde("~//a", "/h/", {}) == "/h/a"
    assert expand_tilde("~u/a", "/h", {"u": "/u"}) == "/u/a"
    assert expand_tilde("a~", "/h", {}) == "a~"


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("Port 22", ("Port", "22")),
        ("  Port = 22", ("Port", "22")),
        ("Port=22", ("Port", "22")),
        ('"Port" 22', ("Port", "22")),
        ("Port", ("Port", None)),
        ("# x", None),
        ('"x', None),
        ("User == x", ("User", "= x")),
    ],
)
def test_keyword(line: str, cut: tuple[str, str | None] | None) -> None:
    assert keyword_and_rest(trim_end(line)) == cut


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a  b\tc", ["a", "b", "c"]),
        ("a #b", ["a"]),
        ("a#b", ["a#b"]),
        ("\"a b\"'c d'", ["a bc d"]),
        ("a\\ b \\x \\\\", ["a b", "\\x", "\\"]),
        ('"" x', ["", "x"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("90", 90, 90),
        ("1h30m", 5400, 5400),
        ("1.5", None, 1),
        ("+5", 5, None),
        ("5y", None, None),
        ("", None, None),
        ("1h 30m", 5400, None),
    ],
)
def test_times(text: str, old: int | None, new: int | None) -> None:
    assert seconds(text) == old
    assert decimal_seconds(text) == new


@pytest.mark.parametrize(
    ("text", "number"), [("16", 16), ("1K", 1024), ("1.5k", 1536), ("4G", 4 << 30), ("-1", -1)]
)
def test_sizes(text: str, number: int) -> None:
    assert size(text) == number


@pytest.mark.parametrize("text", ["1x", "1KB", "99E", "1.2.3"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(NotANumber):
        size(text)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("010.0.0.7", "8.0.0.7"),
        ("0x7f.1", "127.0.0.1"),
        ("1", "0.0.0.1"),
        ("1.2.3.4.5", None),
        ("256.1.1.1", None),
        ("FE80::0:1", "fe80::1"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("1:2:3:4:5:6:7:8:9", None),
        ("web1", None),
    ],
)
def test_addresses(name: str, address: str | None) -> None:
    assert canonical_address(name, None) == address


def test_networks() -> None:
    assert in_network("10.1.2.3", "10.0.0.0/8")
    assert not in_network("10.1.2.3", "::/0")
    assert in_network("fe80::1%eth0", "fe80::/10")
    with pytest.raises(ValueError, match="Inconsistent"):
        in_network("10.1.2.3", "10.0.0.1/8")


def test_versions() -> None:
    debian = parse_version("OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19")
    windows = parse_version("OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2")

    assert (debian.release, debian.debian, debian.update, debian.name) == ((9, 2), True, 10, "OpenSSH_9.2p1")
    assert (windows.release, windows.windows, windows.apple) == ((9, 5), True, False)
    assert default_identities(parse_version("OpenSSH_7.4p1"))[0] == "identity"
    assert "id_dsa" not in default_identities(parse_version("OpenSSH_10.1p1"))
