"""The line-by-line wizard: a full front end for screen readers, mintty, logs and pipes.

Same steps and words as the full screen, append-only: no cursor movement, no spinner, no meaning in glyphs.
`dialogue` asks, `live` tells what happens while a check runs, `wizard` opens the doors, `visit` is one run;
each road is a module: `denied` (with
`mend_all`), `setup`, `show` (with `agents`), `identity`, `past_log`. Nothing of it is imported before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine
    from sshwizard.wizard.options import Options


def run(machine: Machine, options: Options) -> int:
    """Walk the roads until the user leaves; return the contract's exit code."""
    from sshwizard.plain import wizard

    return wizard.run(machine, options)
