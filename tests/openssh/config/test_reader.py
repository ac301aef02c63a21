"""What the reader says beyond `ssh -G`: places, shadowed values, files, agents, conditions, versions."""

from __future__ import annotations

import pytest
from openssh.config.looking import CONFIG, HOME, Shown, effective, environment

from sshwizard.model.config import CommandLine
from sshwizard.model.source import Source
from sshwizard.openssh.config import Reader, hosts_named, print_g


def texts(values: object) -> list[str]:
    return [value.text for value in values]  # type: ignore[attr-defined]


def test_every_value_names_its_line() -> None:
    found = effective("Host web1\n  User git\n  Port 2222\n")

    assert found.source("user") == Source(CONFIG, 2)
    assert found.source("port") == Source(CONFIG, 3)
    assert found.source("compression") is None


def test_a_value_from_the_command_line_says_so() -> None:
    found = effective("User b\n", ("-l", "a"))

    assert found.user == "a"
    assert found.source("user") == Source("command-line")
    assert texts(found.shadowed["user"]) == ["b"]


def test_what_lost_is_kept_with_its_place() -> None:
    found = effective("Host web1\n  User a\nHost *\n  User b\n  User c\nHost db\n  User d\n")

    assert [(value.text, value.source) for value in found.shadowed["user"]] == [
        ("b", Source(CONFIG, 4)),
        ("c", Source(CONFIG, 5)),
    ]


def test_matching_blocks_are_listed_in_order() -> None:
    found = effective("Host web1\nHost db\nMatch all\nHost web*\n")

    assert found.blocks == (Source(CONFIG, 1), Source(CONFIG, 3), Source(CONFIG, 4))


def test_files_are_listed_in_reading_order() -> None:
    extra = f"{HOME}/.ssh/extra"
    found = effective("Include extra\n", files={extra: "Port 3\n", "/etc/ssh/ssh_config": "User s\n"})

    assert found.files_read == (CONFIG, extra, "/etc/ssh/ssh_config")
    assert found.source("port") == Source(extra, 1)


def test_identity_files_are_expanded_and_marked() -> None:
    found = effective(
        "IdentityFile ~/.ssh/a\nIdentityFile keys/%r\nIdentityFile none\nIdentityFile ${NOPE}/x\n",
        files={"/etc/ssh/ssh_config": "IdentityFile /sys\n"},
    )

    named = found.identity_files
    assert [each.path for each in named] == [f"{HOME}/.ssh/a", "/there/keys/me", "${NOPE}/x", "/sys"]
    assert [each.explicit for each in named] == [True, True, True, False]
    assert "NOPE" in named[2].problem


def test_default_identities_are_those_of_the_version() -> None:
    debian = effective("")
    newest = effective("", ssh_version="OpenSSH_10.5p1")

    assert [each.text for each in debian.identity_files][-1] == "~/.ssh/id_dsa"
    assert [each.text for each in newest.identity_files][-1] == "~/.ssh/id_mldsa44_ed25519"
    assert all(each.default and not each.explicit for each in debian.identity_files)


def test_identity_file_none_leaves_no_file_and_no_default() -> None:
    found = effective("IdentityFile none\n")

    assert found.identity_files == ()
    assert texts(found.options["identityfile"]) == ["none"]


@pytest.mark.parametrize(
    ("line", "agent"),
    [
        ("", "/run/agent"),
        ("IdentityAgent SSH_AUTH_SOCK", "/run/agent"),
        ("IdentityAgent none", "none"),
        ("IdentityAgent $OTHER", "/run/other"),
        ("IdentityAgent $NOPE", None),
        ("IdentityAgent ~/a/%u", f"{HOME}/a/me"),
        ("IdentityAgent ${OTHER}.2", "/run/other.2"),
    ],
)
def test_identity_agent_is_resolved(line: str, agent: str | None) -> None:
    found = effective(line + "\n", env={"SSH_AUTH_SOCK": "/run/agent", "OTHER": "/run/other"})

    assert found.identity_agent == agent


