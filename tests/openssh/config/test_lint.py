"""Remarks about configurations, each with its line."""

from __future__ import annotations

import pytest
from openssh.config.looking import CONFIG, HOME, Shown, environment

from sshwizard.model.lint import LintProblem
from sshwizard.openssh.config import lint

KEY = f"{HOME}/.ssh/key"


def remarks(config: str, *remotes: str, **files: str) -> tuple[LintProblem, ...]:
    contents = {CONFIG: config, KEY: "x", f"{KEY}.pub": "x"}
    contents |= {f"{HOME}/.ssh/{name}": text for name, text in files.items()}
    return lint(environment(), Shown(contents), remotes=remotes)


def found(config: str, *remotes: str, **files: str) -> set[tuple[str, int | None]]:
    return {
        (each.id, each.source.line if each.source else None) for each in remarks(config, *remotes, **files)
    }


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ("Host a\n  UseKeychain yes\n", ("config-unsupported-option", 2)),
        ("Host a\n  Prot 22\n", ("config-unsupported-option", 2)),
        ("PermitRootLogin no\n", ("config-unsupported-option", 1)),
        ("\ufeffHost a\n", ("config-encoding-bom", 1)),
        ("Host a\n  Port x\n", ("config-value", 2)),
        ("Host a\n  User 'x\n", ("config-syntax", 2)),
        ("Match foo\n", ("config-syntax", 1)),
        ("Match host a b c\n", ("config-syntax", 1)),
        ("RSAAuthentication yes\n", ("obsolete-option", 1)),
        ("IgnoreUnknown A\nHost x\nIgnoreUnknown B\n", ("unreachable-line", 3)),
        ("User a\nUser b\n", ("unreachable-line", 2)),
        ("Host a\n  User a\n  User b\n", ("unreachable-line", 3)),
        ("Host *\n  User a\nHost b\n  User b\n", ("order-trap", 4)),
        ("Match all\n  ProxyCommand x\nHost b\n  ProxyJump b\n", ("order-trap", 4)),
        ("Host a\nPort 3\nHost a\nPort 4\n", ("duplicate-host", 3)),
        ("Host a,b\n", ("block-never-matches", 1)),
        ("Host git@a\n", ("block-never-matches", 1)),
        ("Host a:22\n", ("block-never-matches", 1)),
        ("Host !a\n", ("block-never-matches", 1)),
        ("Host https://a\n", ("block-never-matches", 1)),
        ("Host a\n  HostName git@b\n", ("hostname-not-a-name", 2)),
        ("IdentityFile ~/.ssh/none-there\n", ("identityfile-path", 1)),
        ("CertificateFile ~/.ssh/none-there\n", ("certificatefile-missing", 1)),
        ("IdentityFile ~/.ssh/alone.pub\n", ("identityfile-public-half", 1)),
        ('IdentityFile "C:\\Users\\me\\key"\n', ("identityfile-path", 1)),
        ("IdentityFile $HOME/.ssh/key\n", ("identityfile-path", 1)),
        ("IdentityFile %USERPROFILE%/.ssh/key\n", ("identityfile-path", 1)),
        ("IdentityFile \u201c~/.ssh/key\u201d\n", ("identityfile-path", 1)),
        ("Include not-there\n", ("include-missing", 1)),
        ("Host a\n  IdentityFile ~/.ssh/key\n", ("identitiesonly-missing", 1)),
        ("Host a\n  IdentitiesOnly yes\n", ("identitiesonly-without-identityfile", 2)),
        (
            "Host a\n  IdentityFile ~/.ssh/key\n  IdentitiesOnly yes\nHost *\n  IdentityFile ~/.ssh/alone.pub\n",
            ("identityfile-accumulates", 2),
        ),
    ],
)
def test_remark_names_the_line(config: str, wanted: tuple[str, int]) -> None:
    assert wanted in found(config, **{"alone.pub": "x"})


def test_a_block_that_misses_the_remote_it_means() -> None:
    config = "Host work\n  HostName github.com\n  IdentityFile ~/.ssh/key\n  IdentitiesOnly yes\n"

    assert found(config, "github.com") == {("config-host-mismatch", 1)}
    assert found(config, "work") == set()
    assert found(config) == set()


def test_a_careful_configuration_gets_no_remark() -> None:
    config = (
        "IgnoreUnknown UseKeychain\nHost github.com\n  UseKeychain yes\n  User git\n  IdentityFile ~/.ssh/key\n"
        "  IdentitiesOnly yes\nHost *.internal !secret.internal\n  Port 2222\nHost *\n  AddKeysToAgent yes\n"
    )

    assert remarks(config, "github.com") == ()


def test_a_file_for_all_hosts_may_repeat_a_value() -> None:
    assert found("Compression yes\nHost a\n  Compression yes\n") == set()


def test_remarks_come_in_the_order_of_the_files() -> None:
    lines = [
        (each.source.where, each.source.line)
        for each in remarks("Include extra\nPort x\nUser a\nUser b\n", extra="Foo 1\nBar 2\n")
        if each.source
    ]

    assert lines == [(CONFIG, 2), (CONFIG, 4), (f"{HOME}/.ssh/extra", 1), (f"{HOME}/.ssh/extra", 2)]


def test_remarks_are_visible_text() -> None:
    for each in remarks("Host a\n  Foo\x1b[2J bar\n  IdentityFile ~/\x1b[2Jx\nHost \x1b,y\n"):
        assert each.title.isprintable()
        assert each.text.isprintable()
