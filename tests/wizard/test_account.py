"""One account as a value: what is here and what is not, ages, warnings, what a part names, what has to be typed."""

from __future__ import annotations

import base64
import datetime
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard import gather
from sshwizard.machine.machine import Machine
from sshwizard.model.account import RemoteKey
from sshwizard.model.config import CommandLine
from sshwizard.model.identity import Identity
from sshwizard.model.plan import Target
from sshwizard.model.steps import WriteFile
from sshwizard.providers.own import own_instances
from sshwizard.providers.place import PRACTICE_URL, Place
from sshwizard.providers.remote import remote_key
from sshwizard.wizard import account, choices, credentials, instance, service
from sshwizard.wizard.account import Account

TODAY = datetime.date(2026, 11, 28)
GITHUB = Place(kind="api", name="github", title="GitHub", provider="github")
BITBUCKET = replace(GITHUB, name="bitbucket", title="Bitbucket", provider="bitbucket")
HEROKU = replace(GITHUB, name="heroku", title="Heroku", provider="heroku")


@pytest.fixture
def identities(home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]) -> tuple[Identity, ...]:
    keys.make(home / ".ssh", "here", comment="mia@laptop")
    keys.make(home / ".ssh", "only_here", comment="mia@laptop")
    return gather.gather(make_machine(), CommandLine(destination="")).identities


@pytest.fixture
def elsewhere(tmp_path: Path, keys: KeyMaker) -> RemoteKey:
    line = keys.make(tmp_path, "old", comment="").line
    return remote_key(id=7, title="mia@old-laptop", line=line, created="2019-04-02T10:00:00Z")


def opened(identities: tuple[Identity, ...], *others: RemoteKey, place: Place = GITHUB) -> Account:
    mine = next(one for one in identities if one.name == "here")
    line = f"{mine.public.type} {_base64(mine.public.blob)}"
    return account.joined(place, "mia", (remote_key(id=1, title="laptop", line=line), *others), identities)


def test_keys_of_the_account_are_found_here_and_the_others_are_only_here(
    identities: tuple[Identity, ...], elsewhere: RemoteKey
) -> None:
    found = opened(identities, elsewhere)

    assert ["here", None] == [row.local.name if row.local else None for row in found.rows]
    assert ["only_here"] == [one.name for one in found.only_here]
    assert "2 keys on the account, 1 of them on this machine" == account.summary(found)
    assert "~/k" == account.here(found.rows[0], lambda _path: "~/k")
    assert "not here (old-laptop?)" == account.here(found.rows[1], str)


@pytest.mark.parametrize(
    ("created", "words"),
    [
        ("2026-11-28T01:00:00Z", "today"),
        ("2026-11-27", "1 day"),
        ("2026-08-01T00:00:00Z", "3 months"),
        ("2019-04-02T10:00:00+02:00", "7 years"),
        ("yesterday", ""),
        (None, ""),
    ],
)
def test_an_age_is_said_in_the_unit_that_fits(created: str | None, words: str) -> None:
    assert words == account.age(created, TODAY)


@pytest.mark.parametrize(
    ("title", "machine"),
    [("mia@old-laptop", "old-laptop"), ("mia@example.org", ""), ("ci runner", ""), ("@x", ""), ("a@b:c", "")],
)
def test_a_machine_is_named_only_where_the_title_names_one(title: str, machine: str) -> None:
    key = RemoteKey(id="1", title=title, public=None, fingerprint=None, type=None, created=None)

    assert machine == account.named_machine(key)


def test_the_last_key_that_lets_this_machine_in_is_warned_of(
    identities: tuple[Identity, ...], elsewhere: RemoteKey
) -> None:
    found = opened(identities, elsewhere)
    mine, other = (row.key for row in found.rows)

    assert "this machine loses its access" in account.before_removing(found, [mine])[0]
    assert "all others lose their access" in account.before_removing(found, [mine, other])[0]
    assert ["old-laptop" in text for text in account.before_removing(found, [other])] == [True]
    assert not any("access" in text for text in account.before_removing(found, [other]))


