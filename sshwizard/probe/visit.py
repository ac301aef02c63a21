"""A visit after a real login: whose account it is, and whether the repository may be read and written.

Knows the order of what is asked there; how a login and a session are made is in `login` and `session`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Literal

from sshwizard.machine.machine import Machine
from sshwizard.model.facts import Facts
from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.transcript import Answer
from sshwizard.probe import greeting, login, session
from sshwizard.probe.greeting import Access
from sshwizard.probe.limits import Limit
from sshwizard.text import _, visible_bytes

if TYPE_CHECKING:
    from sshwizard.probe.transport import Conversation

LOGINS = 3
"""Logins made at most: a host may end the connection after each session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a visit brought."""

    state: Literal["in", "partial", "refused", "no_signer", "ended"]
    public: PublicKey | None = None
    words: str = ""
    account: str | None = None
    greeting: str = ""
    access: Access = "unknown"
    access_detail: str = ""


class Visit:
    """One visit to one host. `connect(fresh)` gives a connection that waits for a signature."""

    def __init__(
        self,
        machine: Machine,
        facts: Facts,
        plan: Plan,
        ways_in: Sequence[Answer],
        limit: Limit,
        connect: Callable[[bool], Conversation | None],
    ) -> None:
        self._machine = machine
        self._facts = facts
        self._plan = plan
        self._ways_in = ways_in
        self._limit = limit
        self._connect = connect
        self._conversation: Conversation | None = None
        self._logins = 0

    def pay(self) -> Seen:
        """Log in, read the greeting, look at the repository. Raises Stopped."""
        entered = self._enter(fresh=False)
        if entered.state != "in":
            return self._not_in(entered)
        seen = Seen(state="in", public=entered.public, words=_("Logged in."))
        said = self._say(None)
        if said is not None:
            text = visible_bytes(said.err + b"\n" + said.out)
            seen = replace(
                seen,
                account=greeting.account(text, self._plan.effective.hostname),
                greeting=greeting.first_words(text),
            )
        return self._look_at_repository(seen)

    def _enter(self, *, fresh: bool) -> login.LoggedIn:
        signers = login.candidates(self._machine, self._facts, self._plan, self._ways_in, self._limit)
        first = next(signers, None)
        if first is None or first.answer != self._ways_in[0] or self._logins >= LOGINS:
            # Another key than the one ssh would use may belong to another account.
            return login.LoggedIn(state="no_signer")
        self._logins += 1
        self._conversation = self._connect(fresh)
        if self._conversation is None:
            return login.LoggedIn(state="ended")
        user = self._plan.effective.user
        return login.log_in(self._conversation, user, chain((first,), signers), self._limit)

    def _not_in(self, entered: login.LoggedIn) -> Seen:
        host = self._plan.target.host or self._plan.effective.hostname
        match entered.state:
            case "partial":
                words = _("{host} took the key and wants more: {methods}").format(
                    host=host, methods=", ".join(entered.methods)
                )
            case "refused":
                words = _("{host} refused the signature of a key that it had accepted.").format(host=host)
            case "no_signer":
                words = entered.words or _("The key cannot sign without a question to you.")
            case _:
                words = entered.words or _("{host} hung up during the login.").format(host=host)
        return Seen(state=entered.state, public=entered.public, words=words)

    def _look_at_repository(self, seen: Seen) -> Seen:
        path = self._plan.target.path
        if not path:
            return seen
        read = self._say(f"git-upload-pack {_quoted(path)}")
        if read is None:
            return seen
        access, detail = greeting.access(read.out, read.err)
        if access == "ok":
            write = self._say(f"git-receive-pack {_quoted(path)}")
            if write is not None:
                access, detail = _both(*greeting.access(write.out, write.err))
        return replace(seen, access=access, access_detail=detail)

    def _say(self, command: str | None) -> session.Said | None:
        """Run one session; where the host ended the connection after the one before, log in again first."""
        for attempt in (1, 2):
            assert self._conversation is not None
            try:
                return session.run(self._conversation, command, self._limit)
            except TimeoutError:
                return None
            except OSError:
                if attempt == 2 or self._enter(fresh=True).state != "in":
                    return None
        return None


def _both(write: Access, detail: str) -> tuple[Access, str]:
    """Judge a repository that may be read, by what happened on writing."""
    if write == "ok":
        return "ok", ""
    return ("sso" if write == "sso" else "read_only"), detail


def _quoted(path: str) -> str:
    """Quote a path for the remote shell exactly as git does."""
    return "'" + path.replace("'", "'\\''").replace("!", "'\\!'") + "'"
