"""A list to choose from, with a pointer beside the chosen line so that colour is never the only sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sshwizard.model.choices import Choice
from sshwizard.tui.columns import Cell, lay_out

POINTER = "▸ "
INDENT = "  "


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: the value it stands for, its cells, and whether it can be chosen."""

    value: str
    cells: tuple[Cell, ...]
    disabled: bool = False


class Choices(OptionList):
    """An `OptionList` whose prompts are cells in aligned columns, wrapped anew at every width."""

    DEFAULT_CSS = """
    Choices {
        height: auto; border: none; padding: 0; background: transparent;
        &:focus { border: none; background: transparent; background-tint: $foreground 0%; }
        & > .option-list--option { padding: 0; }
        & > .option-list--option-disabled { color: $foreground-muted; }
    }
    """

    def __init__(self, items: Sequence[Item] = (), *, value: str = "", id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._items: tuple[Item, ...] = tuple(items)
        self._wanted = value
        self._laid_at = 0

    @property
    def value(self) -> str:
        """The value under the pointer; "" when there is nothing to choose."""
        if self.highlighted is None or self.highlighted >= len(self._items):
            return ""
        return self._items[self.highlighted].value

    def show(self, items: Sequence[Item], *, value: str = "", heading: Sequence[str] = ()) -> None:
        """Replace the lines; the pointer goes to `value`, else stays on the value it had.

        A heading stands above the lines, in the same columns; it cannot be chosen.
        """
        self._wanted = value or self.value or self._wanted
        head = Item("", tuple(Content.styled(cell, "$foreground-muted") for cell in heading), True)
        self._items = (head, *items) if heading and items else tuple(items)
        self._fill()

    def ask(self, choice: Choice, *, value: str = "") -> None:
        """Show a question's options, the pointer on the default."""
        self.show(items_of(choice), value=value or choice.default)

    def on_mount(self) -> None:
        self._fill()

    def on_resize(self) -> None:
        if self._width != self._laid_at:
            self._wanted = self.value or self._wanted
            self._fill()

    @property
    def _width(self) -> int:
        return max((self.scrollable_content_region.width or 78) - len(POINTER), 20)

    def _fill(self) -> None:
        self._laid_at = self._width
        prompts = lay_out([item.cells for item in self._items], self._laid_at)
        self.set_options(
            Option(prompt, disabled=item.disabled) for item, prompt in zip(self._items, prompts, strict=True)
        )
        open_ones = [number for number, item in enumerate(self._items) if not item.disabled]
        same = [number for number in open_ones if self._items[number].value == self._wanted]
        if open_ones:
            self.highlighted = (same or open_ones)[0]

    def _get_left_gutter_width(self) -> int:
        return len(POINTER)

    def render_line(self, y: int) -> Strip:
        line = super().render_line(y)
        number = self.scroll_offset.y + y
        if number >= len(self._lines):
            return line
        index, offset = self._lines[number]
        style = next((segment.style for segment in line if segment.style), self.rich_style)
        sign = POINTER if index == self.highlighted and offset == 0 else INDENT
        return Strip([Segment(sign, style + Style(meta={"option": index})), *line])


def items_of(choice: Choice) -> tuple[Item, ...]:
    """Return a question's options as lines: the label, and beside it the note or why it cannot be taken."""
    return tuple(
        Item(
            option.value,
            (Content(option.label), Content.styled(option.disabled or option.note, "$foreground-muted")),
            bool(option.disabled),
        )
        for option in choice.options
    )
