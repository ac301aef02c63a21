"""The order of identities and what falls out of it (sshconnect2.c `pubkey_prepare`), for the ssh at hand.

Knows no words and no screens; `because` turns its results into sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from sshwizard.model.config import Effective, Environment, NamedFile
from sshwizard.model.files import FileView
from sshwizard.model.identity import Agent, PublicKey
from sshwizard.openssh.keys import known_to
from sshwizard.openssh.patterns import match_list
from sshwizard.plan.draft import Draft, printed
from sshwizard.plan.loading import Loaded, Release, is_short, load_public

MAX_IDENTITIES = 100
"""ssh.h SSH_MAX_IDENTITY_FILES."""
CERTIFICATES_FIRST_SINCE = (10, 5)
SIZE_CHECK_SINCE = (9, 1)

Dropped = Literal[
    "host-certificate", "no-provider", "skipped-type", "too-short", "identities-only", "no-certificate"
]


@dataclass(slots=True)
class Order:
    """The identities in the order in which ssh tries them, and those it leaves out."""

    tried: list[Draft] = field(default_factory=list)
    dropped: list[tuple[Draft, Dropped]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What of the configuration and the release decides the order."""

    release: Release
    identities_only: bool
    shortest_rsa: int
    accepted: str
    """PubkeyAcceptedAlgorithms as `ssh -G` prints it; "" when not known."""
    security_keys: bool
    """A provider for FIDO keys is configured or built in."""
    environment: Environment


def rules_of(effective: Effective, release: Release, environment: Environment) -> Rules:
    """Read from the effective configuration what the order depends on."""
    size = effective.first("requiredrsasize")
    accepted = effective.first("pubkeyacceptedalgorithms") or effective.first("pubkeyacceptedkeytypes")
    return Rules(
        release=release,
        identities_only=effective.identities_only,
        shortest_rsa=int(size) if size.isdigit() and release >= SIZE_CHECK_SINCE else 0,
        accepted=accepted,
        security_keys=_security_keys(effective, environment),
        environment=environment,
    )


def _security_keys(effective: Effective, environment: Environment) -> bool:
    """Tell whether this ssh reaches security keys: by what is set, or by what it was built with."""
    values = effective.options.get("securitykeyprovider", ())
    if values and values[0].source is None and environment.builtin:
        provider = next(iter(environment.builtin.get("securitykeyprovider", ())), "none")
    else:
        provider = values[0].text if values else "none"
    if provider.startswith("$"):
        provider = environment.env.get(provider[1:]) or "none"
    return provider.lower() != "none"


def arrange(effective: Effective, agent: Agent | None, files: FileView, rules: Rules) -> Order:
    """Arrange certificates, agent keys and files as ssh does."""
    order = Order()
    named = _files(effective, files, rules, order)
    certificates = _certificates(effective, files, rules, order)
    held, strangers = _agent(agent, named, rules, order)
    groups = [certificates, [*held, *strangers], named]
    if rules.release >= CERTIFICATES_FIRST_SINCE:
        groups = [_certificates_first(group) for group in groups]
    for draft in (draft for group in groups for draft in group):
        if draft.public is not None and not accepted(draft.public.type, rules.accepted):
            order.dropped.append((draft, "skipped-type"))
        else:
            order.tried.append(draft)
    return order


def accepted(key_type: str, patterns: str) -> bool:
    """Tell whether a key type passes PubkeyAcceptedAlgorithms; RSA also passes by its newer signatures."""
    if not patterns:
        return True
    names = [key_type]
    if key_type.startswith("ssh-rsa"):
        names += [key_type.replace("ssh-rsa", stem) for stem in ("rsa-sha2-512", "rsa-sha2-256")]
    return any(match_list(name, patterns) for name in names)


