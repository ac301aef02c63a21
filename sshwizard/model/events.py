"""What happens while a check runs: values given to a callable, drawn alike by every front end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.model.plan import Plan
    from sshwizard.model.transcript import Answer, Check


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage of `check.run` begins: `gather`, `plan`, `probe`, `rules`."""

    stage: str


@dataclass(frozen=True, slots=True)
class PlanReady:
    """What ssh would offer is known."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """A layer of the connection is being looked at."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class CheckDone:
    """A layer of the connection has been looked at."""

    check: Check


@dataclass(frozen=True, slots=True)
class AnswerCame:
    """The host has said what it thinks of a key."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Note:
    """A visible sentence: "reconnecting, the host hung up after 6 keys"."""

    text: str


Event = StageStarted | PlanReady | CheckStarted | CheckDone | AnswerCame | Note
OnEvent = Callable[[Event], None]


def notes(say: Callable[[str], None]) -> OnEvent:
    """Hear the visible sentences alone, such as why one has to wait."""
    return lambda event: say(event.text) if isinstance(event, Note) else None


def ignore(_event: Event) -> None:
    """Take no notice."""
