"""Asking a host about keys on one connection: all queries ahead of the replies, or one after the other.

RFC 4252 §5.1 lets a client send requests without waiting; the host answers in order. A refusal names no
key, so the order is the mapping; an acceptance names its key, and the mapping is checked against it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sshwizard.model.identity import PublicKey
from sshwizard.model.transcript import AnswerState
from sshwizard.openssh.algorithms import signature_algorithm, why_not
from sshwizard.probe import happenings as h
from sshwizard.probe.limits import Limit
from sshwizard.text import visible_bytes

if TYPE_CHECKING:
    from sshwizard.probe.transport import Conversation

SILENCE = 5.0
"""Seconds without any answer after which a host is taken not to answer at all."""

AHEAD = 64
"""Queries sent ahead of the replies, at most."""

FLIGHT = 7000
"""Bytes sent ahead of the replies, at most. sshd reads 8192 at a time; what it has not read when it hangs up makes
its kernel reset the connection, and answers that are still on their way are lost."""

MOST_BANNER = 65536
"""Characters kept of what a host has to say before the login."""

MANY = 5
"""Refusals that make "no more methods" credible as a try limit."""

PACKET = 100
"""Bytes of a query beside the key, roughly."""

EXTENSIONS = 0.05
"""Seconds that the host's signature algorithms, which come right behind the key exchange, may lag behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One key to ask about, once for each time that ssh would offer it."""

    public: PublicKey
    planned: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a question."""

    question: Question
    state: AnswerState
    ms: float | None = None
    algorithm: str = ""
    reason: str = ""
    """Why it was not asked, for `not_allowed`."""


@dataclass(kw_only=True)
class Asked:
    """What one connection brought."""

    replies: list[Reply] = field(default_factory=list)
    unanswered: list[Question] = field(default_factory=list)
    """In the order in which they would have been answered."""
    methods: tuple[str, ...] | None = None
    """What "none" was refused with; None: no answer to it."""
    server_sig_algs: tuple[str, ...] | None = None
    banner: str = ""
    open_login: bool = False
    """The host let us in without any key."""
    end: Literal["", "thrown_out", "hung_up", "silent", "mismatch"] = ""
    """Why questions stayed unanswered; "" when none did."""
    words: str = ""
    """The host's own words when it hung up."""
    last: float = 0.0
    """time.monotonic() of the last answer."""

    @property
    def refusals(self) -> int:
        return sum(reply.state == "refused" for reply in self.replies)


def ask(
    conversation: Conversation,
    user: str,
    questions: Sequence[Question],
    *,
    accepted_algorithms: Sequence[str],
    server_version: str,
    limit: Limit,
    on_reply: Callable[[Reply], None],
    ahead: int = AHEAD,
) -> Asked:
    """Ask about every question, in order, until the host hangs up. `ahead` = 1 asks strictly one by one.

    Raises Stopped. Signs nothing and needs no private key.
    """
    return _Round(
        conversation, user, questions, accepted_algorithms, server_version, limit, on_reply, ahead
    ).run()


def ask_again(
    conversation: Conversation, user: str, public: PublicKey, algorithm: str, limit: Limit
) -> Literal["accepted", "refused"] | None:
    """Ask about one key on a connection on which keys were asked about before. None: no answer."""
    try:
        conversation.ask_key(user, algorithm, public.blob)
    except (OSError, EOFError):
        return None
    while (happening := conversation.next(limit, SILENCE)) is not None:
        match happening:
            case h.KeyAccepted():
                return "accepted"
            case h.Refused():
                return "refused"
            case h.Disconnected() | h.Ended():
                return None
    return None


