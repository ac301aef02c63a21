"""`hosts NAME` as people read it: the address of the host they named, what is over, which host keys count, 80 wide."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("heroku", ["none for git since 2021-11-30", "https://git.heroku.com/PATH", "no longer used"]),
        ("ssh.osc-secnum-fr1.scalingo.com", ["git@ssh.osc-secnum-fr1.scalingo.com:22", "D2pGNXIDrEREqRUlElMDGQPkGK641e"]),
        ("sshgateway-clevercloud-customers.services.clever-cloud.com", ["ssh@sshgateway-", "user name    ssh"]),
        ("clevercloud", ["a third party's word only", "push.*.clever-cloud.com", "A password prompt means"]),
        ("bitbucket", ["git@ssh.bitbucket.org:22", "moved", "not to be trusted any more", "names the account at times"]),
        ("altssh.gitlab.com", ["git@altssh.gitlab.com:443"]),
        ("scalingo.com", ["scalingo.com: git@scalingo.com was", "ssh.osc-secnum-fr1.scalingo.com"]),
        ("codecommit", ["not the same for everybody"]),
        ("gitea", ["of the instance"]),
    ],
)  # fmt: skip
def test_a_page_says_what_counts(typed: str, says: list[str], run_here) -> None:
    answer = run_here("hosts", typed)

    assert 0 == answer.code
    assert [] == [part for part in says if part not in answer.out]


@pytest.mark.parametrize("typed", ["heroku", "scalingo", "bitbucket", "clevercloud", "codecommit", "github"])
def test_only_what_cannot_be_broken_is_wider_than_the_screen(typed: str, run_here) -> None:
    lines = run_here("hosts", typed).out.splitlines()

    assert [] == [line for line in lines if len(line) > 80 and "://" not in line and "ssh@" not in line]


def test_host_keys_in_use_come_before_those_that_were_replaced(run_here) -> None:
    out = run_here("hosts", "bitbucket").out

    assert out.rindex("in use (") < out.index("replaced:")
