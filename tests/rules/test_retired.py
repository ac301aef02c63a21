"""Hosts that are not the right ones any more: said before any key talk, mended in the real repository, taken back."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from rules.making import answer, case, identity, offer, public, reached

from sshwizard import check
from sshwizard.apply import apply_fix, undo
from sshwizard.logs import read_log
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Case, Finding
from sshwizard.rules import diagnose_log, judge

Make = Callable[..., Machine]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


def with_remote(repository: Path, url: str, name: str = "production") -> None:
    subprocess.run(["git", "-C", str(repository), "remote", "add", name, url], check=True)


def first(make_machine: Make, repository: Path, typed: str) -> tuple[Machine, Finding]:
    machine = make_machine(cwd=repository)
    found = check.run(machine, check.Request(typed=typed, offline=True)).findings

    return machine, found[0]


def url_of(repository: Path, name: str = "production") -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), "remote", "get-url", name], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("before", "id", "severity", "after"),
    [
        ("git@heroku.com:my-app.git", "transport-retired", "fail", "https://git.heroku.com/my-app.git"),
        ("ssh://git@heroku.com/my-app.git", "transport-retired", "fail", "https://git.heroku.com/my-app.git"),
        ("git@bitbucket.org:team/repo.git", "host-moved", "fail", "git@ssh.bitbucket.org:team/repo.git"),
        (
            "ssh://git@bitbucket.org/team/repo.git",
            "host-moved",
            "fail",
            "git@ssh.bitbucket.org:team/repo.git",
        ),
        ("git@ssh.scalingo.com:my-app.git", "host-moved", "fail", "git@ssh.osc-fr1.scalingo.com:my-app.git"),
        ("git@scalingo.com:my-app.git", "host-moved", "fail", "git@ssh.osc-fr1.scalingo.com:my-app.git"),
    ],
)
def test_the_remote_gets_its_new_address_and_back(
    before: str, id: str, severity: str, after: str, make_machine: Make, repository: Path
) -> None:
    with_remote(repository, before)
    config = (repository / ".git" / "config").read_bytes()
    machine, finding = first(make_machine, repository, "production")
    assert (id, severity) == (finding.id, finding.severity)
    apply_fix(machine, finding.fixes[0])
    assert after == url_of(repository)
    undo(machine.fresh())

    assert config == (repository / ".git" / "config").read_bytes()


def test_an_alias_of_the_host_is_mended_too(make_machine: Make, home: Path, repository: Path) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").write_text("Host heroku.work\n    HostName heroku.com\n    User git\n")
    with_remote(repository, "git@heroku.work:my-app.git")
    machine, finding = first(make_machine, repository, "production")
    apply_fix(machine, finding.fixes[0])

    assert "https://git.heroku.com/my-app.git" == url_of(repository)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        (
            ".netrc",
            "machine git.heroku.com login me password hidden-canary\n",
            "has an entry for git.heroku.com",
        ),
        (
            ".gitconfig",
            '[credential "https://git.heroku.com"]\n\thelper = !heroku git:credentials\n',
            "names a credential helper",
        ),
        ("nothing", "", "heroku login"),
    ],
)
def test_whether_git_will_find_a_password_is_looked_up(
    file: str, text: str, words: str, make_machine: Make, home: Path, repository: Path
) -> None:
    (home / file).write_text(text)
    with_remote(repository, "git@heroku.com:my-app.git")
    _machine, finding = first(make_machine, repository, "production")

    assert words in finding.fixes[0].why
    assert "hidden-canary" not in repr(finding)


@pytest.mark.parametrize("url", ["git@github.com:o/r.git", "git@ssh.bitbucket.org:a/b.git"])
def test_a_right_address_is_not_talked_about(url: str, make_machine: Make, repository: Path) -> None:
    with_remote(repository, url)
    machine = make_machine(cwd=repository)
    found = check.run(machine, check.Request(typed="production", offline=True)).findings

    assert not {"transport-retired", "host-moved"} & {one.id for one in found}


def at(host: str, made: Case) -> Case:
    assert made.plan is not None
    target = dataclasses.replace(made.plan.target, host=host, hostname=host)
    return dataclasses.replace(made, plan=dataclasses.replace(made.plan, target=target))


def test_without_a_repository_it_is_advice() -> None:
    found = judge(at("heroku.com", case(identities=(identity("work"),), offers=(offer(1, "work"),))))

    assert "transport-retired" == found[0].id
    assert "https://git.heroku.com/APP.git" in found[0].fixes[0].command


def test_clever_cloud_s_password_question_is_read_as_an_unknown_key() -> None:
    refused = dataclasses.replace(
        reached("refused", answer("work", "refused", 1)), methods=("publickey", "password")
    )
    made = case(identities=(identity("work"),), offers=(offer(1, "work"),), transcript=refused)
    found = judge(at("push-n3-par-clevercloud-customers.services.clever-cloud.com", made))

    assert "key-not-registered" == found[0].id
    (finding,) = [one for one in found if one.id == "password-for-nothing"]
    assert "push.clever-cloud.com" in " ".join(finding.fixes[0].instructions)


def test_a_key_that_clever_cloud_takes_brings_no_such_word() -> None:
    taken = reached("accepted", answer("work", "accepted", 1), ssh_key=public("work"))
    made = case(identities=(identity("work"),), offers=(offer(1, "work"),), transcript=taken)

    assert "password-for-nothing" not in {one.id for one in judge(at("push.par.clever-cloud.com", made))}


def test_a_log_with_clever_cloud_s_password_question_says_the_same() -> None:
    host = "push-par-clevercloud-customers.services.clever-cloud.com"
    text = f"git@{host}'s password: \nPermission denied, please try again.\n"
    clever = diagnose_log(read_log(text)).findings
    other = diagnose_log(read_log(text.replace(host, "box.example.net"))).findings

    assert "key-not-registered" == clever[0].id
    assert "sshwizard keys add clevercloud" == clever[0].fixes[0].command
    assert not any("does not have for git" in one.conclusion for one in other)
