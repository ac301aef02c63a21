"""What is offered, why, and what is left out: the cases that surprise people, and other versions of ssh."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker, Pair

from sshwizard.gather import gather
from sshwizard.machine.files import Overlay
from sshwizard.machine.machine import Machine
from sshwizard.model.config import CommandLine
from sshwizard.model.facts import Facts
from sshwizard.model.plan import Plan
from sshwizard.plan import make_plan
from sshwizard.plan.order import rules_of

NEWEST = "OpenSSH_10.5p1, OpenSSL 3.5.0"


class Ground:
    """A home with keys, a configuration and perhaps an agent."""

    def __init__(self, home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]) -> None:
        self.folder = home / ".ssh"
        self.folder.mkdir(mode=0o700)
        self._keys = keys
        self._make_machine = make_machine
        self.env: dict[str, str] = {}

    def key(self, name: str, **options: object) -> Pair:
        return self._keys.make(self.folder, name, **options)  # type: ignore[arg-type]

    def config(self, text: str) -> None:
        (self.folder / "config").write_text(text)

    def facts(self, destination: str = "host", *flags: tuple[str, str]) -> Facts:
        machine = self._make_machine(env=self.env, system_config=None)
        return gather(machine, CommandLine(destination=destination, flags=flags))

    def plan(self, destination: str = "host", *flags: tuple[str, str], version: str = "") -> Plan:
        facts = self.facts(destination, *flags)
        if version:
            environment = dataclasses.replace(facts.environment, ssh_version=version, builtin={})
            facts = dataclasses.replace(facts, ssh_version=version, environment=environment)
        return make_plan(facts)


@pytest.fixture
def ground(home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]) -> Ground:
    return Ground(home, keys, make_machine)


def names(plan: Plan) -> list[str]:
    return [offer.path.rsplit("/", 1)[-1] for offer in plan.offers if offer.exists]


def left(plan: Plan) -> dict[str, str]:
    return {(entry.path or "").rsplit("/", 1)[-1]: entry.reason for entry in plan.left_out}


def test_agent_keys_come_before_files_and_in_the_agents_order(
    ground: Ground, start_agent: Callable[..., Agent]
) -> None:
    named, held, stranger = ground.key("named"), ground.key("held"), ground.key("stranger")
    ground.env["SSH_AUTH_SOCK"] = start_agent(stranger.path, held.path).socket
    ground.config(f"IdentityFile {named.path}\nIdentityFile {held.path}\n")

    plan = ground.plan()

    assert names(plan) == ["held", "stranger", "named"]
    assert [offer.via for offer in plan.offers] == ["agent", "agent", "file"]
    assert [offer.explicit for offer in plan.offers] == [True, False, True]
    assert "held by the agent" in plan.offers[0].because and "config:2" in plan.offers[0].because
    assert plan.offers[1].because.startswith("Only in the agent")
    assert str(plan.offers[2].source).endswith("config:1")


def test_identities_only_leaves_the_agents_other_keys_out(
    ground: Ground, start_agent: Callable[..., Agent]
) -> None:
    named, stranger = ground.key("named"), ground.key("stranger")
    ground.env["SSH_AUTH_SOCK"] = start_agent(stranger.path, named.path).socket
    ground.config(f"IdentitiesOnly yes\nIdentityFile {named.path}\n")

    plan = ground.plan()

    assert names(plan) == ["named"]
    reasons = {entry.fingerprint: entry.reason for entry in plan.left_out}
    assert reasons == {stranger.fingerprint: "identities-only"}


def test_an_accumulated_identity_in_the_agent_still_goes_first(
    ground: Ground, start_agent: Callable[..., Agent]
) -> None:
    home_key, work = ground.key("home"), ground.key("work")
    ground.env["SSH_AUTH_SOCK"] = start_agent(home_key.path).socket
    ground.config(
        f"Host forge\n  IdentityFile {work.path}\n  IdentitiesOnly yes\nHost *\n  IdentityFile {home_key.path}\n"
    )

    assert names(ground.plan("forge")) == ["home", "work"]


def test_a_public_file_picks_one_key_of_the_agent(ground: Ground, start_agent: Callable[..., Agent]) -> None:
    one, two = ground.key("one"), ground.key("two")
    ground.env["SSH_AUTH_SOCK"] = start_agent(one.path, two.path).socket
    two.path.unlink()
    ground.config(f"IdentitiesOnly yes\nIdentityFile {two.public_path}\n")

    (offer,) = ground.plan().offers

    assert (offer.fingerprint, offer.via, offer.usable) == (two.fingerprint, "agent", True)


def test_only_default_names_are_tried_unaided(ground: Ground) -> None:
    ground.key("id_ed25519"), ground.key("work"), ground.key("id_rsa_work")

    plan = ground.plan()

    assert names(plan) == ["id_ed25519"]
    assert not plan.offers[0].explicit and "default name" in plan.offers[0].because
    assert left(plan) == {"work": "not-named", "id_rsa_work": "not-named"}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("OpenSSH_7.4p1", ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"]),
        ("OpenSSH_8.4p1 Debian-5", ["id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519"]),
        ("OpenSSH_9.2p1 Debian-2", ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519"]),
        (NEWEST, ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519"]),
    ],
)
def test_default_names_depend_on_the_version(version: str, expected: list[str], ground: Ground) -> None:
    for name in ("id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519"):
        ground.key(name)

    assert [name for name in names(ground.plan(version=version)) if name != "id_dsa"] == [
        name for name in expected if name != "id_dsa"
    ]
    assert ("id_dsa" in expected) <= ("id_dsa" in names(ground.plan(version=version)))


def test_the_default_names_are_those_of_the_installed_build(ground: Ground) -> None:
    ground.key("id_special")
    facts = ground.facts()
    built = {**facts.environment.builtin, "identityfile": ("~/.ssh/id_special", "~/.ssh/id_rsa")}
    environment = dataclasses.replace(facts.environment, builtin=built)

    plan = make_plan(dataclasses.replace(facts, environment=environment))

    assert [offer.path.rsplit("/", 1)[-1] for offer in plan.offers] == ["id_special", "id_rsa"]
    assert "default name" in plan.offers[0].because


def test_a_build_without_security_keys_ignores_them(ground: Ground) -> None:
    facts = ground.facts()
    bare = dataclasses.replace(facts.environment, builtin={"securitykeyprovider": ("$SSH_SK_PROVIDER",)})
    own = dataclasses.replace(bare, env={**bare.env, "SSH_SK_PROVIDER": "/usr/lib/sk.so"})
    full = dataclasses.replace(bare, builtin={"securitykeyprovider": ("internal",)})

    effective = make_plan(facts).effective

    assert [rules_of(effective, (9, 9), each).security_keys for each in (bare, own, full)] == [
        False,
        True,
        True,
    ]


def test_before_8_3_a_private_file_alone_does_not_show_its_public_half(ground: Ground) -> None:
    pair = ground.key("id_ed25519")
    pair.public_path.unlink()

    old, new = ground.plan(version="OpenSSH_8.2p1"), ground.plan(version="OpenSSH_8.3p1")

    assert [offer.kind for offer in old.offers if offer.exists] == ["private"]
    assert [offer.kind for offer in new.offers if offer.exists] == ["query"]


def test_pem_without_public_half_is_signed_with_at_once(ground: Ground) -> None:
    pair = ground.key("id_rsa", type="rsa", bits=2048, form="PEM")
    locked = ground.key("id_ecdsa", type="ecdsa", form="PEM", passphrase="secret")
    pair.public_path.unlink(), locked.public_path.unlink()

    offers = {offer.path.rsplit("/", 1)[-1]: offer for offer in ground.plan().offers}

    assert (offers["id_rsa"].kind, offers["id_rsa"].public, offers["id_rsa"].usable) == (
        "private",
        None,
        True,
    )
    assert (offers["id_ecdsa"].kind, offers["id_ecdsa"].needs_passphrase) == ("private", True)
    assert not offers["id_xmss"].exists if "id_xmss" in offers else True


def test_what_cannot_sign_is_offered_all_the_same(ground: Ground) -> None:
    open_mode, other, lonely = ground.key("open"), ground.key("other"), ground.key("lonely")
    wrong = ground.key("wrong")
    open_mode.path.chmod(0o644)
    lonely.path.unlink()
    wrong.public_path.write_text(other.line + "\n")
    ground.config("".join(f"IdentityFile {pair.path}\n" for pair in (open_mode, lonely, wrong)))

    plan = ground.plan()

    assert [(offer.kind, offer.usable) for offer in plan.offers] == [("query", False)] * 3
    assert plan.offers[2].fingerprint == other.fingerprint


def test_a_configured_key_that_is_missing_suppresses_the_defaults(ground: Ground) -> None:
    ground.key("id_ed25519")
    ground.config("IdentityFile ~/.ssh/missing\n")

    assert [offer.exists for offer in ground.plan().offers] == [False]
    ground.config("")
    assert names(ground.plan("host", ("-i", str(ground.folder / "missing")))) == ["id_ed25519"]


def certified(ground: Ground, name: str, *flags: str) -> Pair:
    authority = ground.key("authority")
    pair = ground.key(name)
    subprocess.run(
        ["ssh-keygen", "-q", "-s", authority.path, "-I", "id", *flags, pair.public_path],
        check=True,
        timeout=20,
    )
    return pair


def test_a_certificate_beside_the_key_comes_right_after_it(ground: Ground) -> None:
    pair = certified(ground, "work")
    ground.key("other")
    ground.config(
        "IdentityFile ~/.ssh/work\nIdentityFile ~/.ssh/other\n".replace("~", str(ground.folder.parent))
    )

    plan = ground.plan()

    assert [(offer.path.rsplit("/", 1)[-1], offer.certificate) for offer in plan.offers] == [
        ("work", False),
        ("work", True),
        ("other", False),
    ]
    assert plan.offers[1].usable and plan.offers[1].private_path == str(pair.path)


def test_a_certificate_file_comes_first_and_ends_the_search_beside_keys(ground: Ground) -> None:
    certified(ground, "one"), certified(ground, "two")
    ground.config(
        f"IdentityFile {ground.folder}/one\nIdentityFile {ground.folder}/two\n"
        f"CertificateFile {ground.folder}/two-cert.pub\n"
    )

    plan = ground.plan()

    assert [(names(plan)[place], offer.certificate) for place, offer in enumerate(plan.offers)] == [
        ("two-cert.pub", True),
        ("one", False),
        ("two", False),
    ]
    assert plan.offers[0].usable


def test_host_certificates_are_no_use_to_a_user(ground: Ground) -> None:
    certified(ground, "work", "-h")
    ground.config(f"IdentityFile {ground.folder}/work\n")

    plan = ground.plan()

    assert [offer.certificate for offer in plan.offers] == [False]
    assert "host-certificate" in {entry.reason for entry in plan.left_out}


def test_from_10_5_certificates_of_the_agent_come_before_its_plain_keys(
    ground: Ground, start_agent: Callable[..., Agent]
) -> None:
    plain, with_certificate = ground.key("plain"), certified(ground, "certified")
    ground.env["SSH_AUTH_SOCK"] = start_agent(plain.path, with_certificate.path).socket
    ground.config("IdentityFile none\n")

    before, after = ground.plan(version="OpenSSH_10.4p1"), ground.plan(version=NEWEST)

    assert [offer.certificate for offer in before.offers] == [False, False, True]
    assert [offer.certificate for offer in after.offers] == [True, False, False]


def test_an_unaccepted_type_is_left_out(ground: Ground) -> None:
    ground.key("id_ed25519"), ground.key("id_rsa", type="rsa", bits=2048)
    ground.config("PubkeyAcceptedAlgorithms -ssh-ed25519\n")

    plan = ground.plan()

    assert names(plan) == ["id_rsa"]
    assert left(plan)["id_ed25519"] == "skipped-type"


def test_a_required_size_drops_public_halves(ground: Ground, start_agent: Callable[..., Agent]) -> None:
    small = ground.key("id_rsa", type="rsa", bits=2048)
    ground.env["SSH_AUTH_SOCK"] = start_agent(small.path).socket
    ground.config("RequiredRSASize 3072\n")

    plan = ground.plan()

    found = [(offer.kind, offer.public, offer.usable) for offer in plan.offers if offer.exists]
    assert found == [("private", None, False)]
    assert "too-short" in {entry.reason for entry in plan.left_out}


def test_no_agent_is_asked_when_the_configuration_says_so(
    ground: Ground, start_agent: Callable[..., Agent]
) -> None:
    pair = ground.key("work")
    ground.env["SSH_AUTH_SOCK"] = start_agent(pair.path).socket
    ground.config("IdentityAgent none\n")

    plan = ground.plan()

    assert (names(plan), plan.agent) == ([], None)
    assert left(plan) == {"work": "agent-off"}
    assert any("IdentityAgent none" in note for note in plan.notes)


def test_an_agent_named_for_one_host_serves_only_that_host(
    ground: Ground, start_agent: Callable[..., Agent]
) -> None:
    first, second = ground.key("first"), ground.key("second")
    other = start_agent(second.path)
    ground.env["SSH_AUTH_SOCK"] = start_agent(first.path).socket
    ground.config(f"Host vault\n  IdentityAgent {other.socket}\n")
    facts = ground.facts("host")

    here, there = make_plan(facts), make_plan(facts, command_line=CommandLine(destination="vault"))

    assert [offer.fingerprint for offer in here.sent] == [first.fingerprint]
    assert [offer.fingerprint for offer in there.sent] == [second.fingerprint]


def test_publickey_switched_off_sends_nothing(ground: Ground) -> None:
    ground.key("id_ed25519")
    ground.config("PubkeyAuthentication no\n")

    plan = ground.plan()

    assert plan.offers and plan.sent == ()
    assert any("PubkeyAuthentication" in note for note in plan.notes)


def test_a_refused_configuration_gives_no_offers(ground: Ground) -> None:
    ground.key("id_ed25519")
    for text in ("NoSuchOption yes\n", "IdentityFile ${UNSET_VARIABLE}/key\n", "IdentityFile ~/.ssh/%z\n"):
        ground.config(text)

        plan = ground.plan()

        assert plan.offers == ()
        assert plan.notes[0].startswith("ssh ends before it offers a key")


def test_a_proposal_is_planned_without_being_written(ground: Ground) -> None:
    ground.key("id_ed25519"), ground.key("work")
    facts = ground.facts()
    path = str(ground.folder / "config")
    proposed = Overlay(facts.files, {path: f"IdentityFile {ground.folder}/work\n".encode()})

    plan = make_plan(facts, files=proposed)

    assert names(plan) == ["work"]
    assert names(make_plan(facts)) == ["id_ed25519"]
    assert not (ground.folder / "config").exists()


def test_a_damaged_key_is_left_out_with_what_is_wrong(ground: Ground) -> None:
    pair = ground.key("work")
    pair.public_path.unlink()
    pair.path.write_bytes(b"-----BEGIN OPENSSH PRIVATE KEY-----\r\nb3Blbn")
    pair.path.chmod(0o600)

    (entry,) = ground.plan().left_out

    assert (entry.path, entry.reason) == (str(pair.path), "damaged")
    assert "cut off" in entry.because or "CR LF" in entry.because


def test_an_alias_of_a_known_host_is_known_too(ground: Ground) -> None:
    ground.config("Host hub\n  HostName github.com\n  User git\n  Port 2222\n")

    target = ground.plan("hub").target

    assert (target.host, target.hostname, target.user, target.port) == ("hub", "github.com", "git", 2222)
    assert target.provider == "github"