def test_a_key_that_only_signs_is_here_and_lets_nobody_in(identities: tuple[Identity, ...]) -> None:
    mine = identities[0]
    line = f"{mine.public.type} {_base64(mine.public.blob)}"
    signs = remote_key(id="signing/1", title="laptop", line=line, usage="signing")
    found = account.joined(GITHUB, "mia", [signs], identities)

    assert [mine.name] == [row.local.name for row in found.rows if row.local]
    assert mine in found.only_here
    assert "ed25519, only signs" == account.kind(signs)
    assert not any("access" in text for text in account.before_removing(found, [signs]))
    assert "signing" == account.removal(found, signs).steps[0].usage  # type: ignore[union-attr]


def test_what_a_service_does_afterwards_is_said_before(
    identities: tuple[Identity, ...], elsewhere: RemoteKey
) -> None:
    found = opened(identities, elsewhere, place=BITBUCKET)

    assert any("30 days" in text for text in account.before_removing(found, [elsewhere]))
    assert "e-mail" in account.before_adding(HEROKU)
    assert "" == account.before_adding(GITHUB)


def test_a_key_that_is_not_given_back_cannot_be_put_back(identities: tuple[Identity, ...]) -> None:
    bare = RemoteKey(id="9", title="x", public=None, fingerprint="MD5:00", type=None, created=None)
    found = account.joined(GITHUB, "mia", [bare], identities)

    assert "undo cannot put it there again" in account.before_removing(found, [bare])[-1]
    assert "" == account.removal(found, bare).steps[0].public_line  # type: ignore[union-attr]


def test_a_name_or_a_part_names_keys(identities: tuple[Identity, ...], elsewhere: RemoteKey) -> None:
    found = opened(identities, elsewhere)
    blob = _base64(elsewhere.public.blob) if elsewhere.public else ""

    def ids(wanted: str) -> list[str]:
        return [key.id for key in account.matching(found, wanted)]

    assert ["1"] == ids("laptop")
    assert ["7"] == ids("old-lap") == ids(blob[30:42]) == ids(elsewhere.fingerprint or "")
    assert ["1", "7"] == ids("LAPT")
    assert [] == ids("la") == ids("") == ids("nothing like it")


def test_one_key_is_confirmed_by_its_name_and_several_by_the_accounts(
    identities: tuple[Identity, ...], elsewhere: RemoteKey
) -> None:
    found = opened(identities, elsewhere)
    keys = [row.key for row in found.rows]

    assert ("mia@old-laptop", "7") == account.confirmation(found, [elsewhere])
    assert ("mia",) == account.confirmation(found, keys)
    assert "to remove 2 keys" in account.removal_question(found, keys)
    assert ("GitHub",) == account.confirmation(replace(found, name=None), keys)


def test_keys_of_another_account_leave_out_those_that_are_there(
    identities: tuple[Identity, ...], elsewhere: RemoteKey
) -> None:
    found = opened(identities)
    assert elsewhere.public is not None
    publics = [*(one.public for one in identities), elsewhere.public]
    others = account.foreign(publics, "github.com (mia)", identities, found)

    assert ["only_here", None] == [one.local.name if one.local else None for one in others]


def test_a_key_on_another_account_stands_in_the_choice_of_keys(
    identities: tuple[Identity, ...], elsewhere: RemoteKey
) -> None:
    assert elsewhere.public is not None
    publics = [identities[0].public, elsewhere.public]
    others = account.foreign(publics, "github.com (mia)", identities)
    choice = choices.key_choice(identities, str, others=others, may_look=True)
    notes = {option.value: option.note for option in choice.options}

    assert "on github.com (mia)" in notes[identities[0].public.fingerprint]
    assert "not on this machine" in notes[elsewhere.public.fingerprint]
    assert choices.ELSEWHERE == choice.options[-1].value


def target(host: str, *, user: str = "git", port: int = 22, path: str | None = None) -> Target:
    return Target(typed=host, host=host, hostname=host, port=port, user=user, path=path)


