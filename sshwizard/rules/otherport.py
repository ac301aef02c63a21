"""The way round a blocked port: what the service's other doors said, the change that uses one, whom to ask.

Knows the host book's alternates and the doors that the probe knocked at.
"""

from __future__ import annotations

from sshwizard.hosts import book
from sshwizard.model.finding import Case, Evidence, Fix
from sshwizard.model.transcript import OtherDoor
from sshwizard.rules import sight
from sshwizard.text import _


def doors(case: Case) -> tuple[OtherDoor, ...]:
    """Return the other doors that were tried."""
    return case.transcript.doors if case.transcript else ()


def evidence(case: Case) -> list[Evidence]:
    """Return what was seen at each other door."""
    return [Evidence(source=door.place, text=door.detail) for door in doors(case)]


def words(case: Case) -> str:
    """Return the sentence about the other doors; "" when none was tried."""
    tried = doors(case)
    if not tried or case.plan is None:
        return ""
    door = next((door for door in tried if door.state == "open"), None)
    if door is not None:
        return _("{place}, of the same service, answers: this network blocks port {port}, not the service.").format(
            place=door.place, port=case.plan.target.port
        )  # fmt: skip
    door = next((door for door in tried if door.state == "unvouched"), None)
    if door is not None:
        return _(
            "At {place}, of the same service, something answers with a host key that nobody vouches for: do not use it."
        ).format(place=door.place)
    return _("{places}, of the same service, cannot be reached either.").format(
        places=", ".join(door.place for door in tried)
    )


def ways(case: Case) -> tuple[Fix, ...]:
    """Return the remedies for a port that does not let SSH through, best first."""
    found: list[Fix] = []
    if case.way_round is not None:
        found.append(case.way_round)
    else:
        found += _by_hand(case)
    return (*found, *_over_https(case), _ask_the_administrators(case))


def _by_hand(case: Case) -> list[Fix]:
    """Advise an alternate that is open, or that nobody has tried yet."""
    host = sight.host(case)
    entry = book.find(case.plan.target.hostname) if case.plan else None
    tried = doors(case)
    place = next(((door.hostname, door.port) for door in tried if door.state == "open"), None)
    if not tried and entry and entry.alternates and case.plan and case.plan.target.port == entry.port:
        place = entry.alternates[0]
    if place is None:
        return []
    other, port = place
    user = (entry.user if entry else None) or "git"
    return [
        sight.advice(
            _("Use port {port} of {host}").format(port=port, host=host),
            _("Test it first; compare the fingerprint it shows with the published one."),
            _("If it answers, add to the Host block of {host}: HostName {other}, Port {port}, User {user}.").format(
                host=host, other=other, port=port, user=user
            ),
            command=f"ssh -T -p {port} {user}@{other}",
        )
    ]  # fmt: skip


def _over_https(case: Case) -> tuple[Fix, ...]:
    """Advise the HTTPS address of a repository, where the service has no other door for SSH that is open."""
    target = case.plan.target if case.plan else None
    entry = book.find(target.hostname) if target else None
    if target is None or entry is None or not entry.https or not target.path or case.way_round is not None:
        return ()
    url = entry.https.format(path=target.path.lstrip("/"))
    return (
        sight.advice(
            _("Or use HTTPS for this repository, with a token in place of a key"),
            command=f"git remote set-url {sight.typed(target.remote or 'origin')} {sight.typed(url)}",
        ),
    )


def _ask_the_administrators(case: Case) -> Fix:
    place = sight.where(case)
    if sight.host(case) in ("localhost", "127.0.0.1", "::1"):
        return sight.advice(
            _("Look whether the server runs"), _("Compare the port number with the server's configuration.")
        )
    sentences = [
        _("If a phone's hotspot works, this network blocks ssh. The sentence for its administrators:"),
        _("“Please allow outgoing TCP connections to {place} (SSH).”").format(place=place),
        _("If it fails there too, look at the host's status page and at the port number."),
    ]
    entry = book.find(case.plan.target.hostname) if case.plan else None
    if entry is not None and not entry.alternates:
        sentences.insert(1, _("{title} has no other port for ssh.").format(title=entry.title))
    return sight.advice(_("Try another network"), *sentences)
