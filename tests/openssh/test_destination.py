"""What people paste where a destination is expected."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sshwizard.errors import UsageError
from sshwizard.openssh.destination import Destination, parse_destination

UNDERSTOOD = {
    "github": Destination(scheme="plain", host="github"),
    "git@github.com": Destination(scheme="plain", host="github.com", user="git"),
    "  git@github.com\n": Destination(scheme="plain", host="github.com", user="git"),
    "a@b@host": Destination(scheme="plain", host="host", user="a@b"),
    "host:2222": Destination(scheme="plain", host="host", port=2222),
    "u@host:22": Destination(scheme="plain", host="host", user="u", port=22),
    "host:": Destination(scheme="plain", host="host"),
    "host:80x": Destination(scheme="ssh", host="host", path="80x"),
    "git@github.com:team/repo.git": Destination(
        scheme="ssh", host="github.com", user="git", path="team/repo.git"
    ),
    "github.com:team/repo": Destination(scheme="ssh", host="github.com", path="team/repo"),
    "host:/srv/git/x.git": Destination(scheme="ssh", host="host", path="/srv/git/x.git"),
    "host:~me/x.git": Destination(scheme="ssh", host="host", path="~me/x.git"),
    "git@host:a:b@c/d": Destination(scheme="ssh", host="host", user="git", path="a:b@c/d"),
    "[git@host:2222]:team/x": Destination(scheme="ssh", host="host", user="git", port=2222, path="team/x"),
    "[::1]": Destination(scheme="plain", host="::1"),
    "[::1]:2222": Destination(scheme="plain", host="::1", port=2222),
    "::1": Destination(scheme="plain", host="::1"),
    "fe80::1%eth0": Destination(scheme="plain", host="fe80::1%eth0"),
    "git@[::1]:x/y": Destination(scheme="ssh", host="::1", user="git", path="x/y"),
    "ssh://host": Destination(scheme="ssh", host="host"),
    "ssh://git@host:2222/team/x.git": Destination(
        scheme="ssh", host="host", user="git", port=2222, path="/team/x.git"
    ),
    "ssh://git@[::1]:22/x": Destination(scheme="ssh", host="::1", user="git", port=22, path="/x"),
    "ssh://u%40corp@host/x": Destination(scheme="ssh", host="host", user="u@corp", path="/x"),
    "ssh://git@host:team/x.git": Destination(scheme="ssh", host="host", user="git", path="/team/x.git"),
    "git+ssh://host/x": Destination(scheme="ssh", host="host", path="/x"),
    "SSH://host/x": Destination(scheme="ssh", host="host", path="/x"),
    "https://github.com/team/x.git": Destination(scheme="https", host="github.com", path="/team/x.git"),
    "https://token:secret@github.com/x": Destination(
        scheme="https", host="github.com", user="token", path="/x"
    ),
    "https://host:8443/x": Destination(scheme="https", host="host", port=8443, path="/x"),
    "http://host/x": Destination(scheme="http", host="host", path="/x"),
    "git://host/x": Destination(scheme="git", host="host", path="/x"),
    "file:///srv/x": Destination(scheme="file", host="", path="/srv/x"),
    "/srv/git/x.git": Destination(scheme="file", host="", path="/srv/git/x.git"),
    "./a:b": Destination(scheme="file", host="", path="./a:b"),
    ".": Destination(scheme="file", host="", path="."),
    "<git@github.com:a/b.git>": Destination(scheme="ssh", host="github.com", user="git", path="a/b.git"),
    "'git@github.com:a/b.git'": Destination(scheme="ssh", host="github.com", user="git", path="a/b.git"),
    "git clone git@github.com:a/b.git": Destination(
        scheme="ssh", host="github.com", user="git", path="a/b.git"
    ),
    "$ git clone --depth git@github.com:a/b.git": Destination(
        scheme="ssh", host="github.com", user="git", path="a/b.git"
    ),
    "git remote add origin ssh://git@host/x": Destination(scheme="ssh", host="host", user="git", path="/x"),
    'git clone "git@host:a b.git" there': Destination(scheme="ssh", host="host", user="git", path="a b.git"),
    "ssh -T git@github.com": Destination(scheme="plain", host="github.com", user="git"),
}


@pytest.mark.parametrize("typed", UNDERSTOOD)
def test_pasted_destination_is_taken_apart(typed: str) -> None:
    assert parse_destination(typed) == UNDERSTOOD[typed]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "@host",
        "git@",
        "ssh://",
        "ssh://@host",
        "ssh://host:99999/x",
        "gopher://host",
        "-oProxyCommand=x",
        "git@-x",
        "[::1",
        "[::1]x",
        "ho st:x",
        "$(reboot)",
        "a\tb",
        "host\x1b[2J",
        "a/b",
        "ssh://u%0ax@host",
    ],
)
def test_what_is_no_destination_is_refused_with_a_hint(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_destination(typed)

    assert refused.value.hint
    assert refused.value.message.isprintable()


@settings(max_examples=300, derandomize=True, database=None)
@given(st.text(alphabet=st.sampled_from("ab@:/[].%-~ 1\\\"'$\u00e9\n"), max_size=20))
def test_any_text_is_taken_apart_or_refused(typed: str) -> None:
    try:
        destination = parse_destination(typed)
    except UsageError:
        return

    assert destination.host or destination.scheme == "file"
    assert not destination.host.startswith("-")
