"""Rules about which key is offered and which one the host knows: the heart of most "Permission denied".

Certain is only what the host itself said about a key. Proposals come simulated with the case.
"""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Case, Evidence, Finding, Fix
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import LeftOut
from sshwizard.model.source import Source
from sshwizard.rules import sight
from sshwizard.text import _, ordinal, plural


def no_key(case: Case) -> Iterator[Finding]:
    """No private half anywhere: neither in a file nor in an agent."""
    if case.facts is None or case.plan is None or sight.accepted(case) or sight.unexpandable(case):
        return
    if sight.private_identities(case) or any(file.has_private for file in case.facts.key_files):
        return
    if case.plan.sent:
        return
    if sight.asked(case) and case.transcript and not sight.takes_keys(case):
        return
    folder = case.facts.ssh_folder
    evidence = [Evidence(source=folder.path, text=_("no private key in it"))]
    if folder.kind == "missing":
        evidence = [Evidence(source=folder.path, text=_("does not exist"))]
    for agent in case.facts.agents:
        words = _("holds no keys") if agent.reachable else _("does not answer")
        evidence.append(Evidence(source=agent.where, text=words))
    provider = case.plan.target.provider or case.plan.target.host
    yield sight.finding(
        "key-missing",
        "fail",
        "certain" if all(agent.reachable for agent in case.facts.agents) else "likely",
        _("This machine has no key yet, so ssh has nothing to offer to {host}.").format(
            host=sight.host(case)
        ),
        evidence,
        [
            sight.advice(
                _("Make a key and give its public half to {host}").format(host=sight.host(case)),
                _("Make the key; choose a passphrase."),
                _("Add the public half to your account there."),
                _("Test: `sshwizard test {host}`").format(host=case.plan.target.host),
                command=f"sshwizard setup {sight.typed(provider)}",
            )
        ],
    )


def right_key_not_offered(case: Case) -> Iterator[Finding]:
    """The host takes a key of the user that ssh does not send."""
    if not sight.asked(case) or sight.accepted(case) or sight.unexpandable(case):
        return
    known = [a for a in sight.answers(case, "accepted") if sight.offer_of(case, a.public) is None]
    if not known or _sent_and_known(case):
        return
    wanted = next((a for a in known if case.wanted and a.public.blob == case.wanted.blob), known[0])
    left = _left_out(case, wanted.public)
    alias = _alias_with(case, wanted.public)
    evidence = [sight.said(case, wanted), *_offered(case)]
    if alias:
        name, source = alias
        evidence.insert(1, sight.seen(source, f"Host {name}"))
        yield sight.finding(
            "config-host-mismatch",
            "fail",
            "certain",
            _("{host} takes your key {key}, and your configuration names it, but for {alias}, not for {typed}.").format(
                host=sight.host(case), key=sight.key_name(case, wanted.public), alias=name,
                typed=case.plan.target.host if case.plan else "",
            ),
            evidence,
            (*case.proposals, *_use_alias(case, name)),
        )  # fmt: skip
        return
    yield sight.finding(
        "key-nondefault-name",
        "fail",
        "certain",
        _("{host} takes your key {key}, but ssh does not offer it. {because}.").format(
            host=sight.host(case),
            key=sight.key_name(case, wanted.public),
            because=(left.because if left else _("nothing names it for this host")).rstrip("."),
        ),
        evidence,
        case.proposals,
    )


def keys_but_nothing_offered(case: Case) -> Iterator[Finding]:
    """Keys lie there, ssh would send none of them, and no host has been asked."""
    if case.plan is None or case.facts is None or case.plan.effective.fatal or sight.asked(case):
        return
    hidden = [i for i in sight.private_identities(case) if not sight.offer_of(case, i.public)]
    if case.plan.sent or not hidden or sight.unexpandable(case):
        return
    names = ", ".join(identity.name for identity in hidden[:4])
    left = _left_out(case, hidden[0].public)
    alias = _alias_with(case, hidden[0].public)
    if alias:
        because = _("your configuration names it for {alias}").format(alias=alias[0])
    else:
        because = left.because if left else _("nothing names it for this host")
    yield sight.finding(
        "config-host-mismatch" if alias else "key-nondefault-name",
        "fail",
        "likely",
        _("ssh offers nothing to {host}, although you have {names}. {because}.").format(
            host=sight.host(case), names=names, because=because.rstrip(".")
        ),
        [
            Evidence(source=identity.private_path or identity.agents[0], text=identity.public.fingerprint)
            for identity in hidden[:4]
        ],
        case.proposals,
    )


