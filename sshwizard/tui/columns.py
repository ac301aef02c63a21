"""Rows of cells laid out in columns of a given total width, every cell wrapped, nothing cut.

Pure functions over `Content`; knows nothing of what the cells say nor of any widget.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.content import Content

Cell = Content | str
GAP = 2
NARROWEST = 6
"""Cells below which a column is never squeezed."""


def lay_out(
    rows: Sequence[Sequence[Cell]], width: int, *, clipped: Collection[int] = ()
) -> tuple[Content, ...]:
    """Return one `Content` per row (of one or more lines), columns aligned, at most `width` cells wide.

    Rows whose number is in `clipped` keep to one line, with an ellipsis. Foreign text stays literal: a
    `str` cell is never read as markup.
    """
    cells = [[_content(cell) for cell in row] for row in rows]
    if not cells:
        return ()
    widths = column_widths(cells, width)
    return tuple(_row(row, widths, number in clipped) for number, row in enumerate(cells))


def column_widths(rows: Sequence[Sequence[Content]], available: int) -> list[int]:
    """Share `available` cells among the columns: natural widths if they fit, else the widest give way."""
    count = max(len(row) for row in rows)
    widths = [
        max((_taken(row[index]) for row in rows if index < len(row)), default=0) for index in range(count)
    ]
    used = sum(1 for width in widths if width)
    room = max(available - GAP * max(used - 1, 0), count)
    while sum(widths) > room:
        widest = max(range(count), key=lambda index: widths[index])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _taken(cell: Content) -> int:
    """Return the cells that a text takes: at least one, also where all of it has no width of its own."""
    return max(cell.cell_length, 1) if cell.plain else 0


def _content(cell: Cell) -> Content:
    return cell if isinstance(cell, Content) else Content(cell)


def _row(row: Sequence[Content], widths: Sequence[int], clipped: bool) -> Content:
    shown = [(cell, width) for cell, width in zip(row, widths, strict=False) if width]
    if clipped:
        wrapped = [([cell.truncate(width, ellipsis=True)], width) for cell, width in shown]
    else:
        wrapped = [(_wrapped(cell, width), width) for cell, width in shown]
    height = max((len(lines) for lines, _ in wrapped), default=1)
    return Content("\n").join(_line(wrapped, number) for number in range(height))


def _wrapped(cell: Content, width: int) -> list[Content]:
    if cell.cell_length <= width and "\n" not in cell.plain:
        return [cell]
    return cell.wrap(width)


def _line(wrapped: Sequence[tuple[list[Content], int]], number: int) -> Content:
    parts = []
    for lines, width in wrapped:
        line = lines[number].rstrip() if number < len(lines) else Content("")
        parts.append(line.pad_right(max(width - line.cell_length, 0)))
    return Content(" " * GAP).join(parts).rstrip()
