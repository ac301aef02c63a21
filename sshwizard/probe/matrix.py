"""Keys × hosts: which host knows which of the keys, several hosts at a time.

Each host is asked by `probe` within its own polite budget; only different hosts are asked in parallel. For
hosts outside the host book the caller asks the user before: asking shows public keys.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sshwizard.hosts import book
from sshwizard.machine.machine import Machine
from sshwizard.model.events import Event
from sshwizard.model.facts import Facts
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Transcript
from sshwizard.probe import proxy, reach
from sshwizard.probe.limits import SLICE, Limit, Stopped
from sshwizard.probe.road import probe

PARALLEL = 4
"""Hosts asked at the same time."""

ENDING = 2.0
"""Seconds that a thread gets to end after it was told to; it needs a tenth of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one host said."""

    plan: Plan
    transcript: Transcript


def who_knows(
    machine: Machine,
    facts: Facts,
    plans: Sequence[Plan],
    *,
    keys: Iterable[PublicKey] | None = None,
    login: bool = False,
    timeout: float = 20.0,
    trust_unknown: bool = True,
    every_key: bool = False,
    on_event: Callable[[Plan, Event], None] = lambda _plan, _event: None,
    on_row: Callable[[Row], None] = lambda _row: None,
    cancel: threading.Event | None = None,
) -> tuple[Row, ...]:
    """Ask every plan's host about `keys` (all the machine's keys if None); rows come back in the plans' order.

    `timeout` is in seconds for each host; `trust_unknown` and `every_key` are those of `probe`. `on_row` and `on_event` are called in the caller's thread, in the
    order in which things happen. Destinations that end at the same host and port are asked one after the
    other. After `cancel` the rows not begun yet end as cancelled at their first layer; nothing was sent there.
    """
    cancel = cancel or threading.Event()
    wanted = tuple(keys) if keys is not None else tuple(identity.public for identity in facts.identities)
    news: queue.SimpleQueue[tuple[int, Event | Transcript]] = queue.SimpleQueue()
    lanes = _lanes(plans)

    def work() -> None:
        while True:
            try:
                lane = lanes.get_nowait()
            except queue.Empty:
                return
            for number in lane:
                news.put((number, _ask(number)))

    def _ask(number: int) -> Transcript:
        return probe(
            machine,
            facts,
            plans[number],
            others=wanted,
            login=login,
            timeout=timeout if not cancel.is_set() else 0.0,
            on_event=lambda event: news.put((number, event)),
            cancel=cancel,
            trust_unknown=trust_unknown,
            every_key=every_key,
        )

    threads = [threading.Thread(target=work, name="sshwizard-matrix", daemon=True) for _n in range(PARALLEL)]
    rows: dict[int, Row] = {}
    with _ended(threads, cancel):
        for thread in threads[: lanes.qsize()]:
            thread.start()
        while len(rows) < len(plans):
            try:
                number, news_item = news.get(timeout=SLICE)
            except queue.Empty:
                continue
            if isinstance(news_item, Transcript):
                rows[number] = Row(plan=plans[number], transcript=news_item)
                on_row(rows[number])
            else:
                on_event(plans[number], news_item)
    return tuple(rows[number] for number in range(len(plans)))


def strangers(
    machine: Machine, plans: Sequence[Plan], *, timeout: float = 3.0, cancel: threading.Event | None = None
) -> tuple[Plan, ...]:
    """Return the plans whose host is neither in the host book nor on this machine or in a private network.

    Names are looked up, all at once; one that has no address within `timeout` seconds counts as a stranger,
    and so does what lies behind a proxy. After `cancel` all count as strangers that were not looked up yet.
    """
    cancel = cancel or threading.Event()
    limit = Limit(timeout, cancel)
    inside: set[int] = set()

    def look(number: int) -> None:
        if _is_inside(machine, plans[number], limit, timeout):
            inside.add(number)

    doubtful = [number for number, plan in enumerate(plans) if book.find(plan.effective.hostname) is None]
    asking = [
        threading.Thread(target=look, args=(number,), name="sshwizard-names", daemon=True)
        for number in doubtful
    ]
    with _ended(asking, cancel):
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    return tuple(plans[number] for number in doubtful if number not in inside)


def _is_inside(machine: Machine, plan: Plan, limit: Limit, seconds: float) -> bool:
    if proxy.command(machine, plan):
        return False
    try:
        found = reach.look_up(machine, plan.effective, limit, seconds)
    except (OSError, UnicodeError, Stopped):
        return False
    return bool(found) and all(reach.is_inside(address.ip) for address in found)


@contextlib.contextmanager
def _ended(threads: Sequence[threading.Thread], cancel: threading.Event) -> Iterator[None]:
    """Let no thread outlive the block: after Ctrl+C they are told to stop, and end what they started."""
    try:
        yield
    except BaseException:
        cancel.set()
        raise
    finally:
        for thread in threads:
            if thread.ident is not None:
                thread.join(ENDING)


def _lanes(plans: Sequence[Plan]) -> queue.SimpleQueue[list[int]]:
    """Group the plans by host and port: each group is walked by one worker."""
    groups: dict[tuple[str, int], list[int]] = {}
    for number, plan in enumerate(plans):
        groups.setdefault((plan.effective.hostname.lower(), plan.effective.port), []).append(number)
    lanes: queue.SimpleQueue[list[int]] = queue.SimpleQueue()
    for group in groups.values():
        lanes.put(group)
    return lanes
