"""A pasted log → `LogReading`: what happened in which attempt, which keys were offered, what stands around it.

Executes nothing, asks no network, raises nothing for any input. The conclusions are drawn by `rules`.
"""

from __future__ import annotations

from sshwizard.logs.reader import read_files, read_log, read_stream

__all__ = ["read_files", "read_log", "read_stream"]
