"""A change that was made, as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChangeState = Literal["done", "undone", "failed", "interrupted", "running"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAccount:
    """What a change did outside this machine and what undo has still to reverse there, as far as we know."""

    provider: str
    api_url: str
    """"" for the provider's own address."""
    id: str
    title: str
    kind: Literal["added", "removed", "server", "off_server"] = "added"
    """"added": the key is on an account; "removed": it was taken off one; "server": it is in the
    `authorized_keys` of `provider`, which is then what ssh takes; "off_server": it was taken out there."""

    @property
    def by_token(self) -> bool:
        """Whether reversing it takes a credential of an account."""
        return self.kind in ("added", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one step whose effect is on another machine."""

    result: str
    """`added`, `already_there`, `removed` or `absent`."""
    account: str | None = None
    """Whose account it is, where the service says."""
    id: str = ""
    title: str = ""
    fingerprint: str | None = None
    """As the service has it."""
    usage: str | None = None
    path: str = ""
    """On a server: the file, relative to the account's home there."""
    loose: tuple[str, ...] = ()
    """On a server: places that others may write to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of the journal."""

    number: int
    """Counted from 1; what `sshwizard undo N` takes."""
    title: str
    state: ChangeState
    """"failed": taken back at once because a step did not succeed; "interrupted": the program ended in
    the middle, `undo` takes back what had been done; "running": another copy of ourselves is at it."""
    when: str
    """ISO 8601, UTC."""
    steps: tuple[str, ...]
    """One sentence each: what was done."""
    paths: tuple[str, ...]
    """Files and folders concerned, absolute."""
    notes: tuple[str, ...] = ()
    """What is worth saying about the outcome (a merge with later edits, what could not be taken back)."""
    restore: tuple[str, ...] = ()
    """How to take it back by hand, without this program: one line each."""
    recipe: str = ""
    """Path of the journal's recipe file."""
    command: str = ""
    """The command that stood for it."""
    undone: str | None = None
    """ISO 8601, UTC, when it was taken back."""
    on_accounts: tuple[OnAccount, ...] = ()
    """Keys that are still elsewhere as this change left them (accounts want a token for that); while there are
    any, it is not taken back."""
    outcomes: tuple[Outcome, ...] = ()
    """What the other machines made of its steps there, in their order."""
    did_nothing: bool = False
    """Everything was as wanted already, so there is nothing to take back."""

    @property
    def is_open(self) -> bool:
        """Whether `undo` without a number may choose it."""
        return self.state in ("done", "interrupted") and not self.did_nothing
