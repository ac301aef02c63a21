"""The public keys of an account as a forge shows them to everybody, and what an address says of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from providers.services import Reply, Request, Service, as_json
from servers.keys import KeyMaker

from sshwizard.errors import CannotCheck, Refused, UsageError
from sshwizard.machine.machine import Machine
from sshwizard.providers.family import find_family
from sshwizard.providers.public_list import public_keys, site_of


def serving(answer: Callable[[Request], Reply]) -> Service:
    return Service(lambda _service, request: answer(request))


def test_the_lines_are_read_and_no_token_is_sent(keys: KeyMaker, tmp_path: Path, machine: Machine) -> None:
    lines = [keys.make(tmp_path, name).line for name in ("one", "two")]
    body = "\n".join(" ".join(line.split()[:2]) for line in [*lines, lines[0]]) + "\n"
    with serving(lambda _request: (200, "text/plain", body.encode())) as service:
        found = public_keys(machine, service.url, "mia")

    assert [line.split()[1] for line in lines] == [_base64(one.blob) for one in found]
    assert ["/mia.keys"] == [request.path for request in service.requests]
    assert "authorization" not in service.requests[0].headers


def test_no_key_is_an_empty_list(machine: Machine) -> None:
    with serving(lambda _request: (200, "text/plain", b"")) as service:
        assert () == public_keys(machine, service.url, "mia")


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        ((404, "text/html", b"<html>no</html>"), Refused, "account-unknown"),
        ((429, "text/plain", b"Retry later"), CannotCheck, "rate-limited"),
        ((200, "text/html", b"<html>Sign in</html>"), CannotCheck, "service-error"),
        ((503, "text/plain", b""), CannotCheck, "service-error"),
    ],
)
def test_anything_else_is_said(reply: Reply, kind: type[Exception], code: str, machine: Machine) -> None:
    with serving(lambda _request: reply) as service, pytest.raises(kind) as caught:
        public_keys(machine, service.url, "mia")

    assert code == caught.value.code  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["", "../settings", "a b", "x?y", "-dash", "ünï"])
def test_what_is_no_name_is_never_sent(name: str, machine: Machine) -> None:
    with serving(lambda _request: (200, "text/plain", b"")) as service, pytest.raises(UsageError):
        public_keys(machine, service.url, name)

    assert [] == service.requests


@pytest.mark.parametrize(
    ("provider", "api_url", "site"),
    [
        ("github", None, "https://github.com"),
        ("github", "https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("gitlab", "https://git.example.org/gitlab", "https://git.example.org/gitlab"),
        ("gitea", "https://forge.example.org/api/v1", "https://forge.example.org"),
        ("heroku", None, ""),
    ],
)
def test_each_service_has_its_own_address(provider: str, api_url: str | None, site: str) -> None:
    assert site == site_of(provider, api_url)


def gitea(request: Request) -> Reply:
    return (
        as_json(200, {"version": "1.22.0"}) if request.path == "/api/v1/version" else (404, "text/html", b"")
    )


def forgejo(request: Request) -> Reply:
    version = {"/api/v1/version": "9.0.3+gitea-1.22.0", "/api/forgejo/v1/version": "9.0.3"}.get(request.path)
    return as_json(200, {"version": version}) if version else (404, "text/html", b"")


def enterprise(request: Request) -> Reply:
    return (
        as_json(200, {"installed_version": "3.14.1"}) if request.path == "/api/v3/meta" else as_json(404, {})
    )


def gitlab(request: Request) -> Reply:
    known = request.path == "/api/v4/version"
    return as_json(401, {"message": "401 Unauthorized"}) if known else (404, "text/html", b"<html/>")


@pytest.mark.parametrize(
    ("answer", "kind", "version"),
    [
        (gitea, "gitea", "1.22.0"),
        (forgejo, "forgejo", "9.0.3+gitea-1.22.0"),
        (enterprise, "github-enterprise", "3.14.1"),
        (gitlab, "gitlab", ""),
    ],
)
def test_an_address_says_what_it_is(
    answer: Callable[[Request], Reply], kind: str, version: str, machine: Machine
) -> None:
    with serving(answer) as service:
        found = find_family(machine, service.url + "/")

    assert found is not None
    assert (kind, version) == (found.kind, found.version)
    assert all("authorization" not in request.headers for request in service.requests)


def test_another_web_site_is_none_of_them(machine: Machine) -> None:
    with serving(lambda _request: (200, "text/html", b"<html>hello</html>")) as service:
        assert find_family(machine, service.url) is None


def test_an_address_that_is_dead_is_said(machine: Machine) -> None:
    with pytest.raises(CannotCheck):
        find_family(machine, "http://127.0.0.1:1")


def _base64(blob: bytes) -> str:
    import base64

    return base64.b64encode(blob).decode()
