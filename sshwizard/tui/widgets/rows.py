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

    def show(
        self,
        rows: Sequence[Sequence[Cell]],
        *,
        heading: Sequence[str] | None = None,
        clipped: Collection[int] = (),
    ) -> None:
        """Replace what is shown; rows whose number is in `clipped` keep to one line."""
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
        return Content("\n").join(lay_out([*heading, *self._rows], width, clipped=clipped))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.lines(width).plain.count("\n") + 1 if self._rows or self._heading else 0

    def render(self) -> Content:
        return self.lines(self.content_size.width)
