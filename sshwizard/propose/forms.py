"""The forms an edit can take, tried by simulation from the smallest up, and the choice among those that work.

A draft starts as a block (extended or new). Where the simulation shows that other keys still come first
(keys held by the agent precede those in files, `IdentityFile` lines accumulate), a remedy is added until the
wanted key is first or nothing improves. Then every destination of the user is simulated with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Offer, Plan
from sshwizard.openssh import config_edit
from sshwizard.openssh.config_layout import read_layout
from sshwizard.propose import draft as drafts
from sshwizard.propose.draft import Draft, Remedy
from sshwizard.propose.effects import ANY_OTHER, Effects, effects_of
from sshwizard.propose.identities import host_alias
from sshwizard.propose.naming import Naming, namings
from sshwizard.propose.wording import to_fix

Simulate = Callable[[str, Mapping[str, bytes | None]], Plan]
ROUNDS = 6
"""How often a remedy is applied anew while other keys still come first."""
BEST = 3
"""How many forms are returned at most."""

_IDENTITY = frozenset({"identityfile", "identitiesonly", "identityagent", "certificatefile"})
REMEDIES: tuple[Remedy, ...] = (drafts.silence, drafts.narrow, drafts.split)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be achieved, and how to find out whether it is."""

    facts: Facts
    plan: Plan
    host: str
    wanted: PublicKey
    naming: Naming
    config: str
    """The user's configuration file."""
    simulate: Simulate
    whatever: bool = True
    """It has to hold whatever the commands of `Match exec` lines say; else only as long as they fail."""

    anyones: bool = False
    """Files of other accounts may be changed too: the last resort, and then by hand."""
    as_typed: bool = False
    """Only blocks that compare the name as typed: tried where the others change more than they should."""

    def outcome(self, draft: Draft) -> Plan:
        return self.simulate(self.host, dict(draft.contents))


def propose(
    facts: Facts,
    plan: Plan,
    wanted: PublicKey,
    simulate: Simulate,
    *,
    hosts: tuple[str, ...],
    config_path: Callable[[str], str],
) -> tuple[Fix, ...]:
    """Return the changes that make `wanted` the first key sent to the plan's host, best first.

    `simulate` tells what ssh would do at a destination if files held other contents; `hosts` are all
    destinations of the user; `config_path` writes a path for ssh_config. The best form changes no other
    destination; where none is like that, the least harmful comes first and says what it changes. Empty when
    the key is the first already, no form works, or there is no file to write to (`-F none`).
    """
    config, host = facts.environment.user_config, plan.target.host
    if config is None or facts.files.look(config).kind not in ("file", "missing"):
        return ()
    try:
        config_edit.check_name(host)
    except ValueError:
        return ()
    now_there = simulate(host, {}) if plan.effective.conditions else plan
    wishes = [
        Wish(
            facts=facts,
            plan=plan,
            host=host,
            wanted=wanted,
            naming=naming,
            config=config,
            simulate=simulate,
            whatever=whatever,
            anyones=anyones,
        )
        for whatever in (True, False)[: 2 if plan.effective.conditions else 1]
        for anyones in (False, True)
        for naming in namings(facts, plan, wanted, config_path)
    ]
    working: list[tuple[Wish, Draft, Plan]] = []
    for wish in wishes:
        if wins(wish, now_there):
            return ()
        working += [(wish, draft, after) for draft, after in _working(wish)]
        if working:
            break
    if not working:
        working = _for_the_name_as_typed(wishes)
    others = tuple(name for name in dict.fromkeys(hosts) if name != host)
    now = {name: simulate(name, {}) for name in (*others, ANY_OTHER)} if working else {}
    judged = _judged(working, now)
    if judged and judged[0][0].others:
        judged = sorted(judged + _judged(_for_the_name_as_typed([judged[0][2]]), now), key=_cost)
    fixes = tuple(to_fix(wish, draft, effects, others) for effects, draft, wish in judged[:BEST])
    alias = host_alias(facts, plan, wanted, simulate, config_path=config_path)
    return (*fixes, alias) if alias is not None else fixes


def _for_the_name_as_typed(wishes: Sequence[Wish]) -> list[tuple[Wish, Draft, Plan]]:
    """Return what works of the blocks that compare the name as typed, for the first wish that any works for."""
    for wish in (replace(wish, as_typed=True) for wish in wishes if "," not in wish.host):
        working = [(wish, draft, after) for draft, after in _working(wish)]
        if working:
            return working
    return []


