"""The whole way to a host in order: reach it, meet it, judge its key, ask about ours, and say what ssh would meet.

One page that knows the sequence and the budget of connections; each layer is a module of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from sshwizard.machine.machine import Machine
from sshwizard.model.events import OnEvent, ignore
from sshwizard.model.facts import Facts
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import HostKeySeen, Transcript
from sshwizard.probe import doors, hostkey, manners, through_ssh
from sshwizard.probe.asking import AHEAD, Asked, Question, ask, ask_again
from sshwizard.probe.connection import OWN_LIMIT, Failed, Met, meet
from sshwizard.probe.door import Door
from sshwizard.probe.limits import Limit, Stopped
from sshwizard.probe.record import Record
from sshwizard.probe.tally import Tally, stopped_words
from sshwizard.probe.visit import Visit
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.probe.transport import Conversation

CONNECTIONS = 2
"""Connections of one probe that may end without a login."""

MOST_CONNECTIONS = 12
"""The same for a probe that is to ask about every key."""


def probe(
    machine: Machine,
    facts: Facts,
    plan: Plan,
    *,
    others: tuple[PublicKey, ...] = (),
    login: bool = False,
    timeout: float = 20.0,
    on_event: OnEvent = ignore,
    cancel: threading.Event | None = None,
    trust_unknown: bool = True,
    every_key: bool = False,
) -> Transcript:
    """Walk to the plan's host and ask what it thinks of each key, without a signature.

    The planned keys come first, in ssh's order, then `others`. `timeout` is in seconds, for everything but
    waits out of politeness; `cancel` stops within half a second. With `login`, one real login is made with
    the first accepted key that can sign without a prompt, to read the account's name. `trust_unknown`: ask
    also when nobody vouches for the host key, which shows public keys to an unknown host; a changed, revoked
    or withdrawn host key always ends the road. `every_key`: where the host lets few keys be asked at a time, go on
    with more connections, with pauses that keep it from locking this address out. Nothing is stored. Raises nothing for what it meets.
    """
    road = Road(machine, facts, plan, others, login, trust_unknown, Record(on_event), Limit(timeout, cancel))
    road.every_key = every_key
    return road.walk()


class Road:
    """The state of one probe."""

    def __init__(
        self,
        machine: Machine,
        facts: Facts,
        plan: Plan,
        others: Sequence[PublicKey],
        login: bool,
        trust_unknown: bool,
        record: Record,
        limit: Limit,
    ) -> None:
        self._machine = machine
        self._facts = facts
        self._plan = plan
        self._login = login
        self._trust_unknown = trust_unknown
        self._record = record
        self._limit = limit
        self._door = Door(machine, plan, record, limit)
        self._tally = Tally(facts, plan, others, record)
        self.every_key = False
        """Go on, with pauses, until every key was asked about."""
        self._met: Met | None = None
        self._asked_on_this = False
        self._algorithm = ""
        self._own_limit: Failed | None = None
        self._name = plan.target.host or plan.effective.hostname
        self._turn = manners.Turn(machine, plan.effective.hostname, plan.effective.port)

    def walk(self) -> Transcript:
        """Go as far as the host lets us, and return what was seen."""
        try:
            if self.arrive():
                self._ask_all()
                self._tally.conclude()
                self._visit()
            elif self._own_limit is not None:
                self._ask_through_ssh(self._own_limit)
            elif not self._door.proxy and doors.may_help(self._record.failed()):
                self._tally.doors = doors.knock(
                    self._machine, self._facts, self._plan, self._limit, self._record
                )
        except Stopped as stop:
            self._tally.conclude()
            self._record.stop(stop.code, stopped_words(stop.code))
        finally:
            self.leave()
        return self._tally.transcript(self._door.address)

    def arrive(self) -> bool:
        """Go up to the point where keys may be shown. False: there is no way, and the record says why."""
        self._be_patient()
        return self._meet() and self._may_ask()

    def look(self, public: PublicKey) -> Literal["accepted", "refused"] | None:
        """Ask about one key on the open connection, once more if need be. None: no answer."""
        if self._met is None:
            return None
        if self._asked_on_this:
            conversation, user = self._met.conversation, self._plan.effective.user
            return ask_again(conversation, user, public, self._algorithm, self._limit)
        asked = self._ask([Question(public=public)], AHEAD)
        for reply in asked.replies:
            self._algorithm = reply.algorithm
            if reply.state in ("accepted", "refused"):
                return "accepted" if reply.state == "accepted" else "refused"
        return None

    def _be_patient(self) -> None:
        while (seconds := self._turn.take()) > 0:
            self._record.note(manners.waiting(seconds, self._name))
            self._limit.extend(seconds)
            self._limit.pause(seconds)

    def _meet(self) -> bool:
        """Open a connection up to the host key. False: it ended before, and the record says where."""
        wire = self._door.open()
        if wire is None:
            return False
        self._tally.connections += 1
        from sshwizard.probe.transport import supported_host_keys

        wanted = hostkey.algorithms_to_ask(self._facts, self._plan.effective, supported_host_keys())
        met = meet(wire, self._door, self._plan.effective, wanted, self._record, self._limit)
        if isinstance(met, Failed):
            self._tally.failed(met)
            self._own_limit = met if met.code == OWN_LIMIT else None
            return False
        self._met = met
        self._asked_on_this = False
        self._tally.server_version = met.server_version
        return True

    def _may_ask(self) -> bool:
        assert self._met is not None
        self._record.start("hostkey")
        effective, address = self._plan.effective, self._door.address
        seen = hostkey.look_up(self._facts, effective, self._met.host_key, address.ip if address else "")
        strict = "yes" if hostkey.asks_nobody(effective) else effective.first("stricthostkeychecking", "ask")
        state, detail, code = hostkey.verdict_words(seen, self._name, strict)
        self._record.done("hostkey", state, detail, code)
        self._tally.host_key = seen
        return state != "failed" and (self._vouched(seen) or self._trust_unknown)

    def _vouched(self, seen: HostKeySeen) -> bool:
        return seen.state in ("known", "published") or self._door.inside

    def _ask_all(self) -> None:
        self._record.start("userauth")
        questions = self._tally.questions
        ahead = AHEAD
        while self._met is not None:
            asked = self._ask(questions, ahead)
            if not asked.end or not asked.unanswered:
                return
            if asked.end != "thrown_out" and not asked.words:
                if ahead == 1:
                    return
                ahead = 1
            questions = self._tally.still_open(asked)
            if not self._reconnect(asked, len(questions)):
                return

    def _ask(self, questions: Sequence[Question], ahead: int) -> Asked:
        assert self._met is not None
        self._asked_on_this = True
        asked = ask(
            self._met.conversation,
            self._plan.effective.user,
            questions,
            accepted_algorithms=self._tally.accepted_algorithms,
            server_version=self._met.server_version,
            limit=self._limit,
            on_reply=self._tally.reply,
            ahead=ahead,
        )
        self._tally.absorb(asked)
        if asked.end:
            self.leave()
        return asked

    def _reconnect(self, asked: Asked, left: int) -> bool:
        """Connect again for the keys that are left, if the budget allows another end without a login."""
        if self.every_key and self._tally.connections < MOST_CONNECTIONS:
            self._be_patient()
        elif self._tally.connections >= CONNECTIONS or self._turn.take() > 0:
            self._record.note(
                _(
                    "{host} hung up; {n} keys are left unasked, so that it does not lock this address out."
                ).format(host=self._name, n=left)
            )
            return False
        self._record.note(
            _("{host} hung up after {n} keys; connecting again for the other {left}.").format(
                host=self._name, n=len(asked.replies), left=left
            )
        )
        shown = self._tally.host_key
        if not self._meet() or self._met is None:
            return False
        return shown is not None and shown.public.blob == self._met.host_key.blob

    def _ask_through_ssh(self, limit: Failed) -> None:
        """Our transport cannot talk to this host: let the machine's own ssh ask, with public halves only."""
        self._record.note(limit.detail)
        heard = through_ssh.ask(self._machine, self._facts, self._plan, self._tally.questions, self._limit)
        if heard is None:
            self._record.done("kex", "failed", limit.detail, limit.code, at=limit.at)
            return
        self._turn.end(counts=True, server_version=limit.server_version)
        self._tally.connections += 1
        self._record.done("kex", "warned", limit.detail, limit.code, at=limit.at)
        self._record.done("hostkey", "passed", heard.host_key)
        self._record.start("userauth")
        for reply in heard.asked.replies:
            self._tally.reply(reply)
        self._tally.absorb(heard.asked)
        self._tally.conclude()
        self._record.skip("session")

    def _visit(self) -> None:
        """Log in once, where that is wanted and can be done without a prompt, and see who we are there."""
        if not self._login:
            self._record.skip("session")
            return
        ways_in = self._tally.ways_in()
        if not ways_in:
            self._record.skip("session", _("ssh does not get in with its keys."))
            return
        visit = Visit(self._machine, self._facts, self._plan, ways_in, self._limit, self._conversation)
        self._record.start("session")
        self._tally.visited(visit.pay())

    def _conversation(self, fresh: bool) -> Conversation | None:
        """Return the open connection, or a new one up to the point where a signature may be sent."""
        if fresh or self._met is None:
            self.leave(logged_in=fresh)
            self._be_patient()
            if not self._meet() or self._met is None or not self._may_ask():
                return None
            if self._ask([], AHEAD).end:
                return None
        return self._met.conversation

    def leave(self, *, logged_in: bool = False) -> None:
        """Say goodbye and count the end of the connection, if it was one without a login."""
        if self._met is None:
            self._turn.end(counts=False)
            return
        self._met.conversation.close()
        self._met = None
        asked_only = self._asked_on_this and not (logged_in or self._tally.logged_in)
        self._turn.end(counts=asked_only, server_version=self._tally.server_version)
