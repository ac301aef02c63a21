"""Each live rule fires on its trouble, stays silent on the near miss, and says nothing to a healthy machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from rules.making import (
    HOME,
    answer,
    case,
    check,
    identity,
    key_file,
    offer,
    path,
    problem,
    proposal,
    public,
    reached,
    rsa,
    stopped,
)

from sshwizard.model.config import NamedFile
from sshwizard.model.facts import Facts, GitFacts, GitRemote
from sshwizard.model.finding import Case, Finding
from sshwizard.model.identity import Agent, Certificate, KeyProblem
from sshwizard.model.plan import LeftOut
from sshwizard.model.source import Source
from sshwizard.model.transcript import HostKeySeen
from sshwizard.rules import judge

WORK, OLD = public("work"), public("id_rsa")
CONFIG = f"{HOME}/.ssh/config"


def healthy(**named: object) -> Case:
    given: dict[str, object] = {
        "identities": (identity("work"),),
        "offers": (offer(1, "work"),),
        "transcript": reached("accepted", answer("work", "accepted", 1), ssh_key=WORK),
    }
    return case(**{**given, **named})  # type: ignore[arg-type]


def not_offered(**named: object) -> Case:
    given: dict[str, object] = {
        "identities": (identity("id_rsa"), identity("work")),
        "offers": (offer(1, "id_rsa"),),
        "left_out": (
            LeftOut(public=WORK, path=path("work"), because="no line names it", reason="not-named"),
        ),
        "transcript": reached("refused", answer("id_rsa", "refused", 1), answer("work", "accepted")),
        "wanted": WORK,
        "proposals": (proposal(),),
    }
    return case(**{**given, **named})  # type: ignore[arg-type]


def two_accounts(**named: object) -> Case:
    given: dict[str, object] = {
        "identities": (identity("id_rsa"), identity("work")),
        "offers": (offer(1, "id_rsa"),),
        "transcript": reached(
            "accepted", answer("id_rsa", "accepted", 1), answer("work", "accepted"), ssh_key=OLD
        ),
        "proposals": (proposal(),),
    }
    return case(**{**given, **named})  # type: ignore[arg-type]


def full_agent(known: bool = True) -> Case:
    names = [f"k{n}" for n in range(8)]
    answers = [answer(name, "refused", n + 1) for n, name in enumerate(names[:6])]
    answers += [answer(names[7], "accepted" if known else "refused", 8)]
    return case(
        identities=tuple(identity(name) for name in names),
        offers=tuple(offer(n + 1, name) for n, name in enumerate(names)),
        transcript=reached(
            "thrown_out" if known else "refused", *answers, try_limit=6, disconnect="Too many"
        ),
    )


def unknown_key(**named: object) -> Case:
    given: dict[str, object] = {
        "identities": (identity("work"),),
        "offers": (offer(1, "work"),),
        "transcript": reached("refused", answer("work", "refused", 1)),
    }
    return case(**{**given, **named})  # type: ignore[arg-type]


def open_key(mode: int = 0o644, uid: int = 1000) -> Case:
    return healthy(
        transcript=reached("refused", answer("work", "accepted", 1)),
        offers=(offer(1, "work", usable=False),),
        facts={"key_files": (key_file("work", mode=mode, uid=uid),)},
    )


def damaged(problem_id: str, blocks: bool = True) -> Case:
    file = key_file("work", usable_private=False, problems=(KeyProblem(id=problem_id, title="It is wrong."),))
    made = unknown_key() if blocks else healthy()
    assert made.facts is not None
    return replace(made, facts=replace(made.facts, key_files=(file,)))


def host_key(state: str, **options: str) -> Case:
    seen = HostKeySeen(public=public("host"), state=state, where=f"{HOME}/.ssh/known_hosts:3", expected=("SHA256:old",))  # type: ignore[arg-type]  # fmt: skip
    failing = state in ("changed", "revoked", "withdrawn")
    made = stopped(check("hostkey", "failed", f"hostkey-{state}"), host_key=seen)
    whole = reached("accepted", answer("work", "accepted", 1), ssh_key=WORK, host_key=seen)
    return healthy(transcript=made if failing else whole, options=options)


def layer(id: str, code: str, **named: object) -> Case:
    return healthy(transcript=stopped(check(id, "failed", code, "words")), **named)


def test_a_jump_that_fails_is_named_and_to_be_mended_first() -> None:
    found = judge(layer("proxy", "proxy-failed", options={"proxyjump": "joe@gate:2222,second"}))[0]
    other = judge(layer("proxy", "proxy-failed", options={"proxycommand": "nc %h %p"}))[0]

    assert "by way of joe@gate:2222,second" in found.conclusion
    assert found.fixes[0].command == "sshwizard doctor ssh://joe@gate:2222"
    assert "ProxyJump" not in other.conclusion


def remote(transport: str) -> GitFacts:
    url = "https://github.com/a/b.git" if transport == "https" else "git@github.com:a/b.git"
    return GitFacts(folder="/w", remotes=(GitRemote(name="origin", url=url, push_url=url, folder="/w", transport=transport, host="github.com", path="a/b.git"),))  # type: ignore[arg-type]  # fmt: skip


def named(written: str, where: str, **fields: object) -> dict[str, object]:
    file = NamedFile(text=written, path=where, source=Source(CONFIG, 2), explicit=True, **fields)  # type: ignore[arg-type]
    return {"identity_files": (file,)}


def certified(begins: int, ends: int | None) -> Case:
    certificate = Certificate(
        kind="user", key_id="mia", serial=1, principals=("git",), valid_after=begins, valid_before=ends,
        critical_options=(), extensions=(), ca_type="ssh-ed25519", ca_fingerprint="SHA256:ca",
    )  # fmt: skip
    return unknown_key(
        offers=(offer(1, "work", public=replace(WORK, certificate=certificate), certificate=True),)
    )


def only_public(agent: Agent | None, known: bool = True) -> Case:
    bare = identity("work", has_private=False, private_path=None, usable_private=False)
    return case(
        identities=(bare, identity("id_rsa")),
        offers=(offer(1, "work", private_path=None, usable=False),),
        transcript=reached("refused", answer("work", "accepted" if known else "refused", 1)),
        facts={"agents": (agent,) if agent else ()},
        plan={"agent": agent.where if agent else None},
    )


DEAD = Agent(name="ssh-agent", where="/run/agent", reachable=False, problem="Connection refused")
ALIVE = Agent(name="ssh-agent", where="/run/agent", reachable=True)

TABLE: dict[str, tuple[Callable[[], Case], Callable[[], Case]]] = {
    "config-perms": (
        lambda: case(resolved={"problems": (problem("config-perms"),)}),
        lambda: healthy(resolved={"problems": (problem("config-perms", fatal=False),)}),
    ),
    "config-syntax": (
        lambda: case(resolved={"problems": (problem("config-syntax"),)}),
        lambda: healthy(resolved={"problems": (problem("config-syntax", fatal=False),)}),
    ),
    "config-encoding-bom": (
        lambda: case(resolved={"problems": (problem("config-encoding-bom"),)}, config="\ufeffHost a\n"),
        lambda: healthy(config="\ufeffHost a\n"),
    ),
    "config-unsupported-option": (
        lambda: case(resolved={"problems": (problem("config-unsupported-option", line=2),)}, config="Host *\n  UseKeychain yes\n"),
        lambda: healthy(config="IgnoreUnknown UseKeychain\nUseKeychain yes\n"),
    ),
    "ssh-missing": (lambda: unknown_key(facts={"ssh": ""}), lambda: unknown_key()),
    "certificate-not-valid": (lambda: certified(1, 2), lambda: certified(1, None)),
    "bad-advice": (
        lambda: healthy(config="Host *\n  StrictHostKeyChecking no\n"),
        lambda: healthy(config="Host box\n  StrictHostKeyChecking no\n"),
    ),
    "root-user-mismatch": (
        lambda: unknown_key(env={"SUDO_USER": "joe"}, facts={"environment": root_environment({"SUDO_USER": "joe"})}),
        lambda: unknown_key(facts={"environment": root_environment({})}),
    ),
    "home-dir-mismatch": (
        lambda: unknown_key(facts={"shell_home": "/other", "files": Folder("/other/.ssh", ("id_x", "id_x.pub"))}),
        lambda: unknown_key(facts={"shell_home": "/other", "files": Folder("/other/.ssh", ("known_hosts",))}),
    ),
    "two-ssh-clients": (
        lambda: unknown_key(target={"path": "a/b"}, facts={"git": GitFacts(folder="/w", ssh_command="plink.exe -P 22")}),
        lambda: unknown_key(target={"path": "a/b"}, facts={"git": GitFacts(folder="/w", ssh_command="ssh -i x")}),
    ),
    "https-ssh-mismatch": (
        lambda: healthy(facts={"git": remote("https")}),
        lambda: healthy(facts={"git": remote("ssh")}),
    ),
    "transport-retired": (
        lambda: layer("tcp", "timeout", target={"host": "heroku.com", "hostname": "heroku.com", "provider": "heroku"}),
        lambda: layer("tcp", "timeout", target={"host": "github.com", "hostname": "github.com"}),
    ),
    "net-dns-wrong": (lambda: layer("dns", "no-such-host"), lambda: layer("tcp", "refused")),
    "net-vpn-route": (lambda: layer("tcp", "unreachable"), lambda: layer("tcp", "timeout")),
    "net-port-blocked": (lambda: layer("tcp", "timeout"), lambda: layer("tcp", "unreachable")),
    "net-ipv6-broken": (
        lambda: healthy(transcript=replace(reached("accepted", answer("work", "accepted", 1), ssh_key=WORK), checks=(check("tcp", "warned", "ipv6-broken"),))),
        lambda: healthy(transcript=replace(reached("accepted", answer("work", "accepted", 1), ssh_key=WORK), checks=(check("tcp", "warned", "some-addresses-down"),))),
    ),
    "net-proxy-misconfig": (lambda: layer("proxy", "proxy-failed"), lambda: layer("banner", "closed")),
    "net-ssh-filtered": (lambda: layer("banner", "closed"), lambda: layer("banner", "http-answer")),
    "server-busy": (lambda: layer("banner", "max-startups"), lambda: layer("banner", "reset")),
    "wrong-host-reached": (lambda: layer("banner", "not-ssh"), lambda: layer("banner", "closed")),
    "hostkey-changed": (lambda: host_key("changed"), lambda: host_key("known")),
    "hostkey-revoked": (lambda: host_key("revoked"), lambda: host_key("unknown")),
    "hostkey-unknown": (lambda: host_key("unknown"), lambda: host_key("known")),
    "hostkey-unknown-noninteractive": (
        lambda: host_key("unknown", stricthostkeychecking="yes"),
        lambda: host_key("unknown", stricthostkeychecking="ask"),
    ),
    "alg-kex-mismatch": (lambda: layer("kex", "no-common-kex"), lambda: layer("kex", "no-common-hostkey")),
    "alg-hostkey-mismatch": (lambda: layer("kex", "no-common-hostkey"), lambda: layer("kex", "closed")),
    "alg-rsa-sha1-sig": (
        lambda: unknown_key(
            offers=(offer(1, "work", public=rsa("work"), skipped="no mutual signature algorithm"),),
            transcript=reached("no_key", server_version="OpenSSH_6.6"),
        ),
        lambda: unknown_key(offers=(offer(1, "work", skipped="not in PubkeyAcceptedAlgorithms"),), transcript=reached("no_key")),
    ),
    "key-perms-open": (lambda: open_key(), lambda: open_key(uid=0)),
    "identityfile-path": (
        lambda: unknown_key(resolved=named("~/.ssh/gone", path("gone"))),
        lambda: unknown_key(resolved=named("~/.ssh/id_rsa", path("id_rsa"), default=True)),
    ),
    "pubkey-used-as-private": (lambda: damaged("public-in-private-file"), lambda: damaged("pair-mismatch")),
    "key-format-unsupported": (lambda: damaged("ppk"), lambda: damaged("crlf")),
    "key-file-corrupt": (lambda: damaged("crlf"), lambda: damaged("ppk")),
    "key-pair-mismatch": (lambda: damaged("pair-mismatch"), lambda: damaged("crlf")),
    "passphrase-no-prompt": (
        lambda: healthy(offers=(offer(1, "work", needs_passphrase=True),), options={"batchmode": "yes"}),
        lambda: healthy(offers=(offer(1, "work", needs_passphrase=True, via="agent"),), options={"batchmode": "yes"}),
    ),
    "agent-stale-or-bridge": (lambda: only_public(DEAD), lambda: only_public(ALIVE)),
    "agent-missing-keys": (lambda: only_public(ALIVE), lambda: only_public(DEAD)),
    "agent-not-running": (lambda: only_public(None), lambda: unknown_key()),
    "wrong-username": (
        lambda: unknown_key(target={"user": "joe"}),
        lambda: unknown_key(target={"user": "joe", "host": "box.example", "hostname": "box.example", "provider": None}),
    ),
    "key-missing": (lambda: case(transcript=reached("no_key")), lambda: unknown_key()),
    "config-host-mismatch": (
        lambda: not_offered(config="Host gh-work\n  HostName github.com\n  IdentityFile ~/.ssh/work\n"),
        lambda: not_offered(config="Host gh-work\n  HostName github.com\n  IdentityFile ~/.ssh/other\n"),
    ),
    "key-nondefault-name": (lambda: not_offered(), lambda: unknown_key()),
    "too-many-keys": (lambda: full_agent(), lambda: full_agent(known=False)),
    "wrong-account-key": (
        lambda: two_accounts(wanted=WORK),
        lambda: healthy(identities=(identity("work"), identity("id_rsa"))),
    ),
    "key-not-registered": (lambda: unknown_key(), lambda: not_offered()),
    "server-no-publickey": (
        lambda: unknown_key(transcript=replace(reached("refused"), methods=("password",))),
        lambda: unknown_key(transcript=replace(reached("refused"), methods=("password", "publickey"))),
    ),
    "login-breaks-off": (lambda: layer("userauth", "timeout"), lambda: layer("userauth", "denied")),
    "second-factor-wanted": (lambda: layer("session", "partial-success"), lambda: layer("session", "closed")),
    "own-limit": (lambda: layer("proxy", "own-limit"), lambda: layer("proxy", "proxy-failed")),
    "saml-sso-required": (
        lambda: healthy(transcript=reached("accepted", answer("work", "accepted", 1), ssh_key=WORK, access="sso")),
        lambda: healthy(transcript=reached("accepted", answer("work", "accepted", 1), ssh_key=WORK, access="ok")),
    ),
    "deploykey-readonly": (
        lambda: healthy(transcript=reached("accepted", answer("work", "accepted", 1), ssh_key=WORK, access="read_only")),
        lambda: healthy(transcript=reached("accepted", answer("work", "accepted", 1), ssh_key=WORK, access="unknown")),
    ),
}  # fmt: skip
"""Finding → the case in which it fires, and the near miss."""

NEVER_BLOCKS = {"bad-advice", "https-ssh-mismatch", "hostkey-unknown", "deploykey-readonly", "net-ipv6-broken", "two-ssh-clients", "home-dir-mismatch", "identityfile-path"}  # fmt: skip
UNCERTAIN_TARGETS = {"agent-not-running", "agent-stale-or-bridge", "agent-missing-keys"}


class Folder:
    """A view on one folder."""

    def __init__(self, folder: str, names: tuple[str, ...]) -> None:
        self._folder, self._names = folder, names

    def look(self, path: str) -> object:
        from sshwizard.model.files import FileSeen

        return FileSeen(path=path, kind="missing")

    def names(self, folder: str) -> tuple[str, ...] | None:
        return self._names if folder == self._folder else None

    def glob(self, pattern: str) -> tuple[str, ...]:
        return ()


def replace_identities(made: Case) -> Facts:
    assert made.facts is not None
    return replace(made.facts, identities=made.facts.identities[:1], key_files=())


def root_environment(env: dict[str, str]) -> object:
    facts = case().facts
    assert facts is not None
    return replace(facts.environment, uid=0, env=env)


def by_id(made: Case) -> dict[str, Finding]:
    found = judge(made)
    assert not [f for f in found if f.id == "rule-crashed"], found
    return {f.id: f for f in found}


@pytest.mark.parametrize("id", TABLE)
def test_the_rule_fires_and_shows_where(id: str) -> None:
    found = by_id(TABLE[id][0]())

    assert id in found, list(found)
    assert found[id].evidence and all(e.source and e.text for e in found[id].evidence)
    assert found[id].title and found[id].conclusion
    assert found[id].severity != "fail" or id not in NEVER_BLOCKS


@pytest.mark.parametrize("id", TABLE)
def test_the_near_miss_does_not_fire(id: str) -> None:
    assert id not in by_id(TABLE[id][1]())


def test_a_healthy_machine_hears_nothing() -> None:
    assert () == judge(healthy())


def test_another_known_key_alone_is_no_alarm() -> None:
    found = by_id(two_accounts())

    assert {"info"} == {f.severity for f in found.values()}
    assert "possible" == found["wrong-account-key"].certainty
    assert () == found["wrong-account-key"].fixes


def test_the_proposals_go_to_the_finding_that_they_mend() -> None:
    assert (proposal(),) == by_id(not_offered())["key-nondefault-name"].fixes
    assert (proposal(),) == by_id(two_accounts(wanted=WORK))["wrong-account-key"].fixes


def test_what_blocks_first_comes_first() -> None:
    stacked = unknown_key(
        target={"user": "joe"},
        resolved={"problems": (problem("config-perms"),), **named("~/.ssh/gone", path("gone"))},
    )

    assert "config-perms" == judge(stacked)[0].id


def test_a_key_named_for_this_host_is_the_one_that_was_meant() -> None:
    made = two_accounts(wanted=WORK, config="Host github.com\n  IdentityFile ~/.ssh/id_rsa\n")

    assert "info" == by_id(made)["wrong-account-key"].severity


def test_keys_that_were_not_all_asked_about_leave_a_doubt() -> None:
    made = unknown_key(identities=(identity("work"), identity("other")))

    assert "likely" == by_id(made)["key-not-registered"].certainty


def test_the_host_knowing_the_key_is_certain() -> None:
    assert "certain" == by_id(not_offered())["key-nondefault-name"].certainty
    assert "certain" == by_id(full_agent())["too-many-keys"].certainty


def test_an_agent_that_does_not_answer_leaves_a_doubt_about_having_no_key() -> None:
    found = by_id(case(transcript=reached("no_key"), facts={"agents": (DEAD,)}))

    assert "likely" == found["key-missing"].certainty


def test_a_public_half_without_its_private_one_is_not_called_no_key() -> None:
    assert "key-missing" not in by_id(replace(only_public(DEAD), facts=replace_identities(only_public(DEAD))))


def test_a_variable_before_the_command_of_git_is_not_taken_for_it() -> None:
    made = unknown_key(
        target={"path": "a/b"}, facts={"git": GitFacts(folder="/w", ssh_command="LANG=C ssh -v")}
    )

    assert "two-ssh-clients" not in by_id(made)


def test_without_asking_the_host_nothing_is_certain_about_its_keys() -> None:
    found = by_id(not_offered(transcript=None, offers=()))

    assert "likely" == found["key-nondefault-name"].certainty


def test_the_mode_of_a_config_is_closed_by_a_step() -> None:
    made = case(resolved={"problems": (problem("config-perms"),)}, files={CONFIG: b"x"})
    assert made.facts is not None
    seen = made.facts.files.look(CONFIG)

    fixes = by_id(made)["config-perms"].fixes
    assert seen.mode is not None
    assert fixes


def test_the_unknown_option_gets_ignoreunknown_above_it() -> None:
    fix = by_id(TABLE["config-unsupported-option"][0]())["config-unsupported-option"].fixes[0]

    assert b"Host *\n  IgnoreUnknown UseKeychain\n  UseKeychain yes\n" == fix.steps[0].after  # type: ignore[union-attr]


def test_the_byte_order_mark_is_taken_off() -> None:
    fix = by_id(TABLE["config-encoding-bom"][0]())["config-encoding-bom"].fixes[0]

    assert b"Host a\n" == fix.steps[0].after  # type: ignore[union-attr]


def test_a_rule_that_crashes_becomes_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    from sshwizard import rules

    def broken(_case: Case) -> list[Finding]:
        raise ValueError("oops\x1b[31m")

    monkeypatch.setattr(rules, "RULES", (broken, *rules.RULES))
    found = judge(unknown_key())

    crashed = next(f for f in found if f.id == "rule-crashed")
    assert "\x1b" not in crashed.evidence[0].text
    assert "key-not-registered" in {f.id for f in found}