def hung_up_too_early(case: Case) -> Iterator[Finding]:
    """The host's try limit comes before the right key."""
    transcript = case.transcript
    if case.plan is None or transcript is None or sight.accepted(case):
        return
    if transcript.ssh_outcome != "thrown_out" and not transcript.try_limit:
        return
    if transcript.ssh_outcome not in ("thrown_out", "refused"):
        return
    known = [a for a in sight.answers(case, "accepted") if sight.offer_of(case, a.public)]
    if transcript.ssh_outcome == "refused" and not known:
        return
    limit = transcript.try_limit or len(sight.answers(case, "refused"))
    sent = case.plan.sent
    evidence = [
        Evidence(source=sight.where(case), text=transcript.disconnect or _("hung up")),
        *_offered(case, limit=8),
    ]
    if known:
        public = known[0].public
        offer = sight.offer_of(case, public)
        position = sent.index(offer) + 1 if offer in sent else 0
        words = _("ssh offers {count}; {host} hangs up after {limit}. Your key {key}, which it would take, is the {position} and never gets its turn.").format(
            count=plural(len(sent), "{n} key", "{n} keys"), host=sight.host(case), limit=limit,
            key=sight.key_name(case, public), position=ordinal(position),
        )  # fmt: skip
        evidence.insert(1, sight.said(case, known[0]))
    else:
        words = _("ssh offers {count}; {host} hangs up after {limit} before the rest gets its turn.").format(
            count=plural(len(sent), "{n} key", "{n} keys"), host=sight.host(case), limit=limit
        )
    yield sight.finding(
        "too-many-keys", "fail", "certain" if known else "likely", words, evidence, case.proposals
    )


def _sent_and_known(case: Case) -> bool:
    return any(sight.offer_of(case, a.public) for a in sight.answers(case, "accepted"))


def _left_out(case: Case, public: PublicKey) -> LeftOut | None:
    if case.plan is None:
        return None
    return next((x for x in case.plan.left_out if x.public and x.public.blob == public.blob), None)


def _offered(case: Case, limit: int = 6) -> list[Evidence]:
    """Say what ssh sends instead, with the host's answer."""
    evidence = []
    sent = case.plan.sent if case.plan else ()
    for offer in sent[:limit]:
        text = _("offers {key}. {because}").format(
            key=sight.offer_name(case, offer), because=offer.because or offer.via
        )
        evidence.append(sight.seen(offer.source, text))
    if len(sent) > limit:
        evidence.append(Evidence(source="ssh", text=_("… and {n} more").format(n=len(sent) - limit)))
    return evidence


def _alias_with(case: Case, public: PublicKey) -> tuple[str, Source] | None:
    """Find a Host block that names this key for another name; returns its patterns and line."""
    identity = sight.identity_of(case, public)
    if case.facts is None or identity is None:
        return None
    home = case.facts.environment.home
    paths = {p for p in (identity.private_path, identity.public_path) if p}
    matched = {(s.where, s.line) for s in case.plan.effective.blocks} if case.plan else set()
    for file in case.facts.config_files:
        block: tuple[str, Source] | None = None
        for number, line in enumerate(file.data.decode("utf-8", "replace").splitlines(), 1):
            words = line.replace("=", " ", 1).replace('"', "").split()
            if len(words) < 2:
                continue
            keyword, value = words[0].lower(), words[1]
            if keyword in ("host", "match"):
                block = (sight.clean(" ".join(words[1:])), Source(file.path, number))
            elif keyword == "identityfile" and block:
                path = value.replace("~", home, 1).replace("%d", home)
                own = (block[1].where, block[1].line) in matched
                if path in paths and not own and not block[0].startswith("final"):
                    return block
    return None


def _use_alias(case: Case, alias: str) -> tuple[Fix, ...]:
    name = alias.split()[0]
    if any(char in name for char in "*?!") or case.plan is None:
        return ()
    target = case.plan.target
    path = (target.path or "OWNER/REPOSITORY.git").lstrip("/")
    remote = target.remote or "origin"
    return (
        sight.advice(
            _("Or use the name {alias} in the URL").format(alias=name),
            command=f"git remote set-url {sight.typed(remote)} {sight.typed(f'{target.user}@{name}:{path}')}",
        ),
    )
