"""What the rules ask of a `Case` over and over: who offered what, what the host said, how to name things.

Reads the values of `model/` and nothing else; draws no conclusion.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from sshwizard.model.config import NamedFile
from sshwizard.model.finding import Case, Certainty, Evidence, Finding, Fix, Severity
from sshwizard.model.identity import Identity, KeyFile, PublicKey
from sshwizard.model.plan import Offer
from sshwizard.model.source import Source
from sshwizard.model.transcript import Answer, Check
from sshwizard.rules import catalogue
from sshwizard.text import _, visible

_ADDRESS = re.compile(r"[\d.]+$|[0-9a-fA-F]*:[0-9a-fA-F:.]*$")


def finding(
    id: str,
    severity: Severity,
    certainty: Certainty,
    conclusion: str,
    evidence: Iterable[Evidence],
    fixes: Iterable[Fix] = (),
    *,
    title: str = "",
) -> Finding:
    """Make a finding with the catalogue's heading unless a better one is given."""
    return Finding(
        id=id,
        severity=severity,
        certainty=certainty,
        title=title or catalogue.title(id),
        conclusion=conclusion,
        evidence=tuple(evidence),
        fixes=tuple(fixes),
    )


def advice(title: str, *instructions: str, command: str = "", why: str = "") -> Fix:
    """Make a remedy that is followed by hand."""
    return Fix(title=title, steps=(), instructions=instructions, command=command, why=why)


def seen(source: Source | None, text: str, *, otherwise: str = "ssh") -> Evidence:
    """Make evidence from a place."""
    return Evidence(
        source=source.where if source else otherwise, line=source.line if source else None, text=text
    )


def where(case: Case) -> str:
    """Return `host:port` of the destination, for evidence."""
    if case.plan is None:
        return ""
    return f"{case.plan.target.hostname}:{case.plan.target.port}"


def host(case: Case) -> str:
    """Return the name of the destination as people know it: the alias where the host is a bare address."""
    if case.plan is None:
        return ""
    target = case.plan.target
    return target.host if _ADDRESS.match(target.hostname) else target.hostname


def accepted(case: Case) -> bool:
    """Tell whether ssh itself gets in: the host takes a key that ssh offers and can sign with."""
    if case.transcript is None or case.transcript.ssh_outcome != "accepted":
        return False
    offer = winning_offer(case)
    return offer is None or offer.usable is not False


def unexpandable(case: Case) -> NamedFile | None:
    """Return the named file at which ssh ends before it offers anything, because its name cannot be expanded."""
    if case.plan is None or case.plan.effective.fatal is not None:
        return None
    effective = case.plan.effective
    return next(
        (file for file in (*effective.identity_files, *effective.certificate_files) if file.problem), None
    )


def asked(case: Case) -> bool:
    """Tell whether the host was asked about keys, or at least said how it lets people in."""
    return case.transcript is not None and case.transcript.ssh_outcome not in ("unknown", "not_reached")


def takes_keys(case: Case) -> bool:
    """Tell whether the host lets people in by key, as far as it said."""
    methods = case.transcript.methods if case.transcript else ()
    return not methods or "publickey" in methods


def winning_offer(case: Case) -> Offer | None:
    """Return the planned offer of the key that ssh would log in with."""
    if case.plan is None or case.transcript is None or case.transcript.ssh_key is None:
        return None
    blob = case.transcript.ssh_key.blob
    return next((o for o in case.plan.offers if o.public and o.public.blob == blob), None)


def offer_of(case: Case, public: PublicKey) -> Offer | None:
    """Return the offer by which this key would really be sent."""
    if case.plan is None:
        return None
    return next((o for o in case.plan.sent if o.public and o.public.blob == public.blob), None)


def identity_of(case: Case, public: PublicKey | None) -> Identity | None:
    """Return the user's identity with this public half."""
    if case.facts is None or public is None:
        return None
    return next((i for i in case.facts.identities if i.public.blob == public.blob), None)


def key_name(case: Case, public: PublicKey) -> str:
    """Return what people call a key: its file's name, else its comment, else its fingerprint."""
    identity = identity_of(case, public)
    return identity.name if identity else public.called


def offer_name(case: Case, offer: Offer) -> str:
    """Return what people call the key of an offer."""
    return key_name(case, offer.public) if offer.public else offer.path.rsplit("/", 1)[-1]


def key_path(case: Case, public: PublicKey) -> str:
    """Return the path of a key as people type it, or its name when it is in no file."""
    identity = identity_of(case, public)
    path = (identity.private_path or identity.public_path) if identity else None
    return short(case, path) if path else key_name(case, public)


def short(case: Case, path: str) -> str:
    """Return a path with ssh's home as `~`."""
    home = case.facts.environment.home if case.facts else ""
    return f"~{path[len(home) :]}" if home and path.startswith(home + "/") else path


def private_identities(case: Case) -> tuple[Identity, ...]:
    """Return the identities that could sign: private half in a file or in an agent."""
    if case.facts is None:
        return ()
    return tuple(i for i in case.facts.identities if i.has_private or i.agents)


def answers(case: Case, state: str) -> tuple[Answer, ...]:
    """Return the host's answers of one kind."""
    found = case.transcript.answers if case.transcript else ()
    return tuple(answer for answer in found if answer.state == state)


def said(case: Case, answer: Answer) -> Evidence:
    """Turn an answer of the host into evidence."""
    name = key_name(case, answer.public)
    words = {
        "accepted": _("takes {name} ({fingerprint})"),
        "refused": _("refuses {name} ({fingerprint})"),
        "not_reached": _("was not asked about {name} ({fingerprint})"),
        "not_allowed": _("cannot be offered {name} ({fingerprint})"),
    }
    text = words.get(answer.state, _("said nothing about {name} ({fingerprint})"))
    return Evidence(source=where(case), text=text.format(name=name, fingerprint=answer.public.fingerprint))


def failed_check(case: Case) -> Check | None:
    """Return the first layer of the connection that failed."""
    return case.transcript.first_failure if case.transcript else None


def checked(case: Case, check: Check) -> Evidence:
    """Turn a failed layer into evidence."""
    return Evidence(source=where(case), text=f"{check.title}: {check.detail or check.code}")


def typed(text: str) -> str:
    """Return a path or a name as one word for a shell; a leading `~/` stays a home."""
    if text.startswith("~/"):
        return f"~/{shlex.quote(text[2:])}" if text[2:] else text
    return shlex.quote(text)


def key_file(case: Case, path: str | None) -> KeyFile | None:
    """Return what was read at a path."""
    if case.facts is None or path is None:
        return None
    return next((file for file in case.facts.key_files if file.path == path), None)


def repaired(case: Case, path: str, *problems: str) -> tuple[Fix, ...]:
    """Return the repairs of a file that mend one of these problems."""
    return tuple(one.fix for one in case.repairs if one.path == path and one.problem in problems)


def batch_mode(case: Case) -> bool:
    """Tell whether ssh may ask nothing."""
    return case.plan is not None and case.plan.effective.first("batchmode", "no") == "yes"


def clean(text: str) -> str:
    """Make foreign text visible on one line."""
    return visible(text, keep="")