def test_no_agent_without_a_socket() -> None:
    assert effective("").identity_agent is None


def test_match_exec_is_not_run_and_both_outcomes_are_carried() -> None:
    found = effective('Match exec "vpn up %h"\n  User inside\nHost *\n  User outside\n')

    assert found.user == "outside"
    assert [(each.command, each.assumed) for each in found.conditions] == [("vpn up web1", False)]
    assert [other.user for other in found.alternatives] == ["inside"]


def test_a_condition_without_effect_is_not_mentioned() -> None:
    found = effective('Host db\nMatch originalhost db exec "x"\n  User a\n')

    assert found.conditions == ()
    assert found.alternatives == ()


def test_a_known_outcome_is_used() -> None:
    found = effective('Match exec "vpn"\n  User inside\n', exec_results={"vpn": True})

    assert found.user == "inside"
    assert found.conditions == ()


def test_two_conditions_give_all_that_differ() -> None:
    found = effective('Match exec "a"\n  Port 1\nMatch exec "b"\n  User x\n')

    assert {(other.port, other.user) for other in found.alternatives} == {(1, "me"), (22, "x"), (1, "x")}


def test_only_conditions_that_matter_are_mentioned() -> None:
    found = effective(
        'Match exec "a"\n  Port 1\nMatch exec "b"\n  Port 1\nMatch exec "c"\nHost *\n  User x\n'
    )

    assert [each.command for each in found.conditions] == ["a", "b"]
    assert [other.port for other in found.alternatives] == [1]


def test_a_refusal_carries_ssh_s_words_with_the_line() -> None:
    found = effective("Port 22\nUseKeychain yes\n")

    assert found.fatal is not None
    assert found.fatal.message == f"{CONFIG}: line 2: Bad configuration option: usekeychain"
    assert found.fatal.source == Source(CONFIG, 2)
    assert found.fatal.code == "config-unsupported-option"
    assert found.problems[-1].message == f"{CONFIG}: terminating, 1 bad configuration options"
    assert print_g(found) == ()


def test_a_byte_order_mark_has_its_own_code() -> None:
    found = effective("\ufeffHost web1\n")

    assert found.fatal is not None
    assert found.fatal.code == "config-encoding-bom"
    assert found.fatal.message.isascii()


def test_a_missing_user_file_is_silent_but_a_missing_flag_is_not() -> None:
    silent = Reader(environment(), Shown({})).resolve(CommandLine(destination="x"))
    flag = Reader(environment(user_config_is_flag=True), Shown({})).resolve(CommandLine(destination="x"))

    assert silent.fatal is None
    assert flag.fatal is not None
    assert flag.fatal.message == f"Can't open user config file {CONFIG}: No such file or directory"


def test_the_system_file_is_not_read_with_a_flag() -> None:
    files = Shown({CONFIG: "Port 3\n", "/etc/ssh/ssh_config": "User s\n"})
    found = Reader(environment(user_config_is_flag=True), files).resolve(CommandLine(destination="x"))

    assert (found.port, found.user) == (3, "me")


def test_files_are_looked_at_once_for_many_hosts() -> None:
    files = Shown({CONFIG: "Include extra\n", f"{HOME}/.ssh/extra": "Port 3\n"})
    reader = Reader(environment(), files)
    for number in range(20):
        reader.resolve(CommandLine(destination=f"host{number}"))

    assert files.looked.count(CONFIG) == 1
    assert files.looked.count(f"{HOME}/.ssh/extra") == 1


def test_include_takes_the_shell_s_home_where_glob_does() -> None:
    files = {"/elsewhere/.ssh/extra": "Port 3\n"}

    assert effective("Include extra\n", files=files, env={"HOME": "/elsewhere"}).port == 3


