"""The table "which key, where it comes from, what the host said", as values for every front end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sshwizard.report.words import answer_word
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.model.identity import PublicKey
    from sshwizard.model.plan import LeftOut, Offer, Plan
    from sshwizard.model.transcript import Answer, Transcript


RowState = Literal["accepted", "refused", "not_reached", "not_allowed", "unknown", "missing", "not_asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One key in the table."""

    position: int | None
    """Among the keys that ssh sends; None for one that it does not send."""
    key: str
    """The file's name, or the comment of a key that only an agent holds."""
    comes_from: str
    said: str
    state: RowState
    """What the host said; `missing`: a listed file that is not there; `not_asked`: nobody asked."""
    public: PublicKey | None
    offer: Offer | None = None


def rows(
    plan: Plan, transcript: Transcript | None, shown: Callable[[str], str], *, missing: bool = False
) -> tuple[Row, ...]:
    """Return the keys that ssh sends, in order, then those it does not send.

    With `missing`, files that ssh lists although they are not there are included, without a number.
    """
    answers = {answer.planned: answer for answer in transcript.answers} if transcript else {}
    found: list[Row] = []
    number = 0
    for offer in plan.offers:
        if offer.exists and not offer.skipped:
            number += 1
            found.append(_sent(offer, number, answers.get(offer.position), transcript, shown))
        elif offer.exists or missing:
            found.append(_listed(offer, shown))
    return (*found, *(_left_out(left, transcript, shown) for left in plan.left_out if left.public))


def comes_from(offer: Offer, shown: Callable[[str], str]) -> str:
    """Say where ssh has an identity from: "agent, and ~/.ssh/config:7"."""
    if offer.source:
        named = (
            f"{shown(offer.source.where)}:{offer.source.line}" if offer.source.line else offer.source.where
        )
    elif offer.explicit:
        named = _("the command line")
    else:
        named = "" if offer.via != "file" and offer.private_path is None else _("a default name")
    if offer.via == "agent":
        return _("agent, and {named}").format(named=named) if named else _("agent")
    if offer.via == "token":
        return _("security token")
    return named


def why_left_out(left: LeftOut) -> str:
    """Say in a few words why ssh does not send a key; `LeftOut.because` is the whole sentence."""
    return {
        "not-named": _("no line names it"),
        "identities-only": _("IdentitiesOnly, and no line names it"),
        "agent-off": _("only in an agent that ssh does not ask"),
        "no-agent-match": _("its line expects it in the agent"),
        "skipped-type": _("its type is switched off"),
        "too-short": _("too short for ssh"),
        "host-certificate": _("it is a host's certificate"),
        "damaged": _("its file cannot be read"),
    }.get(left.reason, left.because)


def key_name(path: str) -> str:
    """Return what people call the key at a path (or the agent's comment, as it is)."""
    return path.rsplit("/", 1)[-1] if path.startswith(("/", "~")) else path


def _sent(
    offer: Offer,
    number: int,
    answer: Answer | None,
    transcript: Transcript | None,
    shown: Callable[[str], str],
) -> Row:
    state: RowState
    if answer:
        state = answer.state
    else:
        state = "not_reached" if transcript else "not_asked"
    said = answer_word(state) if transcript else ""
    if state == "accepted" and transcript and transcript.account and _is(offer, transcript.ssh_key):
        said = _("{accepted}: {account}").format(accepted=said, account=transcript.account)
    elif answer and answer.reason:
        said = f"{said}: {answer.reason}"
    if offer.usable is False:
        said = _("{said}, but ssh cannot use its private half").format(said=said) if said else ""
    return Row(
        position=number,
        key=key_name(offer.path),
        comes_from=comes_from(offer, shown),
        said=said,
        state=state,
        public=offer.public,
        offer=offer,
    )


def _listed(offer: Offer, shown: Callable[[str], str]) -> Row:
    return Row(
        position=None,
        key=key_name(offer.path),
        comes_from=comes_from(offer, shown),
        said=offer.skipped or _("no such file"),
        state="not_allowed" if offer.skipped else "missing",
        public=offer.public,
        offer=offer,
    )


def _left_out(left: LeftOut, transcript: Transcript | None, shown: Callable[[str], str]) -> Row:
    answer = None
    if transcript and left.public:
        answer = next(
            (
                one
                for one in transcript.answers
                if one.planned is None and one.public.blob == left.public.blob
            ),
            None,
        )
    name = key_name(left.path) if left.path else (left.public.called if left.public else "")
    state: RowState = answer.state if answer else "not_asked"
    said = {"accepted": _("knows it"), "refused": _("does not know it")}.get(state, "")
    if state == "accepted" and transcript and transcript.account and _is(left, transcript.ssh_key):
        said = _("knows it: {account}").format(account=transcript.account)
    return Row(
        position=None,
        key=name or (left.fingerprint or ""),
        comes_from=_("not sent: {reason}").format(reason=why_left_out(left)),
        said=said,
        state=state,
        public=left.public,
    )


def _is(one: Offer | LeftOut, public: PublicKey | None) -> bool:
    return bool(one.public and public and one.public.blob == public.blob)
