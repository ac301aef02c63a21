"""`hosts NAME` as people read it: the address of the host they named, what is over, which host keys count, 80 wide."""

from __future__ import annotations

from pathlib import Path

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


OWN = """
[[provider]]
name = "work"
kind = "forgejo"
api_url = "https://git.example.org"
port = 2222
rsa_min = 2048
"""


@pytest.fixture
def own(home: Path) -> Path:
    file = home / ".config" / "sshwizard" / "providers.toml"
    file.parent.mkdir(parents=True)
    file.write_text(OWN)
    return file


def test_your_own_instances_come_first_with_where_they_are_from(run, own: Path) -> None:
    lines = [line.split() for line in run("hosts").out.splitlines()]
    listed = run("hosts", "--json").object

    assert ["yours", "speaks", "like", "ssh", "from"] == lines[0]
    assert ["work", "Gitea", "git@git.example.org:2222", "~/.config/sshwizard/providers.toml"] == lines[1]
    assert [("work", str(own))] == [(one["name"], one["where"]) for one in listed["own"]]
    assert "work" not in [one["name"] for one in listed["hosts"]]


@pytest.mark.parametrize("typed", ["work", "git.example.org"])
def test_one_of_your_own_is_shown_by_its_name_and_by_its_host(typed: str, run, own: Path) -> None:
    out = run("hosts", typed).out
    found = run("hosts", typed, "--json").object

    assert "from ~/.config/sshwizard/providers.toml" in out and "2048 bits or more" in out
    assert ([], 2222, "gitea") == (found["hosts"], found["own"][0]["port"], found["own"][0]["kind"])


def test_a_file_of_own_instances_that_is_damaged_does_not_hide_the_book(run, own: Path) -> None:
    own.write_text("[[provider]]\nname = 3\n")
    answer = run("hosts")

    assert answer.code == 0 and "github" in answer.out
    assert "providers.toml cannot be used" in answer.err
