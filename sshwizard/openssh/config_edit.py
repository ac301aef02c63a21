"""Edits of ssh_config files as patches on bytes: what is not concerned stays, byte for byte.

Comments, order, line ends, byte order mark, indentation, bytes that are no UTF-8 and a missing last newline
are kept; new lines copy the style of their neighbourhood. Lines are counted from 1, as in
`model.source.Source`. Pure functions; what the result *does* is for the simulation to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from sshwizard.openssh.config_layout import BOM, Layout, Line, read_layout

Option = tuple[str, str]
"""A keyword and its value as it is to be written (quoted where needed)."""


def insert_block(
    data: bytes,
    patterns: Sequence[str],
    options: Sequence[Option],
    *,
    before: int | None = None,
    as_typed: bool = False,
) -> bytes:
    """Add a Host block before the block whose header is line `before` (with its comment), or at the end.

    `as_typed` writes `Match originalhost` instead, which compares the name that was typed even where the
    file is read again under the real one (ssh_config(5), `Match final`). Raises ValueError when `before` is
    not a Host or Match line or a pattern cannot be written.
    """
    layout = read_layout(data)
    if before is None:
        return _append(layout, patterns, options, as_typed)
    if layout.lines[before - 1].kind not in ("host", "match"):
        raise ValueError(f"line {before} starts no block")
    at = layout.start_with_comment(before - 1)
    return _insert(layout, at, [*_block(layout, at, patterns, options, as_typed), layout.eol])


def insert_block_at_top(
    data: bytes, patterns: Sequence[str], options: Sequence[Option], *, as_typed: bool = False
) -> bytes:
    """Add a Host block before everything that has an effect.

    Options that stood before the first Host line apply to every host; they get a `Host *` line, since they
    would otherwise become part of the new block.
    """
    layout = read_layout(data)
    loose = layout.blocks[0].options
    if not loose:
        first = next((block.header for block in layout.blocks if block.header is not None), None)
        at_first = None if first is None else first + 1
        return insert_block(data, patterns, options, before=at_first, as_typed=as_typed)
    at = layout.start_with_comment(loose[0])
    reopened = _header(layout, at, ["*"])
    return _insert(layout, at, [*_block(layout, at, patterns, options, as_typed), layout.eol, reopened])


def add_options(
    data: bytes, header: int, options: Sequence[Option], *, ahead_of: frozenset[str] = frozenset()
) -> bytes:
    """Add options to the block of the Host or Match line `header`, where they win over its others.

    They go before the first option whose keyword (lower case) is in `ahead_of`, or that is an Include; to the
    end of the block when there is none; without `ahead_of` directly after the header.
    """
    layout = read_layout(data)
    if layout.lines[header - 1].kind not in ("host", "match"):
        raise ValueError(f"line {header} starts no block")
    block = layout.block_of(header - 1)
    if not ahead_of or not block.options:
        return _insert(layout, header, _options(layout, header, options))
    rivals = ahead_of | {"include"}
    at = next((at for at in block.options if layout.lines[at].keyword in rivals), block.options[-1] + 1)
    return _insert(layout, at, _options(layout, at, options))


def add_options_after(data: bytes, header: int, options: Sequence[Option]) -> bytes:
    """Add options behind the last option of the block that line `header` starts."""
    layout = read_layout(data)
    block = layout.block_of(header - 1)
    at = (block.options[-1] if block.options else header - 1) + 1
    return _insert(layout, at, _options(layout, at - 1, options))


def exclude_host(data: bytes, header: int, name: str) -> bytes:
    """Make the Host or Match block at line `header` not apply to `name` any more.

    `Host *` becomes `Host * !name`; a Match line gets `!originalhost name`; `Match all`, which takes no
    further condition, becomes `Match !originalhost name`.
    """
    layout = read_layout(data)
    line = layout.lines[header - 1]
    return _replace(layout, header - 1, _narrowed(line, name))


def exclude_lines(data: bytes, lines: Iterable[int], name: str, *, as_typed: bool = False) -> bytes:
    """Make single option lines not apply to `name`, by giving them a block of their own where they stand.

    The block they are in is opened again after them, so that all other lines keep their hosts. `as_typed` has
    lines before the first header compare the name that was typed (`Match !originalhost`), see `insert_block`.
    """
    layout = read_layout(data)
    parts = [line.raw for line in layout.lines]
    for header, run in _runs(layout, sorted({line - 1 for line in lines})):
        _isolate(layout, parts, header, run, name, as_typed)
    return b"".join(parts)


def comment_out(data: bytes, line: int) -> bytes:
    """Turn one line into a comment."""
    layout = read_layout(data)
    old = layout.lines[line - 1].raw
    start = len(BOM) if line == 1 and old.startswith(BOM) else 0
    at = start + len(layout.lines[line - 1].indent)
    return _replace(layout, line - 1, old[:at] + b"# " + old[at:])


def move_line(data: bytes, line: int, *, after: int) -> bytes:
    """Move one line directly behind line `after`, its bytes unchanged but for a missing line end."""
    layout = read_layout(data)
    raws = [entry.raw for entry in layout.lines]
    if raws and not layout.lines[-1].eol and len(raws) in (line, after) and line != after:
        raws[-1] += layout.eol
        return _without_last_eol(_moved(raws, line, after), layout.eol)
    return b"".join(_moved(raws, line, after))


def named_blocks(data: bytes, name: str) -> tuple[int, ...]:
    """Return the lines of the headers that name exactly `name` and no other host."""
    return tuple(index + 1 for index, line in enumerate(read_layout(data).lines) if is_header_of(line, name))


def is_header_of(line: Line, name: str) -> bool:
    """Tell whether a line is `Host name` or `Match originalhost name`, with no other name or condition."""
    words = line.arguments()
    if line.kind == "match":
        return len(words) == 2 and words[0].lower() == "originalhost" and words[1] == name
    return line.kind == "host" and words == (name,)


def check_name(name: str) -> None:
    """Raise ValueError when a host name cannot stand as one literal word in a Host line."""
    if not name or name[0] in "!#-" or any(char in " \t\r\n\f\0\"'\\*?" for char in name):
        raise ValueError(f"{name!r} cannot be written as a host pattern")


def _append(layout: Layout, patterns: Sequence[str], options: Sequence[Option], as_typed: bool) -> bytes:
    at = len(layout.lines)
    added = _block(layout, at, patterns, options, as_typed)
    if not layout.lines or layout.lines[-1].raw == BOM:
        return b"".join([line.raw for line in layout.lines] + added)
    if layout.lines[-1].kind != "blank":
        added = [layout.eol, *added]
    if layout.lines[-1].eol:
        return _insert(layout, at, added)
    return _insert(layout, at, _without_last_eol([layout.eol, *added], layout.eol))


def _insert(layout: Layout, at: int, added: Sequence[bytes] | bytes) -> bytes:
    """Put lines before the line at index `at`; a byte order mark stays in front."""
    raws = [line.raw for line in layout.lines]
    new = added if isinstance(added, bytes) else b"".join(added)
    if at and at == len(raws) and not layout.lines[-1].eol and not new.startswith(layout.eol):
        new = _without_last_eol([layout.eol, new], layout.eol)
    if at == 0 and raws and raws[0].startswith(BOM):
        raws[0] = raws[0][len(BOM) :]
        new = BOM + new
    return b"".join(raws[:at]) + new + b"".join(raws[at:])


def _replace(layout: Layout, at: int, raw: bytes) -> bytes:
    return b"".join(raw if index == at else line.raw for index, line in enumerate(layout.lines))


def _without_last_eol(parts: Sequence[bytes], eol: bytes) -> bytes:
    return b"".join(parts).removesuffix(eol)


def _moved(raws: list[bytes], line: int, after: int) -> list[bytes]:
    moved = raws[line - 1]
    rest = raws[: line - 1] + raws[line:]
    at = after - 1 if after >= line else after
    return rest[:at] + [moved] + rest[at:]


def _block(
    layout: Layout, near: int, patterns: Sequence[str], options: Sequence[Option], as_typed: bool
) -> list[bytes]:
    for pattern in patterns:
        check_name(pattern.removeprefix("!").replace("*", "x").replace("?", "x"))
        if as_typed and "," in pattern:
            raise ValueError(f"{pattern!r} cannot be written in a list of patterns")
    return [_header(layout, near, patterns, as_typed), *_options(layout, near, options)]


def _header(layout: Layout, near: int, patterns: Sequence[str], as_typed: bool = False) -> bytes:
    header = f"Match originalhost {','.join(patterns)}" if as_typed else f"Host {' '.join(patterns)}"
    if layout.lower_case_near(near):
        header = header[0].lower() + header[1:]
    return header.encode("utf-8", "surrogateescape") + layout.eol


def _options(layout: Layout, near: int, options: Sequence[Option]) -> list[bytes]:
    indent = layout.indent_near(near)
    lower = layout.lower_case_near(near)
    return [
        indent
        + f"{keyword.lower() if lower else keyword} {value}".encode("utf-8", "surrogateescape")
        + layout.eol
        for keyword, value in options
    ]


def _narrowed(line: Line, name: str) -> bytes:
    check_name(name)
    if line.kind not in ("host", "match") or not line.words:
        raise ValueError("the line starts no block")
    word = name.encode("utf-8", "surrogateescape")
    end = line.words[-1][1]
    if line.kind == "host":
        return line.raw[:end] + b" !" + word + line.raw[end:]
    condition = b"!originalhost " + word
    if [argument.lower() for argument in line.arguments()] == ["all"]:
        return line.raw[: line.words[0][0]] + condition + line.raw[end:]
    return line.raw[:end] + b" " + condition + line.raw[end:]


def _runs(layout: Layout, indices: Sequence[int]) -> list[tuple[int | None, list[int]]]:
    """Group option lines that follow one another in the same block (comments between them do not count)."""
    runs: list[tuple[int | None, list[int]]] = []
    for block in layout.blocks:
        numbered = [(place, at) for place, at in enumerate(block.options) if at in indices]
        for _key, run in groupby(enumerate(numbered), key=lambda entry: entry[1][0] - entry[0]):
            runs.append((block.header, [at for _order, (_place, at) in run]))
    return runs


def _isolate(
    layout: Layout, parts: list[bytes], header: int | None, run: Sequence[int], name: str, as_typed: bool
) -> None:
    options = layout.block_of(run[0]).options
    opener = _header(layout, run[0], ["*"]) if header is None else layout.lines[header].raw.removeprefix(BOM)
    if not opener.endswith(b"\n"):
        opener += layout.eol
    widest = b"Match all" + layout.eol if header is None and as_typed else opener
    narrowed = _narrowed(read_layout(widest).lines[0], name)
    if header is not None and run[0] == options[0]:
        parts[header] = _narrowed(layout.lines[header], name)
    else:
        gap = b"" if run[0] == 0 or layout.lines[run[0] - 1].kind == "blank" else layout.eol
        parts[run[0]] = _after_bom(parts[run[0]], gap + narrowed)
    if run[-1] != options[-1]:
        following = run[-1] + 1
        if layout.lines[following].kind == "blank":
            parts[following] += opener
        else:
            parts[run[-1]] += layout.eol + opener


def _after_bom(raw: bytes, added: bytes) -> bytes:
    if raw.startswith(BOM):
        return BOM + added + raw[len(BOM) :]
    return added + raw
