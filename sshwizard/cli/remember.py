"""What one command leaves for the next: the last target of `doctor`.

Kept outside the home, for this account only.
"""

from __future__ import annotations

import json
from typing import Any

from sshwizard.cli.desk import Desk
from sshwizard.machine import runtime

_NAME = "last.json"


def target(desk: Desk) -> None:
    """Remember where the doctor looked, and for which home."""
    fields = {
        "home": desk.machine.home,
        "config": desk.machine.user_config,
        "cwd": desk.machine.cwd,
        "typed": desk.destination,
        "flags": [list(flag) for flag in desk.flags],
        "late": desk.late_flags,
        "verbatim": desk.verbatim,
        "want": getattr(desk.args, "want", None),
    }
    runtime.remember(desk.machine, _NAME, json.dumps(fields).encode())


def recall(desk: Desk) -> None:
    """Take the remembered target where none was given, provided that home and configuration are the same."""
    if desk.destination:
        return
    fields = _read(desk)
    if fields.get("home") != desk.machine.home or fields.get("config") != desk.machine.user_config:
        return
    if not fields.get("typed") and fields.get("cwd") != desk.machine.cwd:
        return
    desk.destination = str(fields.get("typed") or "")
    desk.verbatim = bool(fields.get("verbatim"))
    if not desk.flags:
        desk.flags = tuple((str(flag[0]), str(flag[1])) for flag in fields.get("flags", ()))
        desk.late_flags = int(fields.get("late", 0))
    if not getattr(desk.args, "want", None):
        desk.args.want = fields.get("want")


def _read(desk: Desk) -> dict[str, Any]:
    try:
        fields = json.loads(runtime.recall(desk.machine, _NAME) or b"{}")
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}
