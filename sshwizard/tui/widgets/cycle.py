"""A field of a form whose value is one of a few: left and right change it. One line, the reason beside it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from sshwizard.model.choices import Choice, Option


class Cycle(Widget, can_focus=True):
    """Shows the chosen option of a `Choice` between arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "turn(1)", show=False),
        Binding("left", "turn(-1)", show=False),
    ]
    DEFAULT_CSS = """
    Cycle {
        height: auto; width: 1fr;
        &:focus { background: $boost; background-tint: $foreground 5%; }
    }
    """

    class Changed(Message):
        """Another option is chosen."""

        def __init__(self, cycle: Cycle) -> None:
            super().__init__()
            self.cycle = cycle

        @property
        def control(self) -> Cycle:
            return self.cycle

    def __init__(self, choice: Choice, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._options = tuple(option for option in choice.options if not option.disabled)
        values = [option.value for option in self._options]
        self._index = values.index(choice.default) if choice.default in values else 0

    @property
    def option(self) -> Option:
        """The chosen option."""
        return self._options[self._index]

    @property
    def value(self) -> str:
        """Its value."""
        return self.option.value

    def action_turn(self, by: int) -> None:
        """Take the next or the previous option."""
        self._index = (self._index + by) % len(self._options)
        self.refresh()
        self.post_message(self.Changed(self))

    def render(self) -> Content:
        many = len(self._options) > 1
        before, after = ("‹ ", " ›") if many and self.has_focus else ("", "")
        return Content.assemble(
            (before, "$text-primary"), (self.option.label, "bold"), (after, "$text-primary"),
            (f"   {self.option.note}" if self.option.note else "", "$foreground-muted"),
        )  # fmt: skip