def _files(effective: Effective, files: FileView, rules: Rules, order: Order) -> list[Draft]:
    """Load the named and default identity files, each with the certificate beside it."""
    found: list[Draft] = []
    for named in _identity_files(effective, rules.environment):
        if named.text.lower() == "none" or len(found) >= MAX_IDENTITIES:
            continue
        loaded = load_public(files, named.path, rules.release, rules.shortest_rsa)
        found.append(_draft(named, loaded, rules))
        if effective.certificate_files:
            continue
        beside = load_public(files, named.path + "-cert", rules.release, rules.shortest_rsa)
        if beside.public is not None and beside.public.certificate is not None:
            found.append(replace(_draft(named, beside, rules), beside=True))
    return _without_unusable(found, rules, order)


def _identity_files(effective: Effective, environment: Environment) -> tuple[NamedFile, ...]:
    """Return the identity files in force; the default ones as this very build of ssh has them."""
    files = effective.identity_files
    names = environment.builtin.get("identityfile", ())
    if (
        not files
        or not names
        or not all(named.default for named in files)
        or names == tuple(named.text for named in files)
    ):
        return files
    return tuple(
        NamedFile(
            text=name,
            path=environment.home + name.removeprefix("~"),
            source=None,
            explicit=False,
            default=True,
        )
        for name in names
        if name.startswith("~/")
    )


def _certificates(effective: Effective, files: FileView, rules: Rules, order: Order) -> list[Draft]:
    found = []
    for named in effective.certificate_files:
        loaded = load_public(files, named.path, rules.release, rules.shortest_rsa)
        draft = replace(_draft(named, loaded, rules), listed_certificate=True)
        if draft.certificate:
            found.append(draft)
        else:
            order.dropped.append((draft, "no-certificate"))
    return _without_unusable(found, rules, order)


def _draft(named: NamedFile, loaded: Loaded, rules: Rules) -> Draft:
    return Draft(
        public=loaded.public,
        path=printed(named, rules.environment),
        named=named,
        shown_in=loaded.shown_in,
        dropped=loaded.dropped,
    )


def _without_unusable(drafts: Iterable[Draft], rules: Rules, order: Order) -> list[Draft]:
    kept = []
    for draft in drafts:
        public = draft.public
        if public is not None and public.certificate is not None and public.certificate.kind != "user":
            order.dropped.append((draft, "host-certificate"))
        elif public is not None and public.is_security_key and not rules.security_keys:
            order.dropped.append((draft, "no-provider"))
        else:
            kept.append(draft)
    return kept


def _agent(
    agent: Agent | None, named: list[Draft], rules: Rules, order: Order
) -> tuple[list[Draft], list[Draft]]:
    """Move what the agent holds out of `named`; return it and the agent's other keys, in agent order."""
    held: list[Draft] = []
    strangers: list[Draft] = []
    for key in agent.keys if agent is not None else ():
        stranger = Draft(public=key, path=key.shown_comment, agent=True)
        if not known_to(key.type, rules.release):
            order.dropped.append((stranger, "skipped-type"))
        elif is_short(key, rules.shortest_rsa):
            order.dropped.append((stranger, "too-short"))
        else:
            same = next((draft for draft in named if _equal(draft.public, key)), None)
            if same is not None:
                named.remove(same)
                held.append(replace(same, agent=True))
            elif rules.identities_only:
                order.dropped.append((stranger, "identities-only"))
            else:
                strangers.append(stranger)
    return held, strangers


def _equal(one: PublicKey | None, other: PublicKey) -> bool:
    return one is not None and one.blob == other.blob


def _certificates_first(group: list[Draft]) -> list[Draft]:
    """Sort what is not explicit among its own places: certificates before plain keys (10.5)."""
    places = [place for place, draft in enumerate(group) if not draft.explicit]
    ranked = sorted((group[place] for place in places), key=_rank)
    arranged = list(group)
    for place, draft in zip(places, ranked, strict=True):
        arranged[place] = draft
    return arranged


def _rank(draft: Draft) -> int:
    public = draft.public
    if public is None or public.certificate is None:
        return 3
    if not public.is_security_key:
        return 1
    names = {*public.certificate.extensions, *public.certificate.critical_options}
    if "no-touch-required" in names:
        return 0
    return 2 if "verify-required" in names else 1
