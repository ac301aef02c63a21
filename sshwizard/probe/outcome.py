"""What ssh itself would meet, walking its own offers in order (sshconnect2.c `userauth_pubkey`).

Pure: the plan's offers and the host's answers in, the outcome out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Offer
from sshwizard.model.transcript import AnswerState

Outcome = Literal["accepted", "refused", "thrown_out", "no_key", "unknown", "not_reached"]


def walk(
    offers: Sequence[Offer],
    answers: Mapping[int, AnswerState],
    try_limit: int | None,
    hung_up_at: int | None = None,
    *,
    asks_nobody: bool = False,
) -> tuple[Outcome, int | None]:
    """Return the outcome and the position of the offer that ssh logs in with.

    A refusal counts as a failed try, an acceptance that cannot be followed by a signature does not, and a
    key without a common signature algorithm is never sent; nor is a private file that cannot be loaded. An offer
    whose answer is not known leaves the outcome unknown, unless the end was already reached. `hung_up_at`: the
    offer at which the host hung up with words of its own, as it would on ssh. `asks_nobody`: BatchMode, in which
    a key that needs a passphrase is passed over: at once where ssh knows no public half of it, else after the
    host has accepted it.
    """
    refusals = 0
    sent = False
    for offer in offers:
        state = answers.get(offer.position, "unknown")
        shut = asks_nobody and offer.needs_passphrase and offer.via == "file"
        unsent = offer.kind == "private" and (shut or offer.usable is False)
        if not offer.exists or offer.skipped or state == "not_allowed" or unsent:
            continue
        sent = True
        if offer.position == hung_up_at:
            return "thrown_out", None
        if state == "accepted" and offer.usable is not False and not shut:
            return "accepted", offer.position
        if state == "refused":
            refusals += 1
        if try_limit is not None and refusals >= try_limit:
            return "thrown_out", None
        if state in ("unknown", "not_reached"):
            return "unknown", None
    return ("refused" if sent else "no_key"), None


def known_half(offer: Offer, halves: Mapping[str, PublicKey]) -> PublicKey | None:
    """Return the public half to ask about: the offer's own, or for a file that ssh cannot read without
    opening it, the half that is known to us from elsewhere (`halves`: path → public half)."""
    return offer.public or halves.get(offer.private_path or offer.path)