def test_canonicalization_uses_the_answers_it_was_given() -> None:
    config = (
        "CanonicalizeHostname yes\nCanonicalDomains example.com\nCanonicalizePermittedCNAMEs *.example.com:*.cdn.net\n"
        "Host www.cdn.net\n  Port 3\n"
    )
    found = effective(config, destination="www", canonical_hosts={"www.example.com": "www.cdn.net"})

    assert (found.hostname, found.port) == ("www.cdn.net", 3)


def test_a_name_that_does_not_resolve_is_fatal_without_fallback() -> None:
    config = "CanonicalizeHostname yes\nCanonicalDomains example.com\nCanonicalizeFallbackLocal no\n"
    found = effective(config, destination="db", canonical_hosts={"www.example.com": "www.example.com"})

    assert found.fatal is not None
    assert found.fatal.message == 'ssh: Could not resolve host "db"'


def test_hosts_named_lists_plain_names_in_order() -> None:
    files = Shown(
        {
            CONFIG: "Host b a *.x !c git@d e,f\nInclude extra\nMatch host m,!n,o* user q\nHost a z\n",
            f"{HOME}/.ssh/extra": "Host inner\n",
        }
    )

    assert hosts_named(environment(), files) == ("b", "a", "m", "z", "inner")


@pytest.mark.parametrize(
    ("version", "config", "refused"),
    [
        ("OpenSSH_8.0p1", "KnownHostsCommand none\n", True),
        ("OpenSSH_9.2p1", "Match tagged x\n", True),
        ("OpenSSH_9.4p1", "Match tagged x\n", False),
        ("OpenSSH_9.2p1", "PubkeyAcceptedAlgorithms +ssh-dss\n", False),
        ("OpenSSH_10.0p2", "PubkeyAcceptedAlgorithms +ssh-dss\n", True),
        ("OpenSSH_9.9p1", "Match host=web1\n", True),
        ("OpenSSH_9.9p2", "Match host=web1\n", False),
        ("OpenSSH_10.1p1", "RefuseConnection go-away\n", True),
        ("OpenSSH_10.0p1", "GSSAPIKeyExchange yes\n", True),
        ("OpenSSH_10.0p1 Debian-7", "GSSAPIKeyExchange yes\n", False),
        ("OpenSSH_9.8p1, LibreSSL 3.3.6", "UseKeychain yes\n", False),
        ("", "Match version OpenSSH_*\n", False),
    ],
)
def test_what_is_refused_depends_on_the_version(version: str, config: str, refused: bool) -> None:
    found = effective(config, ssh_version=version)

    assert (found.fatal is not None) == refused, found.problems


def test_match_final_negated_asks_for_no_second_pass_since_10_1() -> None:
    config = "Host gh\n  HostName github.com\nHost github.com\n  Port 3\nMatch !final\n"

    assert effective(config, destination="gh", ssh_version="OpenSSH_10.0p1").port == 3
    assert effective(config, destination="gh", ssh_version="OpenSSH_10.1p1").port == 22


def test_user_is_expanded_since_10_0() -> None:
    assert effective("User %u-%n\n", ssh_version="OpenSSH_9.9p2").user == "%u-%n"
    assert effective("User %u-%n\n", ssh_version="OpenSSH_10.0p1").user == "me-web1"


def test_defaults_are_those_of_the_build_where_it_has_spoken() -> None:
    builtin = {
        "identityfile": ("~/.ssh/id_special",),
        "ciphers": ("aes128-ctr,own-cipher@example.com",),
        "gssapiauthentication": ("no",),
        "xauthlocation": ("/opt/xauth",),
    }
    config = "Ciphers ^own-cipher@example.com\nGSSAPIAuthentication yes\n"
    found = effective(config, ssh_version="OpenSSH_9.8p1", builtin=builtin)

    assert found.problems == ()
    assert [each.text for each in found.identity_files] == ["~/.ssh/id_special"]
    assert found.first("ciphers") == "own-cipher@example.com,aes128-ctr"
    assert found.first("xauthlocation") == "/opt/xauth"
    assert found.first("gssapiauthentication") == "yes"
