"""Every way in which people name where they want to go."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sshwizard.errors import UsageError
from sshwizard.gather import target_of
from sshwizard.machine.machine import Machine


@pytest.fixture
def repository(home: Path) -> Path:
    folder = home / "app"
    run("git", "init", "-q", str(folder))
    run("git", "-C", str(folder), "remote", "add", "backup", "ssh://git@backup.example.org:2222/app.git")
    run("git", "-C", str(folder), "remote", "add", "origin", "git@github.com:team/app.git")
    return folder


def run(*argv: str) -> None:
    subprocess.run(argv, check=True, timeout=20)


@pytest.mark.parametrize(
    ("typed", "destination", "port", "path", "provider"),
    [
        ("web", "web", None, None, None),
        ("joe@host.example.org", "joe@host.example.org", None, None, None),
        ("git@github.com:team/app.git", "git@github.com", None, "team/app.git", "github"),
        ("ssh://git@host.example.org:2222/app.git", "git@host.example.org", "2222", "/app.git", None),
        ("git clone git@github.com:team/app.git", "git@github.com", None, "team/app.git", "github"),
        ("https://github.com/team/app", "git@github.com", None, "team/app.git", "github"),
        ("github", "git@github.com", None, None, "github"),
    ],
)
def test_what_is_typed(
    typed: str, destination: str, port: str | None, path: str | None, provider: str | None, machine: Machine
) -> None:
    target, line = target_of(machine, typed)

    assert line.destination == destination
    assert dict(line.flags).get("-p") == port
    assert (target.typed, target.path, target.provider) == (typed, path, provider)
    assert target.port == int(port or 22)


def test_git_runs_upload_pack(machine: Machine) -> None:
    _target, line = target_of(machine, "git@github.com:team/app.git")

    assert line.command == "git-upload-pack 'team/app.git'"


def test_nothing_typed_means_origin(repository: Path, make_machine: Callable[..., Machine]) -> None:
    (repository / "src").mkdir()
    target, line = target_of(make_machine(cwd=repository / "src"), "")

    assert (target.remote, target.folder, target.path) == ("origin", str(repository), "team/app.git")
    assert line.destination == "git@github.com"


def test_a_remote_by_name_and_a_folder(repository: Path, make_machine: Callable[..., Machine]) -> None:
    inside, outside = make_machine(cwd=repository), make_machine(cwd=repository.parent)

    assert target_of(inside, "backup")[1].flags == (("-p", "2222"),)
    assert target_of(inside, ".")[0].remote == "origin"
    assert target_of(outside, "./app")[0].remote == "origin"
    assert target_of(outside, str(repository))[0].remote == "origin"


def test_gits_own_ssh_options_come_along(repository: Path, make_machine: Callable[..., Machine]) -> None:
    command = "ssh -i '/keys/my key' -oIdentitiesOnly=yes -4"
    machine = make_machine(cwd=repository, env={"GIT_SSH_COMMAND": command})

    assert target_of(machine, "backup")[1].flags == (
        ("-i", "/keys/my key"),
        ("-o", "IdentitiesOnly=yes"),
        ("-4", ""),
        ("-p", "2222"),
    )


def test_an_alias_comes_before_the_host_book(home: Path, machine: Machine) -> None:
    (home / ".ssh").mkdir()
    (home / ".ssh" / "config").write_text("Host github\n  HostName git.example.org\n")

    target, line = target_of(machine, "github")

    assert (target.host, line.destination) == ("github", "github")


@pytest.mark.parametrize(
    "typed", ["", ".", "/nonexistent", "./nothing", "file:///x", "http://", "a b", "-oX"]
)
def test_what_cannot_be_a_target_is_refused_in_words(typed: str, machine: Machine) -> None:
    with pytest.raises(UsageError) as caught:
        target_of(machine, typed)

    assert caught.value.message and caught.value.code


def test_a_repository_without_an_ssh_remote(repository: Path, make_machine: Callable[..., Machine]) -> None:
    for name in ("origin", "backup"):
        run("git", "-C", str(repository), "remote", "remove", name)

    with pytest.raises(UsageError) as caught:
        target_of(make_machine(cwd=repository), "")

    assert caught.value.code == "no-remote"


@pytest.mark.parametrize("typed", ["https://git.heroku.com/app.git", "https://git.heroku.com/"])
def test_a_service_without_git_over_ssh_has_nothing_to_check(typed: str, machine: Machine) -> None:
    with pytest.raises(UsageError) as caught:
        target_of(machine, typed)
    assert "https-only" == caught.value.code
    assert "without any ssh key" in caught.value.message


def test_an_ssh_url_is_handed_on_as_it_stands(machine: Machine) -> None:
    _target, line = target_of(machine, "ssh://joe@host.example.:2222")

    assert "ssh://joe@host.example.:2222" == line.destination
    assert () == line.flags
