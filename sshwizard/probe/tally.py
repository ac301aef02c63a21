"""What a probe has learnt so far, and the transcript made of it. Knows no connection and no clock."""

from __future__ import annotations

from collections.abc import Sequence

from sshwizard.machine.network import Address
from sshwizard.model.facts import Facts
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Answer, AnswerState, HostKeySeen, OtherDoor, Transcript
from sshwizard.openssh.algorithms import DEFAULT_ACCEPTED, plain_key_type
from sshwizard.probe import outcome
from sshwizard.probe.asking import Asked, Question, Reply
from sshwizard.probe.connection import Failed
from sshwizard.probe.likely import Likely
from sshwizard.probe.record import Record
from sshwizard.probe.visit import Seen
from sshwizard.text import _, one_line

_USUAL = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")


class Tally:
    """Collects replies over all connections of one probe."""

    def __init__(self, facts: Facts, plan: Plan, others: Sequence[PublicKey], record: Record) -> None:
        self._plan = plan
        self._record = record
        listed = plan.effective.first("pubkeyacceptedalgorithms")
        self.accepted_algorithms = tuple(listed.split(",")) if listed else DEFAULT_ACCEPTED
        self._likely = Likely(facts, plan)
        self.questions = _questions(facts, plan, others)
        self.connections = 0
        self.server_version = ""
        self.host_key: HostKeySeen | None = None
        self.doors: tuple[OtherDoor, ...] = ()
        self.logged_in = False
        self._visit: Seen | None = None
        self._answers: dict[tuple[int | None, bytes], Answer] = {}
        self._first: Asked | None = None
        self._asked: list[Asked] = []
        self._try_limit: int | None = None
        self._outcome: outcome.Outcome = "not_reached"
        self._winner: PublicKey | None = None

    def failed(self, failed: Failed) -> None:
        """Take note of a connection that ended before its host key."""
        self.server_version = self.server_version or failed.server_version

    def reply(self, reply: Reply) -> None:
        """Take one reply as it comes, and tell it."""
        question = reply.question
        answer = Answer(
            public=question.public,
            state=reply.state,
            ms=reply.ms,
            planned=question.planned,
            algorithm=reply.algorithm,
            reason=reply.reason,
        )
        self._answers[question.planned, question.public.blob] = answer
        self._record.answer(answer)

    def absorb(self, asked: Asked) -> None:
        """Take note of how a connection went as a whole."""
        self._asked.append(asked)
        if asked.end == "thrown_out":
            self._try_limit = asked.refusals
        if asked.end == "mismatch":
            for reply in asked.replies:
                if reply.state == "refused":
                    self._answers.pop((reply.question.planned, reply.question.public.blob), None)

    def still_open(self, asked: Asked) -> list[Question]:
        """Return the questions for the next connection; once the try limit is known, the likely ones first.

        After a hang-up with words the key it was at comes last: it may be the cause. After one without,
        answers may have been lost with the connection (a reset throws away what was not read yet), so
        the order stays, except that unusual key types, which some hosts cannot read, come last.
        """
        left = [q for q in self.questions if (q.planned, q.public.blob) not in self._answers]
        if asked.end == "thrown_out":
            return sorted(left, key=lambda question: self._likely.rank(question.public))
        if asked.end != "hung_up" or not asked.unanswered:
            return left
        if asked.words:
            suspect = asked.unanswered[0]
            return sorted(left, key=lambda question: question == suspect)
        return sorted(left, key=lambda question: plain_key_type(question.public.type) not in _USUAL)

    def conclude(self) -> None:
        """Work out what ssh itself would meet, and settle the layer `userauth` with it.

        Without a finished connection nothing is concluded; a second call changes nothing.
        """
        if not self._asked or self._outcome != "not_reached":
            return
        first = self._asked[0]
        if first.open_login:
            self._outcome = "accepted"
            detail = _("The host lets everybody in, without any key.")
            self._record.done("userauth", "warned", detail, "open-login", at=first.last)
            return
        if first.methods and "publickey" not in first.methods:
            self._outcome = "refused"
            detail = _("The host takes no keys here, only: {methods}").format(
                methods=one_line(", ".join(first.methods), 120)
            )
            self._record.done("userauth", "failed", detail, "no-publickey", at=first.last)
            return
        states = {planned: answer.state for (planned, _blob), answer in self._answers.items() if planned}
        fatal = (
            first.unanswered[0].planned
            if first.end == "hung_up" and first.words and first.unanswered
            else None
        )
        asks_nobody = self._plan.effective.first("batchmode") == "yes"
        self._outcome, position = outcome.walk(
            self._plan.offers, states, self._try_limit, fatal, asks_nobody=asks_nobody
        )
        if position is not None:
            self._winner = self._answer_at(position)
        self._settle(first)

    def ways_in(self) -> tuple[Answer, ...]:
        """Return what ssh itself would log in with: its first key, then those for a further factor."""
        if self._winner is None:
            return ()
        planned = [a for a in self._all_answers() if a.state == "accepted" and a.planned is not None]
        places = [answer.public.blob for answer in planned]
        return tuple(planned[places.index(self._winner.blob) :])

    def visited(self, seen: Seen) -> None:
        """Take note of a login, and settle the layer `session` with it."""
        self._visit = seen
        self.logged_in = self.logged_in or seen.state == "in"
        if seen.state == "partial" and self._outcome == "accepted":
            # A key alone does not get in; what else the host takes is not for us to try.
            self._outcome, self._winner = "unknown", None
        if seen.state == "ended" and seen.public is not None and self._outcome == "accepted":
            self._outcome, self._winner = "unknown", None
        if seen.state == "refused" and self._outcome == "accepted":
            self._outcome, self._winner = "refused", None
        if seen.state == "no_signer":
            self._record.skip("session", seen.words)
        elif seen.state == "in":
            self._record.done("session", "passed", seen.greeting or seen.words)
        else:
            codes = {"partial": "partial-success", "refused": "signature-refused", "ended": "closed"}
            self._record.done("session", "failed", seen.words, codes[seen.state])

    def transcript(self, address: Address | None) -> Transcript:
        """Return everything; what was never answered is `not_reached`."""
        answers = self._all_answers()
        checks = self._record.checks()
        first = self._asked[0] if self._asked else None
        visit = self._visit
        words = next((asked.words for asked in reversed(self._asked) if asked.words), "")
        return Transcript(
            checks=checks,
            answers=answers,
            address=str(address) if address else "",
            server_version=self.server_version,
            host_key=self.host_key,
            banner=first.banner if first else "",
            methods=(first.methods or ()) if first else (),
            server_sig_algs=first.server_sig_algs if first else None,
            try_limit=self._try_limit,
            ssh_outcome=self._outcome,
            ssh_key=self._winner,
            account=visit.account if visit else None,
            greeting=visit.greeting if visit else "",
            access=visit.access if visit else "unknown",
            access_detail=visit.access_detail if visit else "",
            doors=self.doors,
            connections=self.connections,
            disconnect=words,
        )

    def _settle(self, first: Asked) -> None:
        host = self._plan.target.host or self._plan.effective.hostname
        at = first.last
        match self._outcome:
            case "accepted":
                key = self._winner
                detail = _("{host} takes {key}.").format(host=host, key=key.fingerprint if key else "")
                self._record.done("userauth", "passed", detail, at=at)
            case "thrown_out":
                self._record.done("userauth", "failed", self._thrown_out(host), "too-many-failures", at=at)
            case "refused":
                self._record.done("userauth", "failed", self._refused(host), "denied", at=at)
            case "no_key":
                self._record.done("userauth", "failed", *self._nothing_to_offer(host), at=at)
            case _:
                self._unsettled(first, host)

    def _refused(self, host: str) -> str:
        taken = next((a for a in self._answers.values() if a.planned and a.state == "accepted"), None)
        if taken is None:
            return _("{host} refused every key that ssh offers.").format(host=host)
        words = _("{host} takes {key}, but ssh cannot sign with it here; it refused every other key.")
        return words.format(host=host, key=taken.public.fingerprint)

    def _nothing_to_offer(self, host: str) -> tuple[str, str]:
        effective = self._plan.effective
        named = (*effective.identity_files, *effective.certificate_files)
        words = next((file.problem for file in named if file.problem), "")
        if words:
            return _("ssh ends before it offers a key: {words}").format(words=words), "config-value"
        return _("ssh has no key to offer to {host}.").format(host=host), "no-key"

    def _thrown_out(self, host: str) -> str:
        if self._try_limit is None:
            words = one_line(self._asked[0].words, 120)
            return _("{host} hangs up at one of the keys: {words}").format(host=host, words=words)
        return _("{host} hangs up after {n} refused keys.").format(host=host, n=self._try_limit)

    def _unsettled(self, first: Asked, host: str) -> None:
        words = one_line(self._asked[-1].words, 120)
        match self._asked[-1].end:
            case "silent":
                detail = _("{host} does not answer the question about a key.").format(host=host)
                self._record.done("userauth", "failed", detail, "timeout")
            case "":
                detail = _("What ssh would meet depends on a key that only its owner can show.")
                self._record.done("userauth", "warned", detail, "unknown-half", at=first.last)
            case _:
                detail = _("{host} hung up while keys were asked about. {words}").format(
                    host=host, words=words
                )
                self._record.done("userauth", "failed", detail.strip(), "closed", at=first.last)

    def _answer_at(self, position: int) -> PublicKey | None:
        return next((a.public for (planned, _b), a in self._answers.items() if planned == position), None)

    def _all_answers(self) -> tuple[Answer, ...]:
        found: list[Answer] = []
        for offer in self._plan.offers:
            if offer.public and offer.exists and offer.skipped:
                found.append(
                    Answer(
                        public=offer.public,
                        state="not_allowed",
                        ms=None,
                        planned=offer.position,
                        reason=offer.skipped,
                    )
                )
        last = self._asked[-1] if self._asked else None
        silent = last is not None and last.end in ("silent", "hung_up") and last.unanswered
        silent_at = last.unanswered[0] if last is not None and silent else None
        for question in self.questions:
            answer = self._answers.get((question.planned, question.public.blob))
            if answer is None:
                state: AnswerState = "unknown" if question == silent_at else "not_reached"
                answer = Answer(public=question.public, state=state, ms=None, planned=question.planned)
                self._record.answer(answer)
            found.append(answer)
        return tuple(sorted(found, key=lambda answer: answer.planned or len(found) + len(self._plan.offers)))


def stopped_words(code: str) -> str:
    """Say why a conversation ended early."""
    return _("Cancelled.") if code == "cancelled" else _("The time for the whole conversation is over.")


def _questions(facts: Facts, plan: Plan, others: Sequence[PublicKey]) -> list[Question]:
    """Put the planned keys first, in ssh's order and as often as ssh offers them; then each other key once."""
    halves = {file.path: file.public for file in facts.key_files if file.public}
    questions = []
    asked = set()
    for offer in plan.sent:
        public = outcome.known_half(offer, halves)
        if public is not None:
            questions.append(Question(public=public, planned=offer.position))
            asked.add(public.blob)
    asked |= {offer.public.blob for offer in plan.offers if offer.public}
    for public in others:
        if public.blob not in asked and not (public.certificate and public.certificate.kind == "host"):
            asked.add(public.blob)
            questions.append(Question(public=public))
    return questions