def _judged(
    working: list[tuple[Wish, Draft, Plan]], now: Mapping[str, Plan]
) -> list[tuple[Effects, Draft, Wish]]:
    """Simulate the drafts worth it at every destination, and put the best first."""
    judged = [
        (effects_of(wish.simulate, wish.host, draft, wish.facts, wish.plan, after, now), draft, wish)
        for wish, draft, after in _cheapest(working)
    ]
    return sorted(judged, key=_cost)


def _cost(entry: tuple[Effects, Draft, Wish]) -> tuple[int, ...]:
    return entry[0].cost


def _working(wish: Wish) -> Iterator[tuple[Draft, Plan]]:
    """Yield each distinct draft that makes the wanted key first, with the plan it leads to."""
    seen: set[frozenset[tuple[str, bytes]]] = set()
    failed: list[Draft] = []
    for draft in _starts(wish):
        key = frozenset(draft.contents.items())
        if key in seen:
            continue
        seen.add(key)
        after = wish.outcome(draft)
        if wins(wish, after):
            yield draft, after
        else:
            failed.append(draft)
    for draft in failed:
        for better, after in _improved(wish, draft):
            key = frozenset(better.contents.items())
            if key not in seen:
                seen.add(key)
                yield better, after


def wins(wish: Wish, after: Plan) -> bool:
    """Tell whether the wanted key is the first that leaves the machine, in a way that can sign."""
    return all(_wins_there(wish, outcome) for outcome in _outcomes(wish, after))


def _outcomes(wish: Wish, after: Plan) -> tuple[Plan, ...]:
    return (after, *after.alternatives) if wish.whatever else (after,)


def _wins_there(wish: Wish, after: Plan) -> bool:
    if after.effective.fatal or not after.sent:
        return False
    first = after.sent[0]
    if not is_wanted(wish, first):
        return False
    return first.via == "agent" or wish.naming.signs_from_file


def is_wanted(wish: Wish, offer: Offer) -> bool:
    if offer.public is not None:
        return offer.public.blob == wish.wanted.blob
    return offer.path == wish.naming.path or (
        offer.private_path is not None and offer.private_path == wish.naming.path
    )


def _improved(wish: Wish, draft: Draft) -> Iterator[tuple[Draft, Plan]]:
    for remedy in REMEDIES:
        found = _driven(wish, draft, remedy)
        if found is not None:
            yield found
    if wish.naming.signs_from_file:
        quiet = _without_agent(wish, draft)
        if quiet is not None and wins(wish, after := wish.outcome(quiet)):
            yield quiet, after


def _driven(wish: Wish, draft: Draft, remedy: Remedy) -> tuple[Draft, Plan] | None:
    """Apply a remedy until the wanted key is first; None when it does not get there."""
    for _round in range(ROUNDS):
        after = wish.outcome(draft)
        if wins(wish, after):
            return draft, after
        lost = next(outcome for outcome in _outcomes(wish, after) if not _wins_there(wish, outcome))
        places = [index for index, offer in enumerate(lost.sent) if is_wanted(wish, offer)]
        if lost.effective.fatal or not places or places[0] == 0:
            return None
        in_the_way = lost.sent[: places[0]]
        better = remedy(wish.facts, draft, wish.host, in_the_way)
        if better is None or better.contents == draft.contents:
            return None
        draft = better.past(in_the_way)
    return None


def _starts(wish: Wish) -> Iterator[Draft]:
    """Yield the forms to begin with: this host's own block extended, or a new block at several places."""
    own = _own_blocks(wish) if not wish.as_typed else []
    for number, (path, header) in enumerate(own):
        yield from _extended(wish, path, header, number)
    data = drafts.content(wish.facts, None, wish.config)
    reasons = ("repeated",) if own else ("as-typed",) if wish.as_typed else ()
    base = _pinned(wish, Draft(kind="block", anyones=wish.anyones, reasons=reasons))
    patterns, options = (wish.host,), _options(wish)
    for number, before in enumerate(_positions(wish, data)):
        placed = config_edit.insert_block(data, patterns, options, before=before, as_typed=wish.as_typed)
        yield replace(base, order=10 + number).with_file(wish.config, placed)
    at_top = config_edit.insert_block_at_top(data, patterns, options, as_typed=wish.as_typed)
    yield replace(base, kind="top", order=20).with_file(wish.config, at_top)


