"""The way in and out of the plain wizard: the doors, and how it ends whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sshwizard.errors import Cancelled, NeedsAnswer, SshwizardError
from sshwizard.model.choices import Choice, Option
from sshwizard.plain import denied, follow, identity, past_log, setup, show
from sshwizard.plain.dialogue import Back, Dialogue
from sshwizard.plain.visit import Visit
from sshwizard.text import _
from sshwizard.wizard import doors

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.wizard.options import Options

LEAVE = "leave"
INTERRUPTED = 130
LEFT = 4


def run(machine: Machine, options: Options) -> int:
    """Walk the roads until the user leaves; return the contract's exit code."""
    visit = Visit(machine=machine, options=options, dialogue=Dialogue(hidden_input=options.hidden_input))
    try:
        _welcome(visit)
        return _roads(visit)
    except (Cancelled, EOFError):
        visit.say("", *visit.leaving())
        return 0 if visit.done or visit.looked else LEFT
    except NeedsAnswer as error:
        visit.say("", error.message, *([error.hint] if error.hint else []), *visit.leaving())
        return error.exit_code
    except KeyboardInterrupt:
        visit.say("", *visit.leaving())
        return INTERRUPTED


def _welcome(visit: Visit) -> None:
    options = visit.options
    if options.notice:
        visit.say(options.notice)
    visit.say(_("sshwizard, line by line. Enter takes the default, q leaves, nothing is changed unasked."))
    if options.story:
        visit.say("", options.story)


def _roads(visit: Visit) -> int:
    """Open the door that was named, then the first screen again and again."""
    door = visit.options.door
    while True:
        try:
            if not door:
                facts = visit.facts()
                visit.say("", *doors.overview(facts, looked=visit.looked))
                door = visit.dialogue.choose(_open_doors(visit, doors.doors(facts)))
                if door == LEAVE:
                    visit.say("", *visit.leaving())
                    return 0
            if door in follow.ALL:
                follow.walk(visit, door)
            else:
                _road(door)(visit)
            visit.looked = True
        except Back:
            pass
        except Cancelled:
            raise
        except NeedsAnswer:
            raise
        except SshwizardError as error:
            visit.tell(error)
        door = ""


def _road(door: str) -> Callable[[Visit], None]:
    return {
        doors.DENIED: denied.walk,
        doors.SETUP: setup.walk,
        doors.SHOW: show.walk,
        doors.IDENTITY: identity.walk,
        doors.LOG: past_log.walk,
        doors.PRACTISE: _practise,
    }[door]


def _open_doors(visit: Visit, choice: Choice) -> Choice:
    """Leave out the practice ground where none can be opened; once a road was walked, offer to leave."""
    from dataclasses import replace

    options = tuple(
        option for option in choice.options if option.value != doors.PRACTISE or visit.options.open_ground
    )
    if not visit.looked:
        return replace(choice, options=options)
    way_out = Option(value=LEAVE, label=_("Leave"))
    return replace(
        choice, question=_("What next?"), options=(*options, *follow.options(visit), way_out), default=LEAVE
    )


def _practise(visit: Visit) -> None:
    """Open a ground, walk the fitting road in it, and take it away."""
    from dataclasses import replace

    assert visit.options.open_ground is not None
    name = visit.dialogue.choose(
        Choice(
            question=_("What would you like to practise?"),
            options=tuple(
                Option(value=name, label=name, note=story) for name, story in visit.options.scenarios
            ),
            default=visit.options.scenarios[0][0],
        ),
        back=True,
    )
    ground = visit.options.open_ground(name)
    try:
        options = replace(
            visit.options,
            typed=ground.typed,
            story=ground.story,
            options=(),
            wanted=None,
            flags=(),
            open_ground=None,
        )
        inside = Visit(machine=ground.machine, options=options, dialogue=visit.dialogue)
        visit.say("", ground.story)
        _road(ground.door)(inside)
    finally:
        ground.close()
        visit.say(_("The practice ground is gone; nothing real was touched."))
