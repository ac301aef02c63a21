"""The real ssh as a witness: its own "Will attempt key" lines beside our plan. An explicit, real login.

Only where ssh's home is the one we looked at: ssh takes it from the account database, whatever we are told.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

from sshwizard.cli.desk import Desk
from sshwizard.errors import CannotCheck
from sshwizard.model.plan import Plan
from sshwizard.text import _, visible_bytes

_ATTEMPT = re.compile(r"^debug1: Will attempt key: (.*?)\r?$", re.M)
_PRINT = re.compile(r"SHA256:[A-Za-z0-9+/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What ssh said it will try, beside what we expect."""

    command: str
    lines: tuple[str, ...]
    """The text after "Will attempt key:", in order."""
    expected: tuple[str | None, ...]
    """Our fingerprints, None where no public half is known."""

    @property
    def fingerprints(self) -> tuple[str | None, ...]:
        found = (_PRINT.search(line) for line in self.lines)
        return tuple(match.group(0) if match else None for match in found)

    @property
    def agrees(self) -> bool:
        return self.fingerprints == self.expected

    def fields(self) -> dict[str, Any]:
        return {"command": self.command, "lines": list(self.lines), "agrees": self.agrees}

    def sentence(self) -> str:
        if self.agrees:
            return _("The real ssh agrees: the same {n} keys in the same order.").format(n=len(self.lines))
        heard = "\n".join(f"    {line}" for line in self.lines)
        return _("The real ssh says otherwise. It will try:\n{heard}").format(heard=heard)


def ask(desk: Desk, plan: Plan) -> Heard:
    """Run `ssh -v` against the host and read its plan. Raises CannotCheck when it cannot be a witness."""
    machine = desk.machine
    if not plan.ssh:
        raise CannotCheck(_("No `ssh` program was found."), code="no-ssh")
    if os.path.realpath(machine.home) != os.path.realpath(machine.account_home):
        raise CannotCheck(
            _(
                "ssh takes its home from the account database ({home}), so it is no witness for another one."
            ).format(home=machine.account_home),
            code="no-witness",
            hint=_("Leave `--home` out."),
        )
    argv = [plan.ssh, "-v", "-T", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]
    if machine.user_config_is_flag:
        argv += ["-F", machine.user_config or "none"]
    for name, value in desk.flags:
        argv += [name, value] if value else [name]
    target = plan.target
    user = ["-l", target.user] if target.user and not any(name == "-l" for name, _value in desk.flags) else []
    port = ["-p", str(target.port)] if target.port != 22 else []
    argv += [*user, *port, target.host, "exit"]
    done = machine.run(argv, timeout=float(getattr(desk.args, "timeout", 20.0)))
    text = visible_bytes(done.err)
    lines = tuple(_ATTEMPT.findall(text))
    if not lines and "Authentications that can continue" not in text:
        last = text.strip().splitlines()[-1:] or [done.problem]
        raise CannotCheck(
            _("ssh did not get as far as its keys: {words}").format(words=last[0]), code="no-witness"
        )
    return Heard(
        command=" ".join(argv), lines=lines, expected=tuple(offer.fingerprint for offer in plan.offers)
    )
