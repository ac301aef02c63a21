"""Changes that answer a finding other than "the wrong key": an old host's algorithms, a host key.

Pure; each is simulated for every destination of the user before it is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Transcript
from sshwizard.propose.settings import settings
from sshwizard.propose.trust import trust
from sshwizard.text import _, visible

Simulate = Callable[[str, Mapping[str, bytes | None]], Plan]
Options = tuple[tuple[str, str], ...]

_OLD: dict[str, Options] = {
    "alg-hostkey-mismatch": (("HostKeyAlgorithms", "+ssh-rsa"),),
    "alg-rsa-sha1-sig": (("PubkeyAcceptedAlgorithms", "+ssh-rsa"),),
}
_HOST_KEY = ("hostkey-changed", "hostkey-unknown", "hostkey-unknown-noninteractive")


def ways(
    facts: Facts,
    plan: Plan,
    transcript: Transcript | None,
    found: Collection[str],
    simulate: Simulate,
    *,
    hosts: Callable[[], tuple[str, ...]],
) -> dict[str, tuple[Fix, ...]]:
    """Return, for those of the findings `found` (ids) that a change can answer, the fixes.

    `hosts` gives every destination of the user, when it is needed; `simulate` is that of `propose`.
    """
    if transcript is None or plan.effective.fatal is not None:
        return {}
    answers: dict[str, tuple[Fix, ...]] = {}
    for id in found:
        fixes: tuple[Fix, ...] = ()
        if id in _HOST_KEY:
            fix = trust(facts, plan, transcript.host_key) if transcript.host_key else None
            fixes = (fix,) if fix else ()
        elif id in _OLD and (id != "alg-hostkey-mismatch" or _offers_rsa(transcript)):
            fixes = tuple(_old_host(facts, plan, _OLD[id], simulate, hosts()))
        if fixes:
            answers[id] = fixes
    return answers


def _old_host(
    facts: Facts, plan: Plan, options: Options, simulate: Simulate, hosts: tuple[str, ...]
) -> Iterator[Fix]:
    keyword, value = options[0]
    fix = settings(
        facts,
        plan,
        options,
        simulate,
        hosts=hosts,
        title=_("Allow {option} for {host} only").format(
            option=f"{keyword} {value}", host=visible(plan.target.host, keep="")
        ),
        why=_("Until the host is updated; every other host keeps today's rules."),
    )
    if fix is not None:
        yield fix


def _offers_rsa(transcript: Transcript) -> bool:
    """Tell whether the handshake failed over a host that has an RSA key under its old name only."""
    failed = transcript.first_failure
    return failed is not None and bool(re.search(r"(?<![\w-])ssh-rsa(?![\w@-])", failed.detail))
