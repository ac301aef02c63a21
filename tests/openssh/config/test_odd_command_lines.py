"""Counterexamples of an independent generator against `ssh -G`: command lines that are rare, but ssh's own.

Its differences that stay are out of reach: names that only a resolver could refuse (CanonicalizeHostname,
CanonicalizePermittedCNAMEs), `~` in an Include while HOME is empty or unset (glob(3) then asks who is
logged in at the terminal), and that LogLevel QUIET keeps ssh's complaints back.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from openssh.config.looking import CONFIG, effective, environment

from sshwizard.machine.files import Files
from sshwizard.model.config import CommandLine, Effective
from sshwizard.openssh.config import resolve


def on_disk(folder: Path, *flags: tuple[str, str]) -> Effective:
    here = environment(home=str(folder), cwd=str(folder), user_config=None, system_config=None)
    return resolve(CommandLine(destination="web1", flags=flags), here, Files())


def test_a_device_as_configuration_is_an_empty_file(tmp_path: Path) -> None:
    found = on_disk(tmp_path, ("-F", "/dev/null"), ("-p", "2222"))
    assert found.fatal is None
    assert found.port == 2222


def test_an_empty_name_for_the_configuration_is_no_file(tmp_path: Path) -> None:
    fatal = on_disk(tmp_path, ("-F", "")).fatal
    assert fatal is not None
    assert fatal.message == "Can't open user config file : No such file or directory"


def test_an_empty_identity_is_warned_of_and_leaves_the_defaults(tmp_path: Path) -> None:
    found = on_disk(tmp_path, ("-i", ""))
    assert [problem.message for problem in found.problems] == [
        "Warning: Identity file  not accessible: No such file or directory."
    ]
    assert all(file.default for file in found.identity_files)


@pytest.mark.parametrize(
    ("typed", "hostname"),
    [
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("0::FFFF:1.2.3.4", "1.2.3.4"),
        ("::1.2.3.4", "::1.2.3.4"),
        ("::ffff:1.2.3.4%lo", "::ffff:1.2.3.4%lo"),
    ],
)
def test_a_mapped_address_is_an_ipv4_address_with_minus_4(typed: str, hostname: str) -> None:
    assert effective("", ("-4", ""), destination=typed).hostname == hostname


def test_debian_s_ssh_objects_to_the_user_before_the_host() -> None:
    fatal = effective("", ("-l", "-x"), destination="-").fatal
    assert fatal is not None
    assert fatal.message == "remote username contains invalid characters"


@pytest.mark.parametrize(("flag", "hostname"), [("-4", "127.0.0.1"), ("-6", "::1"), ("-q", "*")])
def test_an_asterisk_is_this_machine_where_one_family_is_asked_for(flag: str, hostname: str) -> None:
    assert effective("", (flag, ""), destination="*").hostname == hostname


@pytest.mark.parametrize(
    ("destination", "refused"), [("ssh://web1", True), ("ssh://joe@web1", False), ("web1", False)]
)
def test_with_a_url_the_user_of_a_file_is_checked_too(destination: str, refused: bool) -> None:
    found = effective("User a;b\n", destination=destination)
    assert (found.fatal is not None) is refused


@pytest.mark.parametrize(
    ("size", "refused"),
    [
        ("1.9999999999999999999G", True),
        ("1.999999999999999999G", False),
        ("1.1000000000000000000000G", False),
    ],
)
def test_a_size_with_more_digits_than_fit_is_refused(size: str, refused: bool) -> None:
    assert (effective(f"RekeyLimit {size}\n").fatal is not None) is refused


def test_a_forward_with_an_unset_variable_is_refused_in_both_of_ssh_s_lines() -> None:
    problems = effective("LocalForward ${UNSET} h:80\n").problems
    assert [problem.message.removeprefix("/home/me/.ssh/config ") for problem in problems[:2]] == [
        "vdollar_percent_expand: env var ${UNSET} has no value",
        "line 1: Bad forwarding specification.",
    ]


def test_a_command_that_ssh_runs_after_another_one_is_a_condition_too() -> None:
    found = effective('Match exec "one" exec "two"\n  User both\n')
    assert [condition.command for condition in found.conditions] == ["one", "two"]
    assert [other.user for other in found.alternatives] == ["both"]


@pytest.mark.parametrize(
    ("release", "first"),
    [("10.0p2", "hostname"), ("10.3p1", "remote username"), ("10.5p1", "remote username")],
)
def test_since_10_3_every_ssh_objects_to_the_user_before_the_host(release: str, first: str) -> None:
    fatal = effective("", destination="a|b@a|b", ssh_version=f"OpenSSH_{release}").fatal
    assert fatal is not None
    assert fatal.message == f"{first} contains invalid characters"


def test_a_destination_s_user_and_port_count_before_flags_that_follow_it() -> None:
    line = CommandLine(
        destination="ssh://typed@web1:2222", flags=(("-4", ""), ("-l", "late"), ("-p", "1")), late=2
    )
    found = resolve(line, environment(user_config=None, system_config=None), Files())
    assert (found.user, found.port) == ("typed", 2222)


def test_since_10_1_numbers_of_ipqos_have_lost_their_old_names() -> None:
    old = effective("IPQoS 8 16").first("ipqos")
    new = effective("IPQoS 8 16", ssh_version="OpenSSH_10.5p1").first("ipqos")
    assert (old, new) == ("throughput lowdelay", "0x08 0x10")


def test_an_include_whose_variable_is_unset_is_passed_over_with_a_complaint() -> None:
    found = effective("Include ${UNSET}/x\nPort 2222", ssh_version="OpenSSH_10.5p1")
    assert found.fatal is None and found.port == 2222
    assert [problem.message for problem in found.problems] == [
        "vdollar_percent_expand: env var ${UNSET} has no value",
        f"{CONFIG} line 1: Unable to expand user config file '${{UNSET}}/x'",
    ]
