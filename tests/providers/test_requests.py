"""Every request of every class, against the services' descriptions (own form, and the vendors' where they are)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.descriptions import CALLS, problems
from providers.services import DIALECTS, TOKENS, Service
from servers.keys import KeyMaker

from sshwizard.machine.machine import Machine
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import read_public_line
from sshwizard.providers import open_account
from sshwizard.providers.api import Wish
from sshwizard.providers.upload import account_of, add_key, remove_key
from sshwizard.secret import Secret


@pytest.fixture(params=sorted(DIALECTS))
def service(request: pytest.FixtureRequest) -> Iterator[tuple[str, Service]]:
    name = request.param
    with Service(DIALECTS[name], token=TOKENS.get(name, "canary-token")) as running:
        yield name, running


@pytest.fixture
def key(keys: KeyMaker, tmp_path: Path) -> PublicKey:
    keys.make(tmp_path, "key", type="rsa", bits=3072)
    return read_public_line((tmp_path / "key.pub").read_bytes())


def test_every_request_fits_the_published_description(
    service: tuple[str, Service], machine: Machine, key: PublicKey
) -> None:
    name, running = service
    api = open_account(machine, name, token=Secret(running.token), api_url=running.url)
    account_of(api)
    added = add_key(api, key, "kim's laptop / 2026 ü?")
    api.get_key(added.key.id)
    remove_key(api, added.key)

    assert [] == [words for request in running.requests for words in problems(name, request)]


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("gitlab", Wish(expires="2031-05-31", usage="auth")),
        ("bitbucket", Wish(expires="2031-05-31")),
    ],
)
def test_wishes_go_where_the_service_has_them(
    name: str, wish: Wish, machine: Machine, key: PublicKey
) -> None:
    with Service(DIALECTS[name], token=TOKENS.get(name, "canary-token")) as running:
        add_key(
            open_account(machine, name, token=Secret(running.token), api_url=running.url), key, "laptop", wish
        )
        (sent,) = [request for request in running.requests if request.method == "POST"]

    assert [] == problems(name, sent)
    if name == "gitlab":
        assert ("2031-05-31T00:00:00Z", "auth") == (sent.json()["expires_at"], sent.json()["usage_type"])
    else:
        assert ["2031-05-31T00:00:00.000Z"] == sent.query["expires_on"]


def test_the_description_of_every_provider_is_here() -> None:
    assert set(CALLS) == set(DIALECTS)


def test_no_request_names_anything_but_the_public_half(
    service: tuple[str, Service], machine: Machine, key: PublicKey
) -> None:
    name, running = service
    add_key(open_account(machine, name, token=Secret(running.token), api_url=running.url), key, "laptop")

    agents = {request.headers["user-agent"] for request in running.requests}
    assert {"sshwizard"} == agents
    assert all(machine.home not in str(request) for request in running.requests)
