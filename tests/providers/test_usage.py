"""Keys for signing beside keys for logging in: GitHub's two lists, GitLab's usage type, and those that have neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from providers.descriptions import problems
from providers.services import DIALECTS, Service
from servers.keys import KeyMaker

from sshwizard.errors import Refused, UsageError
from sshwizard.machine.machine import Machine
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import public_line, read_public_line
from sshwizard.providers import open_account
from sshwizard.providers.api import KeyApi, Wish
from sshwizard.providers.upload import add_key, find_key, remove_key, same_key
from sshwizard.secret import Secret


@pytest.fixture
def key(keys: KeyMaker, tmp_path: Path) -> PublicKey:
    return read_public_line(keys.make(tmp_path, "key").line)


def opened(name: str, service: Service, machine: Machine) -> KeyApi:
    return open_account(machine, name, token=Secret(service.token), api_url=service.url)


def kept(keys: list[dict[str, Any]] | None) -> list[str]:
    return [key["title"] for key in keys or ()]


@pytest.mark.parametrize(
    ("usage", "logging_in", "signing"),
    [("", ["laptop"], []), ("auth", ["laptop"], []), ("signing", [], ["laptop"]),
     ("auth_and_signing", ["laptop"], ["laptop"])],
)  # fmt: skip
def test_github_keeps_each_use_in_a_list_of_its_own(
    usage: str, logging_in: list[str], signing: list[str], machine: Machine, key: PublicKey
) -> None:
    with Service(DIALECTS["github"]) as service:
        api = opened("github", service, machine)
        first = add_key(api, key, "laptop", Wish(usage=usage))
        again = add_key(api, key, "laptop", Wish(usage=usage))
        sent = [problem for request in service.requests for problem in problems("github", request)]

    assert ("added", "already_there") == (first.result, again.result)
    assert (logging_in, signing) == (kept(service.keys), kept(service.signing_keys))
    assert [] == sent


def test_a_key_that_signs_does_not_count_as_one_that_logs_in(machine: Machine, key: PublicKey) -> None:
    with Service(DIALECTS["github"]) as service:
        api = opened("github", service, machine)
        add_key(api, key, "laptop", Wish(usage="signing"))
        listed = api.list_keys()
        added = add_key(api, key, "laptop")

    assert same_key(listed, key) is None
    assert same_key(listed, key, None) is not None
    assert ("added", "auth") == (added.result, added.key.usage)


def test_only_the_use_that_is_missing_is_added(machine: Machine, key: PublicKey) -> None:
    with Service(DIALECTS["github"]) as service:
        api = opened("github", service, machine)
        add_key(api, key, "laptop")
        add_key(api, key, "laptop", Wish(usage="auth_and_signing"))
        posted = [request.path for request in service.requests if request.method == "POST"]

    assert ["/user/keys", "/user/ssh_signing_keys"] == posted


def test_two_keys_of_one_number_are_told_apart(machine: Machine, key: PublicKey) -> None:
    with Service(DIALECTS["github"]) as service:
        api = opened("github", service, machine)
        add_key(api, key, "laptop", Wish(usage="auth_and_signing"))
        (logs_in,) = find_key(api.list_keys(), "1")
        (signs,) = find_key(api.list_keys(), "signing/1")
        shown = api.get_key(signs.called)
        remove_key(api, signs)

    assert (("1", "auth"), ("signing/1", "signing")) == ((logs_in.id, logs_in.usage), (signs.id, signs.usage))
    assert shown == signs
    assert (["laptop"], []) == (kept(service.keys), kept(service.signing_keys))


def test_a_token_that_may_not_see_signing_keys_still_lists_the_others(
    machine: Machine, key: PublicKey
) -> None:
    with Service(DIALECTS["github"], signing_keys=None) as service:
        api = opened("github", service, machine)
        added = add_key(api, key, "laptop")
        with pytest.raises(Refused) as caught:
            add_key(api, key, "laptop", Wish(usage="signing"))

    assert "added" == added.result
    assert "scope-missing" == caught.value.code
    assert "write:ssh_signing_key" in caught.value.hint


def test_a_key_that_gitlab_has_for_signing_is_not_called_another_account_s(
    machine: Machine, key: PublicKey
) -> None:
    with Service(DIALECTS["gitlab"]) as service:
        service.put(public_line(key), "laptop")["usage_type"] = "signing"
        api = opened("gitlab", service, machine)
        with pytest.raises(Refused) as caught:
            add_key(api, key, "laptop")

    assert "key-in-use" == caught.value.code
    assert "signing" in caught.value.message
    assert "auth_and_signing" in caught.value.hint


def test_a_use_that_the_service_does_not_know_is_refused_before_it_is_asked(
    machine: Machine, key: PublicKey
) -> None:
    with Service(DIALECTS["gitea"]) as service, pytest.raises(UsageError):
        add_key(opened("gitea", service, machine), key, "laptop", Wish(usage="signing"))

    assert [] == service.requests
