"""Case → findings: what is wrong, how sure that is, what shows it, what mends it.

Each rule is a plain function over the `Case`, listed here; none touches the world or asks another. The
order of the findings is that in which a login meets the troubles (`catalogue`), what blocks first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sshwizard.model.finding import Case, Evidence, Finding
from sshwizard.rules import (
    access,
    account,
    agents,
    algorithms,
    catalogue,
    configuration,
    expansion,
    hostkeys,
    keyfiles,
    keyfolder,
    network,
    offers,
    place,
    recorded,
    retired,
    sight,
)
from sshwizard.rules.log import diagnose_log, judge_log
from sshwizard.text import _

__all__ = ["RULES", "diagnose_log", "in_order", "judge", "judge_log"]

Rule = Callable[[Case], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    configuration.refused_configuration,
    expansion.value_that_ends_ssh,
    configuration.harmful_lines,
    place.no_program,
    place.root_instead_of_you,
    place.another_home,
    place.git_runs_another_ssh,
    place.remote_over_https,
    network.connection,
    retired.retired_transport,
    network.broken_ipv6,
    hostkeys.host_key,
    recorded.withdrawn_key_on_record,
    algorithms.nothing_in_common,
    algorithms.rsa_with_sha1_only,
    keyfolder.foreign_files,
    keyfolder.open_folder,
    keyfolder.misnamed_halves,
    keyfolder.lone_private_half,
    keyfiles.open_private_key,
    keyfiles.damaged_files,
    keyfiles.missing_identity_file,
    keyfiles.passphrase,
    keyfiles.certificate_validity,
    agents.silent_agent,
    agents.key_not_in_agent,
    account.login_name,
    offers.no_key,
    offers.right_key_not_offered,
    offers.keys_but_nothing_offered,
    offers.hung_up_too_early,
    account.other_account,
    account.unknown_to_the_host,
    retired.password_for_nothing,
    account.no_publickey,
    access.repository,
    access.no_login_after_all,
    access.breaks_off,
    access.second_factor,
    access.own_limit,
)
_SEVERITY = {"fail": 0, "warn": 1, "info": 2}


def judge(case: Case) -> tuple[Finding, ...]:
    """Return what is wrong, first what blocks first; nothing of severity fail or warn for a healthy case."""
    return in_order([finding for rule in RULES for finding in _run(rule, case)])


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort by severity, then by how early a login meets the trouble."""
    return tuple(sorted(findings, key=lambda f: (_SEVERITY[f.severity], catalogue.rank(f.id))))


def _run(rule: Rule, case: Case) -> tuple[Finding, ...]:
    try:
        return tuple(rule(case))
    except Exception as error:
        return (
            sight.finding(
                "rule-crashed",
                "info",
                "certain",
                _("The check {rule} failed; the other findings stand.").format(rule=rule.__name__),
                [Evidence(source=f"{rule.__module__}.{rule.__name__}", text=sight.clean(repr(error)))],
            ),
        )
