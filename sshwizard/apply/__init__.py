"""Changes made with consent, journaled before their effect, and taken back on demand.

`apply_fix` is the one place where steps are executed; `preview` shows beforehand what they will do;
`undo` and `history` work from the journal alone. Knows how to make a step happen and how to reverse it;
never why it was proposed. Every refusal is a CannotApply, and then nothing is half done.
"""

from __future__ import annotations

from sshwizard.apply.do import apply_fix
from sshwizard.apply.preview import preview
from sshwizard.apply.reverse import history, undo
from sshwizard.apply.script import as_script

__all__ = ["apply_fix", "as_script", "history", "preview", "undo"]
