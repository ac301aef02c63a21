"""Rules about the account at the host: whose key logs in, which key it lacks, what it may do.

Certain is only what the host itself said.
"""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.hosts import book
from sshwizard.model.finding import Case, Certainty, Evidence, Finding, Fix
from sshwizard.model.identity import PublicKey
from sshwizard.model.source import Source
from sshwizard.rules import sight
from sshwizard.text import _, ordinal


def login_name(case: Case) -> Iterator[Finding]:
    """A forge was called under a name that is not the one it expects."""
    if case.plan is None or not sight.asked(case) or sight.accepted(case):
        return
    target = case.plan.target
    entry = book.find(target.hostname)
    user = entry.user_at(target.hostname) if entry else None
    if entry is None or not user or target.user == user:
        return
    yield sight.finding(
        "wrong-username",
        "fail",
        "likely",
        _("ssh logs in to {host} as {user}; there everybody logs in as {name}, and the key says who you are.").format(
            host=sight.host(case), user=target.user, name=user
        ),
        [sight.seen(case.plan.effective.source("user"), f"User {target.user}")],
        [
            sight.advice(
                _("Log in as {name}").format(name=user),
                _("Write `{name}@{host}` in the URL, or `User {name}` in the Host block.").format(
                    name=user, host=sight.host(case)
                ),
                command=f"ssh -T {user}@{sight.typed(target.host)}",
            )
        ],
    )  # fmt: skip


def other_account(case: Case) -> Iterator[Finding]:
    """ssh gets in with one key while the host also takes the one that was meant."""
    transcript = case.transcript
    if case.plan is None or transcript is None or transcript.ssh_key is None or not sight.accepted(case):
        return
    used = transcript.ssh_key
    others = [a for a in sight.answers(case, "accepted") if a.public.blob != used.blob]
    if not others:
        return
    meant = next((a for a in others if case.wanted and a.public.blob == case.wanted.blob), None)
    wished = meant is not None and (case.wanted_by_user or not _named_for_host(case, used))
    shut_out = transcript.access in ("denied", "not_found")
    blocks = wished or shut_out
    answer = meant or others[0]
    certainty: Certainty = "certain" if transcript.access == "denied" else "likely" if blocks else "possible"
    yield sight.finding(
        "wrong-account-key",
        "fail" if blocks else "info",
        certainty,
        _other_account_words(case, used, answer.public, blocks),
        [
            Evidence(
                source=sight.where(case),
                text=_("logs you in with {key} ({fingerprint})").format(
                    key=sight.key_name(case, used), fingerprint=used.fingerprint
                ),
            ),
            sight.said(case, answer),
            *_why_first(case, used),
            *_account_evidence(case),
        ],
        case.proposals if blocks else (),
        title="" if blocks else _("The host knows another of your keys as well"),
    )


def _named_for_host(case: Case, public: PublicKey) -> bool:
    """Tell whether a Host block other than a bare `*` names this key: then it was meant."""
    offer = sight.offer_of(case, public)
    if offer is None or offer.source is None or case.facts is None:
        return False
    if offer.source.where.startswith("-") or offer.source.where == "command line":
        return True
    block = _block_of(case, offer.source)
    return block not in ("", "*")


def _block_of(case: Case, source: Source) -> str:
    """Return the patterns of the Host line in whose block a configuration line stands."""
    if case.facts is None or source.line is None:
        return ""
    file = next((f for f in case.facts.config_files if f.path == source.where), None)
    block = ""
    for line in (file.data.decode("utf-8", "replace").splitlines() if file else [])[: source.line]:
        words = line.replace("=", " ", 1).split()
        if words and words[0].lower() in ("host", "match"):
            block = " ".join(words[1:])
    return sight.clean(block)


def _other_account_words(case: Case, used: PublicKey, meant: PublicKey, blocks: bool) -> str:
    host, account = sight.host(case), case.transcript.account if case.transcript else None
    first, second = sight.key_name(case, used), sight.key_name(case, meant)
    if not blocks:
        return _("ssh logs in to {host} with {used}. {host} also takes {other}; nothing to do if both are yours there.").format(
            host=host, used=first, other=second
        )  # fmt: skip
    if account:
        return _("ssh logs in to {host} as {account}, with {used}. Your key {other} is taken there too, but never gets its turn.").format(
            host=host, account=account, used=first, other=second
        )  # fmt: skip
    return _("ssh logs in to {host} with {used}, because it goes first. Your key {other} is taken there too, but never gets its turn.").format(
        host=host, used=first, other=second
    )  # fmt: skip


