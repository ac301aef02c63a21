"""The host book's data: reviewed not long ago, true to its own keys, and complete enough to be used."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
from pathlib import Path

import pytest

from sshwizard.hosts import book
from sshwizard.providers import provider_names

MONTHS = 18
TODAY = datetime.date.today()
SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"
KEYS = json.loads(Path(book.__file__).with_name("host_keys.json").read_text())
HASHED = [raw for raw in KEYS["keys"] if raw.get("key")]


def old(reviewed: str) -> bool:
    return (TODAY - datetime.date.fromisoformat(reviewed)).days > MONTHS * 30.5


@pytest.mark.parametrize("entry", book.entries(), ids=lambda entry: entry.name)
def test_an_entry_was_looked_at_within_eighteen_months(entry: book.Entry) -> None:
    assert not old(entry.reviewed), (
        f"look {entry.name} up again and date it: it was reviewed {entry.reviewed}"
    )


def test_the_host_keys_were_looked_at_within_eighteen_months() -> None:
    assert not old(KEYS["reviewed"]), f"look the host keys up again: they were reviewed {KEYS['reviewed']}"


def test_the_age_test_has_teeth() -> None:
    assert old((TODAY - datetime.timedelta(days=560)).isoformat())
    assert not old((TODAY - datetime.timedelta(days=500)).isoformat())


@pytest.mark.parametrize("entry", book.entries(), ids=lambda entry: entry.name)
def test_an_entry_is_whole(entry: book.Entry) -> None:
    assert entry.source
    assert entry.confidence in ("documented", "source", "recomputed", "claimed")
    assert entry == book.find(entry.name) == book.find(entry.ssh_host)
    assert entry.key_page.startswith("https://")
    assert {*entry.key_types, *entry.unsure_types} <= {"ssh-ed25519", "ecdsa", "sk", "rsa", "dsa"}
    assert not set(entry.key_types) & set(entry.unsure_types)
    re.compile(entry.greeting)
    for host, port in entry.alternates:
        assert entry == book.find(host)
        assert 0 < port < 65536


@pytest.mark.parametrize("raw", HASHED, ids=lambda raw: f"{raw['hosts'][0]}-{raw['type']}")
def test_the_fingerprints_are_those_of_the_keys(raw: dict[str, str]) -> None:
    blob = base64.b64decode(raw["key"])
    printed = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    digest = hashlib.md5(blob).hexdigest()

    assert f"SHA256:{printed}" == raw["sha256"]
    assert "MD5:" + ":".join(digest[at : at + 2] for at in range(0, 32, 2)) == raw.get("md5", "")
    assert blob[4:].startswith(raw["type"].encode())


def test_every_key_has_a_well_formed_print_and_a_source() -> None:
    for raw in KEYS["keys"]:
        assert raw["source"] and raw["hosts"]
        assert raw.get("sha256") or raw.get("md5")
        assert re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", raw.get("sha256") or f"SHA256:{'A' * 43}")
        assert re.fullmatch(
            r"MD5:([0-9a-f]{2}:){15}[0-9a-f]{2}", raw.get("md5") or f"MD5:{':'.join(['00'] * 16)}"
        )


def test_the_book_holds_every_key_that_the_research_has() -> None:
    """With the shared documents beside the repository; without them the book's own count is what is checked."""
    if not SPECS.is_dir():
        assert 50 <= len(KEYS["keys"])
        return
    text = (SPECS / "host_keys.json").read_text()
    found = set(re.findall(r"SHA256:[A-Za-z0-9+/]{43}", text))

    assert found == {raw["sha256"] for raw in KEYS["keys"] if raw.get("sha256")}


def test_every_provider_with_an_api_is_in_the_book() -> None:
    others = {"github-enterprise", "practice"}

    assert set(provider_names()) - others <= {entry.name for entry in book.entries()}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("GitHub.com.", "github"),
        ("acme.ghe.com", "github"),
        ("push-n3-par-clevercloud-customers.services.clever-cloud.com", "clevercloud"),
        ("push.par.clever-cloud.com", "clevercloud"),
        ("sshgateway-clevercloud-customers.services.clever-cloud.com", "clevercloud"),
        ("ssh.osc-secnum-fr1.scalingo.com", "scalingo"),
        ("ssh.scalingo.com", "scalingo"),
        ("scalingo.com", "scalingo"),
        ("heroku.com", "heroku"),
        ("git-codecommit.eu-west-3.amazonaws.com", "codecommit"),
        ("git-codecommit-fips.us-east-1.amazonaws.com", "codecommit"),
        ("ssh.bitbucket.org", "bitbucket"),
    ],
)
def test_a_host_leads_to_its_service(host: str, name: str) -> None:
    found = book.find(host)

    assert found is not None and name == found.name


@pytest.mark.parametrize(
    ("host", "user"),
    [
        ("push-n3-par-clevercloud-customers.services.clever-cloud.com", "git"),
        ("sshgateway-clevercloud-customers.services.clever-cloud.com", "ssh"),
        ("github.com", "git"),
        ("git.launchpad.net", None),
    ],
)
def test_a_host_has_its_own_user_name(host: str, user: str | None) -> None:
    entry = book.find(host)

    assert entry is not None and user == entry.user_at(host)


@pytest.mark.parametrize(
    "host",
    ["notgithub.com", "github.com.evil.test", "push.evil.test", "ssh.scalingo.com.evil.test", "ghe.com", ""],
)
def test_a_host_that_only_looks_like_it_does_not(host: str) -> None:
    assert book.find(host) is None


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("heroku.com", "retired"),
        ("bitbucket.org", "moved"),
        ("ssh.scalingo.com", "wrong"),
        ("scalingo.com", "wrong"),
    ],
)
def test_a_host_that_is_no_longer_right_is_known(host: str, kind: str) -> None:
    notice = book.notice(host)

    assert notice is not None and kind == notice.kind
    assert notice.words


@pytest.mark.parametrize(
    "host", ["git.heroku.com", "ssh.bitbucket.org", "ssh.osc-fr1.scalingo.com", "github.com", "x.test"]
)
def test_a_host_that_is_right_has_no_notice(host: str) -> None:
    assert book.notice(host) is None
