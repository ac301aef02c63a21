"""The guided set-up: its five steps, what was answered so far, and how it ends.

A `SetUp` grows by `dataclasses.replace`, one answer at a time; `position` says where it stands, so that
going back, or starting again with fresh facts, lands on the right step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sshwizard.model.identity import PublicKey
from sshwizard.model.plan import Target
from sshwizard.text import _, plural
from sshwizard.wizard.newkey import NewKey

if TYPE_CHECKING:
    from sshwizard.providers.place import Place

StepId = Literal["host", "key", "upload", "test", "settle"]
STEPS: tuple[StepId, ...] = ("host", "key", "upload", "test", "settle")


def nothing_was_changed() -> str:
    """Return the sentence for leaving without a change."""
    return _("Nothing was changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """The answers so far."""

    typed: str = ""
    """The destination as the user chose or typed it."""
    target: Target | None = None
    public: PublicKey | None = None
    """The key to set up, once it exists."""
    private_path: str | None = None
    new: NewKey | None = None
    """The key to be made, until it is made."""
    place: Place | None = None
    """Where the key goes, once that was found out or told."""
    upload: Literal["", "api", "hand", "there", "server"] = ""
    title: str = ""
    uploaded: bool = False
    """The service took it, or the user says that it is there."""
    accepted: bool | None = None
    """The host takes the key (None: not asked yet)."""
    sent_first: bool | None = None
    """ssh itself logs in with this key (None: not looked yet)."""
    account: str | None = None
    done: tuple[str, ...] = ()
    """What was changed, one sentence each, in order."""
    commands: tuple[str, ...] = ()
    """The commands that it stood for, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One step as the step line shows it."""

    id: StepId
    number: int
    title: str
    state: Literal["done", "now", "later"]


def step_title(step: StepId) -> str:
    """Return a step's title."""
    return {
        "host": _("Choose the host"),
        "key": _("Choose a key"),
        "upload": _("Upload the public half"),
        "test": _("Test it"),
        "settle": _("Settle it"),
    }[step]


def step_line(step: StepId) -> str:
    """Return the fixed line "Step 2 of 5 · Choose a key"."""
    return _("Step {number} of {all} · {title}").format(
        number=STEPS.index(step) + 1, all=len(STEPS), title=step_title(step)
    )


def step_help(step: StepId) -> tuple[str, ...]:
    """Return three lines in plain words about a step, for `?`."""
    return {
        "host": (
            _("The host is the machine that git talks to: github.com, your company's server, …"),
            _("Paste what you have: a git address, user@host, or a name from your ssh configuration."),
            _("Nothing is contacted before you choose."),
        ),
        "key": (
            _("A key is a pair of files: a private half that stays here, a public half that hosts may see."),
            _("A key of its own for each account keeps accounts apart; one key for all is simpler to keep."),
            _("Making a key never overwrites a file."),
        ),
        "upload": (
            _("The host lets a key in when its public half is on your account there."),
            _("Only the public half is sent, written anew from what was read; the private half stays here."),
            _("A token or a password is asked for hidden, and kept nowhere unless you ask for it."),
        ),
        "test": (
            _("The host is asked whether it would take the key. Nothing is signed for that question."),
            _("Some services need a few seconds until a new key works; the test waits for it."),
            _("A real login happens only when you ask for the account's name."),
        ),
        "settle": (
            _("ssh sends keys in an order of its own. This step makes it send the right one here."),
            _("You see the lines before they are written; every other host keeps the keys it has now."),
            _("`sshwizard undo` takes it back, byte for byte."),
        ),
    }[step]


def position(setup: SetUp) -> StepId | None:
    """Return the first step that is not satisfied, or None when all are."""
    if setup.target is None:
        return "host"
    if setup.public is None:
        return "key"
    if not setup.uploaded and not setup.accepted:
        return "upload"
    if not setup.accepted:
        return "test"
    return None if setup.sent_first else "settle"


def progress(setup: SetUp) -> tuple[Progress, ...]:
    """Return all steps with their state; satisfied ones stay in view, ticked."""
    now = position(setup)
    current = STEPS.index(now) if now else len(STEPS)
    states: tuple[Literal["done", "now", "later"], ...] = ("done", "now", "later")
    return tuple(
        Progress(
            id=step,
            number=number + 1,
            title=step_title(step),
            state=states[(number >= current) + (number > current)],
        )
        for number, step in enumerate(STEPS)
    )


def leaving(done: Sequence[str]) -> tuple[str, ...]:
    """Return what to say when the user leaves early: nothing changed, or the list of what was."""
    if not done:
        return (nothing_was_changed(),)
    head = plural(len(done), "{n} thing was changed:", "{n} things were changed:")
    return (head, *(f"  {sentence}" for sentence in done), _("`sshwizard undo` takes the last one back."))


def ending(setup: SetUp, works: str) -> tuple[str, ...]:
    """Return the last lines: the proof, what was done, and the commands that it stood for."""
    lines = [works]
    lines += [f"  {_('done')}  {sentence}" for sentence in setup.done]
    if setup.commands:
        lines.append(_("The same by hand:"))
        lines += [f"  {command}" for command in setup.commands]
    return tuple(lines)
