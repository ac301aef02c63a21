"""What hosts say after a login, in their own words."""

from __future__ import annotations

import pytest

from sshwizard.probe import greeting


@pytest.mark.parametrize(
    ("host", "text", "account"),
    [
        (
            "github.com",
            "Hi joe! You've successfully authenticated, but GitHub does not provide shell access.",
            "joe",
        ),
        (
            "ghe.example",
            "Hi joe! You've successfully authenticated, but GitHub does not provide shell access.",
            "joe",
        ),
        ("gitlab.com", "Welcome to GitLab, @joe.doe!", "joe.doe"),
        ("git.example", "Welcome to GitLab, @joe!", "joe"),
        (
            "codeberg.org",
            "Hi there, joe! You've successfully authenticated with the key named laptop, but Forgejo does not",
            "joe",
        ),
        ("bitbucket.org", "authenticated via ssh key.\n\nYou can use git to connect to Bitbucket.", None),
        ("git.example", "logged in as joe.\n\nYou can use git or hg", "joe"),
        (
            "git.example",
            "PTY allocation request failed\nhello joe, this is git@host running gitolite3 3.6",
            "joe",
        ),
        ("ssh.dev.azure.com", "remote: Shell access is not supported.", None),
        ("host.example", "Last login: today", None),
    ],
)
def test_the_account_is_read_from_the_greeting(host: str, text: str, account: str | None) -> None:
    assert greeting.account(text, host) == account


@pytest.mark.parametrize(
    ("out", "err", "access"),
    [
        (b"01010a1b refs/heads/main\0caps\n0000", b"", "ok"),
        (b"0000", b"", "ok"),
        (b"003fERR Repository not found.", b"", "not_found"),
        (b"", b"ERROR: Repository not found.\n", "not_found"),
        (b"", b"ERROR: The key you are authenticating with has been marked as read only.\n", "read_only"),
        (b"", b"remote: This deploy key does not have write access to this project.\n", "read_only"),
        (b"", b"ERROR: The 'acme' organization has enabled or enforced SAML SSO.\n", "sso"),
        (b"", b"FATAL: R any secret joe DENIED by fallthru\n(or you mis-spelled the reponame)\n", "denied"),
        (
            b"",
            b"remote: ========\nremote: \nremote: You are not allowed to access this project.\nremote:\n",
            "denied",
        ),
        (b"", b"fatal: '/srv/x' does not appear to be a git repository\n", "not_found"),
        (b"", b"", "unknown"),
    ],
)
def test_access_is_read_from_what_git_would_show(out: bytes, err: bytes, access: str) -> None:
    assert greeting.access(out, err)[0] == access


def test_the_words_shown_are_the_ones_that_matter() -> None:
    words = greeting.access(
        b"", b"remote: ========\nremote: ERROR: Repository not found.\nremote: ========\n"
    )

    assert words == ("not_found", "ERROR: Repository not found.")
    assert greeting.first_words("PTY failed\nHi joe! You've \x1b[31m\n") == "Hi joe! You've \\x1b[31m"
