"""The line-by-line wizard: a full front end for screen readers, mintty, logs and pipes.

Same steps and words as the full screen, append-only: no cursor movement, no spinner, no meaning in glyphs.
`dialogue` asks, `live` tells what happens while a check runs, `roads` are the doors, `run` is the way in.
"""

from __future__ import annotations

from sshwizard.plain.wizard import run

__all__ = ["run"]