@pytest.mark.parametrize(
    ("found", "kind", "name", "flags"),
    [
        (target("github.com"), "api", "github", ()),
        (target("box.example.org", user="kim"), "server", "kim@box.example.org", ()),
        (target("box.example.org", user="kim", port=2222), "server", "kim@box.example.org", ("-p", "2222")),
        (target("git.example.org"), "page", "git.example.org", ()),
        (target("git.example.org", user="kim", path="a/b"), "page", "git.example.org", ()),
        (target("ssh.dev.azure.com"), "page", "azure-devops", ()),
    ],
)
def test_every_host_leads_somewhere(
    found: Target, kind: str, name: str, flags: tuple[str, ...], machine: Machine
) -> None:
    place = service.place_at(machine, found)

    assert (kind, name, flags) == (place.kind, place.name, place.flags)


def test_what_is_offered_first_fits_the_place(machine: Machine) -> None:
    def first(found: Target) -> str:
        return choices.upload_choice(service.place_at(machine, found)).default

    assert choices.API == first(target("github.com"))
    assert choices.SERVER == first(target("box.example.org", user="kim"))
    assert choices.INSTANCE == first(target("git.example.org"))
    assert choices.BY_HAND == first(target("ssh.dev.azure.com"))


def test_the_practice_hosts_account_is_known_in_the_ground_only(make_machine: Callable[..., Machine]) -> None:
    inside = make_machine(env={PRACTICE_URL: "http://127.0.0.1:1"})

    assert "practice" == service.place_at(inside, target("practice")).name
    assert "server" != service.place_at(inside, target("practice")).kind
    assert "page" == service.place_at(make_machine(), target("practice")).kind


@pytest.mark.parametrize(
    ("name", "key_id", "typed"),
    [
        ("github", "", "git@github.com"),
        ("heroku", "", ""),
        ("codecommit", "APKAX", "APKAX@git-codecommit.us-east-1.amazonaws.com"),
        ("codecommit", "", ""),
    ],
)
def test_a_new_key_is_waited_for_where_there_is_a_host(
    name: str, key_id: str, typed: str, machine: Machine
) -> None:
    assert typed == service.address(machine, service.place_named(machine, name), key_id)


def test_an_instance_is_remembered_as_it_is_read_back(machine: Machine) -> None:
    made = instance.described(
        machine, target("ssh.example.org", port=2222), "forgejo", "https://git.example.org/forge"
    )
    fix = instance.remember(machine, made)
    write = fix.steps[-1]
    assert isinstance(write, WriteFile) and write.before is None
    path = Path(write.path)
    path.parent.mkdir(parents=True)
    path.write_bytes(write.after)
    (read,) = own_instances(machine.fresh())
    again = instance.described(machine.fresh(), target("ssh.example.org"), "gitlab", "git2.example.org")

    assert made.own == read
    assert {"name", "kind", "api_url", "ssh_host", "port"} == set(
        tomllib.loads(path.read_text())["provider"][0]
    )
    assert "ssh://git@ssh.example.org:2222" == service.destination_named(machine.fresh(), "example")
    assert ("example-2", "https://git2.example.org") == (again.own.name, again.own.api_url)
    assert instance.remember(machine.fresh(), again).steps[-1].after.startswith(write.after)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("https://git.example.org", False),
        ("git.example.org", False),
        ("http://127.0.0.1:3000", False),
        ("http://git.example.org", True),
        ("", True),
        ("https://me:secret@git.example.org", True),
        ("ftp://x", True),
    ],
)
def test_an_address_is_checked_before_it_is_asked(typed: str, wrong: bool) -> None:
    assert wrong == bool(instance.check_site(typed))


def test_the_right_and_its_page_are_named_before_a_token_is_pasted() -> None:
    own = Place(kind="api", name="work", title="work", provider="gitlab", api_url="https://git.example.org")

    assert any("admin:public_key" in line for line in credentials.token_words(GITHUB))
    assert any("github.com/settings/tokens" in line for line in credentials.token_words(GITHUB))
    assert any("https://git.example.org/-/user_settings" in line for line in credentials.token_words(own))


def _base64(blob: bytes) -> str:
    return base64.b64encode(blob).decode()