class _Round:
    """The state of one connection: what is still to be sent, what is sent and not answered."""

    def __init__(
        self,
        conversation: Conversation,
        user: str,
        questions: Sequence[Question],
        accepted: Sequence[str],
        server_version: str,
        limit: Limit,
        on_reply: Callable[[Reply], None],
        ahead: int,
    ) -> None:
        self._conversation = conversation
        self._user = user
        self._to_send = list(questions)
        self._sent: list[tuple[Question, str, float]] = []
        self._accepted = accepted
        self._server_version = server_version
        self._limit = limit
        self._on_reply = on_reply
        self._ahead = ahead
        self._none_pending = True
        self._asked = Asked(last=time.monotonic())
        self._extensions_settled = False
        self._begun = False

    def run(self) -> Asked:
        self._wait_for_extensions()
        try:
            with self._conversation.wire.one_write():
                self._begun = True
                self._conversation.request_service()
                self._conversation.ask_none(self._user)
                if self._extensions_settled and self._ahead > 1:
                    self._send()
        except (OSError, EOFError):
            # What the host said before it hung up is still to be read.
            self._ahead = 0
        while not self._asked.end and (self._none_pending or self._sent or self._to_send):
            happening = self._conversation.next(self._limit, SILENCE)
            if happening is None:
                self._asked.end = "silent"
            else:
                self._take(happening)
        self._asked.unanswered = [question for question, _alg, _at in self._sent] + self._to_send
        return self._asked

    def _wait_for_extensions(self) -> None:
        """RSA keys need the host's signature algorithms; nearly every host sends them with its last kex packet."""
        if not any("rsa" in question.public.type for question in self._to_send):
            self._extensions_settled = True
            return
        happening = self._conversation.next(self._limit, EXTENSIONS)
        if happening is not None:
            self._take(happening)

    def _send(self) -> None:
        """Send as many queries as fit into one flight."""
        flight = 0
        while self._to_send and len(self._sent) < self._ahead:
            question = self._to_send[0]
            flight += len(question.public.blob) + PACKET
            if self._sent and flight > FLIGHT:
                return
            self._to_send.pop(0)
            algorithm = signature_algorithm(
                question.public.type, self._accepted, self._asked.server_sig_algs, self._server_version
            )
            if algorithm is None:
                reason = why_not(question.public.type, self._accepted, self._asked.server_sig_algs)
                self._reply(Reply(question=question, state="not_allowed", reason=reason))
                continue
            self._conversation.ask_key(self._user, algorithm, question.public.blob)
            self._sent.append((question, algorithm, time.monotonic()))

    def _send_more(self) -> None:
        """Send the next flight once the one before is answered; one key at a time, only behind "none" as well."""
        if not self._begun or self._sent or (self._ahead == 1 and self._none_pending):
            return
        try:
            with self._conversation.wire.one_write():
                self._send()
        except (OSError, EOFError):
            self._ahead = 0

    def _take(self, happening: h.Happening) -> None:
        match happening:
            case h.ExtensionsCame():
                self._asked.server_sig_algs = happening.server_sig_algs
                self._settle_extensions()
            case h.ServiceAccepted():
                # RFC 8308 §2.4: the extensions come before this, or not at all.
                self._settle_extensions()
            case h.BannerCame():
                room = max(0, MOST_BANNER - len(self._asked.banner))
                self._asked.banner += visible_bytes(happening.text[:room])
            case h.Refused():
                self._refused(happening)
            case h.KeyAccepted():
                self._key_accepted(happening)
            case h.LoggedIn():
                self._asked.open_login = True
                self._none_pending = False
                self._sent.clear()
                self._to_send.clear()
            case h.Disconnected():
                self._disconnected(happening)
            case h.Ended():
                self._asked.end = "hung_up"

    def _settle_extensions(self) -> None:
        if not self._extensions_settled:
            self._extensions_settled = True
            self._send_more()

    def _refused(self, happening: h.Refused) -> None:
        self._asked.last = happening.at
        if self._none_pending:
            self._none_pending = False
            self._asked.methods = happening.methods
        elif self._sent:
            self._answered("refused", happening.at)
        else:
            self._asked.end = "mismatch"
            return
        self._extensions_settled = True
        self._send_more()

    def _key_accepted(self, happening: h.KeyAccepted) -> None:
        self._asked.last = happening.at
        if self._none_pending or not self._sent or self._sent[0][0].public.blob != happening.blob:
            self._asked.end = "mismatch"
            return
        self._answered("accepted", happening.at)
        self._send_more()

    def _disconnected(self, happening: h.Disconnected) -> None:
        self._asked.words = happening.text
        self._asked.last = happening.at
        if happening.text.startswith("Too many authentication failures") and self._sent:
            # OpenSSH answers the refusal that reaches MaxAuthTries by this, and not by a refusal.
            self._answered("refused", happening.at)
        about_tries = _about_tries(happening, self._asked.refusals)
        self._asked.end = "thrown_out" if about_tries else "hung_up"

    def _answered(self, state: AnswerState, at: float) -> None:
        question, algorithm, sent_at = self._sent.pop(0)
        self._reply(Reply(question=question, state=state, ms=(at - sent_at) * 1000, algorithm=algorithm))

    def _reply(self, reply: Reply) -> None:
        self._asked.replies.append(reply)
        self._on_reply(reply)


def _about_tries(happening: h.Disconnected, refusals: int) -> bool:
    """Whether a disconnect is about the number of refused keys.

    Reason 14 is "no more methods" (RFC 4253 §11.1); some hosts give it for a key that they cannot read too.
    """
    text = happening.text.lower()
    return ("too many" in text and "auth" in text) or (happening.reason == 14 and refusals >= MANY)