def _why_first(case: Case, used: PublicKey) -> list[Evidence]:
    offer = sight.offer_of(case, used)
    if offer is None:
        return []
    text = _("offers {key} as the {position}. {because}").format(
        key=sight.offer_name(case, offer), position=ordinal(offer.position), because=offer.because
    )
    return [sight.seen(offer.source, text)]


def _account_evidence(case: Case) -> list[Evidence]:
    transcript = case.transcript
    if transcript is None:
        return []
    texts = [text for text in (transcript.greeting, transcript.access_detail) if text]
    return [Evidence(source=sight.where(case), text=sight.clean(text)) for text in texts]


def unknown_to_the_host(case: Case) -> Iterator[Finding]:
    """The host knows none of the user's keys."""
    transcript = case.transcript
    if case.plan is None or transcript is None or not sight.asked(case) or sight.accepted(case):
        return
    keys = sight.private_identities(case)
    if transcript.known or not keys or not sight.takes_keys(case):
        return
    refused = {a.public.blob for a in sight.answers(case, "refused")}
    all_asked = all(identity.public.blob in refused for identity in keys)
    provider = case.plan.target.provider
    best = _best_to_upload(case)
    yield sight.finding(
        "key-not-registered",
        "fail",
        "certain" if all_asked and provider else "likely",
        (
            _("{host} does not know your key, for the login name {user}.")
            if len(keys) == 1
            else _("{host} knows none of your {n} keys, for the login name {user}.")
        ).format(host=sight.host(case), n=len(keys), user=case.plan.target.user),
        [sight.said(case, answer) for answer in transcript.answers if answer.state != "accepted"][:8],
        _give_public_half(case, best, provider),
    )


def no_publickey(case: Case) -> Iterator[Finding]:
    """The host does not let anybody in by key."""
    if not sight.asked(case) or sight.accepted(case) or sight.takes_keys(case) or case.transcript is None:
        return
    methods = ", ".join(case.transcript.methods)
    yield sight.finding(
        "server-no-publickey",
        "fail",
        "certain",
        _("{host} does not take keys; it offers {methods}.").format(host=sight.host(case), methods=methods),
        [Evidence(source=sight.where(case), text=_("methods: {methods}").format(methods=methods))],
    )


def _best_to_upload(case: Case) -> PublicKey | None:
    """Choose the key to register: wanted, else the first one that ssh sends, else any."""
    if case.wanted is not None:
        return case.wanted
    sent = [o.public for o in case.plan.sent if o.public] if case.plan else []
    keys = sight.private_identities(case)
    return sent[0] if sent else keys[0].public if keys else None


def _give_public_half(case: Case, public: PublicKey | None, provider: str | None) -> tuple[Fix, ...]:
    if public is None or case.plan is None:
        return ()
    identity = sight.identity_of(case, public)
    path = (identity.public_path or identity.private_path) if identity else None
    name = sight.short(case, path) if path else sight.key_name(case, public)
    host, user = sight.host(case), case.plan.target.user
    in_practice = case.facts is not None and "SSHWIZARD_PRACTICE_URL" in case.facts.environment.env
    if in_practice and case.plan.target.host == "practice":
        provider = "practice"
    if provider:
        entry = book.find(provider)
        page = [_("By hand: {page}").format(page=entry.key_page)] if entry and entry.key_page else []
        return (
            sight.advice(
                _("Add the public half of {key} to your account at {host}").format(key=name, host=host),
                _("Compare first: the account's key list may show {fingerprint} under another account.").format(
                    fingerprint=public.fingerprint
                ),
                _("Upload the `.pub` file only; the private half never leaves this machine."),
                *page,
                command=f"sshwizard keys add {provider} {sight.typed(name)}",
            ),
        )  # fmt: skip
    return (
        sight.advice(
            _("Put the public half into authorized_keys of {user} on {host}").format(user=user, host=host),
            _("With a password login: `ssh-copy-id`; otherwise ask whoever runs the host."),
            _("If it is there already: on the server, home, ~/.ssh and authorized_keys must be writable by {user} only.").format(
                user=user
            ),
            command=f"ssh-copy-id -i {sight.typed(name)} {sight.typed(f'{user}@{case.plan.target.host}')}",
        ),
    )  # fmt: skip
