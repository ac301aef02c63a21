"""What workers tell their screens. Every message of a check carries the number of its run, so that a screen
can drop what an earlier run still sends."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from sshwizard.errors import SshwizardError
from sshwizard.model.events import Event
from sshwizard.model.finding import Diagnosis


@dataclass
class CheckProgress(Message):
    """Something happened on the way to the host."""

    run: int
    event: Event


@dataclass
class CheckFinished(Message):
    """The check is over and has a result."""

    run: int
    diagnosis: Diagnosis


@dataclass
class CheckFailed(Message):
    """The check could not be made."""

    run: int
    error: SshwizardError
