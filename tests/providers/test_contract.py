"""One contract for every provider: list, add, already there, in use elsewhere, remove, and every refusal."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from providers.services import DIALECTS, TOKENS, Reply, Request, Service
from servers.keys import KeyMaker

from sshwizard.errors import CannotCheck, Refused, SshwizardError, UsageError
from sshwizard.machine.machine import Machine
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import read_public_line
from sshwizard.providers import open_account, provider_names
from sshwizard.providers.api import KeyApi
from sshwizard.providers.upload import add_key, public_half
from sshwizard.secret import Secret

Open = Callable[..., KeyApi]


@pytest.fixture(params=sorted(DIALECTS))
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    name = request.param
    with Service(DIALECTS[name], token=TOKENS.get(name, "canary-token")) as running:
        running.name = name  # type: ignore[attr-defined]
        yield running


@pytest.fixture
def api(service: Service, machine: Machine) -> KeyApi:
    return account(service, machine)


@pytest.fixture
def key(keys: KeyMaker, tmp_path: Path) -> PublicKey:
    """A key that every one of them takes."""
    keys.make(tmp_path, "key", type="rsa", bits=3072)
    return read_public_line((tmp_path / "key.pub").read_bytes())


def account(service: Service, machine: Machine, token: str | None = None) -> KeyApi:
    name: str = service.name  # type: ignore[attr-defined]
    return open_account(machine, name, token=Secret(token or service.token), api_url=service.url)


def base64_of(public: PublicKey) -> str:
    return base64.b64encode(public.blob).decode()


def test_every_provider_has_its_service() -> None:
    assert set(DIALECTS) == set(provider_names())


def test_an_added_key_is_listed_and_can_be_removed(api: KeyApi, service: Service, key: PublicKey) -> None:
    added = add_key(api, key, "laptop")
    listed = api.list_keys()
    api.remove_key(added.key)

    assert added.result == "added"
    assert added.account == "anna"
    assert [key.fingerprint] == [other.fingerprint for other in listed]
    assert api.list_keys() == ()


def test_what_is_sent_is_one_line_written_anew(api: KeyApi, service: Service, key: PublicKey) -> None:
    add_key(api, key, "laptop")

    (sent,) = [kept["key"] for kept in service.keys]
    assert f"{key.type} {base64_of(key)} laptop" == sent


def test_a_key_that_is_there_is_not_sent_again(api: KeyApi, service: Service, key: PublicKey) -> None:
    add_key(api, key, "laptop")
    count = len(service.keys)
    again = add_key(api, key, "other name")

    assert again.result == "already_there"
    assert count == len(service.keys)


def test_a_key_of_another_account_is_said_to_be_there(api: KeyApi, service: Service, key: PublicKey) -> None:
    service.elsewhere.add(base64_of(key))

    with pytest.raises(Refused) as caught:
        add_key(api, key, "laptop")
    assert caught.value.code == "key-in-use"
    assert "another account" in caught.value.message
    assert "keys new" in caught.value.hint


def test_a_wrong_token_is_said_to_be_refused(service: Service, machine: Machine) -> None:
    wrong = "x@example.org:wrong" if ":" in service.token else "wrong"

    with pytest.raises(Refused) as caught:
        account(service, machine, wrong).list_keys()
    assert caught.value.code == "token-refused"
    assert "wrong" not in str(caught.value.message)


def replies(status: int, body: bytes, kind: str = "text/plain") -> Callable[[Request], Reply]:
    return lambda _request: (status, kind, body)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (429, b"Retry later\n", "rate-limited"),
        (500, b"<html>oops</html>", "service-error"),
        (503, b"", "service-error"),
        (200, b"<html>Please sign in to the Wi-Fi</html>", "service-error"),
        (200, b"", "service-error"),
    ],
)
def test_a_service_in_trouble_is_not_a_success_nor_a_refusal(
    api: KeyApi, service: Service, status: int, body: bytes, code: str
) -> None:
    service.override = replies(status, body)

    with pytest.raises(CannotCheck) as caught:
        api.list_keys()
    assert code == caught.value.code
    assert caught.value.exit_code == 3


def test_a_redirect_to_another_host_is_not_followed(api: KeyApi, service: Service) -> None:
    service.override = replies(302, b"")
    service.extra_headers["Location"] = "https://elsewhere.invalid/steal"

    with pytest.raises(Refused) as caught:
        api.list_keys()
    assert caught.value.code == "redirect-refused"


def test_a_dead_service_is_named_unreachable(service: Service, machine: Machine) -> None:
    with Service(service.dialect) as gone:
        url = gone.url
    api = open_account(
        machine,
        service.name,  # type: ignore[attr-defined]
        token=Secret(service.token),
        api_url=url,
    )

    with pytest.raises(CannotCheck) as caught:
        api.list_keys()
    assert caught.value.code == "service-unreachable"


def test_all_pages_are_read(api: KeyApi, service: Service, keys: KeyMaker, tmp_path: Path) -> None:
    lines = []
    for number in range(5):
        keys.make(tmp_path, f"many{number}")
        lines.append((tmp_path / f"many{number}.pub").read_text().strip())
    for number in range(130):
        service.put(lines[number % 5], f"title {number}")

    assert len(api.list_keys()) == 130


@pytest.mark.parametrize("suffix", ["", "/"])
def test_the_address_may_have_the_version_path_or_not(
    service: Service, machine: Machine, suffix: str
) -> None:
    from sshwizard.providers.address import base_url
    from sshwizard.providers.catalogue import find_provider

    provider = find_provider(service.name)  # type: ignore[attr-defined]

    with_path = base_url(provider, f"https://host.invalid{provider.version_path}{suffix}")
    assert with_path == base_url(provider, f"https://host.invalid{suffix}")


@pytest.mark.parametrize(
    ("name", "url", "page"),
    [
        ("gitlab", "https://git.example.org/gitlab/api/v4", "https://git.example.org/gitlab/-/user_settings/personal"),
        ("gitlab", "https://gitlab.com", "https://gitlab.com/-/user_settings/personal"),
        ("gitea", "https://forge.example.org/", "https://forge.example.org/user/settings/applications"),
        ("codeberg", None, "https://codeberg.org/user/settings/applications"),
        ("github-enterprise", "https://ghe.example.org", "https://ghe.example.org/settings/tokens/new?"),
        ("github", "https://api.acme.ghe.com", "https://acme.ghe.com/settings/tokens/new?"),
        ("heroku", None, "https://dashboard.heroku.com/account"),
    ],
)  # fmt: skip
def test_a_missing_right_names_the_page_of_that_instance(
    name: str, url: str | None, page: str, machine: Machine
) -> None:
    from sshwizard.providers.address import base_url, token_page
    from sshwizard.providers.catalogue import find_provider

    provider = find_provider(name)

    assert (token_page(provider, base_url(provider, url)) or "").startswith(page)


@pytest.mark.parametrize(
    ("name", "typed", "base"),
    [
        ("github", "https://github.com/", "https://api.github.com"),
        ("github", "https://api.github.com", "https://api.github.com"),
        ("github", "https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("github", "https://ghe.example.org", "https://ghe.example.org/api/v3"),
        ("github", "https://ghe.example.org/api/v3/", "https://ghe.example.org/api/v3"),
        ("gitlab", "https://git.example.org/lab//", "https://git.example.org/lab/api/v4"),
        ("gitea", "https://forge.example.org:3000/api/v1", "https://forge.example.org:3000/api/v1"),
        ("bitbucket", "https://api.bitbucket.org", "https://api.bitbucket.org/2.0"),
        ("scalingo", "https://auth.scalingo.com/v1/", "https://auth.scalingo.com/v1"),
        ("clevercloud", "https://api-bridge.clever-cloud.com/v2", "https://api-bridge.clever-cloud.com"),
        ("sourcehut", "https://meta.sr.ht/query", "https://meta.sr.ht"),
    ],
)
def test_an_address_is_taken_as_people_have_it(name: str, typed: str, base: str) -> None:
    from sshwizard.providers.address import base_url
    from sshwizard.providers.catalogue import find_provider

    assert base == base_url(find_provider(name), typed)


@pytest.mark.parametrize(
    "typed",
    ["https://git.example.org/?private_token=x", "https://git.example.org/#keys", "https://[::1", "git.example.org",
     "https://", "ftp://git.example.org", "https://git example.org", "https://h:99999", "file:///etc/passwd",
     "https://kim:hidden@git.example.org"],
)  # fmt: skip
def test_an_address_that_goes_on_is_refused(typed: str) -> None:
    from sshwizard.providers.address import base_url
    from sshwizard.providers.catalogue import find_provider

    with pytest.raises(UsageError) as caught:
        base_url(find_provider("gitlab"), typed)
    assert "hidden" not in caught.value.message


NAMES = ("a/b", "50%", "two  spaces ", "Zoë’s ключ 鍵", "q?x=1#y", "a\u200bb", "x" * 250, "+&;=", "%2F")


@pytest.mark.parametrize("name", NAMES)
def test_a_key_of_any_name_is_found_and_removed_by_that_name(
    name: str, machine: Machine, key: PublicKey
) -> None:
    with Service(DIALECTS["clevercloud"]) as service:
        service.put(f"{key.type} {base64_of(key)}", name)
        service.put(f"{key.type} {base64_of(key)}", name.strip()[:200])
        api = open_account(machine, "clevercloud", token=Secret(service.token), api_url=service.url)
        wanted = api.list_keys()[0]
        again = api.get_key(wanted.called)
        api.remove_key(wanted)

    assert name == again.called
    assert name not in [kept["title"] for kept in service.keys]
    assert wanted.id.isprintable()


def test_no_error_shows_the_token(service: Service, machine: Machine, key: PublicKey) -> None:
    api = account(service, machine)
    shown = []
    for status in (400, 401, 402, 403, 404, 409, 418, 422, 429, 500):
        service.override = replies(status, b'{"message": "no"}', "application/json")
        with pytest.raises(SshwizardError) as caught:
            api.list_keys()
        shown.append(f"{caught.value!r} {caught.value.message} {caught.value.hint} {caught.value.where}")

    assert "canary-token" not in " ".join(shown)
    assert "canary-token" not in repr(account(service, machine).add_request(key, "x"))


def test_a_plain_address_is_refused_before_the_token_leaves(machine: Machine) -> None:
    with pytest.raises(UsageError):
        open_account(machine, "github", token=Secret("canary-token"), api_url="http://192.0.2.1")


@pytest.mark.parametrize("make", ["private", "encrypted", "pem", "empty", "prose", "certificate", "folder"])
def test_a_file_that_is_no_public_key_is_refused_unsent(
    make: str, keys: KeyMaker, tmp_path: Path, machine: Machine
) -> None:
    path = tmp_path / "thing"
    if make in ("private", "encrypted", "pem"):
        keys.make(
            tmp_path,
            "thing",
            type="rsa" if make == "pem" else "ed25519",
            passphrase="secret words" if make == "encrypted" else "",
            form="PEM" if make == "pem" else "",
        )
    elif make == "folder":
        path.mkdir()
    elif make == "certificate":
        path.write_text("ssh-ed25519-cert-v01@openssh.com AAAA x\n")
    else:
        path.write_text({"empty": "", "prose": "my key is on the other laptop\n"}[make])

    with pytest.raises(UsageError) as caught:
        public_half(machine.files.look(str(path)))
    expected = "private-key-refused" if make in ("private", "encrypted", "pem") else "not-a-public-key"
    assert expected == caught.value.code
