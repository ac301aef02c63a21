"""What a draft changes, at every destination: the price by which drafts are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sshwizard.model.facts import Facts
from sshwizard.model.finding import HostEffect
from sshwizard.model.plan import Offer, Plan
from sshwizard.propose.draft import Draft, lines_changed
from sshwizard.text import _

ANY_OTHER = "any-other-host.invalid"
"""Stands for every destination that nobody has named yet."""
_OF_IDENTITIES = frozenset({"identityfile", "identitiesonly", "identityagent", "certificatefile"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The consequences of a draft."""

    wanted: HostEffect
    others: tuple[HostEffect, ...]
    """Other destinations whose offers or options change."""
    lost_options: tuple[str, ...]
    """Options other than those about identities that change for the wanted host."""
    cost: tuple[int, ...]
    """Compared as a tuple, lower is better."""


def effects_of(
    simulate: Callable[[str, Mapping[str, bytes | None]], Plan],
    host: str,
    draft: Draft,
    facts: Facts,
    before: Plan,
    after: Plan,
    others: Mapping[str, Plan],
) -> Effects:
    """Simulate a draft everywhere and price it. `others`: every other destination with its plan as it is now."""
    changed = changed_by(simulate, draft, others)
    lost = tuple(
        keyword
        for keyword in {**before.effective.options, **after.effective.options}
        if keyword not in _OF_IDENTITIES and _texts(before, keyword) != _texts(after, keyword)
    )
    altered, added = lines_changed(facts, draft)
    drawback = 2 * ("agent-off" in draft.reasons) + len({"commented", "repeated"} & set(draft.reasons))
    return Effects(
        wanted=HostEffect(host=host, before=names(before), after=names(after)),
        others=changed,
        lost_options=lost,
        cost=(len(changed), len(lost), drawback, altered, added, draft.order),
    )


def changed_by(
    simulate: Callable[[str, Mapping[str, bytes | None]], Plan], draft: Draft, others: Mapping[str, Plan]
) -> tuple[HostEffect, ...]:
    """Return what a draft does to each of `others` (with its plan as it is now); nothing for the unchanged."""
    contents = dict(draft.contents)
    effects = (_effect(name, now, simulate(name, contents)) for name, now in others.items())
    return tuple(effect for effect in effects if effect is not None)


def names(plan: Plan) -> tuple[str, ...]:
    """Return what is sent, in order, as people call it."""
    return tuple(_name(offer) for offer in plan.sent)


def _name(offer: Offer) -> str:
    return offer.path.rsplit("/", 1)[-1] or offer.fingerprint or offer.path


def _effect(host: str, now: Plan, then: Plan) -> HostEffect | None:
    if _essence(now) == _essence(then):
        return None
    shown = _("any other host") if host == ANY_OTHER else host
    return HostEffect(host=shown, before=names(now), after=names(then))


def _essence(plan: Plan) -> object:
    offers = [
        (
            offer.public.blob if offer.public else offer.path,
            offer.kind,
            offer.via,
            offer.exists,
            offer.skipped,
        )
        for offer in plan.offers
    ]
    options = {
        keyword: [value.text for value in values] for keyword, values in plan.effective.options.items()
    }
    others = [_essence(other) for other in plan.alternatives]
    return offers, options, plan.agent, plan.effective.fatal is None, others


def _texts(plan: Plan, keyword: str) -> list[str]:
    return [value.text for value in plan.effective.options.get(keyword, ())]
