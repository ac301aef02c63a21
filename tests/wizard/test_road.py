"""The steps of the set-up, what is offered at each, and the commands they stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard import gather
from sshwizard.machine.machine import Machine
from sshwizard.model.config import CommandLine
from sshwizard.model.facts import Facts, GitFacts, GitRemote
from sshwizard.model.finding import Fix
from sshwizard.model.plan import Target
from sshwizard.wizard import choices, doors, newkey, road, strip
from sshwizard.wizard.road import SetUp


@pytest.fixture
def facts(home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]) -> Facts:
    keys.make(home / ".ssh", "work")
    keys.make(home / ".ssh", "locked", passphrase="open sesame")
    (home / ".ssh" / "locked").unlink()
    return gather.gather(make_machine(), CommandLine(destination=""))


def target(host: str, provider: str | None = None, port: int = 22) -> Target:
    return Target(typed=host, host=host, hostname=host, port=port, user="git", provider=provider)


def remote(name: str, transport: str, host: str) -> GitRemote:
    url = f"git@{host}:a/b" if transport == "ssh" else f"https://{host}/a/b"
    return GitRemote(
        name=name,
        url=url,
        push_url=url,
        folder="/w",
        transport=transport,
        host=host,
        path="a/b",  # type: ignore[arg-type]
    )


def with_remotes(facts: Facts, *remotes: GitRemote) -> Facts:
    return replace(facts, git=GitFacts(folder="/w", remotes=remotes))


def test_steps_are_walked_in_order_and_stay_in_view(facts: Facts) -> None:
    public = facts.identities[0].public
    at_host = SetUp()
    at_key = replace(at_host, target=target("h"))
    at_upload = replace(at_key, public=public)
    at_test = replace(at_upload, uploaded=True)
    at_settle = replace(at_test, accepted=True)
    done = replace(at_settle, sent_first=True)

    places = [road.position(setup) for setup in (at_host, at_key, at_upload, at_test, at_settle, done)]
    assert places == ["host", "key", "upload", "test", "settle", None]
    assert [one.state for one in road.progress(at_upload)] == ["done", "done", "now", "later", "later"]
    assert road.position(replace(at_upload, accepted=True)) == "settle"
    assert road.step_line("key") == "Step 2 of 5 · Choose a key"


def test_every_step_is_explained_in_three_lines() -> None:
    assert all(len(road.step_help(step)) == 3 for step in road.STEPS)


def test_leaving_says_nothing_was_changed_or_what_was() -> None:
    assert road.leaving([]) == ("Nothing was changed.",)
    assert road.leaving(["Make the key x"])[:2] == ("1 thing was changed:", "  Make the key x")


def test_this_folders_remotes_come_first_and_https_ones_cannot_be_taken(facts: Facts) -> None:
    found = with_remotes(facts, remote("web", "https", "h.example"), remote("origin", "ssh", "g.example"))
    choice = choices.host_choice(found, ["work", "g.example"], [("github", "GitHub")])

    assert [option.value for option in choice.options] == ["web", "origin", "work", "github"]
    assert choice.options[0].disabled
    assert choice.default == "origin"


def test_a_key_the_host_knows_is_the_default_else_a_new_one(facts: Facts) -> None:
    work = next(one for one in facts.identities if one.name == "work")
    unknown = choices.key_choice(facts.identities, str)
    known = choices.key_choice(facts.identities, str, known=[work.public], host="h")

    assert unknown.default == choices.NEW
    assert known.default == work.public.fingerprint
    assert any("private half was not found" in option.disabled for option in known.options)


def test_rsa_only_services_get_rsa(facts: Facts) -> None:
    aws = newkey.suggest(facts, target("git-codecommit.eu-west-1.amazonaws.com", "codecommit"))
    github = newkey.suggest(facts, target("github.com", "github"))

    assert (aws.type, aws.bits) == ("rsa", 4096)
    assert choices.type_choice(aws).options[0].disabled
    assert (github.type, github.bits) == ("ed25519", None)
    assert github.path.endswith("/.ssh/github_ed25519")
    assert not choices.type_choice(github).options[0].disabled


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("git.example.org", "example_ed25519"),
        ("work", "work_ed25519"),
        ("10.0.0.1", "10_0_0_1_ed25519"),
        ("[::1]", "1_ed25519"),
        ("…", "host_ed25519"),
    ],
)
def test_a_key_is_named_after_its_host(host: str, name: str) -> None:
    assert newkey.suggested_name(target(host), "ed25519") == name


def test_a_taken_name_gets_a_number(facts: Facts) -> None:
    assert newkey.free_path(facts, "work").endswith("/.ssh/work_2")
    assert newkey.free_path(facts, "locked").endswith("/.ssh/locked_2")


def test_the_strip_shows_what_a_shell_takes() -> None:
    assert strip.word("~/.ssh/a b") == "~/'.ssh/a b'"
    assert strip.keygen("rsa", 4096, "~/.ssh/x", "joe@h") == "ssh-keygen -t rsa -b 4096 -f ~/.ssh/x -C joe@h"
    assert strip.login(target("h", port=2222)) == "ssh -T -p 2222 git@h"
    assert strip.wizard("undo", "3", options=("--home", "/a b")) == "sshwizard --home '/a b' undo 3"
    assert strip.upload("github", "~/k.pub", "my key") == "sshwizard keys add github ~/k.pub --title 'my key'"


def test_the_first_screen_says_what_is_known(facts: Facts) -> None:
    found = with_remotes(facts, remote("origin", "https", "git.heroku.com"))

    assert doors.overview(facts)[0].startswith("2 keys in ~/.ssh · no agent")
    assert "no key is asked for there" in doors.overview(found)[0]
    assert doors.doors(facts).default == doors.DENIED
    assert doors.doors(replace(facts, identities=())).default == doors.SETUP


def test_a_fix_can_always_be_declined() -> None:
    choice = choices.fix_choice([Fix(title="Do it", steps=())])

    assert [option.value for option in choice.options] == ["0", choices.NO]
    assert (choice.default, choice.default_number) == ("0", 1)
