"""Two contents of a file compared: a unified diff for people, and a three-way merge of later edits.

Works on lines of bytes; knows no file format beyond "lines end in a newline".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sshwizard.text import visible_bytes

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_HEADER = re.compile(rb"[ \t]*(host|match)[ \t=\"]", re.IGNORECASE)
_SILENT = re.compile(rb"\s*(#.*)?$", re.DOTALL)


class Conflict(ValueError):
    """Both sides changed the same lines, or lines so near that the outcome is a guess."""

    def __init__(self, line: int) -> None:
        super().__init__(f"both changed line {line}")
        self.line = line
        """1-based line of the current content where the two meet."""


def unified_diff(before: bytes | None, after: bytes | None, path: str, *, context: int = 3) -> str:
    """Return a unified diff as visible text, "" when nothing differs; None stands for no file."""
    old, new = _LINE.findall(before or b""), _LINE.findall(after or b"")
    hide_cr = all(line.endswith(b"\r\n") for line in old + new if line.endswith(b"\n"))
    shown = difflib.unified_diff(
        [_shown(line, hide_cr) for line in old],
        [_shown(line, hide_cr) for line in new],
        fromfile="/dev/null" if before is None else path,
        tofile="/dev/null" if after is None else path,
        n=context,
        lineterm="",
    )
    lines: list[str] = []
    for line in shown:
        lines += line.split("\0") if line.endswith("\0") else [line]
    return "\n".join(_with_marks(lines))


def plain_diff(before: bytes, after: bytes) -> str | None:
    """Return a unified diff that patch(1) takes, or None when the contents cannot stand in a text as they are."""
    try:
        before.decode(), after.decode()
    except UnicodeDecodeError:
        return None
    if b"\r" in before + after or b"\0" in before + after:
        return None
    lines = difflib.diff_bytes(
        difflib.unified_diff, _LINE.findall(before), _LINE.findall(after), b"before", b"after"
    )
    whole = (line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)
    return b"".join(whole).decode()


def merge(base: bytes, current: bytes, goal: bytes, *, independent_lines: bool = False) -> bytes:
    """Return `current` with the change from `base` to `goal` made in it.

    `base` is what we once wrote, `goal` what was there before, `current` what others made of ours. Changes
    that overlap or touch raise Conflict; touching is allowed where it cannot matter: with
    `independent_lines` (known_hosts), and for an inserted ssh_config block that starts with its own header.
    """
    lines = _LINE.findall(base)
    ours = _hunks(lines, _LINE.findall(current))
    back = _hunks(lines, _LINE.findall(goal))
    for mine in back:
        for theirs in ours:
            if _overlap(mine, theirs) or (
                _touch(mine, theirs) and not independent_lines and not _apart(lines, mine, theirs)
            ):
                raise Conflict(_line_in(ours, theirs))
    return _applied(lines, sorted({*ours, *back}, key=lambda hunk: (hunk.start, hunk.end)))


@dataclass(frozen=True, slots=True)
class _Hunk:
    start: int
    end: int
    new: tuple[bytes, ...]


def _hunks(old: Sequence[bytes], new: Sequence[bytes]) -> list[_Hunk]:
    """Compare after setting aside what is equal at both ends: one edit then is one hunk, where it was made."""
    least = min(len(old), len(new))
    head = next((at for at in range(least) if old[at] != new[at]), least)
    tail = next((at for at in range(least - head) if old[-1 - at] != new[-1 - at]), least - head)
    matcher = difflib.SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
    )
    return [
        _Hunk(head + start, head + end, tuple(new[head + low : head + high]))
        for tag, start, end, low, high in matcher.get_opcodes()
        if tag != "equal"
    ]


def _touch(mine: _Hunk, theirs: _Hunk) -> bool:
    return mine != theirs and (mine.end == theirs.start or theirs.end == mine.start)


def _overlap(mine: _Hunk, theirs: _Hunk) -> bool:
    if mine == theirs or mine.end < theirs.start or theirs.end < mine.start:
        return False
    if _touch(mine, theirs):
        return mine.start == mine.end and theirs.start == theirs.end
    return True


def _apart(base: Sequence[bytes], mine: _Hunk, theirs: _Hunk) -> bool:
    """Tell whether two changes that touch still concern different blocks of an ssh_config."""
    if theirs.start == mine.end:
        return _opens_block(theirs.new)
    whole_block = _opens_block(base[mine.start : mine.end])
    return whole_block and (_opens_block(base[mine.end :]) or not any(base[mine.end :]))


def _opens_block(lines: Sequence[bytes]) -> bool:
    first = next((line for line in lines if not _SILENT.match(line)), None)
    return first is not None and _HEADER.match(first) is not None


def _line_in(ours: Sequence[_Hunk], hunk: _Hunk) -> int:
    moved = sum(len(each.new) - (each.end - each.start) for each in ours if each.end <= hunk.start)
    return hunk.start + (0 if hunk.start == hunk.end else moved) + 1


def _applied(base: Sequence[bytes], hunks: Sequence[_Hunk]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for hunk in hunks:
        parts += [*base[at : hunk.start], *hunk.new]
        at = hunk.end
    return b"".join([*parts, *base[at:]])


def _shown(line: bytes, hide_cr: bool) -> str:
    body = line.removesuffix(b"\n")
    if hide_cr:
        body = body.removesuffix(b"\r")
    return visible_bytes(body, keep="\t") + ("" if line.endswith(b"\n") else "\0")


def _with_marks(lines: Sequence[str]) -> list[str]:
    """Say "No newline" as diff(1) does, after a line that had a zero byte put at its end by `_shown`."""
    return [text or "\\ No newline at end of file" for text in lines]