def _extended(wish: Wish, path: str, header: int, number: int) -> Iterator[Draft]:
    """Yield ways to extend a block, with what it lacks only."""
    data = drafts.content(wish.facts, None, path)
    layout = read_layout(data)
    block = layout.block_of(header - 1)
    there = {layout.lines[at].keyword: layout.lines[at].arguments() for at in reversed(block.options)}
    only = ("IdentitiesOnly", "yes")
    lacking = [
        option
        for option in _options(wish)
        if option != only
        or [word.lower() for word in there.get("identitiesonly", ())] not in (["yes"], ["true"])
    ]
    named = [at for at in block.options if _names_wanted(wish, path, at + 1)]
    base = _pinned(wish, Draft(kind="extend", anyones=wish.anyones, order=number))
    rest = [option for option in lacking if option[0] != "IdentityFile"]
    if named:
        kept = config_edit.add_options(data, header, rest, ahead_of=_IDENTITY) if rest else data
        if kept != data:
            yield replace(base, kind="complete").with_file(path, kept)
        first = next(at for at in block.options if layout.lines[at].keyword in _IDENTITY)
        if first != named[0]:
            moved = config_edit.move_line(data, named[0] + 1, after=first)
            lines = config_edit.add_options(moved, header, rest, ahead_of=_IDENTITY) if rest else moved
            yield replace(base, kind="complete").with_file(path, lines, "moved")
    reasons = ("repeated",) if named else ()
    yield base.with_file(path, config_edit.add_options(data, header, lacking, ahead_of=_IDENTITY), *reasons)


def _names_wanted(wish: Wish, path: str, line: int) -> bool:
    return any(
        named.path in (wish.naming.path, f"{wish.naming.path}.pub")
        and named.source is not None
        and (named.source.where, named.source.line) == (path, line)
        for named in wish.plan.effective.identity_files
    )


def _own_blocks(wish: Wish) -> list[tuple[str, int]]:
    """Return file and line of the Host blocks of this host alone that the user may edit."""
    paths = dict.fromkeys([wish.config, *(file.path for file in wish.facts.config_files)])
    return [
        (path, header)
        for path in paths
        if wish.anyones or drafts.editable(wish.facts, path)
        for header in config_edit.named_blocks(drafts.content(wish.facts, None, path), wish.host)
    ]


def _positions(wish: Wish, data: bytes) -> list[int | None]:
    """Return the lines a new block may stand before, best first; None is the end."""
    matched = [
        source.line
        for source in wish.plan.effective.blocks
        if source.where == wish.config and source.line is not None
    ]
    headers = [block.header + 1 for block in read_layout(data).blocks if block.header is not None]
    first_matched = [line for line in matched if line in headers][:1]
    ends: list[int | None] = [None]
    return list(dict.fromkeys([*first_matched, *(ends if not first_matched else ()), *headers[:1]]))


def _options(wish: Wish) -> list[tuple[str, str]]:
    options = [("IdentityFile", wish.naming.text), ("IdentitiesOnly", "yes")]
    if wish.naming.agent:
        options.append(("IdentityAgent", wish.naming.agent))
    return options


def _pinned(wish: Wish, draft: Draft) -> Draft:
    if wish.naming.new_file is None:
        return draft
    path, data = wish.naming.new_file
    return draft.with_file(path, data, "pinned")


def _without_agent(wish: Wish, draft: Draft) -> Draft | None:
    """Add `IdentityAgent none` beside the wanted IdentityFile."""
    for path, data in draft.contents.items():
        for header in config_edit.named_blocks(data, wish.host):
            layout = read_layout(data)
            options = layout.block_of(header - 1).options
            if any(layout.lines[at].keyword == "identityagent" for at in options):
                return None
            edited = config_edit.add_options_after(data, header, [("IdentityAgent", "none")])
            return draft.with_file(path, edited, "agent-off")
    return None


def _cheapest(working: list[tuple[Wish, Draft, Plan]]) -> list[tuple[Wish, Draft, Plan]]:
    """Keep the drafts worth simulating everywhere: the cheapest of each kind of remedy.

    A second block for a host that has one is kept only where completing the first does not work.
    """
    plain = [entry for entry in working if "repeated" not in entry[1].reasons]
    working = plain or working
    best: dict[tuple[str, ...], tuple[tuple[int, ...], tuple[Wish, Draft, Plan]]] = {}
    for wish, draft, after in working:
        altered, added = drafts.lines_changed(wish.facts, draft)
        cost = (altered, added, draft.order)
        if draft.reasons not in best or cost < best[draft.reasons][0]:
            best[draft.reasons] = (cost, (wish, draft, after))
    return [entry for _cost, entry in best.values()]
