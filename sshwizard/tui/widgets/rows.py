"""Rows of text in aligned columns that wrap at any width. Foreign text in it stays literal."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from sshwizard.tui.columns import Cell, lay_out


class Rows(Widget):
    """A table without frame and cursor: optional heading, rows of cells, as high as it needs to be."""

    DEFAULT_CSS = """
    Rows { width: 1fr; height: auto; }
    """

    def __init__(
        self,
        rows: Sequence[Sequence[Cell]] = (),
        *,
        heading: Sequence[str] = (),
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._heading = tuple(heading)
        self._rows = tuple(tuple(row) for row in rows)
        self._clipped: frozenset[int] = frozenset()
        self._rule: tuple[int, str] | None = None

    def show(
        self,
        rows: Sequence[Sequence[Cell]],
        *,
        heading: Sequence[str] | None = None,
        clipped: Collection[int] = (),
        rule: tuple[int, str] | None = None,
    ) -> None:
        """Replace what is shown; rows whose number is in `clipped` keep to one line.

        `rule`: after that many rows a line is drawn across, with these words in it.
        """
        self._rule = rule
        self._rows = tuple(tuple(row) for row in rows)
        self._clipped = frozenset(clipped)
        if heading is not None:
            self._heading = tuple(heading)
        self.refresh(layout=True)

    def lines(self, width: int) -> Content:
        """Return everything as it stands in `width` cells."""
        heading = (
            [[Content.styled(cell, "$foreground-muted") for cell in self._heading]] if self._heading else []
        )
        clipped = {number + len(heading) for number in self._clipped}
        laid = list(lay_out([*heading, *self._rows], width, clipped=clipped))
        if self._rule:
            laid.insert(self._rule[0] + len(heading), _across(self._rule[1], width))
        return Content("\n").join(laid)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.lines(width).plain.count("\n") + 1 if self._rows or self._heading else 0

    def render(self) -> Content:
        return self.lines(self.content_size.width)


def _across(words: str, width: int) -> Content:
    """Return a line drawn across, the words in it; wrapped below it where they do not fit."""
    line = Content.styled(f"── {words} ", "$text-warning")
    if line.cell_length <= width:
        return line + Content.styled("─" * (width - line.cell_length), "$text-warning")
    drawn = Content.styled("─" * width, "$text-warning")
    return Content("\n").join([drawn, *Content.styled(words, "$text-warning").wrap(width)])
