"""Rules about what client and host have in common: key exchange, host key types, signature algorithms."""

from __future__ import annotations

from collections.abc import Iterator

from sshwizard.model.finding import Case, Evidence, Finding
from sshwizard.model.transcript import Check
from sshwizard.rules import sight
from sshwizard.text import _


def nothing_in_common(case: Case) -> Iterator[Finding]:
    """The handshake found no method, cipher or host key type in common."""
    check = sight.failed_check(case)
    if check is None or check.id != "kex":
        return
    host = sight.host(case)
    if check.code == "no-common-hostkey":
        yield sight.finding(
            "alg-hostkey-mismatch",
            "fail",
            "likely",
            _("{host} has only host keys of a type that is not accepted any more: {detail}").format(
                host=host, detail=check.detail
            ),
            [sight.checked(case, check)],
            [
                *case.ways.get("alg-hostkey-mismatch", ()),
                sight.advice(
                    _("Until the host is updated, allow it for this host only"),
                    _("Add `HostKeyAlgorithms +ssh-rsa` to the Host block of {host}.").format(host=host),
                    _("Better: ask for an update of the host, or for an Ed25519 host key."),
                ),
            ],
        )
    elif check.code == "hostkey-too-short":
        yield _too_short(case, check)
    elif check.code in ("no-common-kex", "no-common-cipher", "no-common-mac"):
        keyword = "Ciphers" if check.code == "no-common-cipher" else "KexAlgorithms"
        yield sight.finding(
            "alg-kex-mismatch",
            "fail",
            "likely",
            _("{host} and this client have no common way to begin: {detail}").format(
                host=host, detail=check.detail
            ),
            [sight.checked(case, check)],
            [
                sight.advice(
                    _("Update the host, or allow its method for this host only"),
                    _("`{keyword} +NAME` in the Host block of {host}, with a name that the host offers.").format(
                        keyword=keyword, host=host
                    ),
                )
            ],
        )  # fmt: skip


def rsa_with_sha1_only(case: Case) -> Iterator[Finding]:
    """The host verifies only SHA-1 signatures from RSA keys, which ssh does not make any more."""
    if not sight.asked(case) or sight.accepted(case) or case.plan is None or case.transcript is None:
        return
    skipped = [
        offer
        for offer in case.plan.offers
        if offer.exists and offer.public and offer.public.type == "ssh-rsa" and "mutual" in offer.skipped
    ]
    names = [sight.offer_name(case, offer) for offer in skipped]
    names += [
        sight.key_name(case, answer.public)
        for answer in sight.answers(case, "not_allowed")
        if answer.public.type == "ssh-rsa"
    ]
    if not names:
        return
    yield _sha1_only(case, names, bool(skipped))


def _sha1_only(case: Case, names: list[str], seen: bool) -> Finding:
    transcript = case.transcript
    version = transcript.server_version if transcript else ""
    algorithms = ", ".join((transcript.server_sig_algs if transcript else None) or ()) or _("none")
    host = sight.host(case)
    return sight.finding(
        "alg-rsa-sha1-sig",
        "fail",
        "certain" if seen else "likely",
        _(
            "{host} ({version}) takes only SHA-1 signatures from RSA keys, and ssh does not make them any more:"
            " {keys} cannot be offered."
        ).format(host=host, version=version, keys=", ".join(dict.fromkeys(names))),
        [
            Evidence(
                source=sight.where(case),
                text=_("signature algorithms the host names: {names}").format(
                    names=algorithms
                ),
            )
        ],
        [
            sight.advice(
                _("Use a key of another type"),
                _("Make an Ed25519 key (or ECDSA, if the host is old) and give its public half to {host}.").format(
                    host=host
                ),
                command="sshwizard keys new --type ed25519",
            ),
            *case.ways.get("alg-rsa-sha1-sig", ()),
            sight.advice(
                _("Or allow the old signature for this host only"),
                _("Add `PubkeyAcceptedAlgorithms +ssh-rsa` to the Host block of {host}.").format(host=host),
                _("Never for all hosts; take it out once the host is updated."),
            ),
        ],
    )  # fmt: skip


def _required(case: Case) -> list[Evidence]:
    """Return the line that sets RequiredRSASize."""
    effective = case.plan.effective if case.plan else None
    source = effective.source("requiredrsasize") if effective else None
    if effective is None or source is None:
        return []
    return [sight.seen(source, f"requiredrsasize {effective.first('requiredrsasize')}")]


def _too_short(case: Case, check: Check) -> Finding:
    host = sight.host(case)
    return sight.finding(
        "alg-hostkey-mismatch",
        "fail",
        "certain",
        _("{host} shows a host key that is too short for your configuration: {detail}").format(
            host=host, detail=check.detail
        ),
        [sight.checked(case, check), *_required(case)],
        [
            sight.advice(
                _("Ask for a longer host key"),
                _("Whoever runs the host can add an Ed25519 host key, to which no length applies."),
                _("Until then, lower `RequiredRSASize` in the Host block of {host} only.").format(host=host),
            )
        ],
    )
