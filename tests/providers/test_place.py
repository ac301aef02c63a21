"""From what people type to where the key goes: services, hosts, remotes, aliases, own instances, servers, pages."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sshwizard.errors import UsageError
from sshwizard.machine.machine import Machine
from sshwizard.providers.own import own_instances
from sshwizard.providers.place import Login, find_place

Make = Callable[..., Machine]
OWN = """
[[provider]]
name = "work"
kind = "gitlab"
api_url = "https://git.example.org/gitlab"
ssh_host = "ssh.example.org"
port = 2222

[[provider]]
name = "forge"
kind = "forgejo"
api_url = "https://forge.example.org"
rsa_min = 2048
"""


@pytest.fixture
def owned(home: Path, make_machine: Make) -> Machine:
    write_own(home, OWN)
    return make_machine()


def write_own(home: Path, text: str | bytes) -> None:
    file = home / ".config" / "sshwizard" / "providers.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    ("typed", "provider", "api_url"),
    [
        ("github", "github", None),
        ("github.com", "github", None),
        ("git@github.com", "github", None),
        ("git@github.com:o/r.git", "github", None),
        ("ssh://git@ssh.github.com:443/o/r.git", "github", None),
        ("https://github.com/o/r", "github", None),
        ("acme.ghe.com", "github", "https://api.acme.ghe.com"),
        ("ssh.osc-fr1.scalingo.com", "scalingo", None),
        ("git+ssh://git@push-n3-par-clevercloud-customers.services.clever-cloud.com/app_1.git", "clevercloud", None),
        ("git@heroku.com:app.git", "heroku", None),
        ("gitea.com", "gitea", "https://gitea.com"),
        ("codeberg.org", "codeberg", None),
        ("APKAX@git-codecommit.eu-west-1.amazonaws.com", "codecommit", None),
        ("git-codecommit.us-gov-west-1.amazonaws.com", "codecommit", "https://iam.us-gov.amazonaws.com"),
        ("git-codecommit.cn-north-1.amazonaws.com.cn", "codecommit", "https://iam.cn-north-1.amazonaws.com.cn"),
        ("work", "gitlab", "https://git.example.org/gitlab"),
        ("git@ssh.example.org:group/repo.git", "gitlab", "https://git.example.org/gitlab"),
        ("ssh://git@ssh.example.org:2222/group/repo.git", "gitlab", "https://git.example.org/gitlab"),
        ("forge.example.org", "gitea", "https://forge.example.org"),
    ],
)  # fmt: skip
def test_it_leads_to_an_account(typed: str, provider: str, api_url: str | None, owned: Machine) -> None:
    found = find_place(owned, typed)

    assert ("api", provider, api_url) == (found.kind, found.provider, found.api_url)


@pytest.mark.parametrize(
    ("typed", "destination", "flags"),
    [
        ("kim@box", "kim@box", ()),
        ("kim@box.example.net", "kim@box.example.net", ()),
        ("ssh://kim@box.example.net:2222", "kim@box.example.net", ("-p", "2222")),
        ("box.example.net", "box.example.net", ()),
    ],
)
def test_it_leads_to_a_server(typed: str, destination: str, flags: tuple[str, ...], machine: Machine) -> None:
    found = find_place(machine, typed)

    assert ("server", destination, flags) == (found.kind, found.destination, found.flags)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("azure-devops", "azure-devops"),
        ("git@ssh.dev.azure.com:v3/org/p/r", "azure-devops"),
        ("launchpad", "launchpad"),
        ("kim@git.launchpad.net", "launchpad"),
        ("git@forge.unknown.test:o/r.git", "forge.unknown.test"),
        ("git@forge.unknown.test", "forge.unknown.test"),
        ("https://forge.unknown.test/o/r.git", "forge.unknown.test"),
    ],
)
def test_it_leads_to_a_page(typed: str, name: str, machine: Machine) -> None:
    found = find_place(machine, typed)

    assert ("page", name) == (found.kind, found.name)


@pytest.mark.parametrize("typed", ["githob", "nosuchthing", "home"])
def test_a_word_that_names_nothing_is_said(typed: str, machine: Machine) -> None:
    with pytest.raises(UsageError) as caught:
        find_place(machine, typed)

    assert caught.value.hint
    assert typed != "githob" or "github" in caught.value.hint


def test_an_alias_is_what_ssh_makes_of_it(machine: Machine) -> None:
    logins = {"gh": Login(host="github.com", user="git"), "box": Login(host="10.0.0.7", user="kim")}
    found = find_place(machine, "gh", login_at=logins.get)
    server = find_place(machine, "box", login_at=logins.get)

    assert ("api", "github") == (found.kind, found.provider)
    assert ("server", "box") == (server.kind, server.destination)


def test_a_remote_s_name_leads_to_its_host(make_machine: Make, tmp_path: Path) -> None:
    for command in (["init", "-q"], ["remote", "add", "production", "git@ssh.osc-fr1.scalingo.com:app.git"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)

    assert "scalingo" == find_place(make_machine(cwd=tmp_path), "production").provider


def test_the_practice_host_has_its_own_account(make_machine: Make) -> None:
    machine = make_machine(env={"SSHWIZARD_PRACTICE_URL": "http://127.0.0.1:4711"})
    found = find_place(machine, "git@practice:anna/repo.git")

    assert ("api", "practice", "http://127.0.0.1:4711") == (found.kind, found.provider, found.api_url)


def test_an_own_instance_brings_its_page_and_rule(owned: Machine) -> None:
    work, forge = own_instances(owned)

    assert (2222, "git", "https://git.example.org/gitlab/-/user_settings/ssh_keys") == (
        work.port,
        work.user,
        work.key_page,
    )
    assert ("gitea", 2048, 22) == (forge.provider, forge.rsa_min, forge.port)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[provider]\n", "line 1"),
        (b"\xff\xfe", "utf-8"),
        ("[work]\n", "[[provider]]"),
        ("provider = 3\n", "[[provider]]"),
        ('[[provider]]\nname = "x"\nkind = "gitlab"\n', "`api_url` is missing"),
        ('[[provider]]\nname = "x"\nkind = "gitfoo"\napi_url = "https://x.test"\n', "gitfoo"),
        ('[[provider]]\nname = "x"\nkind = "gitlab"\napi_url = "x.test"\n', "web address"),
        ('[[provider]]\nname = "x"\nkind = "gitlab"\napi_url = "https://x.test"\ntoken = "t"\n', "`token`"),
        ('[[provider]]\nname = "x"\nkind = "gitlab"\napi_url = "https://x.test"\nport = "22"\n', "`port`"),
        (('[[provider]]\nname = "x"\nkind = "gitlab"\napi_url = "https://x.test"\n' * 2), "twice"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    text: str | bytes, words: str, home: Path, make_machine: Make
) -> None:
    write_own(home, text)
    with pytest.raises(UsageError) as caught:
        own_instances(make_machine())

    assert "providers.toml" in caught.value.message
    assert words.lower() in caught.value.message.lower()
