"""Every finding and every word of the field is explained, offline; ids are frozen."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import sshwizard
from sshwizard.rules import explain
from sshwizard.rules.catalogue import CATALOGUE, rank, table
from sshwizard.rules.remedies import remedies

FROZEN = frozenset(
    """agent-bug agent-cannot-prompt agent-missing-keys agent-not-running agent-stale-or-bridge alg-hostkey-mismatch
    alg-kex-mismatch alg-rsa-sha1-sig auth-ok-other-error bad-advice certificate-not-valid client-bug config-encoding-bom
    config-host-mismatch config-not-read config-perms config-syntax config-unsupported-option deploykey-readonly
    home-dir-mismatch hostkey-changed hostkey-revoked hostkey-unknown hostkey-unknown-noninteractive
    https-ssh-mismatch identityfile-path key-file-corrupt key-format-unsupported key-missing key-nondefault-name
    key-not-registered key-pair-mismatch key-perms-open key-perms-windows-acl key-perms-wsl-mount
    key-type-dsa-disabled key-weak-blacklisted net-dns-wrong net-ipv6-broken net-port-blocked net-proxy-misconfig
    net-qos-tos net-ssh-filtered net-vpn-route passphrase-no-prompt private-key-pasted pubkey-used-as-private
    root-user-mismatch rule-crashed saml-sso-required server-account-config server-authorized-keys-perms server-busy
    server-no-publickey server-selinux sk-token-unavailable ssh-missing too-many-keys transport-retired two-ssh-clients
    wrong-account-key config-value config-missing config-include-depth block-never-matches hostname-not-a-name
    duplicate-host order-trap unreachable-line identitiesonly-missing identitiesonly-without-identityfile
    identityfile-accumulates identityfile-public-half certificatefile-missing include-missing obsolete-option
    wrong-host-reached wrong-text-registered wrong-username ssh-folder-perms private-half-misnamed public-half-misnamed
    public-half-missing repository-no-access hostkey-withdrawn foreign-files
    login-breaks-off second-factor-wanted own-limit""".split()  # noqa: SIM905
)
TERMS = (
    "identity", "offer", "accept", "PK_OK", "userauth", "partial success", "server-sig-algs", "EXT_INFO", "kex",
    "host key", "known_hosts", "fingerprint", "comment", "agent", "SSH_AUTH_SOCK", "IdentityAgent", "passphrase",
    "private half", "public half", "certificate", "principal", "security key", "verify-required", "Host", "Match",
    "ProxyJump", "canonicalize", "banner", "version string", "greeting", "remote", "insteadOf", "scp-like", "forge",
    "provider", "account key", "deploy key", "key type", "signature algorithm", "authorized_keys",
)  # fmt: skip


def test_ids_are_frozen() -> None:
    assert FROZEN <= {entry.id for entry in CATALOGUE}
    assert len(CATALOGUE) == len({entry.id for entry in CATALOGUE})


@pytest.mark.parametrize("id", sorted(FROZEN))
def test_every_finding_is_explained(id: str) -> None:
    found = explain.explain(id)

    assert found is not None and "finding" == found.kind
    assert len(found.text) > 50
    assert found.steps or id == "rule-crashed"
    assert remedies(id) or id == "rule-crashed"


@pytest.mark.parametrize("term", TERMS)
def test_every_term_is_explained(term: str) -> None:
    assert explain.explain(term) is not None


def test_every_remark_about_a_configuration_is_explained() -> None:
    folder = Path(sshwizard.__file__).parent / "openssh" / "config" / "remarks"
    ids = {id for path in folder.glob("*.py") for id in re.findall(r'id="([a-z-]+)"', path.read_text())}

    assert ids
    assert {id for id in ids if explain.explain(id) is None} == set()


def test_words_are_found_however_they_are_written() -> None:
    for written in ("Too-Many-Keys", "too_many_keys", "too many keys"):
        found = explain.explain(written)
        assert found is not None and "too-many-keys" == found.word
    assert explain.explain("no such word") is None


def test_all_words_explain_themselves() -> None:
    words = explain.all_words()

    assert "config-perms" == words[0]
    assert all(explain.explain(word) is not None for word in words)
    assert all(explain.explain(other) for word in words for other in explain.explain(word).see)  # type: ignore[union-attr]


def test_the_language_is_calm() -> None:
    for word in explain.all_words():
        found = explain.explain(word)
        assert found is not None
        text = " ".join((found.text, found.remedy, *found.steps))
        assert not re.search(r"\b(?:simply|just|obviously|of course|easy|easily)\b", text, re.I), word
        assert not re.search(r"[A-Za-z]!(?:\s|$)", re.sub(r'"[^"]*"', "", found.text)), word


def test_the_order_is_that_of_a_login() -> None:
    stages = ("config-syntax", "net-dns-wrong", "hostkey-changed", "alg-kex-mismatch", "key-perms-open", "key-missing", "key-not-registered", "saml-sso-required")  # fmt: skip

    assert sorted(stages, key=rank) == list(stages)


def test_the_table_has_a_row_for_each_finding() -> None:
    rows = table().splitlines()[2:]

    assert len(CATALOGUE) == len(rows)
    assert sorted(entry.id for entry in CATALOGUE) == [row.split("`")[1] for row in rows]


def test_no_spelling_means_two_things() -> None:
    folder = Path(explain.__file__).parent
    raw = tomllib.loads((folder / "explanations.toml").read_text())
    meanings: dict[str, set[str]] = {}
    for word, entry in [*raw["finding"].items(), *raw["term"].items()]:
        for name in (word, *entry.get("also", ())):
            meanings.setdefault(name.lower().replace("_", " ").replace("-", " "), set()).add(word)

    assert {name: words for name, words in meanings.items() if len(words) > 1} == {}


def test_the_words_of_a_text_are_found_in_their_order() -> None:
    found = explain.mentioned("ssh notes each host key in known_hosts; the agent holds keys.", 3)

    assert [one.word for one in found] == ["host key", "known_hosts", "agent"]
    assert explain.mentioned("Nothing of the sort.", 3) == ()
