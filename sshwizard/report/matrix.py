"""Keys by hosts, as a table of 80 columns and as JSON: who knows which key, and as whom it logs in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sshwizard.hosts import book
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Transcript
from sshwizard.report.columns import Style, clip, pad, table, wrap
from sshwizard.report.words import total_ms
from sshwizard.text import _

COLUMNS = 8
"""Hosts side by side; more of them go into a second table."""

CELL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One host, and what it said."""

    name: str
    plan: Plan
    transcript: Transcript

    @property
    def takes_any_key(self) -> bool:
        """The host says yes to every key at first, so that an accepted key proves nothing."""
        entry = book.find(self.plan.effective.hostname)
        return entry is not None and entry.accepts_any_key

    @property
    def answered(self) -> bool:
        """The host said something about a key, or how it lets people in."""
        said = any(answer.state in ("accepted", "refused") for answer in self.transcript.answers)
        return said or bool(self.transcript.methods) or self.transcript.ssh_outcome == "accepted"


def page(met: Sequence[Met], keys: Sequence[Identity], style: Style) -> Iterator[str]:
    """Return the hosts with their accounts, then the keys, a column for each host by its number."""
    heading = [_("host"), _("logs in as"), _("with")]
    rows = [[f"{n}  {one.name}", account(one), used_key(one, keys)] for n, one in enumerate(met, 1)]
    yield from table([["   " + heading[0], *heading[1:]], *rows], width=style.width)
    used: dict[str, None] = {}
    for start in range(0, len(met), COLUMNS):
        yield ""
        part = list(enumerate(met, 1))[start : start + COLUMNS]
        room = style.width - CELL * len(part) - 1
        width = max(12, min(room, max([len(label(key)) for key in keys] + [len(_("key"))]) + 2))
        yield pad(_("key"), width) + "".join(pad(str(number), CELL) for number, _one in part).rstrip()
        for key in keys:
            cells = [cell(one, key.public) for _number, one in part]
            used.update(dict.fromkeys(cells))
            yield (
                pad(clip(label(key), width - 1), width) + "".join(pad(word, CELL) for word in cells).rstrip()
            )
    yield ""
    yield from wrap("; ".join(f"{word}: {text}" for word, text in legend() if word in used), style.width)
    for sentence in warnings(met):
        yield from wrap(sentence, style.width)


def warnings(met: Sequence[Met]) -> Iterator[str]:
    """Return a sentence for each host whose yes proves nothing."""
    for one in met:
        if one.takes_any_key and one.answered:
            yield _("{host} says yes to any key at first: only a login proves which one it knows.").format(
                host=one.name
            )


def fields(one: Met, keys: Sequence[Identity]) -> dict[str, Any]:
    """Return what the JSON object says of a host."""
    transcript, failure = one.transcript, one.transcript.first_failure
    return {
        "host": one.name,
        "hostname": one.plan.effective.hostname,
        "port": one.plan.effective.port,
        "user": one.plan.effective.user,
        "provider": one.plan.target.provider,
        "answered": one.answered,
        "account": transcript.account,
        "accepted": transcript.ssh_key.fingerprint if transcript.ssh_key else None,
        "known": [key.fingerprint for key in transcript.known],
        "keys": {key.public.fingerprint: transcript.thinks_of(key.public) for key in keys},
        "accepts_any_key": one.takes_any_key,
        "outcome": transcript.ssh_outcome,
        "greeting": transcript.greeting or None,
        "host_key": transcript.host_key.state if transcript.host_key else None,
        "failure": {"layer": failure.id, "code": failure.code or None, "detail": failure.detail}
        if failure
        else None,
        "connections": transcript.connections,
        "ms": round(total_ms(transcript), 1),
    }


def key_fields(key: Identity) -> dict[str, Any]:
    """Return what the JSON object says of a key."""
    return {
        "fingerprint": key.public.fingerprint,
        "type": key.public.type,
        "comment": key.public.shown_comment,
        "path": key.private_path or key.public_path,
        "agents": list(key.agents),
    }


def account(one: Met) -> str:
    """Say as whom ssh gets in, or why that is not known."""
    transcript = one.transcript
    if transcript.account:
        return transcript.account
    failure = transcript.first_failure
    if not one.answered:
        return failure.detail if failure and failure.detail else _("not reached")
    match transcript.ssh_outcome:
        case "accepted":
            return _("(account not known)")
        case "thrown_out":
            return _("nobody: too many keys")
        case "no_key":
            return _("nobody: no key is sent")
        case "refused":
            return _("nobody")
        case _:
            return failure.detail if failure and failure.detail else _("cannot tell")


def cell(one: Met, key: PublicKey) -> str:
    """Return what the host thinks of a key, in a short word."""
    transcript = one.transcript
    state = transcript.thinks_of(key)
    if state == "accepted" and one.takes_any_key and transcript.account is None:
        return _("any")
    if state == "accepted":
        sent = transcript.ssh_key
        return _("uses") if sent and sent.blob == key.blob else _("yes")
    return {"refused": _("no"), "not_allowed": _("alg"), "unknown": "?"}.get(state, "-")


def legend() -> tuple[tuple[str, str], ...]:
    """Return the words of the cells, each with its meaning."""
    return (
        (_("uses"), _("ssh logs in with it")),
        (_("yes"), _("the host knows it too")),
        (_("any"), _("accepted, as any key is")),
        (_("no"), _("refused")),
        (_("alg"), _("no signature algorithm in common")),
        ("?", _("no answer")),
        ("-", _("not asked")),
    )


def used_key(one: Met, keys: Sequence[Identity]) -> str:
    """Return the name of the key that ssh logs in with there; "" where it does not."""
    sent = one.transcript.ssh_key
    if sent is None:
        return ""
    return next((label(key) for key in keys if key.public.blob == sent.blob), sent.fingerprint)


def label(key: Identity) -> str:
    """Return what a key is called in the table."""
    if key.private_path or key.public_path:
        return key.name
    return _("{name} (agent)").format(name=key.name)
